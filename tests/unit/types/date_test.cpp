#include <pgwire/types/date.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <random>
#include <stdexcept>
#include <string>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

date day(int y, unsigned m, unsigned d) {
    return std::chrono::local_days(std::chrono::year(y) / std::chrono::month(m) / std::chrono::day(d));
}

date since_2000(std::int64_t days) { return date(std::chrono::days(days + 10957)); }

TEST(Date, golden_bytes) { // values from PostgreSQL 15
    struct {
        char const* hex;
        char const* text;
        date value;
    } const vectors[]{
        {"00000000", "2000-01-01", day(2000, 1, 1)},      {"0000003b", "2000-02-29", day(2000, 2, 29)},
        {"002c95d3", "9999-12-31", day(9999, 12, 31)},    {"002c95d4", "10000-01-01", day(10000, 1, 1)},
        {"fff4dbf9", "0001-01-01", day(1, 1, 1)},         {"fff4dbf8", "0001-12-31 BC", day(0, 12, 31)},
        {"ffda9808", "4713-02-29 BC", day(-4712, 2, 29)}, {"ffda97cc", "4714-12-31 BC", day(-4713, 12, 31)},
    };
    for (auto const& v : vectors) {
        expect_binary(oids::date, v.hex, v.value);
        expect_text(oids::date, v.text, v.value);
    }
}

TEST(Date, F18_first_and_last_day) {
    expect_binary(oids::date, "ffda97a7", since_2000(-2451545));
    expect_text(oids::date, "4714-11-24 BC", since_2000(-2451545));
    expect_binary(oids::date, "7fda970c", since_2000(2145031948));
    expect_text(oids::date, "5874897-12-31", since_2000(2145031948));
    EXPECT_FALSE(from_hex<date>(oids::date, "ffda97a6"));
    EXPECT_FALSE(from_hex<date>(oids::date, "7fda970d"));
    expect_refused<date>(oids::date, {"4714-11-23 BC", "5874898-01-01"});
    EXPECT_THROW(encoded(since_2000(-2451546)), std::out_of_range);
    EXPECT_THROW(encoded(since_2000(2145031949)), std::out_of_range);
    EXPECT_THROW(encoded(date::max() - std::chrono::days(1)), std::out_of_range);
}

TEST(Date, F18_infinity) {
    expect_binary(oids::date, "7fffffff", infinity<date>);
    expect_binary(oids::date, "80000000", minus_infinity<date>);
    expect_text(oids::date, "infinity", infinity<date>);
    expect_text(oids::date, "-infinity", minus_infinity<date>);
    expect_binary(oids::date, "7fffffff", infinity<std::chrono::sys_days>);
    EXPECT_FALSE(is_finite(infinity<date>));
    EXPECT_FALSE(is_finite(minus_infinity<date>));
    EXPECT_TRUE(is_finite(date()));
}

TEST(Date, anything_else_is_refused) {
    expect_no_other_length<date>(oids::date, "00000001");
    expect_refused<date>(oids::date, {"",
                                      "2000-01-1",
                                      "200-01-01",
                                      "2000-13-01",
                                      "2000-00-01",
                                      "2000-01-00",
                                      "2000-01-32",
                                      "2001-02-29",
                                      "1900-02-29",
                                      "4713-02-29",
                                      "4714-02-29 BC",
                                      "0000-01-01",
                                      "0000-01-01 BC",
                                      "2000-01-01 ",
                                      "2000-01-01 AD",
                                      "2000-01-01BC",
                                      "-2000-01-01",
                                      "20000101",
                                      "01/02/2000",
                                      "12345678-01-01",
                                      "2000-01-01 00:00:00",
                                      "Infinity",
                                      "infinity ",
                                      "2000-02-30"});
    EXPECT_FALSE(fits<date>(oids::timestamp, format::binary));
    EXPECT_FALSE(fits<date>(oids::int4, format::binary));
}

TEST(Date, every_day_of_some_centuries_as_chrono_has_it) {
    for (date d = day(-401, 1, 1); d < day(2401, 1, 1); d += std::chrono::days(1)) {
        std::chrono::year_month_day const c(d);
        int const y = int(c.year());
        char text[40];
        std::snprintf(text, sizeof text, "%04d-%02u-%02u%s", y > 0 ? y : 1 - y, unsigned(c.month()), unsigned(c.day()),
                      y > 0 ? "" : " BC");
        ASSERT_EQ(from_text<date>(oids::date, text), d) << text;
    }
}

TEST(Date, sys_days_too) {
    std::chrono::sys_days const d{std::chrono::days(10958)};
    expect_binary(oids::date, "00000001", d);
    expect_text(oids::date, "2000-01-02", d);
}

TEST(Date, round_trips) {
    std::mt19937 random(7);
    std::uniform_int_distribution<std::int32_t> days(-2451545, 2145031948);
    for (int i = 0; i < 1000; ++i) {
        date const value = since_2000(days(random));
        expect_binary(oids::date, encoded_hex(value), value);
    }
}

} // namespace
} // namespace pgwire::test
