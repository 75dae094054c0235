#include "types/transcode.hpp"

#include "types/hex.hpp"
#include "types/time_text.hpp"

#include <pgwire/types/array.hpp>
#include <pgwire/types/boolean.hpp>
#include <pgwire/types/floating.hpp>
#include <pgwire/types/integer.hpp>
#include <pgwire/types/numeric.hpp>
#include <pgwire/types/string.hpp>
#include <pgwire/types/uuid.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace pgwire::detail {

namespace {

void append(std::string& out, bool value) { out += value ? 't' : 'f'; }
void append(std::string& out, std::integral auto value) { out += std::to_string(value); }
void append(std::string& out, std::string_view value) { out += value; }
void append(std::string& out, numeric const& value) { out += value.text(); }
void append(std::string& out, uuid const& value) { out += value.to_string(); }

/// Laid out as float4out and float8out do: with an exponent if it is below -4, or if there are more digits before the
/// point than the type holds for sure.
void append(std::string& out, std::floating_point auto value) {
    using value_type = decltype(value);
    if (std::isnan(value)) {
        out += "NaN";
    } else if (std::isinf(value)) {
        out += value < 0 ? "-Infinity" : "Infinity";
    } else {
        std::array<char, 64> text;
        char* end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific).ptr;
        std::string_view const scientific(text.data(), static_cast<std::size_t>(end - text.data()));
        int exponent = 0;
        std::size_t const exponent_at = scientific.find('e') + 1;
        std::from_chars(text.data() + exponent_at + (scientific[exponent_at] == '+' ? 1 : 0), end, exponent);
        if (exponent >= -4 && exponent < std::numeric_limits<value_type>::digits10)
            end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
        out.append(text.data(), end);
    }
}

/// By way of the C++ type that holds all values.
template <class T>
bool through(oid type, protocol::bytes_view value, std::string& out) {
    T object{};
    if (!codec<T>::decoder_for(type, format::binary)(value, object))
        return false;
    append(out, object);
    return true;
}

/// By way of the number on the wire, because std::chrono has not all values.
template <class Int>
bool through_number(protocol::bytes_view value, std::string& out, bool (*is_one)(std::int64_t) noexcept,
                    void (*append_text)(std::string&, Int)) {
    if (value.size() != sizeof(Int))
        return false;
    auto const number = protocol::load_big_endian<Int>(value.data());
    if (!is_one(number))
        return false;
    append_text(out, number);
    return true;
}

bool append_array(oid element_type, protocol::bytes_view value, std::string& out) {
    binary_array_reader in(value);
    if (!in.ok() || in.element_type() != element_type)
        return false;
    array_literal literal;
    std::string text;
    for (std::size_t i = 0; i < in.size(); ++i) {
        nullable_view const element = in.next();
        text.clear();
        if (!in.ok() || (element && !binary_to_text(element_type, *element, text)))
            return false;
        element ? literal.add(text) : literal.add_null();
    }
    if (!in.finish())
        return false;
    if (std::int64_t const lower = in.lower_bound(); in.size() != 0 && lower != 1) {
        std::int64_t const upper = lower + static_cast<std::int64_t>(in.size()) - 1;
        out += '[' + std::to_string(lower) + ':' + std::to_string(upper) + "]=";
    }
    out += literal.finish();
    return true;
}

} // namespace

bool binary_to_text(oid type, protocol::bytes_view value, std::string& out) {
    switch (type) {
    case oids::boolean: return through<bool>(type, value, out);
    case oids::int2:
    case oids::int4:
    case oids::int8:
    case oids::oid_: return through<std::int64_t>(type, value, out);
    case oids::float4: return through<float>(type, value, out);
    case oids::float8: return through<double>(type, value, out);
    case oids::text:
    case oids::varchar:
    case oids::bpchar:
    case oids::name:
    case oids::character:
    case oids::unknown:
    case oids::xml:
    case oids::json:
    case oids::jsonb: return through<std::string_view>(type, value, out);
    case oids::bytea:
        out += "\\x";
        append_hex(out, value);
        return true;
    case oids::uuid: return through<uuid>(type, value, out);
    case oids::numeric: return through<numeric>(type, value, out);
    case oids::date: return through_number<std::int32_t>(value, out, &is_date, &append_date);
    case oids::time: return through_number<std::int64_t>(value, out, &is_time, &append_time);
    case oids::timestamp: return through_number<std::int64_t>(value, out, &is_timestamp, &append_timestamp);
    case oids::timestamptz: return through_number<std::int64_t>(value, out, &is_timestamp, &append_timestamptz);
    default:
        // Elements are never arrays, so this does not go deeper.
        oid const element = element_type_of(type);
        return element != 0 && append_array(element, value, out);
    }
}

} // namespace pgwire::detail
