#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/oids.hpp>

#include <cstdint>

namespace pgwire {

/// boolean. As text also the spellings true, false, 1 and 0.
template <>
struct PGWIRE_API codec<bool> {
    static constexpr oid type = oids::boolean;
    static constexpr oid array_type = oids::boolean_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, bool value) { out.integer(static_cast<std::uint8_t>(value)); }
    static decoder<bool> decoder_for(oid column, format f) noexcept;
};

} // namespace pgwire
