#pragma once

#include <pgwire/types/codec.hpp>

#include <utility>

/// How `through` in a codec is followed to the type that stands on the wire.
namespace pgwire::detail {

template <class T>
struct wire {
    using type = T;
};
template <has_through_codec T>
struct wire<T> : wire<typename codec<T>::through> {};

/// The type whose codec writes the bytes of a T: T itself, or where its `through`s end.
template <class T>
using wire_type = typename wire<T>::type;

template <class T>
using wire_codec = codec<wire_type<T>>;

/// Gives `use` the value as a `wire_type<T>`.
template <class T, class Use>
decltype(auto) with_wire_value(T const& value, Use&& use) {
    if constexpr (has_through_codec<T>)
        return with_wire_value<typename codec<T>::through>(codec<T>::to(value), std::forward<Use>(use));
    else
        return use(value);
}

/// A T from what was read as a `wire_type<T>`.
template <class T>
T from_wire_value(wire_type<T>&& value) {
    if constexpr (has_through_codec<T>)
        return codec<T>::from(from_wire_value<typename codec<T>::through>(std::move(value)));
    else
        return std::move(value);
}

} // namespace pgwire::detail
