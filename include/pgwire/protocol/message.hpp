#pragma once

#include <pgwire/protocol/reader.hpp>
#include <pgwire/protocol/writer.hpp>

#include <optional>

namespace pgwire::protocol {

enum class format : std::int16_t { text = 0, binary = 1 };

/// A protocol version as it stands in a startup packet: major in the upper half, minor in the lower.
enum class version : std::uint32_t { v3_0 = 0x0003'0000, v3_2 = 0x0003'0002 };

/// Appends `message` to `out`. `errc::ok`, or why it was refused; then `out` is as it was.
template <class Message>
errc append(buffer& out, Message const& message) {
    if constexpr (requires { Message::type; }) {
        writer w(out, Message::type);
        message.encode(w);
        return w.finish();
    } else {
        writer w(out);
        message.encode(w);
        return w.finish();
    }
}

/// The message of this type that stands in `body` (what follows the length), to which its views refer; none if the body is
/// too short, too long or otherwise not one.
template <class Message>
std::optional<Message> decode(bytes_view body) {
    reader in(body);
    Message message;
    message.decode(in);
    if (!in.finish())
        return std::nullopt;
    return message;
}

} // namespace pgwire::protocol
