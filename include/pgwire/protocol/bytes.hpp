#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace pgwire::detail {

/// Between the machine's order and the network's, which is its own inverse. GCC 12 makes no bswap of a loop.
template <std::integral Int>
inline Int to_big_endian(Int value) noexcept {
    if constexpr (std::endian::native == std::endian::big || sizeof(Int) == 1)
        return value;
    else if constexpr (sizeof(Int) == 2)
        return static_cast<Int>(__builtin_bswap16(static_cast<std::uint16_t>(value)));
    else if constexpr (sizeof(Int) == 4)
        return static_cast<Int>(__builtin_bswap32(static_cast<std::uint32_t>(value)));
    else
        return static_cast<Int>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
}

} // namespace pgwire::detail

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
    Int value;
    std::memcpy(&value, from, sizeof value);
    return detail::to_big_endian(value);
}

/// Writes an integer in network byte order to `to`, which need not be aligned.
template <std::integral Int>
inline void store_big_endian(std::byte* to, Int value) noexcept {
    value = detail::to_big_endian(value);
    std::memcpy(to, &value, sizeof value);
}

} // namespace pgwire::protocol
