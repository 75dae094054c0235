#include <pgwire/types/time.hpp>

#include <chrono>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

using namespace std::chrono_literals;

time at(std::chrono::microseconds since_midnight) { return {since_midnight}; }

TEST(Time, golden_bytes) { // values from PostgreSQL 15
    expect_binary(oids::time, "0000000000000000", at(0us));
    expect_text(oids::time, "00:00:00", at(0us));
    expect_binary(oids::time, "00000000000186a0", at(100ms));
    expect_text(oids::time, "00:00:00.1", at(100ms));
    expect_binary(oids::time, "0000000203052761", at(2h + 24min + 604001us));
    expect_text(oids::time, "02:24:00.604001", at(2h + 24min + 604001us));
    expect_binary(oids::time, "000000141dd75fff", at(24h - 1us));
    expect_text(oids::time, "23:59:59.999999", at(24h - 1us));
}

TEST(Time, F18_the_end_of_a_day) {
    expect_binary(oids::time, "000000141dd76000", at(24h));
    expect_text(oids::time, "24:00:00", at(24h));
    EXPECT_FALSE(from_hex<time>(oids::time, "000000141dd76001"));
    EXPECT_FALSE(from_hex<time>(oids::time, "ffffffffffffffff"));
    expect_refused<time>(oids::time, {"24:00:00.000001", "24:00:01", "24:01:00", "25:00:00"});
    EXPECT_THROW(encoded(at(24h + 1us)), std::out_of_range);
    EXPECT_THROW(encoded(at(-1us)), std::out_of_range);
}

TEST(Time, zeros_behind_microseconds_say_nothing) {
    expect_text(oids::time, "00:00:00.1000000", at(100ms));
    expect_refused<time>(oids::time, {"00:00:00.1000001"});
}

TEST(Time, anything_else_is_refused) {
    expect_no_other_length<time>(oids::time, "0000000000000000");
    expect_refused<time>(oids::time, {"", "00:00", "0:00:00", "00:00:60", "00:60:00", "00:00:00.", "00:00:00 ",
                                      " 00:00:00", "00:00:00+00", "-01:00:00", "000000", "12:00:00 PM"});
    EXPECT_FALSE(fits<time>(oids::timestamp, format::binary));
}

TEST(Time, ordered_and_round_trips) {
    EXPECT_LT(at(1us), at(2us));
    std::mt19937_64 random(7);
    for (int i = 0; i < 1000; ++i) {
        time const value = at(std::chrono::microseconds(static_cast<std::int64_t>(random() % 86'400'000'001)));
        expect_binary(oids::time, encoded_hex(value), value);
    }
}

} // namespace
} // namespace pgwire::test
