#include <pgwire/types/floating.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

TEST(Floating, golden_bytes) {
    expect_binary(oids::float8, "3ff8000000000000", 1.5);
    expect_binary(oids::float8, "7ff0000000000000", std::numeric_limits<double>::infinity());
    expect_binary(oids::float8, "0000000000000001", 4.9406564584124654e-324);
    expect_binary(oids::float4, "3fc00000", 1.5F);
    expect_binary(oids::float4, "ff800000", -std::numeric_limits<float>::infinity());
    EXPECT_EQ(encoded_hex(-0.0), "8000000000000000");
    EXPECT_TRUE(std::isnan(from_hex<double>(oids::float8, "7ff8000000000000").value()));
    EXPECT_TRUE(std::isnan(from_hex<float>(oids::float4, "7fc00000").value()));
}

TEST(Floating, text_as_the_server_writes_it) {
    expect_text(oids::float8, "1e+20", 1e20);
    expect_text(oids::float8, "-2.2496973766230592e+16", -22496973766230592.0);
    expect_text(oids::float8, "1.7976931348623157e+308", std::numeric_limits<double>::max());
    expect_text(oids::float8, "5e-324", 4.9406564584124654e-324);
    expect_text(oids::float8, "-0.0001", -0.0001);
    expect_text(oids::float4, "0.1", 0.1F);
    expect_text(oids::float4, "1e-45", 1e-45F);
    expect_text(oids::float4, "Infinity", std::numeric_limits<float>::infinity());
    expect_text(oids::float8, "-Infinity", -std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(from_text<double>(oids::float8, "NaN").value()));
    EXPECT_TRUE(std::signbit(from_text<double>(oids::float8, "-0").value()));
}

TEST(Floating, round_trips) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 2000; ++i) {
        auto const value = std::bit_cast<double>(random());
        if (!std::isnan(value))
            expect_binary(oids::float8, encoded_hex(value), value);
        auto const narrow = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (!std::isnan(narrow))
            expect_binary(oids::float4, encoded_hex(narrow), narrow);
    }
}

TEST(Floating, double_takes_real_columns) {
    EXPECT_EQ(from_hex<double>(oids::float4, "3dcccccd"), double{0.1F});
    EXPECT_EQ(from_text<double>(oids::float4, "0.1"), 0.1);
    EXPECT_FALSE(fits<float>(oids::float8, format::binary));
    EXPECT_FALSE(fits<float>(oids::float8, format::text));
    EXPECT_FALSE(fits<double>(oids::numeric, format::text));
    EXPECT_FALSE(fits<double>(oids::int4, format::binary));
}

TEST(Floating, anything_else_is_refused) {
    expect_no_other_length<double>(oids::float8, "3ff8000000000000");
    expect_no_other_length<double>(oids::float4, "3fc00000");
    expect_no_other_length<float>(oids::float4, "3fc00000");
    expect_refused<double>(oids::float8, {"", "nan", "NaN ", "nan(1)", "inf", "infinity", "+1", " 1", "1 ", "1e", "e1",
                                          ".", "-", "1e999", "-1e999", "0x1p3", "1,5"});
    expect_refused<float>(oids::float4, {"1e39", ""});
}

} // namespace
} // namespace pgwire::test
