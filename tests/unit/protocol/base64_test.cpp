#include "protocol/base64.hpp"

#include <cctype>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "protocol/crypto.hpp"

namespace {

using namespace pgwire::protocol;

std::optional<std::string> decoded(std::string_view text) {
    auto const bytes = base64_decode(text);
    if (!bytes) {
        return std::nullopt;
    }
    return std::string(reinterpret_cast<char const*>(bytes->data()), bytes->size());
}

TEST(Base64, rfc_4648_examples_both_ways) {
    constexpr std::pair<std::string_view, std::string_view> examples[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (auto const& [plain, encoded] : examples) {
        EXPECT_EQ(base64_encode(bytes_of(plain)), encoded);
        EXPECT_EQ(decoded(encoded), plain);
    }
}

TEST(Base64, every_byte_value_at_every_position) {
    for (std::size_t length = 1; length <= 4; ++length) {
        for (int value = 0; value < 256; ++value) {
            for (std::size_t position = 0; position < length; ++position) {
                std::string plain(length, 'x');
                plain[position] = static_cast<char>(value);
                ASSERT_EQ(decoded(base64_encode(bytes_of(plain))), plain);
            }
        }
    }
}

TEST(Base64, A08_bad_length_is_refused) {
    for (char const* text : {"Z", "Zg", "Zg=", "Zm9vY", "Zm9vYg", "Zm9vYg="}) {
        EXPECT_EQ(decoded(text), std::nullopt) << text;
    }
}

TEST(Base64, A08_bad_alphabet_is_refused) {
    for (int value = 0; value < 256; ++value) {
        char const character = static_cast<char>(value);
        bool const in_alphabet = (value < 0x80 && std::isalnum(value) != 0) || character == '+' || character == '/';
        for (std::size_t position = 0; position < 4; ++position) {
            std::string text = "AAAA";
            text[position] = character;
            bool const is_padding = character == '=' && position == 3;
            EXPECT_EQ(decoded(text).has_value(), in_alphabet || is_padding) << value << " at " << position;
        }
    }
    for (char const* text : {"Zm9v\n", "Zm 9", " m9v", "Zm9-", "Zm9_", "Zm9vZm9v\r\n\r\n"}) {
        EXPECT_EQ(decoded(text), std::nullopt) << text;
    }
}

TEST(Base64, A08_bad_padding_is_refused) {
    for (char const* text :
         {"=", "====", "Z===", "A===", "AAAAA===", "Zg==Zg==", "Zm=v", "=m9v", "Zm9v====", "Zg=A", "Zm8=Zm8="}) {
        EXPECT_EQ(decoded(text), std::nullopt) << text;
    }
}

TEST(Base64, A08_bits_behind_the_last_byte_are_refused) {
    for (char const* text : {"Zh==", "Zv==", "Zm9=", "Zm+=", "//=="}) {
        EXPECT_EQ(decoded(text), std::nullopt) << text;
    }
    EXPECT_EQ(decoded("/w=="), "\xFF");
    EXPECT_EQ(decoded("//8="), "\xFF\xFF");
}

} // namespace
