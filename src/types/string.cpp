#include "protocol/utf8.hpp"

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

/// The binary form of an enum, of citext and of some others that a database defines for itself is their text. What is not text
/// shows: every count, length or version in a binary form has bytes that no text has.
template <class String>
bool decode_if_text(protocol::bytes_view bytes, String& value) {
    for (std::string_view rest = protocol::as_text(bytes); !rest.empty();) {
        auto const character = protocol::first_character(rest);
        bool const control =
            character.code < 0x20 && character.code != '\t' && character.code != '\n' && character.code != '\r';
        if (!character.valid || control)
            return false;
        rest.remove_prefix(character.size);
    }
    return decode(bytes, value);
}

constexpr oid first_of_a_databases_own = 16384; // FirstNormalObjectId

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
    case oids::xml: return &decode<String>;
    case oids::jsonb: return &decode_jsonb<String>;
    default: return type >= first_of_a_databases_own ? &decode_if_text<String> : nullptr;
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
