// Values from a hostile server. The first byte chooses a column type and a C++ type for it, the lowest bit of the
// second the format; the rest is the value. Whatever decodes comes back the same when it is encoded and decoded again,
// and by way of the text that its binary form is turned into.

#include <pgwire/types/all.hpp>
#include <pgwire/types/simdjson.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "types/transcode.hpp"

namespace {

using namespace pgwire;

void require(bool condition) {
    if (!condition)
        std::abort();
}

template <class T>
bool same(T const& a, T const& b) {
    return a == b;
}
template <std::floating_point T>
bool same(T const& a, T const& b) {
    return a == b || (std::isnan(a) && std::isnan(b)); // text does not tell one NaN from another
}
bool same(numeric const& a, numeric const& b) { return a.text() == b.text(); }
bool same(json_document const& a, json_document const& b) { return a.text() == b.text(); }
template <class T>
bool same(std::optional<T> const& a, std::optional<T> const& b) {
    return a && b ? same(*a, *b) : !a && !b;
}
template <class T>
bool same(std::vector<T> const& a, std::vector<T> const& b) {
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!same(static_cast<T const&>(a[i]), static_cast<T const&>(b[i])))
            return false;
    return true;
}

template <class T>
bool decode(oid type, format f, protocol::bytes_view bytes, T& value) {
    auto const decoder = detail::field_decoder_for<T>(type, f);
    require(decoder != nullptr);
    return detail::decode_field(decoder, bytes, value);
}

/// `TextIsTheSame`: whether the type of the column, as text, means the same T as in binary.
template <class T, bool TextIsTheSame = true>
void check(oid type, format f, protocol::bytes_view bytes) {
    std::string text;
    bool const has_text = f == format::binary && detail::binary_to_text(type, bytes, text);

    T value{};
    if (!decode(type, f, bytes, value))
        return;

    encoder::storage encoded;
    encoder out(encoded);
    detail::encode_value(out, value);
    T again{};
    require(decode(detail::argument_type<T>, detail::argument_format<T>, encoded.view(), again));
    require(same(value, again));

    if (TextIsTheSame && f == format::binary) {
        // An array may hold elements of another type than its column says, which fit T all the same.
        require(has_text || detail::element_type_of(type) != 0);
        if (!has_text)
            return;
        T from_text{};
        require(decode(type, format::text, protocol::as_bytes(text), from_text));
        require(same(value, from_text));
        require(decode(oids::unknown_to_server, format::text, protocol::as_bytes(text), from_text));
        require(same(value, from_text));
    }
}

struct {
    oid type;
    void (*check)(oid, format, protocol::bytes_view);
} const cases[]{
    {oids::boolean, &check<bool>},
    {oids::int2, &check<std::int16_t>},
    {oids::int2, &check<std::int64_t>},
    {oids::int4, &check<std::int32_t>},
    {oids::int8, &check<std::int64_t>},
    {oids::oid_, &check<std::uint32_t>},
    {oids::oid_, &check<std::int64_t>},
    {oids::float4, &check<float>},
    {oids::float4, &check<double, false>},
    {oids::float8, &check<double>},
    {oids::text, &check<std::string>},
    {oids::jsonb, &check<std::string>},
    {oids::bytea, &check<bytes>},
    {oids::uuid, &check<uuid>},
    {oids::date, &check<date>},
    {oids::date, &check<std::chrono::sys_days>},
    {oids::time, &check<pgwire::time>},
    {oids::timestamp, &check<timestamp>},
    {oids::timestamptz, &check<timestamptz>},
    {oids::numeric, &check<numeric>},
    {oids::json, &check<json>},
    {oids::jsonb, &check<json>},
    {oids::json, &check<json_document>},
    {oids::jsonb, &check<json_document>},
    {oids::boolean_array, &check<std::vector<bool>>},
    {oids::boolean_array, &check<std::vector<std::optional<bool>>>},
    {oids::int2_array, &check<std::vector<std::int16_t>>},
    {oids::int4_array, &check<std::vector<std::optional<std::int32_t>>>},
    {oids::int8_array, &check<std::vector<std::int64_t>>},
    {oids::float4_array, &check<std::vector<float>>},
    {oids::float8_array, &check<std::vector<std::optional<double>>>},
    {oids::text_array, &check<std::vector<std::string>>},
    {oids::text_array, &check<std::vector<std::optional<std::string>>>},
    {oids::bytea_array, &check<std::vector<std::optional<bytes>>>},
    {oids::uuid_array, &check<std::vector<uuid>>},
    {oids::date_array, &check<std::vector<date>>},
    {oids::time_array, &check<std::vector<pgwire::time>>},
    {oids::timestamp_array, &check<std::vector<timestamp>>},
    {oids::timestamptz_array, &check<std::vector<std::optional<timestamptz>>>},
    {oids::numeric_array, &check<std::vector<std::optional<numeric>>>},
    {oids::json_array, &check<std::vector<json>>},
    {oids::jsonb_array, &check<std::vector<std::optional<json>>>},
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2)
        return 0;
    auto const& chosen = cases[data[0] % std::size(cases)];
    format const f = data[1] % 2 == 0 ? format::text : format::binary;
    chosen.check(chosen.type, f, {reinterpret_cast<std::byte const*>(data) + 2, size - 2});
    return 0;
}
