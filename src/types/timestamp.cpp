#include <pgwire/types/timestamp.hpp>

#include "types/time_text.hpp"

#include <limits>
#include <stdexcept>
#include <string_view>

namespace pgwire {

namespace {

using limits = std::numeric_limits<std::int64_t>;

template <class Time>
bool from_wire(std::int64_t microseconds, Time& value) noexcept {
    if (microseconds == limits::max())
        value = infinity<Time>;
    else if (microseconds == limits::min())
        value = minus_infinity<Time>;
    else if (microseconds >= detail::first_timestamp &&
             microseconds < limits::max() - detail::unix_microseconds_of_2000)
        value = Time(std::chrono::microseconds(microseconds + detail::unix_microseconds_of_2000));
    else
        return false;
    return true;
}

template <class Time>
bool decode_binary(protocol::bytes_view bytes, Time& value) noexcept {
    return bytes.size() == sizeof(std::int64_t) &&
           from_wire(protocol::load_big_endian<std::int64_t>(bytes.data()), value);
}

template <class Time, bool (*Parse)(std::string_view, std::int64_t&) noexcept>
bool decode_text(protocol::bytes_view bytes, Time& value) noexcept {
    std::int64_t microseconds = 0;
    return Parse(protocol::as_text(bytes), microseconds) && from_wire(microseconds, value);
}

} // namespace

std::int64_t detail::timestamp_to_wire(std::chrono::microseconds since_1970) {
    std::int64_t const microseconds = since_1970.count();
    if (microseconds == limits::max() || microseconds == limits::min())
        return microseconds;
    if (microseconds < first_timestamp + unix_microseconds_of_2000) // all that is later fits
        throw std::out_of_range("pgwire: PostgreSQL has no timestamps before 4714-11-24 BC");
    return microseconds - unix_microseconds_of_2000;
}

decoder<timestamp> codec<timestamp>::decoder_for(oid column, format f) noexcept {
    if (f == format::text)
        return column == oids::timestamp || column == oids::unknown_to_server
                   ? &decode_text<timestamp, &detail::parse_timestamp>
                   : nullptr;
    return column == oids::timestamp ? &decode_binary<timestamp> : nullptr;
}

decoder<timestamptz> codec<timestamptz>::decoder_for(oid column, format f) noexcept {
    if (f == format::text)
        return column == oids::timestamptz || column == oids::unknown_to_server
                   ? &decode_text<timestamptz, &detail::parse_timestamptz>
                   : nullptr;
    return column == oids::timestamptz ? &decode_binary<timestamptz> : nullptr;
}

} // namespace pgwire
