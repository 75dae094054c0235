#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Dates and times as text in DateStyle ISO, from and to the numbers that stand for them in the binary format: days and
/// microseconds since 2000-01-01, microseconds since midnight; the extreme ones are the infinities.
namespace pgwire::detail {

inline constexpr std::int64_t microseconds_per_day = 86'400'000'000;
inline constexpr std::int64_t unix_days_of_2000 = 10'957;
inline constexpr std::int64_t unix_microseconds_of_2000 = unix_days_of_2000 * microseconds_per_day;

// Julian day 0, 4714-11-24 BC, and what follows the last day; datatype/timestamp.h.
inline constexpr std::int64_t first_day = -2'451'545;
inline constexpr std::int64_t end_of_days = 2'147'483'494 - 2'451'545;
inline constexpr std::int64_t first_timestamp = first_day * microseconds_per_day;
inline constexpr std::int64_t end_of_timestamps = 9'223'371'331'200'000'000;

bool is_date(std::int64_t days) noexcept;              // or an infinity
bool is_timestamp(std::int64_t microseconds) noexcept; // or an infinity
bool is_time(std::int64_t microseconds) noexcept;

// What they are given is one.
void append_date(std::string& out, std::int32_t days);
void append_time(std::string& out, std::int64_t microseconds);
void append_timestamp(std::string& out, std::int64_t microseconds);
void append_timestamptz(std::string& out, std::int64_t microseconds); // in UTC

// The whole text must be one, in range. More than six digits of a second must be zeros.
bool parse_date(std::string_view text, std::int32_t& days) noexcept;
bool parse_time(std::string_view text, std::int64_t& microseconds) noexcept;
bool parse_timestamp(std::string_view text, std::int64_t& microseconds) noexcept;
bool parse_timestamptz(std::string_view text, std::int64_t& microseconds) noexcept;

} // namespace pgwire::detail
