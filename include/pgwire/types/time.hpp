#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/oids.hpp>

#include <chrono>
#include <compare>
#include <cstdint>

namespace pgwire {

/// A time of day in no particular time zone: 00:00:00 to 24:00:00, the end of a day.
struct time {
    std::chrono::microseconds since_midnight{};

    auto operator<=>(time const&) const = default;
};

namespace detail {
/// Throws std::out_of_range for what is not a time of day.
PGWIRE_API std::int64_t time_to_wire(time value);
} // namespace detail

template <>
struct PGWIRE_API codec<time> {
    static constexpr oid type = oids::time;
    static constexpr oid array_type = oids::time_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, time value) { out.integer(detail::time_to_wire(value)); }
    static decoder<time> decoder_for(oid column, format f) noexcept;
};

} // namespace pgwire
