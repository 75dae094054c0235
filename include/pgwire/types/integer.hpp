#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/oids.hpp>

#include <cstdint>
#include <type_traits>

namespace pgwire {

namespace detail {

template <class Int, oid Type, oid ArrayType>
struct PGWIRE_API integer_codec {
    static constexpr oid type = Type;
    static constexpr oid array_type = ArrayType;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, Int value) { out.integer(value); }
    static decoder<Int> decoder_for(oid column, format f) noexcept;
};

extern template struct integer_codec<std::int16_t, oids::int2, oids::int2_array>;
extern template struct integer_codec<std::int32_t, oids::int4, oids::int4_array>;
extern template struct integer_codec<std::int64_t, oids::int8, oids::int8_array>;
extern template struct integer_codec<std::uint32_t, oids::oid_, oids::oid_array>;

} // namespace detail

/// smallint.
template <>
struct codec<std::int16_t> : detail::integer_codec<std::int16_t, oids::int2, oids::int2_array> {};

/// integer; takes smallint columns too.
template <>
struct codec<std::int32_t> : detail::integer_codec<std::int32_t, oids::int4, oids::int4_array> {};

/// bigint; takes columns of smallint, integer and oid too.
template <>
struct codec<std::int64_t> : detail::integer_codec<std::int64_t, oids::int8, oids::int8_array> {};

/// oid, the only unsigned type there is.
template <>
struct codec<std::uint32_t> : detail::integer_codec<std::uint32_t, oids::oid_, oids::oid_array> {};

namespace detail {
using other_int64 = std::conditional_t<std::is_same_v<std::int64_t, long>, long long, long>;
static_assert(sizeof(other_int64) == sizeof(std::int64_t));
} // namespace detail

/// bigint, by the type of 64 bits that std::int64_t does not name.
template <>
struct codec<detail::other_int64> {
    using through = std::int64_t;
    static std::int64_t to(detail::other_int64 value) noexcept { return value; }
    static detail::other_int64 from(std::int64_t value) noexcept { return value; }
};

} // namespace pgwire
