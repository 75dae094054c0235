#include <pgwire/types/json.hpp>
#include <pgwire/types/string.hpp>

namespace pgwire {

namespace {

template <class String>
bool decode(protocol::bytes_view bytes, String& value) {
    value = protocol::as_text(bytes);
    return true;
}

template <class String>
bool decode_jsonb(protocol::bytes_view bytes, String& value) {
    return detail::strip_jsonb_version(bytes) && decode(bytes, value);
}

template <class String>
decoder<String> string_decoder_for(oid type, format f) noexcept {
    if (f == format::text)
        return &decode<String>;
    switch (type) {
    case oids::text:
    case oids::varchar:
    case oids::bpchar:
    case oids::name:
    case oids::character:
    case oids::unknown:
    case oids::json:
    case oids::xml:
        return &decode<String>;
    case oids::jsonb:
        return &decode_jsonb<String>;
    default:
        return nullptr;
    }
}

} // namespace

decoder<std::string> codec<std::string>::decoder_for(oid column, format f) noexcept {
    return string_decoder_for<std::string>(column, f);
}

decoder<std::string_view> codec<std::string_view>::decoder_for(oid column, format f) noexcept {
    return string_decoder_for<std::string_view>(column, f);
}

} // namespace pgwire
