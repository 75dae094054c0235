#pragma once

#include <pgwire/protocol/bytes.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace pgwire::detail {

/// The value of a hexadecimal digit of either case, or -1.
constexpr int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/// Takes two digits a byte from `digits`, which has as many as `to` needs.
inline bool read_hex(std::string_view digits, std::byte* to, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
        int const high = hex_digit(digits[2 * i]);
        int const low = hex_digit(digits[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        to[i] = static_cast<std::byte>(high << 4 | low);
    }
    return true;
}

inline void append_hex(std::string& out, protocol::bytes_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::byte const b : bytes) {
        out += digits[std::to_integer<unsigned>(b >> 4)];
        out += digits[std::to_integer<unsigned>(b & std::byte{15})];
    }
}

} // namespace pgwire::detail
