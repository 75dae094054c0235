#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pgwire::protocol {

// The character at the start of a text that may be anything.
struct utf8_character {
    char32_t code = 0;
    std::size_t size = 0; // in bytes
    bool valid = false;   // else this is one wrong byte, and `code` is U+FFFD
};

// Reads the first character of `text`, which is not empty. Overlong forms, surrogates and what is beyond U+10FFFF are
// wrong.
inline utf8_character first_character(std::string_view text) noexcept {
    auto const byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned char const lead = byte(0);
    if (lead < 0x80)
        return {lead, 1, true};
    std::size_t const size = lead >= 0xc2 && lead < 0xe0   ? 2
                             : (lead & 0xf0) == 0xe0       ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
    constexpr utf8_character wrong{U'\uFFFD', 1, false};
    if (size == 0 || text.size() < size)
        return wrong;
    char32_t code = lead & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return wrong;
        code = (code << 6) | (byte(i) & 0x3fU);
    }
    bool const overlong = code < (size == 3 ? 0x800U : size == 4 ? 0x10000U : 0x80U);
    if (overlong || (code >= 0xd800 && code < 0xe000) || code > 0x10ffff)
        return wrong;
    return {code, size, true};
}

inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD"; // U+FFFD

// `text` with U+FFFD for every wrong byte.
inline std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        auto const character = first_character(text);
        valid += character.valid ? text.substr(0, character.size) : replacement_character;
        text.remove_prefix(character.size);
    }
    return valid;
}

} // namespace pgwire::protocol
