#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/infinity.hpp>
#include <pgwire/types/oids.hpp>

#include <chrono>
#include <cstdint>

namespace pgwire {

/// A day and time in no particular time zone, and `infinity<timestamp>` and `minus_infinity<timestamp>`.
///
/// PostgreSQL's begin at 4714-11-24 00:00:00 BC and end with the year 294276. std::chrono, which counts microseconds
/// from 1970, ends at 294247-01-10 04:00:54.775806: decoding a later one fails.
using timestamp = std::chrono::local_time<std::chrono::microseconds>;

/// A point in time, in UTC; the range is that of `timestamp`. The server keeps no time zone with it.
using timestamptz = std::chrono::sys_time<std::chrono::microseconds>;

namespace detail {
/// Throws std::out_of_range for a time that PostgreSQL does not have.
PGWIRE_API std::int64_t timestamp_to_wire(std::chrono::microseconds since_1970);
} // namespace detail

template <>
struct PGWIRE_API codec<timestamp> {
    static constexpr oid type = oids::timestamp;
    static constexpr oid array_type = oids::timestamp_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, timestamp value) {
        out.integer(detail::timestamp_to_wire(value.time_since_epoch()));
    }
    static decoder<timestamp> decoder_for(oid column, format f) noexcept;
};

template <>
struct PGWIRE_API codec<timestamptz> {
    static constexpr oid type = oids::timestamptz;
    static constexpr oid array_type = oids::timestamptz_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, timestamptz value) {
        out.integer(detail::timestamp_to_wire(value.time_since_epoch()));
    }
    static decoder<timestamptz> decoder_for(oid column, format f) noexcept;
};

} // namespace pgwire
