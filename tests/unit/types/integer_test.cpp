#include <pgwire/types/integer.hpp>

#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

template <class Int>
std::string spelled(Int value) {
    return std::to_string(value);
}

TEST(Integer, golden_bytes) {
    expect_binary(oids::int2, "7fff", std::int16_t{32767});
    expect_binary(oids::int2, "8000", std::int16_t{-32768});
    expect_binary(oids::int4, "ffffffff", std::int32_t{-1});
    expect_binary(oids::int4, "80000000", std::numeric_limits<std::int32_t>::min());
    expect_binary(oids::int8, "7fffffffffffffff", std::numeric_limits<std::int64_t>::max());
    expect_binary(oids::int8, "8000000000000000", std::numeric_limits<std::int64_t>::min());
    expect_binary(oids::oid_, "ffffffff", std::numeric_limits<std::uint32_t>::max());
    expect_binary(oids::int8, "0000000000000102", 258LL);
    expect_binary(oids::int8, "0000000000000102", 258L);
}

template <class Int>
void expect_round_trips(oid type) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 1000; ++i) {
        auto const value = static_cast<Int>(random() >> (random() % 64));
        EXPECT_EQ(from_hex<Int>(type, encoded_hex(value)), value);
        expect_text(type, spelled(value), value);
    }
    for (Int const value : {std::numeric_limits<Int>::min(), Int{0}, std::numeric_limits<Int>::max()})
        expect_text(type, spelled(value), value);
    expect_no_other_length<Int>(type, encoded_hex(Int{1}));
}

TEST(Integer, round_trips) {
    expect_round_trips<std::int16_t>(oids::int2);
    expect_round_trips<std::int32_t>(oids::int4);
    expect_round_trips<std::int64_t>(oids::int8);
    expect_round_trips<std::uint32_t>(oids::oid_);
    expect_round_trips<long long>(oids::int8);
}

TEST(Integer, text_out_of_range_or_not_a_number_is_refused) {
    expect_refused<std::int16_t>(oids::int2, {"32768", "-32769"});
    expect_refused<std::int32_t>(oids::int4, {"2147483648", "-2147483649"});
    expect_refused<std::int64_t>(oids::int8, {"9223372036854775808", "-9223372036854775809", "99999999999999999999"});
    expect_refused<std::uint32_t>(oids::oid_, {"4294967296", "-1"});
    expect_refused<std::int32_t>(oids::unknown_to_server,
                                 {"", "-", "+1", " 1", "1 ", "1.0", "1e1", "0x1", "1_0", "--1"});
}

TEST(Integer, a_narrower_column_fits_and_a_wider_one_does_not) {
    EXPECT_EQ(from_hex<std::int64_t>(oids::int2, "fffe"), -2);
    EXPECT_EQ(from_hex<std::int64_t>(oids::int4, "fffffffe"), -2);
    EXPECT_EQ(from_hex<std::int64_t>(oids::oid_, "fffffffe"), 4294967294);
    EXPECT_EQ(from_hex<std::int32_t>(oids::int2, "fffe"), -2);
    EXPECT_EQ(from_text<std::int64_t>(oids::int2, "-2"), -2);
    for (format const f : {format::text, format::binary}) {
        EXPECT_FALSE(fits<std::int16_t>(oids::int4, f));
        EXPECT_FALSE(fits<std::int16_t>(oids::oid_, f));
        EXPECT_FALSE(fits<std::int32_t>(oids::int8, f));
        EXPECT_FALSE(fits<std::int32_t>(oids::oid_, f));
        EXPECT_FALSE(fits<std::uint32_t>(oids::int2, f));
        EXPECT_FALSE(fits<std::uint32_t>(oids::int4, f));
        EXPECT_FALSE(fits<std::int64_t>(oids::numeric, f));
    }
    EXPECT_FALSE(fits<std::int64_t>(oids::unknown_to_server, format::binary));
    expect_no_other_length<std::int64_t>(oids::int4, "00000001");
}

} // namespace
} // namespace pgwire::test
