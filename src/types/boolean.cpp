#include <pgwire/types/boolean.hpp>

namespace pgwire {

namespace {

bool decode_binary(protocol::bytes_view bytes, bool& value) noexcept {
    if (bytes.size() != 1 || bytes[0] > std::byte{1})
        return false;
    value = bytes[0] == std::byte{1};
    return true;
}

bool decode_text(protocol::bytes_view bytes, bool& value) noexcept {
    std::string_view const text = protocol::as_text(bytes);
    value = text == "t" || text == "true" || text == "1";
    return value || text == "f" || text == "false" || text == "0";
}

} // namespace

decoder<bool> codec<bool>::decoder_for(oid column, format f) noexcept {
    if (f == format::text)
        return column == oids::boolean || column == oids::unknown_to_server ? &decode_text : nullptr;
    return column == oids::boolean ? &decode_binary : nullptr;
}

} // namespace pgwire
