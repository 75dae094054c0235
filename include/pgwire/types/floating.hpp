#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/oids.hpp>

#include <bit>
#include <cstdint>

namespace pgwire {

/// real. NaN and both infinities are values like others.
template <>
struct PGWIRE_API codec<float> {
    static constexpr oid type = oids::float4;
    static constexpr oid array_type = oids::float4_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, float value) { out.integer(std::bit_cast<std::uint32_t>(value)); }
    static decoder<float> decoder_for(oid column, format f) noexcept;
};

/// double precision; takes real columns too. Of a real as text it is the double nearest to the text, in binary the
/// value of the real.
template <>
struct PGWIRE_API codec<double> {
    static constexpr oid type = oids::float8;
    static constexpr oid array_type = oids::float8_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, double value) { out.integer(std::bit_cast<std::uint64_t>(value)); }
    static decoder<double> decoder_for(oid column, format f) noexcept;
};

} // namespace pgwire
