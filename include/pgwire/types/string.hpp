#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/oids.hpp>

#include <string>
#include <string_view>

namespace pgwire {

/// Text of any kind: text, varchar, char(n), "char", name, json, jsonb, xml; and in text format any type, as the server
/// writes it. As an argument its type is not declared: the server infers it, and `$1::type` says otherwise.
template <>
struct PGWIRE_API codec<std::string> {
    static constexpr oid type = oids::unknown_to_server;
    static constexpr oid array_type = oids::unknown_to_server;
    static constexpr format argument_format = format::text;
    static void encode(encoder& out, std::string const& value) { out.text(value); }
    static decoder<std::string> decoder_for(oid column, format f) noexcept;
};

/// As std::string. From a row it refers to the row's bytes.
template <>
struct PGWIRE_API codec<std::string_view> {
    static constexpr oid type = oids::unknown_to_server;
    static constexpr oid array_type = oids::unknown_to_server;
    static constexpr format argument_format = format::text;
    static void encode(encoder& out, std::string_view value) { out.text(value); }
    static decoder<std::string_view> decoder_for(oid column, format f) noexcept;
};

} // namespace pgwire
