#include <pgwire/types/timestamp.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

using namespace std::chrono_literals;

timestamp at(int y, unsigned m, unsigned d, std::chrono::microseconds since_midnight) {
    return std::chrono::local_days(std::chrono::year(y) / std::chrono::month(m) / std::chrono::day(d)) + since_midnight;
}

timestamptz in_utc(timestamp t) { return timestamptz(t.time_since_epoch()); }

struct {
    char const* hex;
    char const* text;
    timestamp value;
} const vectors[]{
    // from PostgreSQL 15
    {"0000000000000000", "2000-01-01 00:00:00", at(2000, 1, 1, 0us)},
    {"ffffffffffffffff", "1999-12-31 23:59:59.999999", at(1999, 12, 31, 24h - 1us)},
    {"000242b4f34ba608", "2020-02-29 12:34:56.789", at(2020, 2, 29, 12h + 34min + 56789ms)},
    {"0380e70b913b8001", "10000-01-01 00:00:00.000001", at(10000, 1, 1, 1us)},
    {"ff1fe2ffc594bee0", "0001-12-31 23:59:59.5 BC", at(0, 12, 31, 24h - 500ms)},
    {"fd0f846a9ea6b000", "4713-02-29 12:00:00 BC", at(-4712, 2, 29, 12h)}, // F-18
    {"fd0f7cc1411fa000", "4714-11-24 00:00:00 BC", at(-4713, 11, 24, 0us)},
};

TEST(Timestamp, F18_golden_bytes) {
    for (auto const& v : vectors) {
        expect_binary(oids::timestamp, v.hex, v.value);
        expect_text(oids::timestamp, v.text, v.value);
    }
}

TEST(Timestamptz, F18_golden_bytes) {
    for (auto const& v : vectors) {
        expect_binary(oids::timestamptz, v.hex, in_utc(v.value));
        std::string text = v.text;
        text.insert(text.ends_with(" BC") ? text.size() - 3 : text.size(), "+00");
        expect_text(oids::timestamptz, text, in_utc(v.value));
    }
}

TEST(Timestamptz, zones) { // values from PostgreSQL 15 in Asia/Kolkata and America/New_York
    expect_text(oids::timestamptz, "2020-02-29 18:04:56.789+05:30", in_utc(at(2020, 2, 29, 12h + 34min + 56789ms)));
    expect_text(oids::timestamptz, "1879-12-31 19:03:58-04:56:02", in_utc(at(1880, 1, 1, 0us)));
    expect_text(oids::timestamptz, "0044-03-15 05:53:28+05:53:28 BC", in_utc(at(-43, 3, 15, 0us)));
    expect_text(oids::timestamptz, "2000-01-01 00:00:00+15:59:59", in_utc(at(1999, 12, 31, 8h + 1s)));
    // A local day before the first one.
    expect_text(oids::timestamptz, "4714-11-23 19:00:00-05 BC", in_utc(at(-4713, 11, 24, 0us)));
    expect_refused<timestamptz>(oids::timestamptz, {"4714-11-23 18:59:59-05 BC", "4714-11-24 00:00:00+01 BC"});
}

template <class Time>
void expect_infinities(oid type) {
    expect_binary(type, "7fffffffffffffff", infinity<Time>);
    expect_binary(type, "8000000000000000", minus_infinity<Time>);
    expect_text(type, "infinity", infinity<Time>);
    expect_text(type, "-infinity", minus_infinity<Time>);
    EXPECT_FALSE(is_finite(infinity<Time>));
    EXPECT_FALSE(is_finite(minus_infinity<Time>));
    EXPECT_TRUE(is_finite(Time()));
    EXPECT_LT(minus_infinity<Time>, Time());
    EXPECT_LT(Time(), infinity<Time>);
}

TEST(Timestamp, F18_infinity) {
    expect_infinities<timestamp>(oids::timestamp);
    expect_infinities<timestamptz>(oids::timestamptz);
}

TEST(Timestamp, F18_last_one_of_chrono) {
    timestamp const last(std::chrono::microseconds(std::numeric_limits<std::int64_t>::max() - 1));
    expect_binary(oids::timestamp, "7ffca2fec4c81ffe", last);
    expect_text(oids::timestamp, "294247-01-10 04:00:54.775806", last);
    expect_text(oids::timestamptz, "294247-01-10 04:00:54.775806+00", in_utc(last));
    // PostgreSQL has later ones: they do not fit, and are not taken for another time nor for infinity.
    EXPECT_FALSE(from_hex<timestamp>(oids::timestamp, "7ffca2fec4c81fff"));
    EXPECT_FALSE(from_hex<timestamp>(oids::timestamp, "7fffff5bb3b29fff"));
    EXPECT_FALSE(from_hex<timestamptz>(oids::timestamptz, "7fffff5bb3b29fff"));
    expect_refused<timestamp>(oids::timestamp,
                              {"294247-01-10 04:00:54.775807", "294276-12-31 23:59:59.999999", "294277-01-01 00:00:00",
                               "5874897-12-31 00:00:00", "9999999-12-31 00:00:00"});
}

TEST(Timestamp, F18_out_of_range) {
    EXPECT_FALSE(from_hex<timestamp>(oids::timestamp, "fd0f7cc1411f9fff"));
    EXPECT_FALSE(from_hex<timestamp>(oids::timestamp, "8000000000000001"));
    EXPECT_FALSE(from_hex<timestamp>(oids::timestamp, "7ffffffffffffffe"));
    EXPECT_THROW(encoded(at(-4713, 11, 24, -1us)), std::out_of_range);
    EXPECT_THROW(encoded(in_utc(at(-4713, 11, 24, -1us))), std::out_of_range);
    EXPECT_THROW(encoded(timestamp::min() + 1us), std::out_of_range);
}

TEST(Timestamp, anything_else_is_refused) {
    expect_no_other_length<timestamp>(oids::timestamp, "0000000000000001");
    expect_no_other_length<timestamptz>(oids::timestamptz, "0000000000000001");
    expect_refused<timestamp>(oids::timestamp, {"", "2000-01-01", "2000-01-01T00:00:00", "2000-01-01 00:00",
                                                "2000-01-01  00:00:00", "2000-01-01 24:00:00", "2000-01-01 00:00:60",
                                                "2000-01-01 00:00:00+00", "2000-01-01 00:00:00 ", "2001-02-29 00:00:00",
                                                "2000-01-01 00:00:00.", "2000-01-01 00:00:00.1234567", "Infinity",
                                                "0000-01-01 00:00:00", "4713-02-29 12:00:00"});
    expect_refused<timestamptz>(oids::timestamptz,
                                {"2000-01-01 00:00:00", "2000-01-01 00:00:00Z", "2000-01-01 00:00:00+0",
                                 "2000-01-01 00:00:00+16", "2000-01-01 00:00:00+00:60", "2000-01-01 00:00:00+00:00:60",
                                 "2000-01-01 00:00:00+00:00:00:00", "2000-01-01 00:00:00 UTC",
                                 "2000-01-01 00:00:00+0530", "2000-01-01 00:00:00 BC+00", "2000-01-01 00:00:00 +00"});
    EXPECT_FALSE(fits<timestamp>(oids::timestamptz, format::binary));
    EXPECT_FALSE(fits<timestamptz>(oids::timestamp, format::text));
    EXPECT_FALSE(fits<timestamp>(oids::date, format::binary));
}

TEST(Timestamp, round_trips) {
    std::mt19937_64 random(7);
    std::uniform_int_distribution<std::int64_t> since_1970(-210'866'803'200'000'000,
                                                           std::numeric_limits<std::int64_t>::max() - 1);
    for (int i = 0; i < 2000; ++i) {
        timestamp const value(std::chrono::microseconds(since_1970(random) >> (random() % 30)));
        expect_binary(oids::timestamp, encoded_hex(value), value);
        expect_binary(oids::timestamptz, encoded_hex(value), in_utc(value));
    }
}

} // namespace
} // namespace pgwire::test
