#include "protocol/conversation.hpp"

#include <pgwire/detail/error_builder.hpp>

namespace pgwire::protocol {

using pgwire::detail::error_builder;

namespace {

constexpr std::string_view no_copy_here = "COPY is not possible here: use copy_in or copy_out";

error copy_error() { return error_builder(errc::unexpected_copy, std::string(no_copy_here)).build(); }

} // namespace

std::size_t conversation::receive(bytes_view input) {
    bytes_view rest = input;
    frame message;
    errc wrong = broken_;
    while (wrong == errc::ok) {
        framing const cut = next_frame(rest, limits_, peer::backend, message, wrong);
        if (cut == framing::incomplete)
            return input.size() - rest.size();
        if (cut == framing::refused) {
            message.type = static_cast<char>(rest[0]);
            break;
        }
        rest = rest.subspan(message.size());
        wrong = handle(message);
    }
    broken_ = wrong;
    broken_by_ = message.type;
    return input.size() - rest.size();
}

errc conversation::handle(frame const& message) {
    switch (message.type) {
    case backend::data_row::type: return handle_row(message.body);
    case backend::command_complete::type:
    case backend::empty_query_response::type:
    case backend::portal_suspended::type: return handle_completion(message);
    case backend::ready_for_query::type: return handle_ready(message.body);
    case backend::bind_complete::type:
        return message.body.empty() ? settle_if(awaited::bind_complete, nullptr) : errc::malformed_message;
    case backend::parse_complete::type:
        return message.body.empty() ? settle_if(awaited::parse_complete, &receiver::parsed) : errc::malformed_message;
    case backend::close_complete::type:
        return message.body.empty() ? settle_if(awaited::close_complete, nullptr) : errc::malformed_message;
    case backend::parameter_description::type:
    case backend::row_description::type:
    case backend::no_data::type: return handle_description(message);
    case backend::error_response::type: return handle_error(message.body);
    case backend::copy_in_response::type:
    case backend::copy_out_response::type:
    case backend::copy_data::type:
    case backend::copy_done::type: return handle_copy(message);
    case backend::notice_response::type:
    case backend::parameter_status::type:
    case backend::notification_response::type: return handle_anytime(message);
    case backend::function_call_response::type: {
        auto const response = decode<backend::function_call_response>(message.body);
        if (!response)
            return errc::malformed_message;
        if (idle() || ledger_.head().what != awaited::function_result || ledger_.head_progress != progress::none)
            return errc::unexpected_message;
        ledger_.head_progress = progress::done;
        if (receiver* const who = ledger_.head().who)
            who->function_result(response->value);
        return errc::ok;
    }
    default:
        // Authentication, BackendKeyData and NegotiateProtocolVersion belong to the startup (A-18, S-20); CopyBothResponse
        // to replication, which nobody here asks for.
        return errc::unexpected_message;
    }
}

errc conversation::settle_if(awaited what, void (receiver::*tell)()) {
    if (idle() || ledger_.head().what != what)
        return errc::unexpected_message;
    receiver* const who = ledger_.head().who;
    ledger_.settle();
    if (who != nullptr && tell != nullptr)
        (who->*tell)();
    return errc::ok;
}

errc conversation::handle_row(bytes_view body) {
    if (idle())
        return errc::unexpected_message;
    auto const& [who, what, limited] = ledger_.head();
    bool const expected = (what == awaited::rows && ledger_.head_progress == progress::none) ||
                          (what == awaited::simple_query && ledger_.head_progress == progress::described);
    if (!expected)
        return errc::unexpected_message;
    if (who != nullptr)
        return who->row(body);
    return errc::ok;
}

bool conversation::results_may_come() const noexcept {
    return ledger_.head_progress == progress::none || ledger_.head_progress == progress::done;
}

errc conversation::handle_description(frame const& message) {
    if (idle())
        return errc::unexpected_message;
    auto const [who, what, limited] = ledger_.head();
    bool const of_portal = what == awaited::portal_description;
    bool const of_statement = what == awaited::statement_description;

    if (message.type == backend::parameter_description::type) {
        auto const parameters = decode<backend::parameter_description>(message.body);
        if (!parameters)
            return errc::malformed_message;
        if (!of_statement || ledger_.head_progress != progress::none)
            return errc::unexpected_message;
        ledger_.head_progress = progress::described;
        if (who != nullptr)
            who->parameters_described(parameters->types);
        return errc::ok;
    }

    bool const rows_may_come = of_portal || (of_statement && ledger_.head_progress == progress::described);
    if (message.type == backend::no_data::type) {
        if (!message.body.empty())
            return errc::malformed_message;
        if (!rows_may_come)
            return errc::unexpected_message;
        ledger_.settle();
        if (who != nullptr)
            who->no_data();
        return errc::ok;
    }

    auto const rows = decode<backend::row_description>(message.body);
    if (!rows)
        return errc::malformed_message;
    if (rows_may_come)
        ledger_.settle();
    else if (what == awaited::simple_query && results_may_come())
        ledger_.head_progress = progress::described;
    else
        return errc::unexpected_message;
    if (who != nullptr)
        who->described(*rows);
    return errc::ok;
}

errc conversation::handle_completion(frame const& message) {
    std::string_view tag;
    if (message.type == backend::command_complete::type) {
        tag = as_text(message.body);
        if (tag.empty() || tag.find('\0') != tag.size() - 1)
            return errc::malformed_message;
        tag.remove_suffix(1);
    } else if (!message.body.empty()) {
        return errc::malformed_message;
    }

    if (idle())
        return errc::unexpected_message;
    auto const [who, what, limited] = ledger_.head();
    progress const before = ledger_.head_progress;
    if (before == progress::failed || before == progress::copy_refused)
        return errc::unexpected_message;

    if (what == awaited::rows) {
        if (message.type == backend::portal_suspended::type && !limited)
            return errc::unexpected_message;
        ledger_.settle();
    } else if (what == awaited::simple_query) {
        if (message.type == backend::portal_suspended::type ||
            (message.type == backend::empty_query_response::type && before != progress::none))
            return errc::unexpected_message;
        ledger_.head_progress = progress::done;
    } else {
        return errc::unexpected_message;
    }

    if (who == nullptr || before == progress::copy_out)
        return errc::ok;
    if (message.type == backend::command_complete::type)
        who->completed(tag);
    else if (message.type == backend::empty_query_response::type)
        who->empty_query();
    else
        who->suspended();
    return errc::ok;
}

errc conversation::handle_ready(bytes_view body) {
    if (body.size() != 1)
        return errc::malformed_message;
    auto const status = static_cast<backend::transaction_status>(body[0]);
    if (status != backend::transaction_status::idle && status != backend::transaction_status::in_transaction &&
        status != backend::transaction_status::failed)
        return errc::invalid_transaction_status; // S-24
    if (idle())
        return errc::unexpected_message;
    auto const [who, what, limited] = ledger_.head();
    bool const replied = ledger_.head_progress == progress::done || ledger_.head_progress == progress::failed;
    if (what != awaited::ready && !((what == awaited::simple_query || what == awaited::function_result) && replied))
        return errc::unexpected_message;
    status_ = status;
    ledger_.settle();
    if (who != nullptr)
        who->settled(status_);
    return errc::ok;
}

errc conversation::handle_error(bytes_view body) {
    error why = error_builder::from_response_body(body).build();
    bool const fatal = why.is_fatal();
    if (fatal && !fatal_)
        fatal_ = why;
    if (idle())
        return fatal ? errc::ok : errc::unexpected_message;

    auto const [who, what, limited] = ledger_.head();
    bool const known = ledger_.head_progress == progress::copy_refused; // who has heard of the COPY already
    // What was completed may be committed by now, or not.
    if (fatal && (what == awaited::ready || ledger_.head_progress == progress::done))
        why = error_builder(why).outcome_unknown().build();

    if (what == awaited::ready) {
        // An error at Sync, a deferred constraint for instance, is the last statement's. A FATAL one does not
        // undo what was done inside a transaction.
        if (who != nullptr && !(fatal && status_ == backend::transaction_status::in_transaction))
            who->failed(why);
        return errc::ok;
    }
    if (who != nullptr && !known)
        who->failed(why);
    if (fatal)
        return errc::ok; // nothing else will come; `lost` tells everybody
    if (what == awaited::simple_query || what == awaited::function_result)
        ledger_.head_progress = progress::failed;
    else
        ledger_.skip_to_ready([&](receiver& skipped) { skipped.aborted(why); });
    return errc::ok;
}

errc conversation::handle_copy(frame const& message) {
    if (idle())
        return errc::unexpected_message;
    auto const [who, what, limited] = ledger_.head();
    bool const copying = ledger_.head_progress == progress::copy_out;
    if (message.type == backend::copy_data::type || message.type == backend::copy_done::type)
        return copying ? errc::ok : errc::unexpected_message;

    bool const possible = (what == awaited::rows && ledger_.head_progress == progress::none) ||
                          (what == awaited::simple_query && results_may_come());
    if (!possible)
        return errc::unexpected_message;
    if (message.type == backend::copy_out_response::type) {
        if (!decode<backend::copy_out_response>(message.body))
            return errc::malformed_message;
        ledger_.head_progress = progress::copy_out; // read to the end, and report
    } else {
        if (!decode<backend::copy_in_response>(message.body))
            return errc::malformed_message;
        ledger_.head_progress = progress::copy_refused;
        append(output_, frontend::copy_fail{no_copy_here});
        // The server has read our Sync as part of the COPY and ignored it (protocol documentation, "COPY Operations").
        if (what == awaited::rows)
            append(output_, frontend::sync{});
    }
    if (who != nullptr)
        who->failed(copy_error());
    return errc::ok;
}

errc conversation::handle_anytime(frame const& message) {
    if (message.type == backend::parameter_status::type) {
        auto const parameter = decode<backend::parameter_status>(message.body);
        if (!parameter)
            return errc::malformed_message;
        events_.parameter_changed(parameter->name, parameter->value);
    } else if (message.type == backend::notification_response::type) {
        auto const notification = decode<backend::notification_response>(message.body);
        if (!notification)
            return errc::malformed_message;
        events_.notified(*notification);
    } else {
        events_.notice(error_builder::from_response_body(message.body).build());
    }
    return errc::ok;
}

void conversation::lost(error const& why) {
    error const reason = fatal_ ? *fatal_ : why;
    receiver const* last = nullptr;
    while (!ledger_.empty()) {
        auto const [who, what, limited] = ledger_.head();
        ledger_.settle();
        if (who == nullptr || who == last)
            continue;
        last = who;
        // Inside a transaction a completed command is done, whatever became of ReadyForQuery.
        if (what == awaited::ready && status_ == backend::transaction_status::in_transaction)
            who->settled(status_);
        else
            who->lost(reason);
    }
}

} // namespace pgwire::protocol
