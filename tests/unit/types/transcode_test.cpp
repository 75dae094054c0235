#include "types/transcode.hpp"

#include <pgwire/types/all.hpp>

#include <string>
#include <string_view>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

std::optional<std::string> text_of(oid type, std::string_view hex) {
    std::string out = "before ";
    bool const known = detail::binary_to_text(type, bytes_of(hex), out);
    EXPECT_EQ(out.substr(0, 7), "before ");
    EXPECT_TRUE(known || out == "before ") << out;
    return known ? std::optional(out.substr(7)) : std::nullopt;
}

TEST(Transcode, text_as_the_server_writes_it) { // values from PostgreSQL 15
    struct {
        oid type;
        char const* hex;
        char const* text;
    } const vectors[]{
        {oids::boolean, "01", "t"},
        {oids::boolean, "00", "f"},
        {oids::int2, "8000", "-32768"},
        {oids::int4, "ffffffff", "-1"},
        {oids::int8, "8000000000000000", "-9223372036854775808"},
        {oids::oid_, "ffffffff", "4294967295"},
        {oids::float8, "4415af1d78b58c40", "1e+20"},
        {oids::float8, "430c6bf526340000", "1e+15"},
        {oids::float8, "42d6bcc41e900000", "100000000000000"},
        {oids::float8, "3f1a36e2eb1c432d", "0.0001"},
        {oids::float8, "3ee4f8b588e368f1", "1e-05"},
        {oids::float8, "8000000000000000", "-0"},
        {oids::float8, "7ff8000000000000", "NaN"},
        {oids::float8, "fff0000000000000", "-Infinity"},
        {oids::float4, "3dcccccd", "0.1"},
        {oids::float4, "49742400", "1e+06"},
        {oids::float4, "47c35000", "100000"},
        {oids::text, "c3a4", "ä"},
        {oids::varchar, "", ""},
        {oids::json, "7b7d", "{}"},
        {oids::jsonb, "017b7d", "{}"},
        {oids::bytea, "00ff5c", "\\x00ff5c"},
        {oids::uuid, "a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
        {oids::numeric, "0002000040000002 0001 1388", "-1.50"},
        {oids::date, "ffda97a7", "4714-11-24 BC"},
        {oids::date, "7fda970c", "5874897-12-31"},
        {oids::date, "7fffffff", "infinity"},
        {oids::time, "000000141dd76000", "24:00:00"},
        {oids::time, "00000000000186a0", "00:00:00.1"},
        {oids::timestamp, "7fffff5bb3b29fff", "294276-12-31 23:59:59.999999"}, // F-18; std::chrono has it not
        {oids::timestamp, "fd0f846a9ea6b000", "4713-02-29 12:00:00 BC"},
        {oids::timestamp, "8000000000000000", "-infinity"},
        {oids::timestamptz, "ffffffffffffffff", "1999-12-31 23:59:59.999999+00"},
        {oids::timestamptz, "ff1af9deec5b2000", "0044-03-15 00:00:00+00 BC"},
        {oids::int4_array, "000000000000000000000017", "{}"},
        {oids::int4_array, "00000001 00000000 00000017 00000002 00000005 00000004 00000001 00000004 00000002",
         "[5:6]={1,2}"},
        {oids::int4_array, "00000001 00000000 00000017 00000001 7ffffffe 00000004 00000007",
         "[2147483646:2147483646]={7}"},
        {oids::text_array, "00000001 00000001 00000019 00000003 ffffffff 00000003 612062 00000000 ffffffff",
         "[-1:1]={\"a b\",\"\",NULL}"},
        {oids::date_array,
         "00000001 00000000 0000043a 00000003 00000001 00000004 00001c89 00000004 7fffffff 00000004 fff49d7b",
         "{2020-01-01,infinity,\"0044-03-15 BC\"}"},
        {oids::bytea_array, "00000001 00000000 00000011 00000001 00000001 00000002 00ff", "{\"\\\\x00ff\"}"},
        {oids::float4_array, "00000001 00000000 000002bc 00000001 00000001 00000004 7fc00000", "{NaN}"},
    };
    for (auto const& v : vectors)
        EXPECT_EQ(text_of(v.type, v.hex), v.text) << v.type << ' ' << v.hex;
}

TEST(Transcode, F16_F17_F18_what_is_no_value_is_refused) {
    struct {
        oid type;
        char const* hex;
    } const vectors[]{
        {oids::boolean, "02"},
        {oids::int4, "000000"},
        {oids::int4, "0000000000"},
        {oids::float8, "00000000"},
        {oids::jsonb, "02"},
        {oids::uuid, "00"},
        {oids::numeric, "0001000000000000"},
        {oids::date, "ffda97a6"},
        {oids::date, "00000000 00"},
        {oids::time, "000000141dd76001"},
        {oids::timestamp, "8000000000000001"},
        {oids::timestamptz, "7fffff5bb3b2a000"},
        {oids::int4_array, "00000002 00000000 00000017 00000001 00000001 00000001 00000001 00000004 00000001"},
        {oids::int4_array, "00000001 00000000 00000014 00000001 00000001 00000008 0000000000000001"}, // of another type
        {oids::int4_array, "00000001 00000000 00000017 00000001 00000001 00000004 00000001 00"},
        {oids::unknown_to_server, "00"},
        {99999, "00"},
    };
    for (auto const& v : vectors)
        EXPECT_EQ(text_of(v.type, v.hex), std::nullopt) << v.type << ' ' << v.hex;
}

} // namespace
} // namespace pgwire::test
