#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/argument.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/field.hpp>
#include <pgwire/types/oids.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace pgwire {

namespace detail {

/// What can be an element of an array: what has a codec and is not an array itself, or an optional of it.
template <class T>
concept array_element = has_codec<nullable_value<T>> && requires { wire_codec<nullable_value<T>>::array_type; };

template <class T>
inline constexpr bool refers_to_bytes = std::is_same_v<T, std::string_view> || std::is_same_v<T, protocol::bytes_view>;

/// The type of the elements of an array of this type, which is a built-in one; else 0.
PGWIRE_API oid element_type_of(oid array_type) noexcept;

/// OIDs from here on were given in the database: they are of types that the library cannot know.
inline constexpr oid first_user_defined_oid = 16384; // FirstNormalObjectId, access/transam.h

using nullable_view = std::optional<protocol::bytes_view>;

/// Reads a binary array with one dimension or none. Like `reader`, it is asked at the end whether all went well.
class PGWIRE_API binary_array_reader {
public:
    explicit binary_array_reader(protocol::bytes_view value) noexcept;

    [[nodiscard]] oid element_type() const noexcept { return element_type_; }
    /// Never more than bytes are there for.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::int32_t lower_bound() const noexcept { return lower_bound_; }
    nullable_view next() noexcept;
    [[nodiscard]] bool ok() const noexcept { return in_.ok(); }
    [[nodiscard]] bool finish() const noexcept { return in_.finish(); }

private:
    protocol::reader in_;
    oid element_type_ = 0;
    std::size_t size_ = 0;
    std::int32_t lower_bound_ = 1;
};

/// Reads an array literal with one dimension: {1,NULL,"a \"b\""}, also with bounds before it, [2:4]={…}.
class PGWIRE_API text_array_reader {
public:
    explicit text_array_reader(std::string_view literal) noexcept;

    /// False at the end, and where there is no element; `finish` tells. What `element` refers to holds until the next
    /// call.
    bool next(nullable_view& element);
    [[nodiscard]] bool finish() const noexcept;

private:
    void read_bounds() noexcept;
    bool fail() noexcept;
    bool take(char c) noexcept;
    bool read_quoted();
    bool read_bare();

    std::string_view left_;
    std::string element_;
    std::int64_t count_ = 0;
    std::int64_t wanted_ = -1; // as the bounds say; -1 without them
    bool ended_ = false;
    bool failed_ = false;
};

/// Writes an array literal, quoting as the server does.
class PGWIRE_API array_literal {
public:
    void add(std::string_view element);
    void add_null();
    /// The literal; `*this` is used up.
    [[nodiscard]] std::string finish();

private:
    std::string text_;
};

template <class T>
bool decode_array_element(decoder<wire_type<nullable_value<T>>> decode, nullable_view const& bytes, T& to) {
    if constexpr (is_nullable<T>) {
        if (bytes)
            return decode_field<nullable_value<T>>(decode, *bytes, to ? *to : to.emplace());
        to.reset();
        return true;
    } else {
        return bytes && decode_field<T>(decode, *bytes, to);
    }
}

} // namespace detail

/// An array of one dimension. NULL elements need `std::vector<std::optional<T>>`. An empty array has no dimension.
/// Arrays with more do not fit, and lower bounds other than 1 are not kept.
template <detail::array_element T>
struct codec<std::vector<T>> {
private:
    using value_type = detail::nullable_value<T>;
    using element = detail::wire_codec<value_type>;

public:
    static constexpr format argument_format = element::argument_format;
    static constexpr oid type = argument_format == format::binary ? element::array_type : oids::unknown_to_server;

    static void encode(encoder& out, std::vector<T> const& value) {
        if constexpr (argument_format == format::binary)
            encode_binary(out, value);
        else
            encode_text(out, value);
    }

    static decoder<std::vector<T>> decoder_for(oid column, format f) {
        static_assert(!detail::refers_to_bytes<value_type>,
                      "pgwire: the elements of an array from a row own their bytes; take std::string or pgwire::bytes");
        if (!elements_fit(column, f))
            return nullptr;
        return f == format::binary ? &decode_binary : &decode_text;
    }

private:
    static bool elements_fit(oid column, format f) {
        if (column == oids::unknown_to_server)
            return detail::field_decoder_for<value_type>(column, f) != nullptr;
        if (oid const known = detail::element_type_of(column); known != 0)
            return detail::field_decoder_for<value_type>(known, f) != nullptr;
        if (column == element::array_type)
            return detail::field_decoder_for<value_type>(element::type, f) != nullptr;
        // Elements whatever they are, as far as the element takes all, as strings do with text.
        return column >= detail::first_user_defined_oid && detail::field_decoder_for<value_type>(column, f) != nullptr;
    }

    static void encode_binary(encoder& out, std::vector<T> const& value) {
        static_assert(element::type != oids::unknown_to_server,
                      "pgwire: an array in binary format says the type of its elements: codec<T>::type must not be 0");
        bool has_null = false;
        if constexpr (detail::is_nullable<T>)
            has_null = std::ranges::any_of(value, [](T const& e) { return !e; });
        out.integer(std::int32_t{value.empty() ? 0 : 1});
        out.integer(std::int32_t{has_null});
        out.integer(element::type);
        if (!value.empty()) {
            out.integer(static_cast<std::int32_t>(value.size())); // if it does not fit, the whole does not: end_length
            out.integer(std::int32_t{1});
        }
        for (T const& e : value)
            detail::encode_argument(out, e);
    }

    static void encode_text(encoder& out, std::vector<T> const& value) {
        detail::array_literal literal;
        encoder::storage bytes;
        encoder element_out(bytes);
        auto const add = [&](value_type const& e) {
            bytes.truncate(0);
            detail::encode_value(element_out, e);
            literal.add(protocol::as_text(bytes.view()));
        };
        for (T const& e : value) {
            if constexpr (detail::is_nullable<T>)
                e ? add(*e) : literal.add_null();
            else
                add(e);
        }
        out.text(literal.finish());
    }

    static bool decode_binary(protocol::bytes_view bytes, std::vector<T>& value) {
        value.clear();
        detail::binary_array_reader in(bytes);
        auto const decode = detail::field_decoder_for<value_type>(in.element_type(), format::binary);
        if (decode == nullptr || !in.ok())
            return false;
        value.resize(in.size());
        for (std::size_t i = 0; i < value.size(); ++i)
            if (detail::nullable_view const e = in.next(); !in.ok() || !decode_into(decode, e, value, i))
                return false;
        return in.finish();
    }

    static bool decode_text(protocol::bytes_view bytes, std::vector<T>& value) {
        value.clear();
        auto const decode = detail::field_decoder_for<value_type>(oids::unknown_to_server, format::text);
        if (decode == nullptr)
            return false;
        detail::text_array_reader in(protocol::as_text(bytes));
        for (detail::nullable_view e; in.next(e);) {
            value.emplace_back();
            if (!decode_into(decode, e, value, value.size() - 1))
                return false;
        }
        return in.finish();
    }

    static bool decode_into(decoder<detail::wire_type<value_type>> decode, detail::nullable_view const& bytes,
                            std::vector<T>& value, std::size_t i) {
        if constexpr (std::is_same_v<T, bool>) { // whose vector has no bools to refer to
            bool e = false;
            bool const is_one = detail::decode_array_element(decode, bytes, e);
            value[i] = e;
            return is_one;
        } else {
            return detail::decode_array_element(decode, bytes, value[i]);
        }
    }
};

} // namespace pgwire
