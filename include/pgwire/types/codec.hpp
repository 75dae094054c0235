#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/detail/small_bytes.hpp>
#include <pgwire/protocol/message.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

namespace pgwire {

/// Identifies a type in one database; those of built-in types are the same everywhere (`oids`).
using oid = std::uint32_t;

using protocol::format;

/// Where a codec writes the bytes of an argument.
class PGWIRE_API encoder {
public:
    using storage = detail::small_bytes<96>;

    explicit encoder(storage& out) noexcept : out_(out) {}

    template <std::integral Int>
    void integer(Int value) {
        protocol::store_big_endian(out_.extend(sizeof(Int)), value);
    }
    void bytes(protocol::bytes_view value) { out_.append(value); }
    void text(std::string_view value) { out_.append(protocol::as_bytes(value)); }

    [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }

    /// Keeps room for an Int32 length and gives its place, for `end_length` once what it counts is written.
    std::size_t begin_length() {
        integer(std::int32_t{0});
        return out_.size();
    }
    /// Throws `exception` (errc::message_too_long) over 2 GiB.
    void end_length(std::size_t begin);

private:
    storage& out_;
};

/// Turns the bytes of one value, never NULL, into an object; false if they are not one, which leaves the object valid.
template <class T>
using decoder = bool (*)(protocol::bytes_view bytes, T& value);

/// How T stands on the wire. Specialise it for a type of your own, either by a type that has a codec already:
///
///     template <> struct pgwire::codec<celsius> {
///         using through = double;
///         static double to(celsius const& c);      // to the wire
///         static celsius from(double degrees);     // from the wire
///     };
///
/// or by bytes:
///
///     template <> struct pgwire::codec<point> {
///         static constexpr oid type = 600;                            // declared for arguments; 0: the server infers it
///         static constexpr oid array_type = 1017;                     // of arrays of it; 0: the server infers it
///         static constexpr format argument_format = format::binary;   // what encode writes
///         static void encode(encoder& out, point const& value);
///         static decoder<point> decoder_for(oid column, format f);    // nullptr: a column like that does not fit
///     };
///
/// `decoder_for` is asked once per column and result. A type of 0 means that the server does not know what it sends (IRIS);
/// then the text decides.
template <class T>
struct codec;

template <class T>
concept has_byte_codec = requires(oid type, format f) {
    { codec<T>::decoder_for(type, f) } -> std::convertible_to<decoder<T>>;
};

template <class T>
concept has_through_codec = requires { typename codec<T>::through; };

/// What can be the whole of a column or argument.
template <class T>
concept has_codec = has_byte_codec<T> || has_through_codec<T>;

} // namespace pgwire
