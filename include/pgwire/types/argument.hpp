#pragma once

#include <pgwire/types/field.hpp>
#include <pgwire/types/oids.hpp>
#include <pgwire/types/string.hpp>
#include <pgwire/types/through.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <type_traits>

/// How the arguments of a statement are written, whatever their type.
namespace pgwire::detail {

template <class T>
inline constexpr bool is_null_literal = std::is_null_pointer_v<T> || std::is_same_v<T, std::nullopt_t>;

template <class T>
inline constexpr bool is_c_string = std::is_same_v<std::remove_cv_t<std::remove_pointer_t<std::decay_t<T>>>, char> &&
                                    std::is_pointer_v<std::decay_t<T>>;

/// The type with the codec that writes an argument of type T.
template <class T>
struct argument_value {
    using type = nullable_value<std::remove_cv_t<T>>;
    static_assert(has_codec<type>,
                  "pgwire: this type cannot be an argument, there is no pgwire::codec of it; is the header "
                  "with its codec included?");
};
template <class T>
    requires(is_c_string<T> || is_null_literal<T>)
struct argument_value<T> {
    using type = std::string_view;
};

template <class T>
using argument_codec = wire_codec<typename argument_value<T>::type>;

/// What is declared as the type of an argument of this type; 0: the server infers it.
template <class T>
inline constexpr oid argument_type = argument_codec<T>::type;

template <class T>
inline constexpr format argument_format = argument_codec<T>::argument_format;

/// Appends the bytes of the value, without their length.
template <has_codec T>
void encode_value(encoder& out, T const& value) {
    with_wire_value(value, [&](auto const& on_the_wire) { wire_codec<T>::encode(out, on_the_wire); });
}

inline void encode_null(encoder& out) { out.integer(std::int32_t{-1}); }

/// Appends an Int32 length and the bytes; for an empty optional, nullptr, nullopt and a null `char const*` it is the -1
/// of NULL. Throws what the codec throws for values that its type does not have, and `encoder::end_length`.
template <class T>
void encode_argument(encoder& out, T const& value) {
    if constexpr (is_null_literal<T>) {
        encode_null(out);
    } else if constexpr (is_nullable<T>) {
        value ? encode_argument(out, *value) : encode_null(out);
    } else if constexpr (std::is_array_v<T>) {
        // Up to a NUL, but no further than the array.
        void const* const nul = std::memchr(value, 0, std::extent_v<T>);
        std::size_t const size =
            nul != nullptr ? static_cast<std::size_t>(static_cast<char const*>(nul) - value) : std::extent_v<T>;
        encode_argument(out, std::string_view(value, size));
    } else if constexpr (is_c_string<T>) {
        value != nullptr ? encode_argument(out, std::string_view(value)) : encode_null(out);
    } else {
        std::size_t const begin = out.begin_length();
        encode_value(out, value);
        out.end_length(begin);
    }
}

} // namespace pgwire::detail
