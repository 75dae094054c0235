#pragma once

#include <pgwire/types/codec.hpp>
#include <pgwire/types/json.hpp>
#include <pgwire/types/oids.hpp>

#include <simdjson.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace pgwire {

/// A json or jsonb column, parsed by simdjson. Owns the text and the parser, and reuses their memory when it is decoded
/// into again. Elements taken from it hold until it is moved, decoded into or destroyed. After a move from it, it has
/// to be decoded into before anything else.
///
/// Decoding fails for what simdjson does not take, though PostgreSQL does: integers beyond 64 bits, numbers beyond
/// double, nesting over 1024. For those there is `json`. Programs that include this header link simdjson themselves.
class json_document {
public:
    /// Parses the text; false, and then it is empty, if it is not JSON.
    [[nodiscard]] bool parse(std::string_view text) {
        padded_.assign(text).append(simdjson::SIMDJSON_PADDING, '\0');
        size_ = parser_.parse(padded_.data(), text.size(), false).error() == simdjson::SUCCESS ? text.size() : 0;
        return size_ != 0;
    }

    /// Whether nothing was parsed yet.
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// The whole value. Must not be asked for while `empty`.
    [[nodiscard]] simdjson::dom::element root() const noexcept { return parser_.doc.root(); }

    [[nodiscard]] std::string_view text() const noexcept { return {padded_.data(), size_}; }

private:
    simdjson::dom::parser parser_;
    std::string padded_;
    std::size_t size_ = 0; // of the text; no JSON is empty
};

template <>
struct codec<json_document> {
    static constexpr oid type = oids::unknown_to_server;
    static constexpr oid array_type = oids::unknown_to_server;
    static constexpr format argument_format = format::text;

    static void encode(encoder& out, json_document const& value) { out.text(value.text()); }

    static decoder<json_document> decoder_for(oid column, format f) noexcept {
        if (codec<json>::decoder_for(column, f) == nullptr)
            return nullptr;
        return f == format::binary && column == oids::jsonb ? &decode_jsonb : &decode;
    }

private:
    static bool decode(protocol::bytes_view from, json_document& to) { return to.parse(protocol::as_text(from)); }
    static bool decode_jsonb(protocol::bytes_view from, json_document& to) {
        return detail::strip_jsonb_version(from) && decode(from, to);
    }
};

} // namespace pgwire
