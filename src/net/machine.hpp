#pragma once

#include <pgwire/error.hpp>
#include <pgwire/protocol/buffer.hpp>

#include <chrono>
#include <cstddef>
#include <optional>

namespace pgwire::net {

/// Why a connection ends when an exception comes out of `machine::receive`.
error handling_failed();

/// What a driver runs over a socket: a client's side of a session, or something that stands between one and the socket.
/// Bytes and time go in, bytes come out. It does no I/O, so every race can be played in a test.
class machine {
public:
    using clock = std::chrono::steady_clock;

    /// What is to be sent. The driver consumes it.
    virtual protocol::buffer& output() = 0;

    /// Handles every whole message at the front of `input`; returns how many bytes they took.
    virtual std::size_t receive(protocol::bytes_view input) = 0;

    /// No more bytes will come. `unread` are those that made no whole message.
    virtual void ended(error const& why, protocol::bytes_view unread) = 0;

    /// Resumes the callers whose operations are over. They may ask for more, or end the connection, from inside.
    virtual void deliver() = 0;
    [[nodiscard]] virtual bool something_to_deliver() const = 0;

    /// When `expire` has to be called next, if nothing happens before.
    [[nodiscard]] virtual std::optional<clock::time_point> deadline() const = 0;
    virtual void expire(clock::time_point now) = 0;

    /// The connection is over: what is in `output` is to be sent, then it is closed.
    [[nodiscard]] virtual bool finished() const = 0;

    /// Whether a CancelRequest is to be sent on a connection of its own: take it, and call `cancel_sent` when that is closed.
    [[nodiscard]] virtual bool wants_cancel_request() const = 0;
    virtual void take_cancel_request(protocol::buffer& request) = 0;
    virtual void cancel_sent() = 0;

protected:
    ~machine() = default;
};

} // namespace pgwire::net
