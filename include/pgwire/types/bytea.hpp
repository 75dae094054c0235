#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/oids.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace pgwire {

/// The value of a bytea.
using bytes = std::vector<std::byte>;

/// bytea. As text in the hex format and in the older escape format.
template <>
struct PGWIRE_API codec<bytes> {
    static constexpr oid type = oids::bytea;
    static constexpr oid array_type = oids::bytea_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, bytes const& value) { out.bytes(value); }
    static decoder<bytes> decoder_for(oid column, format f) noexcept;
};

/// bytea. From a row, in binary format only, it refers to the row's bytes.
template <>
struct PGWIRE_API codec<std::span<std::byte const>> {
    static constexpr oid type = oids::bytea;
    static constexpr oid array_type = oids::bytea_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, std::span<std::byte const> value) { out.bytes(value); }
    static decoder<std::span<std::byte const>> decoder_for(oid column, format f) noexcept;
};

} // namespace pgwire
