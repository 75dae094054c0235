#pragma once

#include <chrono>

namespace pgwire {

template <class T>
inline constexpr bool is_time_point = false;
template <class Clock, class Duration>
inline constexpr bool is_time_point<std::chrono::time_point<Clock, Duration>> = true;

/// The `infinity` of a `date`, `timestamp` or `timestamptz`: later than all others. It is the type's max(), and no
/// point in time: computing with it overflows.
template <class T>
    requires is_time_point<T>
inline constexpr T infinity = T::max();

/// Their `-infinity`: earlier than all others. It is the type's min().
template <class T>
    requires is_time_point<T>
inline constexpr T minus_infinity = T::min();

/// Whether it is a point in time, and neither `infinity` nor `-infinity`.
template <class T>
    requires is_time_point<T>
[[nodiscard]] constexpr bool is_finite(T const& time) noexcept {
    return time != infinity<T> && time != minus_infinity<T>;
}

} // namespace pgwire
