#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace pgwire::protocol {

using bytes_view = std::span<std::byte const>;

inline bytes_view as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<std::byte const*>(text.data()), text.size()};
}

inline std::string_view as_text(bytes_view bytes) noexcept {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

/// Reads an integer in network byte order from `from`, which need not be aligned.
template <std::integral Int>
inline Int load_big_endian(std::byte const* from) noexcept {
    std::make_unsigned_t<Int> value = 0;
    for (std::size_t i = 0; i < sizeof(Int); ++i)
        value = static_cast<std::make_unsigned_t<Int>>((std::uint64_t{value} << 8) | std::to_integer<std::uint8_t>(from[i]));
    return static_cast<Int>(value);
}

/// Writes an integer in network byte order to `to`, which need not be aligned.
template <std::integral Int>
inline void store_big_endian(std::byte* to, Int value) noexcept {
    auto rest = static_cast<std::uint64_t>(static_cast<std::make_unsigned_t<Int>>(value));
    for (std::size_t i = sizeof(Int); i-- > 0; rest >>= 8)
        to[i] = static_cast<std::byte>(rest & 0xff);
}

} // namespace pgwire::protocol
