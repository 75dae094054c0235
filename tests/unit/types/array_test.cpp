#include <pgwire/types/all.hpp>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

using strings = std::vector<std::string>;
using nullable_strings = std::vector<std::optional<std::string>>;
using ints = std::vector<std::int32_t>;
using nullable_ints = std::vector<std::optional<std::int32_t>>;

TEST(Array, golden_bytes) { // values from PostgreSQL 15
    expect_binary(
        oids::int4_array,
        "00000001 00000001 00000017 00000004 00000001 00000004 00000001 00000004 fffffffe ffffffff 00000004 7fffffff",
        nullable_ints{1, -2, std::nullopt, 2147483647});
    expect_text(oids::int4_array, "{1,-2,NULL,2147483647}", nullable_ints{1, -2, std::nullopt, 2147483647});
    expect_binary(oids::int4_array, "00000000 00000000 00000017", ints());
    expect_text(oids::int4_array, "{}", ints());
    expect_binary(oids::boolean_array, "00000001 00000000 00000010 00000002 00000001 00000001 01 00000001 00",
                  std::vector<bool>{true, false});
    expect_text(oids::boolean_array, "{t,f}", std::vector<bool>{true, false});
    expect_binary(oids::numeric_array,
                  "00000001 00000001 000006a4 00000005 00000001 0000000c 0002 0000 0000 0002 0001 1388 "
                  "00000008 0000 0000 c000 0000 00000008 0000 0000 f000 0020 ffffffff 00000008 0000 0000 0000 0002",
                  std::vector<std::optional<numeric>>{numeric("1.50"), numeric::nan(), numeric::minus_infinity(),
                                                      std::nullopt, numeric("0.00")});
    expect_binary(oids::bytea_array, "00000001 00000000 00000011 00000003 00000001 00000002 00ff 00000000 00000001 5c",
                  std::vector<bytes>{bytes_of("00ff"), {}, bytes_of("5c")});
    expect_text(oids::bytea_array, R"({"\\x00ff","\\x","\\x5c"})",
                std::vector<bytes>{bytes_of("00ff"), {}, bytes_of("5c")});
}

TEST(Array, of_every_type) {
    date const day{std::chrono::days(18000)};
    timestamp const at = day + std::chrono::seconds(1);
    auto const expect = [](oid type, auto const& values, std::string_view text) {
        using vector = std::remove_cvref_t<decltype(values)>;
        EXPECT_EQ(detail::argument_type<vector>, type);
        expect_binary(type, encoded_hex(values), values);
        expect_text(type, text, values);
    };
    expect(oids::int2_array, std::vector<std::int16_t>{1, -2}, "{1,-2}");
    expect(oids::int8_array, std::vector<std::int64_t>{1, -2}, "{1,-2}");
    expect(oids::int8_array, std::vector<long long>{1, -2}, "{1,-2}");
    expect(oids::oid_array, std::vector<std::uint32_t>{4294967295}, "{4294967295}");
    expect(oids::float4_array, std::vector<float>{1.5F, 0.1F}, "{1.5,0.1}");
    expect(oids::float8_array, std::vector<double>{1.5, 1e20}, "{1.5,1e+20}");
    expect(oids::uuid_array, std::vector<uuid>(2),
           "{00000000-0000-0000-0000-000000000000,00000000-0000-0000-0000-000000000000}");
    expect(oids::date_array, std::vector<date>{day, infinity<date>}, "{2019-04-14,infinity}");
    expect(oids::time_array, std::vector<time>{{std::chrono::hours(24)}}, "{24:00:00}");
    expect(oids::timestamp_array, std::vector<timestamp>{at, minus_infinity<timestamp>},
           R"({"2019-04-14 00:00:01",-infinity})");
    expect(oids::timestamptz_array, std::vector<timestamptz>{timestamptz(at.time_since_epoch())},
           R"({"2019-04-14 00:00:01+00"})");
}

TEST(Array, of_texts) { // values from PostgreSQL 15
    std::string_view const hex = "00000001 00000001 00000019 00000010 00000001 00000001 61 00000003 622063 00000000 "
                                 "00000004 4e554c4c 00000004 6e756c6c "
                                 "00000004 6e556c4c 00000003 712275 00000003 625c73 00000001 7b 00000001 7d 00000003 "
                                 "782c79 00000001 09 00000001 0a "
                                 "00000003 4e554c 00000002 c3a9 ffffffff";
    std::string_view const text =
        "{a,\"b "
        "c\",\"\",\"NULL\",\"null\",\"nUlL\",\"q\\\"u\",\"b\\\\s\",\"{\",\"}\",\"x,y\",\"\t\",\"\n\",NUL,é,NULL}";
    nullable_strings const values{"a", "b c", "",    "NULL", "null", "nUlL", "q\"u", "b\\s",
                                  "{", "}",   "x,y", "\t",   "\n",   "NUL",  "é",    std::nullopt};
    EXPECT_EQ(from_hex<nullable_strings>(oids::text_array, hex), values);
    expect_text(oids::text_array, text, values);
    EXPECT_EQ(encoded(values), text);
    EXPECT_EQ(encoded(strings()), "{}");
    EXPECT_EQ(encoded(std::vector<std::string_view>{"a", "b c"}), "{a,\"b c\"}");
    EXPECT_EQ(detail::argument_type<strings>, 0U);
    EXPECT_EQ(detail::argument_format<strings>, format::text);
    EXPECT_FALSE(from_hex<strings>(oids::text_array, hex)); // NULL has no place in it
    EXPECT_FALSE(from_text<strings>(oids::text_array, "{a,NULL}"));
}

TEST(Array, of_json) {
    std::vector<json> const values{json(R"({"a": 1})"), json("null")};
    std::string_view const text = R"({"{\"a\": 1}","null"})";
    expect_text(oids::json_array, text, values);
    expect_text(oids::jsonb_array, text, values);
    EXPECT_EQ(encoded(values), text);
    EXPECT_EQ(
        from_hex<std::vector<json>>(oids::json_array, "00000001 00000000 00000072 00000001 00000001 00000002 7b7d"),
        std::vector<json>{json("{}")});
    EXPECT_EQ(
        from_hex<std::vector<json>>(oids::jsonb_array, "00000001 00000000 00000eda 00000001 00000001 00000003 01 7b7d"),
        std::vector<json>{json("{}")});
}

TEST(Array, bounds) { // values from PostgreSQL 15
    EXPECT_EQ(from_text<ints>(oids::int4_array, "[2:4]={1,2,3}"), (ints{1, 2, 3}));
    EXPECT_EQ(from_text<strings>(oids::text_array, "[-1:0]={x,y}"), (strings{"x", "y"}));
    EXPECT_EQ(from_text<strings>(oids::text_array, "[0:0]={x}"), (strings{"x"}));
    EXPECT_EQ(from_hex<ints>(oids::int4_array,
                             "00000001 00000000 00000017 00000002 00000005 00000004 00000001 00000004 00000002"),
              (ints{1, 2}));
    EXPECT_EQ(from_hex<ints>(oids::int4_array, "00000001 00000000 00000017 00000001 7ffffffe 00000004 00000007"),
              (ints{7}));
    expect_refused<ints>(oids::int4_array,
                         {"[2:4]={1,2}", "[2:4]={1,2,3,4}", "[4:2]={1}", "[1:0]={}", "[2:4]{1,2,3}", "[2:4={1,2,3}",
                          "[2]={1,2}", "[:2]={1,2}", "[2:]={1}", "[2:4]=", "[1:2147483648]={1}", "[", "[1:1]={1}[",
                          "[1:1][1:1]={{1}}", "[-2147483648:2147483647]={1}"});
}

TEST(Array, malformed_text_is_refused) {
    expect_refused<nullable_ints>(oids::int4_array,
                                  {"",       "{",         "}",         "1",       "{1",         "{1,",  "{1,}",
                                   "{,1}",   "{,}",       "{1}}",      "{1} ",    " {1}",       "{ 1}", "{1 }",
                                   "{1,,2}", "{{1}}",     "{{1},{2}}", "{1}{2}",  "{\"1\"2}",   "{\"1", "{\"1\"",
                                   "{\"1\\", "{\"1\\\"}", "{1x}",      "{NULLX}", "{\"NULL\"}", "{}1",  "{\"}"});
    EXPECT_EQ(from_text<nullable_ints>(oids::int4_array, "{\"1\",null,\"\\2\"}"), (nullable_ints{1, std::nullopt, 2}));
    expect_refused<strings>(oids::text_array, {"{a b}", "{a\"b}", "{a\\b}", "{\ta}"});
}

TEST(Array, F16_malformed_bytes_are_refused) {
    for (char const* hex : {
             "00000007 00000000 00000017 00000001 00000001 00000001 00000001 00000001 00000001 00000001 00000001 "
             "00000001 "
             "00000001 00000001 00000001 00000001 00000001 00000004 00000001",                   // seven dimensions
             "00000002 00000000 00000017 00000001 00000001 00000001 00000001 00000004 00000001", // two
             "ffffffff 00000000 00000017 00000001 00000001 00000004 00000001",                   // -1
             "00000001 00000000 00000017 ffffffff 00000001 00000004 00000001",                   // -1 elements
             "00000001 00000000 00000017 80000000 00000001 00000004 00000001",                   //
             "00000001 00000000 00000017 7fffffff 00000001 00000004 00000001",                   // 2³¹-1 of them
             "00000001 00000000 00000017 00000003 00000001 00000004 00000001",                   // more than there are
             "00000001 00000000 00000017 00000001 00000001 00000005 00000001", // an element past the end
             "00000001 00000000 00000017 00000001 00000001 7fffffff 00000001", //
             "00000001 00000000 00000017 00000001 00000001 fffffffe 00000001", // of length -2
             "00000001 00000000 00000017 00000001 00000001 00000003 000001",   // too short for its type
             "00000001 00000000 00000019 00000001 00000001 00000004 00000001", // of type text
             "00000001 00000000 00000000 00000001 00000001 00000004 00000001", // of no type
             "00000000 00000000 00000019",                                     // empty, of type text
             "00000001 00000002 00000017 00000001 00000001 00000004 00000001", // unknown flags
             "00000001 00000001 00000017 00000001 00000001 ffffffff",          // NULL has no place
             "00000001 00000000 00000017 00000002 7fffffff 00000004 00000001 00000004 00000001", // bounds beyond 2³¹-1
         })
        EXPECT_FALSE(from_hex<ints>(oids::int4_array, hex)) << hex;
    expect_no_other_length<ints>(oids::int4_array,
                                 "00000001 00000000 00000017 00000002 00000001 00000004 00000001 00000004 00000002");
    expect_no_other_length<strings>(oids::text_array,
                                    "00000001 00000000 00000019 00000002 00000001 00000002 6162 00000001 63");
    expect_no_other_length<ints>(oids::int4_array, "00000000 00000000 00000017");
}

TEST(Array, what_fits) {
    EXPECT_TRUE(fits<std::vector<std::int64_t>>(oids::int4_array, format::binary));
    EXPECT_FALSE(fits<std::vector<std::int32_t>>(oids::int8_array, format::binary));
    EXPECT_FALSE(fits<ints>(oids::int4, format::binary));
    EXPECT_FALSE(fits<ints>(oids::text, format::text));
    EXPECT_FALSE(fits<strings>(oids::text, format::text));
    EXPECT_FALSE(fits<strings>(oids::int4_array, format::binary));
    EXPECT_TRUE(fits<strings>(oids::int4_array, format::text));
    EXPECT_TRUE(fits<strings>(99999, format::text)); // of a type made by the user
    EXPECT_FALSE(fits<ints>(99999, format::text));
    EXPECT_TRUE(fits<ints>(oids::unknown_to_server, format::text));
    EXPECT_FALSE(fits<ints>(oids::unknown_to_server, format::binary));
    EXPECT_EQ(from_hex<std::vector<std::int64_t>>(oids::int4_array,
                                                  "00000001 00000000 00000017 00000001 00000001 00000004 ffffffff"),
              std::vector<std::int64_t>{-1});
}

TEST(Array, round_trips) {
    std::mt19937 random(7);
    for (int i = 0; i < 500; ++i) {
        nullable_strings values(random() % 20);
        for (auto& value : values) {
            if (random() % 5 == 0)
                continue;
            value.emplace();
            for (std::size_t size = random() % 6; size != 0; --size)
                *value += "ab\"\\{},NULnul \t\n\xc3"[random() % 18];
        }
        expect_text(oids::text_array, encoded(values), values);
        nullable_ints numbers(random() % 20);
        for (auto& number : numbers)
            if (random() % 5 != 0)
                number = static_cast<std::int32_t>(random());
        expect_binary(oids::int4_array, encoded_hex(numbers), numbers);
    }
}

} // namespace
} // namespace pgwire::test
