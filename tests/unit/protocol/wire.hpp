#pragma once

#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/buffer.hpp>
#include <pgwire/protocol/bytes.hpp>
#include <pgwire/protocol/frontend.hpp>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

/// Bytes of messages for tests, right ones and wrong ones.
namespace wire {

template <class... Messages>
std::string of(Messages const&... messages) {
    pgwire::protocol::buffer bytes;
    if (((append(bytes, messages) != pgwire::errc::ok) || ...))
        throw std::logic_error("a message of the test's cannot be encoded");
    return std::string(pgwire::protocol::as_text(bytes.unread()));
}

inline std::string int32(std::uint32_t value) {
    std::string bytes(sizeof value, '\0');
    pgwire::protocol::store_big_endian(reinterpret_cast<std::byte*>(bytes.data()), value);
    return bytes;
}

/// A message that says it has this length.
inline std::string with_length(char type, std::uint32_t length, std::string_view body = {}) {
    return type + int32(length).append(body);
}

/// A message with any body.
inline std::string raw(char type, std::string_view body) {
    return with_length(type, static_cast<std::uint32_t>(4 + body.size()), body);
}

/// A packet without a type byte.
inline std::string packet(std::string_view body) {
    return int32(static_cast<std::uint32_t>(4 + body.size())).append(body);
}

} // namespace wire
