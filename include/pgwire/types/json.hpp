#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/oids.hpp>

#include <string>
#include <utility>

namespace pgwire {

/// The text of a json or jsonb value; it is the server that checks it. To have it parsed, see `json_document`
/// (pgwire/types/simdjson.hpp). As an argument its type is not declared: it suits columns of either type.
struct json {
    std::string text;

    json() = default;
    /// No aggregate, since GCC 12 destroys those twice when they are written inside co_await.
    explicit json(std::string written) noexcept : text(std::move(written)) {}

    bool operator==(json const&) const = default;
};

template <>
struct PGWIRE_API codec<json> {
    static constexpr oid type = oids::unknown_to_server;
    static constexpr oid array_type = oids::unknown_to_server;
    static constexpr format argument_format = format::text;
    static void encode(encoder& out, json const& value) { out.text(value.text); }
    static decoder<json> decoder_for(oid column, format f) noexcept;
};

namespace detail {
/// Takes the version off a jsonb in binary format; false if it is not one that is known.
PGWIRE_API bool strip_jsonb_version(protocol::bytes_view& value) noexcept;
} // namespace detail

} // namespace pgwire
