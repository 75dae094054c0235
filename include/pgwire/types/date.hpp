#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/infinity.hpp>
#include <pgwire/types/oids.hpp>

#include <chrono>
#include <cstdint>

namespace pgwire {

/// A day in no particular time zone. PostgreSQL's go from 4714-11-24 BC to 5874897-12-31, and there are
/// `infinity<date>` and `minus_infinity<date>`. Mind that std::chrono::year ends at 32767.
using date = std::chrono::local_days;

namespace detail {

/// Throws std::out_of_range for a day that PostgreSQL does not have.
PGWIRE_API std::int32_t date_to_wire(std::chrono::days since_1970);

template <class Days>
struct PGWIRE_API date_codec {
    static constexpr oid type = oids::date;
    static constexpr oid array_type = oids::date_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, Days value) { out.integer(date_to_wire(value.time_since_epoch())); }
    static decoder<Days> decoder_for(oid column, format f) noexcept;
};

extern template struct date_codec<std::chrono::local_days>;
extern template struct date_codec<std::chrono::sys_days>;

} // namespace detail

template <>
struct codec<std::chrono::local_days> : detail::date_codec<std::chrono::local_days> {};

/// As `date`, for programs whose days are those of UTC.
template <>
struct codec<std::chrono::sys_days> : detail::date_codec<std::chrono::sys_days> {};

} // namespace pgwire
