#include <pgwire/types/json.hpp>

#include <string>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

TEST(Json, both_column_types_in_both_formats) {
    json const value{R"({"a": [1]})"};
    for (oid const type : {oids::json, oids::jsonb})
        expect_text(type, value.text, value);
    EXPECT_EQ(from_hex<json>(oids::json, "7b7d"), json{"{}"});
    EXPECT_EQ(from_hex<json>(oids::jsonb, "01 7b7d"), json{"{}"});
    EXPECT_FALSE(from_hex<json>(oids::jsonb, "02 7b7d"));
    EXPECT_FALSE(from_hex<json>(oids::jsonb, ""));
    EXPECT_FALSE(fits<json>(oids::text, format::binary));
    EXPECT_FALSE(fits<json>(oids::text, format::text));
}

TEST(Json, arguments_are_undeclared_text) {
    EXPECT_EQ(encoded(json{"{}"}), "{}");
    EXPECT_EQ(detail::argument_type<json>, 0U);
    EXPECT_EQ(detail::argument_format<json>, format::text);
}

} // namespace
} // namespace pgwire::test
