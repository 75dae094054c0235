#pragma once

#include "protocol/responder.hpp"

#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/buffer.hpp>
#include <pgwire/protocol/framing.hpp>
#include <pgwire/protocol/frontend.hpp>

#include <cstddef>
#include <string_view>

namespace pgwire::protocol {

/// Who answers a client. Each call is to write its replies before it returns; what it is given refers to the client's
/// bytes and lives no longer. ReadyForQuery, and what is skipped after an error, are not its business.
class request_handler {
public:
    virtual void query(frontend::query const& message, responder& out) = 0;
    virtual void parse(frontend::parse const& message, responder& out) = 0;
    virtual void bind(frontend::bind const& message, responder& out) = 0;
    virtual void describe(frontend::describe const& message, responder& out) = 0;
    virtual void execute(frontend::execute const& message, responder& out) = 0;
    virtual void close(frontend::close const& message, responder& out) = 0;
    /// Ends the implicit transaction, which may still fail. Called once per Sync, after an error too.
    virtual void sync(responder&) {}
    /// The client waits for what was written so far.
    virtual void flush(responder&) {}
    virtual void function_call(frontend::function_call const& message, responder& out);

    // After `copy_in_response`. An error in one of them ends the COPY; the client's further data is not seen.

    virtual void copy_data(bytes_view, responder&) {}
    /// The data is complete: CommandComplete, and what follows in a simple query.
    virtual void copy_done(responder&) {}
    /// The client gives up. The error that answers this is written already.
    virtual void copy_fail(std::string_view, responder&) {}

    virtual void terminate() {}

    /// For ReadyForQuery.
    [[nodiscard]] virtual backend::transaction_status status() const = 0;

protected:
    ~request_handler() = default;
};

/// A server's side of a session once it is ready: a client's bytes become calls of a handler, whose replies become
/// bytes in `output` (protocol documentation, "Message Flow"). No I/O, no clock. One thread at a time.
class server_conversation {
public:
    server_conversation(buffer& output, request_handler& handler, limits const& limits) noexcept
        : output_(output), handler_(handler), limits_(limits), responder_(output) {}

    /// Handles every whole message at the front of `input` and returns how many bytes they took.
    std::size_t receive(bytes_view input);

    /// The session is over, by the client or by a FATAL error: what is in the output is sent, then the connection is
    /// closed.
    [[nodiscard]] bool ended() const noexcept { return state_ == state::ended || responder_.fatal_; }

    /// To tell the client something at any time: notices, parameters, notifications.
    [[nodiscard]] responder& out() noexcept { return responder_; }

private:
    enum class state {
        ready,
        copying_in, // only the COPY's messages may come
        skipping,   // after an error in the extended protocol, up to Sync
        ended,      // by Terminate
    };

    void handle(frame const& message);
    void handle_copy(frame const& message);
    template <class Message>
    void call(bytes_view body, void (request_handler::*answer)(Message const&, responder&), bool simple = false);
    void settle();
    void ready_for_query();
    void refuse(std::string_view message);

    buffer& output_;
    request_handler& handler_;
    limits const& limits_;
    responder responder_;
    state state_ = state::ready;
    /// The request under way is a Query or FunctionCall, which ends in ReadyForQuery of itself.
    bool simple_ = false;
};

} // namespace pgwire::protocol
