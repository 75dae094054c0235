#include <pgwire/types/json.hpp>

namespace pgwire {

namespace {

bool decode(protocol::bytes_view bytes, json& value) {
    value.text = protocol::as_text(bytes);
    return true;
}

bool decode_jsonb(protocol::bytes_view bytes, json& value) {
    return detail::strip_jsonb_version(bytes) && decode(bytes, value);
}

} // namespace

bool detail::strip_jsonb_version(protocol::bytes_view& value) noexcept {
    if (value.empty() || value[0] != std::byte{1}) // jsonb_send, utils/adt/jsonb.c
        return false;
    value = value.subspan(1);
    return true;
}

decoder<json> codec<json>::decoder_for(oid column, format f) noexcept {
    switch (column) {
    case oids::json: return &decode;
    case oids::jsonb: return f == format::text ? &decode : &decode_jsonb;
    case oids::unknown_to_server: return f == format::text ? &decode : nullptr;
    default: return nullptr;
    }
}

} // namespace pgwire
