#pragma once

#include <pgwire/types/argument.hpp>
#include <pgwire/types/field.hpp>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "types/hex.hpp"

namespace pgwire::test {

/// Bytes from hexadecimal digits, among which blanks do not count.
inline std::vector<std::byte> bytes_of(std::string_view hex) {
    std::string digits;
    for (char const c : hex)
        if (c != ' ')
            digits += c;
    std::vector<std::byte> bytes(digits.size() / 2);
    EXPECT_TRUE(digits.size() % 2 == 0 && detail::read_hex(digits, bytes.data(), bytes.size())) << hex;
    return bytes;
}

inline std::string hex_of(protocol::bytes_view bytes) {
    std::string hex;
    detail::append_hex(hex, bytes);
    return hex;
}

/// On a heap block of exactly this size, so that the sanitizer sees a byte too many being read.
template <class T>
std::optional<T> decoded(oid type, format f, protocol::bytes_view bytes) {
    auto const decode = detail::field_decoder_for<T>(type, f);
    if (decode == nullptr) {
        ADD_FAILURE() << "no decoder for type " << type;
        return std::nullopt;
    }
    std::vector<std::byte> const exact(bytes.begin(), bytes.end());
    std::optional<T> value(std::in_place);
    if (!detail::decode_field(decode, protocol::bytes_view(exact), *value))
        value.reset();
    return value;
}

template <class T>
std::optional<T> from_hex(oid type, std::string_view hex) {
    return decoded<T>(type, format::binary, bytes_of(hex));
}

template <class T>
std::optional<T> from_text(oid type, std::string_view text) {
    return decoded<T>(type, format::text, protocol::as_bytes(text));
}

template <class T>
bool fits(oid type, format f) {
    return detail::field_decoder_for<T>(type, f) != nullptr;
}

/// What is written as an argument, without its length.
template <class T>
std::string encoded(T const& value) {
    encoder::storage bytes;
    encoder out(bytes);
    detail::encode_argument(out, value);
    EXPECT_EQ(protocol::load_big_endian<std::int32_t>(bytes.data()), static_cast<std::int32_t>(bytes.size() - 4));
    return std::string(protocol::as_text(bytes.view().subspan(4)));
}

template <class T>
std::string encoded_hex(T const& value) {
    return hex_of(protocol::as_bytes(encoded(value)));
}

/// Binary both ways.
template <class T>
void expect_binary(oid type, std::string_view hex, T const& value) {
    std::optional<T> const found = from_hex<T>(type, hex);
    ASSERT_TRUE(found.has_value()) << hex;
    EXPECT_TRUE(*found == value) << hex;
    EXPECT_EQ(encoded_hex(value), hex_of(bytes_of(hex)));
}

template <class T>
void expect_text(oid type, std::string_view text, T const& value) {
    std::optional<T> const found = from_text<T>(type, text);
    ASSERT_TRUE(found.has_value()) << text;
    EXPECT_TRUE(*found == value) << text;
    std::optional<T> const undeclared = from_text<T>(oids::unknown_to_server, text);
    EXPECT_TRUE(undeclared == found) << text;
}

template <class T>
void expect_refused(oid type, std::initializer_list<std::string_view> texts) {
    for (std::string_view const text : texts)
        EXPECT_FALSE(from_text<T>(type, text).has_value()) << text;
}

/// Every truncation and a surplus byte.
template <class T>
void expect_no_other_length(oid type, std::string_view hex) {
    std::vector<std::byte> bytes = bytes_of(hex);
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(decoded<T>(type, format::binary, protocol::bytes_view(bytes).first(size)).has_value())
            << size << " bytes of " << hex;
    bytes.push_back(std::byte{0});
    EXPECT_FALSE(decoded<T>(type, format::binary, bytes).has_value()) << "a byte more than " << hex;
}

} // namespace pgwire::test
