#include <pgwire/types/floating.hpp>

#include <charconv>
#include <limits>
#include <string_view>
#include <system_error>

namespace pgwire {

namespace {

template <class Float, class OnTheWire, class Bits>
bool decode_binary(protocol::bytes_view bytes, Float& value) noexcept {
    if (bytes.size() != sizeof(Bits))
        return false;
    value = std::bit_cast<OnTheWire>(protocol::load_big_endian<Bits>(bytes.data()));
    return true;
}

template <class Float>
bool decode_text(protocol::bytes_view bytes, Float& value) noexcept {
    std::string_view const text = protocol::as_text(bytes);
    constexpr Float infinity = std::numeric_limits<Float>::infinity();
    if (text == "NaN")
        return value = std::numeric_limits<Float>::quiet_NaN(), true;
    if (text == "Infinity")
        return value = infinity, true;
    if (text == "-Infinity")
        return value = -infinity, true;
    // from_chars has spellings of its own for these, nan(…) among them.
    if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos)
        return false;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

} // namespace

decoder<float> codec<float>::decoder_for(oid column, format f) noexcept {
    if (f == format::text)
        return column == oids::float4 || column == oids::unknown_to_server ? &decode_text<float> : nullptr;
    return column == oids::float4 ? &decode_binary<float, float, std::uint32_t> : nullptr;
}

decoder<double> codec<double>::decoder_for(oid column, format f) noexcept {
    switch (column) {
    case oids::float4: return f == format::text ? &decode_text<double> : &decode_binary<double, float, std::uint32_t>;
    case oids::float8: return f == format::text ? &decode_text<double> : &decode_binary<double, double, std::uint64_t>;
    case oids::unknown_to_server: return f == format::text ? &decode_text<double> : nullptr;
    default: return nullptr;
    }
}

} // namespace pgwire
