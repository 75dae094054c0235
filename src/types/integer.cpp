#include <pgwire/types/integer.hpp>

#include <charconv>
#include <system_error>

namespace pgwire::detail {

namespace {

template <class Int, class OnTheWire>
bool decode_binary(protocol::bytes_view bytes, Int& value) noexcept {
    if (bytes.size() != sizeof(OnTheWire))
        return false;
    value = protocol::load_big_endian<OnTheWire>(bytes.data());
    return true;
}

template <class Int>
bool decode_text(protocol::bytes_view bytes, Int& value) noexcept {
    std::string_view const text = protocol::as_text(bytes);
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

/// Whether every value of `From` is one of `Int`.
template <class Int, class From>
constexpr bool holds = std::is_same_v<Int, From> || (std::is_signed_v<Int> && sizeof(Int) > sizeof(From));

template <class Int, class From>
decoder<Int> decoder_of(format f) noexcept {
    if constexpr (holds<Int, From>)
        return f == format::binary ? &decode_binary<Int, From> : &decode_text<Int>;
    else
        return nullptr;
}

} // namespace

template <class Int, oid Type, oid ArrayType>
decoder<Int> integer_codec<Int, Type, ArrayType>::decoder_for(oid column, format f) noexcept {
    switch (column) {
    case oids::int2: return decoder_of<Int, std::int16_t>(f);
    case oids::int4: return decoder_of<Int, std::int32_t>(f);
    case oids::int8: return decoder_of<Int, std::int64_t>(f);
    case oids::oid_: return decoder_of<Int, std::uint32_t>(f);
    case oids::unknown_to_server: return f == format::text ? &decode_text<Int> : nullptr;
    default: return nullptr;
    }
}

template struct integer_codec<std::int16_t, oids::int2, oids::int2_array>;
template struct integer_codec<std::int32_t, oids::int4, oids::int4_array>;
template struct integer_codec<std::int64_t, oids::int8, oids::int8_array>;
template struct integer_codec<std::uint32_t, oids::oid_, oids::oid_array>;

} // namespace pgwire::detail
