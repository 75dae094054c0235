#include <pgwire/types/date.hpp>

#include "types/time_text.hpp"

#include <limits>
#include <stdexcept>

namespace pgwire::detail {

namespace {

using wire_limits = std::numeric_limits<std::int32_t>;

template <class Days>
bool from_wire(std::int32_t days, Days& value) noexcept {
    if (!is_date(days))
        return false;
    if (days == wire_limits::max())
        value = infinity<Days>;
    else if (days == wire_limits::min())
        value = minus_infinity<Days>;
    else
        value = Days(std::chrono::days(days + unix_days_of_2000));
    return true;
}

template <class Days>
bool decode_binary(protocol::bytes_view bytes, Days& value) noexcept {
    return bytes.size() == sizeof(std::int32_t) &&
           from_wire(protocol::load_big_endian<std::int32_t>(bytes.data()), value);
}

template <class Days>
bool decode_text(protocol::bytes_view bytes, Days& value) noexcept {
    std::int32_t days = 0;
    return parse_date(protocol::as_text(bytes), days) && from_wire(days, value);
}

} // namespace

std::int32_t date_to_wire(std::chrono::days since_1970) {
    if (since_1970 == std::chrono::days::max())
        return wire_limits::max();
    if (since_1970 == std::chrono::days::min())
        return wire_limits::min();
    if (since_1970.count() < first_day + unix_days_of_2000 || since_1970.count() >= end_of_days + unix_days_of_2000)
        throw std::out_of_range("pgwire: PostgreSQL has dates from 4714-11-24 BC to 5874897-12-31");
    return static_cast<std::int32_t>(since_1970.count() - unix_days_of_2000);
}

template <class Days>
decoder<Days> date_codec<Days>::decoder_for(oid column, format f) noexcept {
    if (f == format::text)
        return column == oids::date || column == oids::unknown_to_server ? &decode_text<Days> : nullptr;
    return column == oids::date ? &decode_binary<Days> : nullptr;
}

template struct date_codec<std::chrono::local_days>;
template struct date_codec<std::chrono::sys_days>;

} // namespace pgwire::detail
