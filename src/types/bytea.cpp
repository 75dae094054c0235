#include <pgwire/types/bytea.hpp>

#include "types/hex.hpp"

#include <string_view>

namespace pgwire {

namespace {

bool decode_binary(protocol::bytes_view from, bytes& value) {
    value.assign(from.begin(), from.end());
    return true;
}

bool decode_view(protocol::bytes_view from, protocol::bytes_view& value) noexcept {
    value = from;
    return true;
}

constexpr int octal_digit(char c, char highest) noexcept { return c >= '0' && c <= highest ? c - '0' : -1; }

// bytea_output = escape: printable characters stand for themselves, a backslash is doubled, others are \ooo.
bool decode_escaped(std::string_view text, bytes& value) {
    value.clear();
    value.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (c == '\\') {
            if (text.size() - i >= 4) {
                int const high = octal_digit(text[i + 1], '3');
                int const middle = octal_digit(text[i + 2], '7');
                int const low = octal_digit(text[i + 3], '7');
                if (high >= 0 && middle >= 0 && low >= 0) {
                    value.push_back(static_cast<std::byte>(high << 6 | middle << 3 | low));
                    i += 3;
                    continue;
                }
            }
            if (text.size() - i < 2 || text[++i] != '\\')
                return false;
        }
        value.push_back(static_cast<std::byte>(c));
    }
    return true;
}

bool decode_text(protocol::bytes_view from, bytes& value) {
    std::string_view text = protocol::as_text(from);
    if (!text.starts_with("\\x"))
        return decode_escaped(text, value);
    text.remove_prefix(2);
    if (text.size() % 2 != 0)
        return false;
    value.resize(text.size() / 2);
    return detail::read_hex(text, value.data(), value.size());
}

} // namespace

decoder<bytes> codec<bytes>::decoder_for(oid column, format f) noexcept {
    if (f == format::text)
        return column == oids::bytea || column == oids::unknown_to_server ? &decode_text : nullptr;
    return column == oids::bytea ? &decode_binary : nullptr;
}

decoder<std::span<std::byte const>> codec<std::span<std::byte const>>::decoder_for(oid column, format f) noexcept {
    return column == oids::bytea && f == format::binary ? &decode_view : nullptr;
}

} // namespace pgwire
