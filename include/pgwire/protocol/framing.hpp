#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/errc.hpp>
#include <pgwire/protocol/bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pgwire::detail {

enum class message_class : std::uint8_t { unknown, values, texts, others };
using message_classes = std::array<message_class, 256>;

constexpr message_classes classify(std::string_view values, std::string_view texts, std::string_view others) {
    message_classes classes{};
    for (char const type : values)
        classes[static_cast<unsigned char>(type)] = message_class::values;
    for (char const type : texts)
        classes[static_cast<unsigned char>(type)] = message_class::texts;
    for (char const type : others)
        classes[static_cast<unsigned char>(type)] = message_class::others;
    return classes;
}

inline constexpr message_classes backend_message_classes = classify("DdV", "TtEN", "123ACGHIKRSWZcnsv");
inline constexpr message_classes frontend_message_classes = classify("QPBFd", "f", "CDEHSXcp");

} // namespace pgwire::detail

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
    [[nodiscard]] std::uint32_t backend(char type) const noexcept { return of(detail::backend_message_classes, type); }
    /// The limit for a message from a client; 0 for a type that clients do not send.
    [[nodiscard]] std::uint32_t frontend(char type) const noexcept {
        return of(detail::frontend_message_classes, type);
    }

private:
    [[nodiscard]] std::uint32_t of(detail::message_classes const& classes, char type) const noexcept {
        switch (classes[static_cast<unsigned char>(type)]) {
        case detail::message_class::others: return others;
        case detail::message_class::values: return values;
        case detail::message_class::texts: return texts;
        case detail::message_class::unknown: break;
        }
        return 0;
    }
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
        error = limit == 0                      ? errc::unknown_message
                : length < sizeof(std::int32_t) ? errc::invalid_message_length
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
