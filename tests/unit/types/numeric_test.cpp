#include <pgwire/types/numeric.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

// From PostgreSQL 15: numeric_send and numeric_out.
constexpr std::pair<std::string_view, std::string_view> vectors[]{
    {"0000 0000 0000 0000", "0"},
    {"0000 0000 0000 0002", "0.00"},
    {"0001 0000 0000 0000 0001", "1"},
    {"0001 0001 0000 0000 0001", "10000"},
    {"0001 0000 0000 0000 270f", "9999"},
    {"0001 0001 0000 0000 03e8", "10000000"},
    {"0001 0002 0000 0000 0001", "100000000"},
    {"0001 ffff 0000 0004 0001", "0.0001"},
    {"0001 fffe 0000 0005 03e8", "0.00001"},
    {"0001 ffff 0000 0004 270f", "0.9999"},
    {"0001 0000 0000 0004 0001", "1.0000"},
    {"0003 0001 0000 0004 0001 0000 0001", "10000.0001"},
    {"0004 0001 0000 0006 0012 1b4e 0000 2328", "186990.000090"},
    {"0008 0004 0000 000a 04d2 162e 2334 0d80 1ed2 04d2 162e 2328", "12345678901234567890.1234567890"},
    {"0002 0000 4000 0002 0001 1388", "-1.50"},
};

TEST(Numeric, F17_golden_bytes) {
    for (auto const& [hex, text] : vectors) {
        expect_binary(oids::numeric, hex, numeric(text));
        expect_text(oids::numeric, text, numeric(text));
        EXPECT_EQ(from_hex<numeric>(oids::numeric, hex)->text(), text);
        expect_no_other_length<numeric>(oids::numeric, hex);
    }
}

TEST(Numeric, F17_nan_and_infinities) {
    for (auto const& [hex, text] :
         std::vector<std::pair<std::string_view, std::string_view>>{{"0000 0000 c000 0000", "NaN"},
                                                                    {"0000 0000 d000 0020", "Infinity"},
                                                                    {"0000 0000 f000 0020", "-Infinity"}}) {
        expect_binary(oids::numeric, hex, numeric(text));
        expect_text(oids::numeric, text, numeric(text));
        EXPECT_FALSE(numeric(text).is_finite());
        EXPECT_EQ(numeric(text).scale(), 0U);
    }
    EXPECT_TRUE(numeric::nan().is_nan());
    EXPECT_FALSE(numeric::infinity().is_nan());
    EXPECT_EQ(numeric("+inf"), numeric::infinity());
    EXPECT_EQ(numeric("-INF"), numeric::minus_infinity());
    EXPECT_FALSE(from_hex<numeric>(oids::numeric, "0001 0000 c000 0000 0001"));
}

TEST(Numeric, F17_extremes_of_weight_and_scale) {
    // 1e131071 and 1e-16383, from PostgreSQL 15
    expect_binary(oids::numeric, "0001 7fff 0000 0000 03e8", numeric("1e131071"));
    EXPECT_EQ(numeric("1e131071").text(), "1" + std::string(131071, '0'));
    expect_binary(oids::numeric, "0001 f000 0000 3fff 000a", numeric("1e-16383"));
    EXPECT_EQ(numeric("1e-16383").scale(), 16383U);

    std::string const longest = std::string(131072, '9') + '.' + std::string(16383, '9');
    numeric const value(longest);
    EXPECT_EQ(value.text(), longest);
    std::string const bytes = encoded(value);
    EXPECT_EQ(bytes.size(), 8U + 2 * (32768 + 4096));
    EXPECT_EQ(decoded<numeric>(oids::numeric, format::binary, protocol::as_bytes(bytes)).value().text(), longest);

    std::string const zero = "0." + std::string(16383, '0');
    expect_binary(oids::numeric, "0000 0000 0000 3fff", numeric(zero));
    EXPECT_EQ(from_hex<numeric>(oids::numeric, "0000 0000 0000 3fff")->text(), zero);

    for (auto const& text : {std::string("1e131072"), "9" + longest, longest + "0", std::string("1e-16384"),
                             std::string("1e2147483648"), std::string("1e99999999999"), std::string("1e-99999999999")})
        EXPECT_FALSE(numeric::parse(text)) << text.substr(0, 20);
}

TEST(Numeric, F17_bytes_that_are_none_are_refused) {
    for (char const* hex : {
             "0002 0000 0000 0000 0001",      // more digits than bytes
             "0001 0000 0000 0000 0001 0001", // fewer
             "ffff 0000 0000 0000 0001",      // far more
             "0001 0000 0000 0000 2710",      // a digit of 10000
             "0001 0000 0000 0000 ffff",      // and of 65535
             "0001 0000 0001 0000 0001",      // an unknown sign
             "0001 0000 8000 0000 0001",      //
             "0000 0000 0000 4000",           // a scale of 16384
             "0001 ffff 0000 0000 0001",      // a digit behind the last place
             "0002 0000 0000 0001 0001 0001", //
             "0001 8000 0000 3fff 0001",      // with the least weight
         })
        EXPECT_FALSE(from_hex<numeric>(oids::numeric, hex)) << hex;
}

TEST(Numeric, bytes_in_another_form_are_taken) {
    EXPECT_EQ(from_hex<numeric>(oids::numeric, "0003 0001 0000 0002 0000 0001 0000")->text(), "1.00"); // outer zeros
    EXPECT_EQ(from_hex<numeric>(oids::numeric, "0001 0000 4000 0002 0000")->text(), "0.00"); // a negative zero
    EXPECT_EQ(from_hex<numeric>(oids::numeric, "0001 8000 0000 0001 0000")->text(), "0.0");
    EXPECT_EQ(from_hex<numeric>(oids::numeric, "0000 7fff 0000 0001")->text(), "0.0");
}

TEST(Numeric, parse) {
    for (auto const& [text, meant] :
         std::vector<std::pair<std::string_view, std::string_view>>{{"007", "7"},
                                                                    {"+1", "1"},
                                                                    {"-0", "0"},
                                                                    {"-0.00", "0.00"},
                                                                    {".5", "0.5"},
                                                                    {"-.5", "-0.5"},
                                                                    {"5.", "5"},
                                                                    {"1e3", "1000"},
                                                                    {"1.5E3", "1500"},
                                                                    {"1.50e1", "15.0"},
                                                                    {"1.5e+1", "15"},
                                                                    {"15e-1", "1.5"},
                                                                    {"1e-3", "0.001"},
                                                                    {"0e5", "0"},
                                                                    {"0e-2", "0.00"},
                                                                    {"-12.5e-3", "-0.0125"},
                                                                    {"000.100e1", "1.00"},
                                                                    {"nan", "NaN"},
                                                                    {"INFINITY", "Infinity"}})
        EXPECT_EQ(numeric(text).text(), meant) << text;
    for (char const* text : {"",   "-",  "+",   ".",   "e5",  "1e",  "1e+", "1e-",  "1e+-1",   "1e1.5", "1.2.3",
                             "1 ", " 1", "--1", "+-1", "0x1", "1_0", "1,5", "-nan", "infinit", "1e1 ",  "NaN1"}) {
        EXPECT_FALSE(numeric::parse(text)) << text;
        EXPECT_THROW(numeric{text}, std::invalid_argument) << text;
    }
    EXPECT_EQ(numeric().text(), "0");
}

TEST(Numeric, of_integers) {
    EXPECT_EQ(numeric(std::numeric_limits<std::int64_t>::min()).text(), "-9223372036854775808");
    EXPECT_EQ(numeric(std::numeric_limits<std::uint64_t>::max()).text(), "18446744073709551615");
    EXPECT_EQ(numeric(0).text(), "0");
    EXPECT_EQ(numeric(std::int16_t{-32768}).text(), "-32768");
}

TEST(Numeric, ordered_by_value) {
    char const* const ascending[]{"-Infinity", "-10000", "-9999.9", "-9.5",     "-9.45",    "-0.001",
                                  "0",         "0.0001", "0.001",   "0.0011",   "0.9",      "1",
                                  "1.001",     "9",      "10",      "100000.5", "Infinity", "NaN"};
    for (std::size_t a = 0; a < std::size(ascending); ++a)
        for (std::size_t b = 0; b < std::size(ascending); ++b)
            EXPECT_TRUE((numeric(ascending[a]) <=> numeric(ascending[b])) == (a <=> b))
                << ascending[a] << ' ' << ascending[b];
    EXPECT_EQ(numeric("1.0"), numeric("1.000"));
    EXPECT_EQ(numeric("0"), numeric("0.00"));
    EXPECT_EQ(numeric("-1.50"), numeric("-1.5"));
}

TEST(Numeric, round_trips) {
    std::mt19937 random(7);
    auto const digits = [&](std::size_t most) {
        std::string s(random() % (most + 1), '0');
        for (char& c : s)
            c = static_cast<char>('0' + (random() % 3 == 0 ? 0 : random() % 10));
        return s;
    };
    for (int i = 0; i < 5000; ++i) {
        std::string text = (random() % 2 == 0 ? "-" : "") + std::to_string(random() % 10) + digits(24);
        if (random() % 3 != 0)
            text += '.' + digits(30) + '7';
        numeric const value(text);
        EXPECT_EQ(from_hex<numeric>(oids::numeric, encoded_hex(value)).value().text(), value.text());
        EXPECT_EQ(from_text<numeric>(oids::numeric, value.text()).value().text(), value.text());
    }
}

TEST(Numeric, a_refused_value_leaves_the_object_as_it_was) {
    numeric value("1.5");
    EXPECT_FALSE(
        codec<numeric>::decoder_for(oids::numeric, format::binary)(bytes_of("0001 0000 0000 0000 2710"), value));
    EXPECT_FALSE(codec<numeric>::decoder_for(oids::numeric, format::text)(protocol::as_bytes("1x"), value));
    EXPECT_EQ(value.text(), "1.5");
    EXPECT_FALSE(fits<numeric>(oids::int8, format::binary));
    EXPECT_FALSE(fits<numeric>(oids::float8, format::text));
}

} // namespace
} // namespace pgwire::test
