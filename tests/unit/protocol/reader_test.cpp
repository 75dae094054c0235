#include <pgwire/protocol/reader.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

// clang-format off: it would give each field's literal a line of its own.

namespace {

using namespace pgwire::protocol;
using namespace std::string_literals;

TEST(Reader, reads_integers_in_network_byte_order) {
    auto const body = "\x01" "\x80\x02" "\x80\x03\x04\x05" "\x81\x02\x03\x04\x05\x06\x07\x08"s;
    reader in(as_bytes(body));
    EXPECT_EQ(in.integer<std::uint8_t>(), 1U);
    EXPECT_EQ(in.integer<std::int16_t>(), std::int16_t{-0x7ffe});
    EXPECT_EQ(in.integer<std::uint32_t>(), 0x80030405U);
    EXPECT_EQ(in.integer<std::uint64_t>(), 0x8102030405060708U);
    EXPECT_TRUE(in.finish());
}

TEST(Reader, reads_what_big_endian_store_wrote) {
    auto const both_ways = [](auto value) {
        std::byte bytes[sizeof(value)];
        store_big_endian(bytes, value);
        EXPECT_EQ(reader({bytes, sizeof(value)}).integer<decltype(value)>(), value);
    };
    for (std::int64_t const value : {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::min(),
                                     std::numeric_limits<std::int64_t>::max(), std::int64_t{0x0123456789abcdef}}) {
        both_ways(value);
        both_ways(static_cast<std::uint64_t>(value));
        both_ways(static_cast<std::int32_t>(value));
        both_ways(static_cast<std::uint16_t>(value));
        both_ways(static_cast<std::int8_t>(value));
    }
}

TEST(Reader, reads_strings_bytes_and_the_rest) {
    auto const body = "x" "text\0" "\0" "ab\0" "the rest"s;
    reader in(as_bytes(body));
    EXPECT_EQ(in.character(), 'x');
    EXPECT_EQ(in.string(), "text");
    EXPECT_EQ(in.string(), "");
    EXPECT_EQ(as_text(in.bytes(3)), "ab\0"s);
    EXPECT_EQ(as_text(in.bytes(0)), "");
    EXPECT_EQ(in.remaining(), 8U);
    EXPECT_EQ(in.position(), as_bytes(body).data() + body.size() - 8);
    EXPECT_FALSE(in.finish()) << "something is left";
    EXPECT_EQ(as_text(in.rest()), "the rest");
    EXPECT_TRUE(in.finish());
    EXPECT_EQ(as_text(in.rest()), "");
    EXPECT_TRUE(in.finish());
}

// After `failure`, the reader gives only empty values, though the body has more.
template <class Failure>
void expect_stuck_after(std::string const& body, Failure const& failure) {
    reader in(as_bytes(body));
    failure(in);
    EXPECT_FALSE(in.ok());
    EXPECT_EQ(in.remaining(), 0U);
    EXPECT_EQ(in.integer<std::int32_t>(), 0);
    EXPECT_EQ(in.character(), '\0');
    EXPECT_EQ(in.string(), "");
    EXPECT_TRUE(in.bytes(0).empty());
    EXPECT_TRUE(in.bytes(1).empty());
    EXPECT_TRUE(in.rest().empty());
    EXPECT_FALSE(in.ok());
    EXPECT_FALSE(in.finish());
}

TEST(Reader, first_failure_sticks) {
    expect_stuck_after("abc", [](reader& in) { EXPECT_EQ(in.integer<std::int32_t>(), 0); });
    expect_stuck_after("abc", [](reader& in) { EXPECT_EQ(in.string(), ""); });
    expect_stuck_after("abc\0"s, [](reader& in) { EXPECT_TRUE(in.bytes(5).empty()); });
    expect_stuck_after("abc\0"s, [](reader& in) { EXPECT_TRUE(in.bytes(SIZE_MAX).empty()); });
    expect_stuck_after("abc\0"s, [](reader& in) { in.fail(); });
    expect_stuck_after("", [](reader& in) { EXPECT_EQ(in.character(), '\0'); });
    expect_stuck_after("", [](reader& in) { EXPECT_EQ(in.string(), ""); });
}

TEST(Reader, empty_body_is_one) {
    reader in({});
    EXPECT_EQ(in.remaining(), 0U);
    EXPECT_TRUE(in.rest().empty());
    EXPECT_TRUE(in.finish());
}

} // namespace
