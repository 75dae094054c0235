#include "protocol/server_conversation.hpp"

#include <string>

namespace pgwire::protocol {

void request_handler::function_call(frontend::function_call const&, responder& out) {
    out.error({.code = sqlstate::feature_not_supported, .message = "function calls are not supported"});
}

std::size_t server_conversation::receive(bytes_view input) {
    std::size_t used = 0;
    while (!ended()) {
        frame message;
        errc error = errc::ok;
        switch (next_frame(input.subspan(used), limits_, peer::frontend, message, error)) {
        case framing::complete:
            used += message.size();
            handle(message);
            break;
        case framing::incomplete: return used;
        case framing::refused:
            refuse(error == errc::unknown_message ? "invalid frontend message type" : "invalid message length");
            break;
        }
    }
    return used;
}

void server_conversation::handle(frame const& message) {
    if (message.type == frontend::terminate::type) {
        state_ = state::ended;
        return handler_.terminate();
    }
    if (state_ == state::copying_in)
        return handle_copy(message);
    if (state_ == state::skipping && message.type != frontend::sync::type)
        return;

    switch (message.type) {
    case frontend::query::type: return call(message.body, &request_handler::query, true);
    case frontend::function_call::type: return call(message.body, &request_handler::function_call, true);
    case frontend::parse::type: return call(message.body, &request_handler::parse);
    case frontend::bind::type: return call(message.body, &request_handler::bind);
    case frontend::describe::type: return call(message.body, &request_handler::describe);
    case frontend::execute::type: return call(message.body, &request_handler::execute);
    case frontend::close::type: return call(message.body, &request_handler::close);
    case frontend::flush::type:
        if (!message.body.empty())
            return refuse("invalid message format");
        handler_.flush(responder_);
        return settle();
    case frontend::sync::type:
        if (!message.body.empty())
            return refuse("invalid message format");
        handler_.sync(responder_);
        return ready_for_query();
    case frontend::copy_data::type:
    case frontend::copy_done::type:
    case frontend::copy_fail::type: return; // the rest of a COPY that has failed, sent before the client knew
    default: return refuse("unexpected message type"); // an answer to an authentication request
    }
}

/// Sync and Flush are ignored: the client may have sent them behind an Execute that it did not know to be a COPY.
void server_conversation::handle_copy(frame const& message) {
    switch (message.type) {
    case frontend::copy_data::type: handler_.copy_data(message.body, responder_); break;
    case frontend::copy_done::type:
        if (!message.body.empty())
            return refuse("invalid message format");
        responder_.copying_in_ = false; // unless the handler begins another one
        handler_.copy_done(responder_);
        break;
    case frontend::copy_fail::type: {
        auto const fail = decode<frontend::copy_fail>(message.body);
        if (!fail)
            return refuse("invalid message format");
        responder_.error(
            {.code = sqlstate::query_canceled, .message = "COPY from stdin failed: " + std::string(fail->reason)});
        handler_.copy_fail(fail->reason, responder_);
        break;
    }
    case frontend::sync::type:
    case frontend::flush::type: return;
    default: return refuse("unexpected message type during COPY from stdin");
    }
    settle();
}

template <class Message>
void server_conversation::call(bytes_view body, void (request_handler::*answer)(Message const&, responder&),
                               bool simple) {
    auto const message = decode<Message>(body);
    if (!message)
        return refuse("invalid message format");
    simple_ = simple;
    (handler_.*answer)(*message, responder_);
    settle();
}

/// What the replies to a request lead to.
void server_conversation::settle() {
    if (responder_.copying_in_)
        state_ = state::copying_in;
    else if (simple_)
        ready_for_query();
    else
        state_ = responder_.failed_ ? state::skipping : state::ready;
}

void server_conversation::ready_for_query() {
    simple_ = false;
    responder_.failed_ = false;
    state_ = state::ready;
    if (!ended())
        append(output_, backend::ready_for_query{handler_.status()});
}

void server_conversation::refuse(std::string_view message) {
    responder_.error({.severity = "FATAL", .code = sqlstate::protocol_violation, .message = message});
}

} // namespace pgwire::protocol
