#include <pgwire/types/uuid.hpp>

#include "types/hex.hpp"

#include <algorithm>

namespace pgwire {

namespace {

// How many bytes stand between the hyphens.
constexpr std::array<std::size_t, 5> groups{4, 2, 2, 2, 6};
constexpr std::size_t text_size = 36;

bool read(std::string_view text, uuid& value) noexcept {
    if (text.size() != text_size)
        return false;
    std::byte* to = value.bytes.data();
    std::size_t at = 0;
    for (std::size_t const size : groups) {
        if (at != 0 && text[at++] != '-')
            return false;
        if (!detail::read_hex(text.substr(at), to, size))
            return false;
        at += 2 * size;
        to += size;
    }
    return true;
}

bool decode_binary(protocol::bytes_view bytes, uuid& value) noexcept {
    if (bytes.size() != value.bytes.size())
        return false;
    std::ranges::copy(bytes, value.bytes.begin());
    return true;
}

bool decode_text(protocol::bytes_view bytes, uuid& value) noexcept { return read(protocol::as_text(bytes), value); }

} // namespace

std::optional<uuid> uuid::parse(std::string_view text) noexcept {
    uuid value;
    return read(text, value) ? std::optional(value) : std::nullopt;
}

std::string uuid::to_string() const {
    std::string text;
    text.reserve(text_size);
    protocol::bytes_view left = bytes;
    for (std::size_t const size : groups) {
        if (!text.empty())
            text += '-';
        detail::append_hex(text, left.first(size));
        left = left.subspan(size);
    }
    return text;
}

decoder<uuid> codec<uuid>::decoder_for(oid column, format f) noexcept {
    if (f == format::text)
        return column == oids::uuid || column == oids::unknown_to_server ? &decode_text : nullptr;
    return column == oids::uuid ? &decode_binary : nullptr;
}

} // namespace pgwire
