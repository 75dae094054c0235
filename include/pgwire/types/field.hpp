#pragma once

#include <pgwire/types/through.hpp>

#include <optional>
#include <type_traits>

namespace pgwire::detail {

/// Whether T has a place for NULL.
template <class T>
inline constexpr bool is_nullable = false;
template <class T>
inline constexpr bool is_nullable<std::optional<T>> = true;

template <class T>
struct without_null {
    using type = T;
};
template <class T>
struct without_null<std::optional<T>> {
    using type = T;
};

/// What stands in a T that is not NULL: of an optional its value type, else T.
template <class T>
using nullable_value = typename without_null<T>::type;

/// How `decode_field` makes a T, never NULL, from values of this type and format; nullptr where they do not fit.
template <class T>
decoder<wire_type<T>> field_decoder_for(oid type, format f) {
    return wire_codec<T>::decoder_for(type, f);
}

/// Makes a T with what `field_decoder_for<T>` gave; false if the bytes are not one.
template <class T>
bool decode_field(decoder<wire_type<T>> decode, protocol::bytes_view bytes, T& to) {
    if constexpr (std::is_same_v<wire_type<T>, T>) {
        return decode(bytes, to);
    } else {
        wire_type<T> value{};
        if (!decode(bytes, value))
            return false;
        to = from_wire_value<T>(std::move(value));
        return true;
    }
}

} // namespace pgwire::detail
