#include <pgwire/types/string.hpp>

#include <string>
#include <string_view>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

TEST(String, binary_of_textual_types) {
    for (oid const type :
         {oids::text, oids::varchar, oids::bpchar, oids::name, oids::character, oids::unknown, oids::json, oids::xml}) {
        EXPECT_EQ(from_hex<std::string>(type, "c3a4 00 41"), "ä\0A"s);
        EXPECT_EQ(from_hex<std::string>(type, ""), "");
        EXPECT_TRUE(fits<std::string_view>(type, format::binary));
    }
    for (oid const type : {oids::int4, oids::bytea, oids::numeric, oids::text_array, oids::unknown_to_server})
        EXPECT_FALSE(fits<std::string>(type, format::binary));
}

TEST(String, jsonb_without_its_version) {
    EXPECT_EQ(from_hex<std::string>(oids::jsonb, "01 7b7d"), "{}");
    EXPECT_FALSE(from_hex<std::string>(oids::jsonb, "02 7b7d"));
    EXPECT_FALSE(from_hex<std::string>(oids::jsonb, ""));
}

TEST(String, text_of_any_type) {
    for (oid const type : {oids::text, oids::int4, oids::jsonb, oids::timestamptz, oids::unknown_to_server, oid{99999}})
        EXPECT_EQ(from_text<std::string>(type, "294276-12-31"), "294276-12-31");
}

TEST(String, views_refer_to_the_row) {
    std::string_view const row = "text";
    std::string_view value;
    ASSERT_TRUE(codec<std::string_view>::decoder_for(oids::text, format::binary)(protocol::as_bytes(row), value));
    EXPECT_EQ(value.data(), row.data());
}

TEST(String, arguments_are_undeclared_text) {
    EXPECT_EQ(encoded("abc"s), "abc");
    EXPECT_EQ(encoded("a\0c"sv), "a\0c"s);
    EXPECT_EQ(detail::argument_type<std::string>, 0U);
    EXPECT_EQ(detail::argument_format<std::string>, format::text);
}

} // namespace
} // namespace pgwire::test
