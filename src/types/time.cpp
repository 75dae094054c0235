#include <pgwire/types/time.hpp>

#include "types/time_text.hpp"

#include <stdexcept>

namespace pgwire {

namespace {

bool from_wire(std::int64_t microseconds, time& value) noexcept {
    if (!detail::is_time(microseconds))
        return false;
    value.since_midnight = std::chrono::microseconds(microseconds);
    return true;
}

bool decode_binary(protocol::bytes_view bytes, time& value) noexcept {
    return bytes.size() == sizeof(std::int64_t) &&
           from_wire(protocol::load_big_endian<std::int64_t>(bytes.data()), value);
}

bool decode_text(protocol::bytes_view bytes, time& value) noexcept {
    std::int64_t microseconds = 0;
    return detail::parse_time(protocol::as_text(bytes), microseconds) && from_wire(microseconds, value);
}

} // namespace

std::int64_t detail::time_to_wire(time value) {
    if (!is_time(value.since_midnight.count()))
        throw std::out_of_range("pgwire: a time of day is from 00:00:00 to 24:00:00");
    return value.since_midnight.count();
}

decoder<time> codec<time>::decoder_for(oid column, format f) noexcept {
    if (f == format::text)
        return column == oids::time || column == oids::unknown_to_server ? &decode_text : nullptr;
    return column == oids::time ? &decode_binary : nullptr;
}

} // namespace pgwire
