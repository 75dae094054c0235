#include <pgwire/types/bytea.hpp>

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

bytes some(std::initializer_list<int> values) {
    bytes b;
    for (int const v : values)
        b.push_back(static_cast<std::byte>(v));
    return b;
}

TEST(Bytea, golden_bytes) {
    expect_binary(oids::bytea, "00ff5c", some({0, 255, '\\'}));
    expect_binary(oids::bytea, "", bytes());
    expect_text(oids::bytea, "\\x00ff5C", some({0, 255, '\\'}));
    expect_text(oids::bytea, "\\x", bytes());
    expect_text(oids::bytea, "", bytes());
}

TEST(Bytea, escape_format) { // bytea_output = escape
    expect_text(oids::bytea, "a\\\\b\\000\\377 ", some({'a', '\\', 'b', 0, 255, ' '}));
    expect_refused<bytes>(oids::bytea, {"\\", "a\\", "\\0", "\\00", "\\400", "\\08a", "\\a"});
}

TEST(Bytea, hex_that_is_none_is_refused) { expect_refused<bytes>(oids::bytea, {"\\x0", "\\x0g", "\\x 00", "\\x000"}); }

TEST(Bytea, round_trips) {
    std::mt19937 random(7);
    for (std::size_t size = 0; size < 300; ++size) {
        bytes value(size);
        for (auto& b : value)
            b = static_cast<std::byte>(random());
        expect_binary(oids::bytea, hex_of(value), value);
        expect_text(oids::bytea, "\\x" + hex_of(value), value);
        std::string escaped;
        for (auto const b : value) {
            auto const c = std::to_integer<unsigned>(b);
            escaped += {'\\', static_cast<char>('0' + (c >> 6)), static_cast<char>('0' + (c >> 3 & 7)),
                        static_cast<char>('0' + (c & 7))};
        }
        expect_text(oids::bytea, escaped, value);
    }
}

TEST(Bytea, views) {
    bytes const value = some({1, 2});
    EXPECT_EQ(encoded_hex(protocol::bytes_view(value)), "0102");
    protocol::bytes_view view;
    ASSERT_TRUE(codec<protocol::bytes_view>::decoder_for(oids::bytea, format::binary)(value, view));
    EXPECT_EQ(view.data(), value.data());
    EXPECT_FALSE(fits<protocol::bytes_view>(oids::bytea, format::text));
    EXPECT_FALSE(fits<bytes>(oids::text, format::binary));
}

} // namespace
} // namespace pgwire::test
