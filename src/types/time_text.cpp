#include "types/time_text.hpp"

#include <cstddef>
#include <limits>

namespace pgwire::detail {

namespace {

template <class Int>
constexpr Int infinite = std::numeric_limits<Int>::max();
template <class Int>
constexpr Int minus_infinite = std::numeric_limits<Int>::min();

struct civil_day {
    std::int64_t year; // 0 is 1 BC, -1 is 2 BC …
    std::int64_t month;
    std::int64_t day;
};

// The proleptic Gregorian calendar, in eras of 400 years that begin in March; as std::chrono has it, but its years end
// at 32767. After Howard Hinnant, "chrono-compatible low-level date algorithms".
constexpr std::int64_t days_per_era = 146'097;
constexpr std::int64_t days_to_2000 = 730'425; // from 0000-03-01

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) noexcept { return (a >= 0 ? a : a - (b - 1)) / b; }

constexpr std::int64_t days_of(civil_day d) noexcept {
    std::int64_t const year = d.month <= 2 ? d.year - 1 : d.year;
    std::int64_t const era = floor_div(year, 400);
    std::int64_t const year_of_era = year - era * 400;
    std::int64_t const day_of_year = (153 * (d.month > 2 ? d.month - 3 : d.month + 9) + 2) / 5 + d.day - 1;
    std::int64_t const day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * days_per_era + day_of_era - days_to_2000;
}

constexpr civil_day civil_day_of(std::int64_t days) noexcept {
    days += days_to_2000;
    std::int64_t const era = floor_div(days, days_per_era);
    std::int64_t const day_of_era = days - era * days_per_era;
    std::int64_t const year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
    std::int64_t const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    std::int64_t const month = (5 * day_of_year + 2) / 153; // from March
    std::int64_t const year = year_of_era + era * 400;
    return {month < 10 ? year : year + 1, month < 10 ? month + 3 : month - 9, day_of_year - (153 * month + 2) / 5 + 1};
}

static_assert(days_of({2000, 1, 1}) == 0);
static_assert(days_of({1970, 1, 1}) == -unix_days_of_2000);
static_assert(days_of({-4713, 11, 24}) == first_day);
static_assert(days_of({5874898, 1, 1}) == end_of_days);
static_assert(days_of({294277, 1, 1}) * microseconds_per_day == end_of_timestamps);

constexpr std::int64_t days_in_month(std::int64_t year, std::int64_t month) noexcept {
    bool const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    constexpr std::int64_t days[]{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap ? 29 : days[month - 1];
}

void append_number(std::string& out, std::int64_t value, std::size_t width) {
    std::string const digits = std::to_string(value);
    if (digits.size() < width)
        out.append(width - digits.size(), '0');
    out += digits;
}

void append_civil_day(std::string& out, civil_day d) {
    append_number(out, d.year > 0 ? d.year : 1 - d.year, 4);
    out += '-';
    append_number(out, d.month, 2);
    out += '-';
    append_number(out, d.day, 2);
}

void append_era(std::string& out, civil_day d) {
    if (d.year <= 0)
        out += " BC";
}

template <class Int>
bool append_infinity(std::string& out, Int value) {
    if (value != infinite<Int> && value != minus_infinite<Int>)
        return false;
    out += value == infinite<Int> ? "infinity" : "-infinity";
    return true;
}

template <class Int>
bool parse_infinity(std::string_view text, Int& value) noexcept {
    if (text != "infinity" && text != "-infinity")
        return false;
    value = text == "infinity" ? infinite<Int> : minus_infinite<Int>;
    return true;
}

void append_in_zone(std::string& out, std::int64_t microseconds, std::string_view zone) {
    if (append_infinity(out, microseconds))
        return;
    std::int64_t const days = floor_div(microseconds, microseconds_per_day);
    civil_day const day = civil_day_of(days);
    append_civil_day(out, day);
    out += ' ';
    append_time(out, microseconds - days * microseconds_per_day);
    out += zone;
    append_era(out, day);
}

/// Reads a text from its beginning. Like `reader`, the first failure sticks.
class cursor {
public:
    explicit cursor(std::string_view text) noexcept : left_(text) {}

    bool take(std::string_view wanted) noexcept {
        if (!left_.starts_with(wanted))
            return false;
        left_.remove_prefix(wanted.size());
        return true;
    }
    void expect(std::string_view wanted) noexcept { require(take(wanted)); }

    std::int64_t number(std::size_t min_digits, std::size_t max_digits) noexcept {
        std::int64_t value = 0;
        std::size_t const digits = count_digits();
        require(digits >= min_digits && digits <= max_digits);
        for (std::size_t i = 0; i < digits && !failed_; ++i)
            value = value * 10 + (left_[i] - '0');
        left_.remove_prefix(digits);
        return value;
    }

    std::int64_t number_to(std::int64_t max) noexcept {
        std::int64_t const value = number(2, 2);
        require(value <= max);
        return value;
    }

    std::int64_t millionths() noexcept {
        std::int64_t value = 0;
        std::size_t const digits = count_digits();
        require(digits != 0);
        for (std::size_t i = 0; i < digits && i < 6; ++i)
            value = value * 10 + (left_[i] - '0');
        for (std::size_t i = digits; i < 6; ++i)
            value *= 10;
        for (std::size_t i = 6; i < digits; ++i)
            require(left_[i] == '0');
        left_.remove_prefix(digits);
        return value;
    }

    void require(bool condition) noexcept { failed_ = failed_ || !condition; }
    [[nodiscard]] bool ok() const noexcept { return !failed_; }
    [[nodiscard]] bool finish() const noexcept { return !failed_ && left_.empty(); }

private:
    [[nodiscard]] std::size_t count_digits() const noexcept {
        return left_.substr(0, left_.find_first_not_of("0123456789")).size();
    }

    std::string_view left_;
    bool failed_ = false;
};

civil_day read_day(cursor& in) noexcept {
    civil_day d{};
    d.year = in.number(4, 7);
    in.expect("-");
    d.month = in.number_to(12);
    in.expect("-");
    d.day = in.number_to(31);
    in.require(d.year > 0 && d.month > 0 && d.day > 0);
    return d;
}

/// The day that was read, once it is known which era it belongs to.
std::int64_t read_era(cursor& in, civil_day d) noexcept {
    if (in.take(" BC"))
        d.year = 1 - d.year;
    in.require(in.ok() && d.day <= days_in_month(d.year, d.month));
    return in.ok() ? days_of(d) : 0;
}

std::int64_t read_time(cursor& in, std::int64_t last_hour) noexcept {
    std::int64_t time = in.number_to(last_hour) * 3600;
    in.expect(":");
    time += in.number_to(59) * 60;
    in.expect(":");
    time = (time + in.number_to(59)) * 1'000'000;
    if (in.take("."))
        time += in.millionths();
    return time;
}

/// How far ahead of UTC.
std::int64_t read_zone(cursor& in) noexcept {
    bool const behind = in.take("-");
    if (!behind)
        in.expect("+");
    std::int64_t offset = in.number_to(15) * 3600;
    if (in.take(":"))
        offset += in.number_to(59) * 60;
    if (in.take(":"))
        offset += in.number_to(59);
    return (behind ? -offset : offset) * 1'000'000;
}

bool parse_in_zone(std::string_view text, std::int64_t& microseconds, std::int64_t (*zone)(cursor&)) noexcept {
    if (parse_infinity(text, microseconds))
        return true;
    cursor in(text);
    civil_day const day = read_day(in);
    in.expect(" ");
    std::int64_t const since_midnight = read_time(in, 23) - zone(in);
    std::int64_t const days = read_era(in, day);
    // A day more on both sides, for the zone; what is computed of it fits.
    if (!in.finish() || days < first_day - 1 || days > end_of_timestamps / microseconds_per_day)
        return false;
    microseconds = days * microseconds_per_day + since_midnight;
    return microseconds >= first_timestamp && microseconds < end_of_timestamps;
}

} // namespace

bool is_date(std::int64_t days) noexcept {
    return (days >= first_day && days < end_of_days) || days == infinite<std::int32_t> ||
           days == minus_infinite<std::int32_t>;
}

bool is_timestamp(std::int64_t microseconds) noexcept {
    return (microseconds >= first_timestamp && microseconds < end_of_timestamps) ||
           microseconds == infinite<std::int64_t> || microseconds == minus_infinite<std::int64_t>;
}

bool is_time(std::int64_t microseconds) noexcept { return microseconds >= 0 && microseconds <= microseconds_per_day; }

void append_date(std::string& out, std::int32_t days) {
    if (append_infinity(out, days))
        return;
    civil_day const day = civil_day_of(days);
    append_civil_day(out, day);
    append_era(out, day);
}

void append_time(std::string& out, std::int64_t microseconds) {
    std::int64_t const seconds = microseconds / 1'000'000;
    append_number(out, seconds / 3600, 2);
    out += ':';
    append_number(out, seconds / 60 % 60, 2);
    out += ':';
    append_number(out, seconds % 60, 2);
    if (std::int64_t const fraction = microseconds % 1'000'000; fraction != 0) {
        out += '.';
        append_number(out, fraction, 6);
        out.erase(out.find_last_not_of('0') + 1);
    }
}

void append_timestamp(std::string& out, std::int64_t microseconds) { append_in_zone(out, microseconds, ""); }
void append_timestamptz(std::string& out, std::int64_t microseconds) { append_in_zone(out, microseconds, "+00"); }

bool parse_date(std::string_view text, std::int32_t& days) noexcept {
    if (parse_infinity(text, days))
        return true;
    cursor in(text);
    std::int64_t const found = read_era(in, read_day(in));
    if (!in.finish() || found < first_day || found >= end_of_days)
        return false;
    days = static_cast<std::int32_t>(found);
    return true;
}

bool parse_time(std::string_view text, std::int64_t& microseconds) noexcept {
    cursor in(text);
    microseconds = read_time(in, 24);
    return in.finish() && is_time(microseconds);
}

bool parse_timestamp(std::string_view text, std::int64_t& microseconds) noexcept {
    return parse_in_zone(text, microseconds, [](cursor&) -> std::int64_t { return 0; });
}

bool parse_timestamptz(std::string_view text, std::int64_t& microseconds) noexcept {
    return parse_in_zone(text, microseconds, &read_zone);
}

} // namespace pgwire::detail
