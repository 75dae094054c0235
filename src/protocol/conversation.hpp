#pragma once

#include "protocol/ledger.hpp"
#include <pgwire/protocol/receiver.hpp>

#include <pgwire/error.hpp>
#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/framing.hpp>
#include <pgwire/protocol/frontend.hpp>

#include <optional>

namespace pgwire::protocol {

/// A client's side of a session once it is ready: requests become bytes in `output`, and the server's bytes become calls of
/// the requests' receivers. No I/O, no clock. One thread at a time.
class conversation {
public:
    conversation(buffer& output, session_events& events, limits const& limits) noexcept
        : output_(output), events_(events), limits_(limits) {}

    // Requests. Each appends a message and what it awaits; refused ones change nothing.

    errc parse(frontend::parse const& message, receiver* who) { return send(message, awaited::parse_complete, who); }
    errc bind(frontend::bind const& message, receiver* who) { return send(message, awaited::bind_complete, who); }
    errc describe(frontend::describe const& message, receiver* who) {
        return send(message,
                    message.target == frontend::target::statement ? awaited::statement_description
                                                                  : awaited::portal_description,
                    who);
    }
    errc execute(frontend::execute const& message, receiver* who) {
        return send(message, awaited::rows, who, message.max_rows != 0);
    }
    errc close(frontend::close const& message, receiver* who) { return send(message, awaited::close_complete, who); }
    /// A Bind that was made before, but for its values, then Execute and Sync. `head` is its bytes up to the values.
    errc bind_again(bytes_view head, bytes_view values, format results, receiver* who) {
        static constexpr std::string_view text_tail("\0\0E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04", 17);
        static constexpr std::string_view binary_tail("\0\1\0\1E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04", 19);
        bytes_view const tail = as_bytes(results == format::text ? text_tail : binary_tail);
        std::size_t const bind_size = head.size() + values.size() + tail.size() - execute_and_sync_bytes.size();
        if (bind_size - 1 > writer::max_message)
            return errc::message_too_long;
        std::size_t const size = head.size() + values.size() + tail.size();
        std::byte* const to = output_.prepare(size).data();
        std::memcpy(to, head.data(), head.size());
        store_big_endian(to + 1, static_cast<std::int32_t>(bind_size - 1));
        if (!values.empty())
            std::memcpy(to + head.size(), values.data(), values.size());
        std::memcpy(to + head.size() + values.size(), tail.data(), tail.size());
        output_.commit(size);
        ledger_.expect(awaited::bind_complete, who);
        ledger_.expect(awaited::rows, who);
        ledger_.expect(awaited::ready, who);
        return errc::ok;
    }
    /// Execute of the unnamed portal, all rows, and Sync: the end of almost every request, always the same bytes.
    void execute_and_sync(receiver* who) {
        output_.append(as_bytes(execute_and_sync_bytes));
        ledger_.expect(awaited::rows, who);
        ledger_.expect(awaited::ready, who);
    }
    errc sync(receiver* who) { return send(frontend::sync{}, awaited::ready, who); }
    errc query(frontend::query const& message, receiver* who) { return send(message, awaited::simple_query, who); }
    errc call(frontend::function_call const& message, receiver* who) {
        return send(message, awaited::function_result, who);
    }

    /// Where a request of several messages began, to take it back if one of them is refused. Nothing of it may have been
    /// sent meanwhile.
    struct place {
        std::size_t bytes;
        std::size_t entries;
    };
    [[nodiscard]] place here() const noexcept { return {output_.size(), ledger_.size()}; }
    void take_back(place to) noexcept {
        output_.truncate(to.bytes);
        ledger_.truncate(to.entries);
    }

    /// Handles every whole message at the front of `input` and returns how many bytes they took. When `broken` is not
    /// `errc::ok` afterwards, the connection must be closed and `lost` called.
    std::size_t receive(bytes_view input);

    /// The connection has ended, for `why`; every receiver that still waits hears of it. If the server said goodbye with a
    /// FATAL error, they hear that instead.
    void lost(error const& why);

    /// The caller of this request goes away: its replies are discarded as they come.
    void abandon(receiver const& who) noexcept { ledger_.abandon(who); }

    /// Nothing is under way.
    [[nodiscard]] bool idle() const noexcept { return ledger_.empty(); }
    [[nodiscard]] backend::transaction_status status() const noexcept { return status_; }
    void set_status(backend::transaction_status status) noexcept { status_ = status; }

    /// The receiver that is being answered; none if idle or if it has gone away.
    [[nodiscard]] receiver const* answering() const noexcept { return ledger_.empty() ? nullptr : ledger_.head().who; }

    /// How the server broke the protocol.
    [[nodiscard]] errc broken() const noexcept { return broken_; }
    /// The type of the message that did.
    [[nodiscard]] char broken_by() const noexcept { return broken_by_; }
    /// The error with which the server ended the session.
    [[nodiscard]] std::optional<error> const& fatal() const noexcept { return fatal_; }

private:
    static constexpr std::string_view execute_and_sync_bytes{"E\0\0\0\x09\0\0\0\0\0S\0\0\0\x04", 15};

    template <class Message>
    errc send(Message const& message, awaited what, receiver* who, bool limited = false) {
        errc const refused = append(output_, message);
        if (refused == errc::ok)
            ledger_.expect(what, who, limited);
        return refused;
    }

    errc handle(frame const& message);
    errc handle_row(bytes_view body);
    errc handle_completion(frame const& message);
    errc handle_description(frame const& message);
    errc handle_error(bytes_view body);
    errc handle_copy(frame const& message);
    errc handle_ready(bytes_view body);
    errc handle_anytime(frame const& message);
    errc settle_if(awaited what, void (receiver::*tell)());
    [[nodiscard]] bool results_may_come() const noexcept;

    buffer& output_;
    session_events& events_;
    limits const& limits_;
    ledger ledger_;
    backend::transaction_status status_ = backend::transaction_status::idle;
    errc broken_ = errc::ok;
    char broken_by_ = 0;
    std::optional<error> fatal_;
};

} // namespace pgwire::protocol
