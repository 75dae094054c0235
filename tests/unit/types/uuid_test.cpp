#include <pgwire/types/uuid.hpp>

#include <random>
#include <string>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

constexpr std::string_view text = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";

TEST(Uuid, golden_bytes) {
    uuid const value = uuid::parse(text).value();
    expect_binary(oids::uuid, "a0eebc99 9c0b 4ef8 bb6d 6bb9bd380a11", value);
    expect_text(oids::uuid, text, value);
    expect_text(oids::uuid, "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", value);
    EXPECT_EQ(value.to_string(), text);
    EXPECT_EQ(uuid().to_string(), "00000000-0000-0000-0000-000000000000");
}

TEST(Uuid, anything_else_is_refused) {
    expect_no_other_length<uuid>(oids::uuid, "a0eebc999c0b4ef8bb6d6bb9bd380a11");
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string damaged(text);
        damaged[i] = 'x';
        EXPECT_FALSE(uuid::parse(damaged)) << damaged;
        EXPECT_FALSE(uuid::parse(text.substr(0, i)));
    }
    EXPECT_FALSE(uuid::parse(std::string(text) + '0'));
    EXPECT_FALSE(uuid::parse("a0eebc999c0b4ef8bb6d6bb9bd380a11"));
    EXPECT_FALSE(fits<uuid>(oids::bytea, format::binary));
}

TEST(Uuid, ordered_by_bytes_and_round_trips) {
    std::mt19937 random(7);
    uuid last;
    for (int i = 0; i < 200; ++i) {
        uuid value;
        for (auto& b : value.bytes)
            b = static_cast<std::byte>(random());
        EXPECT_EQ(uuid::parse(value.to_string()), value);
        EXPECT_EQ(value < last, value.to_string() < last.to_string());
        last = value;
    }
}

} // namespace
} // namespace pgwire::test
