#include <pgwire/types/simdjson.hpp>

#include <string>
#include <utility>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

std::int64_t number_a(json_document const& document) { return document.root()["a"].get_int64().value(); }

json_document decode(oid type, format f, protocol::bytes_view bytes) {
    json_document document;
    EXPECT_TRUE(codec<json_document>::decoder_for(type, f)(bytes, document));
    return document;
}

TEST(JsonDocument, both_column_types_in_both_formats) {
    std::string_view const text = R"({"a": 7})";
    EXPECT_EQ(number_a(decode(oids::json, format::text, protocol::as_bytes(text))), 7);
    EXPECT_EQ(number_a(decode(oids::json, format::binary, protocol::as_bytes(text))), 7);
    EXPECT_EQ(number_a(decode(oids::jsonb, format::text, protocol::as_bytes(text))), 7);
    EXPECT_EQ(number_a(decode(oids::unknown_to_server, format::text, protocol::as_bytes(text))), 7);
    EXPECT_EQ(number_a(decode(oids::jsonb, format::binary, protocol::as_bytes('\1' + std::string(text)))), 7);
    EXPECT_EQ(codec<json_document>::decoder_for(oids::text, format::text), nullptr);
    EXPECT_EQ(codec<json_document>::decoder_for(oids::unknown_to_server, format::binary), nullptr);
}

TEST(JsonDocument, moves_and_is_decoded_into_again) {
    json_document first =
        decode(oids::json, format::text, protocol::as_bytes(R"({"a": 1, "text": "long enough to be elsewhere"})"));
    json_document second = std::move(first);
    EXPECT_EQ(number_a(second), 1);
    EXPECT_EQ(std::string_view(second.root()["text"]), "long enough to be elsewhere");
    EXPECT_TRUE(second.parse(R"({"a": 2})"));
    EXPECT_EQ(number_a(second), 2);
    EXPECT_EQ(second.text(), R"({"a": 2})");
    EXPECT_EQ(encoded(second), R"({"a": 2})");
    first = std::move(second);
    EXPECT_EQ(number_a(first), 2);
}

TEST(JsonDocument, what_is_no_json_leaves_it_empty) {
    json_document document;
    EXPECT_TRUE(document.empty());
    for (std::string const text : {"", " ", "{", "[1,", "nul", "1 2", "\"\x80\""}) {
        EXPECT_TRUE(document.parse("[1]"));
        EXPECT_FALSE(document.empty());
        EXPECT_FALSE(document.parse(text)) << text;
        EXPECT_TRUE(document.empty());
        EXPECT_EQ(document.text(), "");
    }
    EXPECT_TRUE(document.parse("1"));
}

} // namespace
} // namespace pgwire::test
