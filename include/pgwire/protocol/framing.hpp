#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/errc.hpp>
#include <pgwire/protocol/bytes.hpp>

#include <cstddef>
#include <cstdint>

namespace pgwire::protocol {

/// How long a message may be, its length field included. Looked at as soon as the five-byte header is there, before memory
/// is taken for what follows (F-01…F-03).
struct PGWIRE_API limits {
    /// For messages that carry values: DataRow, CopyData, FunctionCallResponse; in the other direction Query, Parse, Bind.
    std::uint32_t values = 1U << 30;
    /// For lists and texts that grow with what was asked: RowDescription, ParameterDescription, errors and notices.
    std::uint32_t texts = 16U << 20;
    /// For all others. 30 000 is libpq's bound for them.
    std::uint32_t others = 30'000;

    /// Before authentication a stranger talks: nothing may be large.
    static constexpr limits before_authentication() noexcept { return {30'000, 30'000, 30'000}; }

    /// The limit for a message from a server; 0 for a type that servers do not send.
    [[nodiscard]] std::uint32_t backend(char type) const noexcept;
    /// The limit for a message from a client; 0 for a type that clients do not send.
    [[nodiscard]] std::uint32_t frontend(char type) const noexcept;
};

enum class peer { backend, frontend };

/// One message, cut from a stream. Refers to the stream's bytes.
struct frame {
    char type = 0;
    bytes_view body;

    [[nodiscard]] std::size_t size() const noexcept { return 1 + sizeof(std::int32_t) + body.size(); }
};

enum class framing { complete, incomplete, refused };

/// Cuts the first message of `input`. Where it is `incomplete`, more bytes must arrive; where it is `refused`, `error` says
/// why and the stream cannot go on: after a wrong length nobody knows where the next message begins.
inline framing next_frame(bytes_view input, limits const& limits, peer from, frame& out, errc& error) noexcept {
    constexpr std::size_t header = 1 + sizeof(std::int32_t);
    if (input.size() < header)
        return framing::incomplete;
    char const type = static_cast<char>(input[0]);
    auto const length = load_big_endian<std::uint32_t>(input.data() + 1);
    std::uint32_t const limit = from == peer::backend ? limits.backend(type) : limits.frontend(type);
    if (limit == 0 || length < sizeof(std::int32_t) || length > limit) {
        error = limit == 0                          ? errc::unknown_message
                : length < sizeof(std::int32_t)     ? errc::invalid_message_length
                                                    : errc::message_over_limit;
        return framing::refused;
    }
    std::size_t const body = length - sizeof(std::int32_t);
    if (body > input.size() - header)
        return framing::incomplete;
    out = {type, input.subspan(header, body)};
    return framing::complete;
}

} // namespace pgwire::protocol
