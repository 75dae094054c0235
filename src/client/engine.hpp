#pragma once

#include "client/statement_cache.hpp"
#include "net/machine.hpp"
#include "protocol/conversation.hpp"
#include "protocol/startup.hpp"

#include <pgwire/detail/execution.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::client {

/// Executions, first in first out.
class execution_queue {
public:
    [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
    [[nodiscard]] detail::execution* front() const noexcept { return first_; }
    void push(detail::execution& added) noexcept;
    detail::execution* pop() noexcept;
    bool remove(detail::execution& one) noexcept;
    /// Calls `visit` on each; those for which it gives true leave the queue.
    template <class Visit>
    void remove_if(Visit visit);

private:
    detail::execution* first_ = nullptr;
    detail::execution* last_ = nullptr;
};

struct engine_options {
    protocol::startup_options startup;
    protocol::limits limits;
    /// Statements that the server keeps for this connection; 0: none.
    std::size_t cached_statements = 256;
    /// How long after a CancelRequest the server may go on before the connection is closed.
    std::chrono::steady_clock::duration cancel_grace = std::chrono::seconds(5);
};

/// All of a client's side of one connection but its socket: startup, then statements, one at a time in the order they were
/// asked. The asynchronous and the blocking connection drive the same one.
class engine final : public net::machine, private protocol::session_events {
public:
    explicit engine(engine_options options);

    /// Says hello. `ready` or `finished` is true once the server has answered.
    void begin() { startup_.begin(); }
    [[nodiscard]] bool ready() const noexcept { return phase_ == phase::ready; }
    /// Why the connection ended.
    [[nodiscard]] std::optional<error> const& end() const noexcept { return end_; }

    // Requests. What is over at once waits for `deliver`, like all the rest.

    void submit(detail::execution& one);
    void cancel(detail::execution& one) { interrupt(one, errc::cancelled); }
    void cancel_all();
    /// Another thread sends `write_cancel_request`'s bytes; the statement that it hits is cancelled by us.
    void note_cancel() noexcept { cancelled_elsewhere_ = true; }
    void forget_cancel() noexcept { cancelled_elsewhere_.store(false, std::memory_order_relaxed); }
    void write_cancel_request(protocol::buffer& request) const;
    /// Says goodbye: what is under way is cancelled, what comes later finds no connection.
    void close();
    /// Destroys all executions without a word; their callers' world is gone.
    void abandon() noexcept;

    [[nodiscard]] bool idle() const noexcept { return current_ == nullptr && waiting_.empty(); }

    // The session.

    [[nodiscard]] protocol::backend::transaction_status status() const noexcept { return conversation_.status(); }
    /// A parameter that the server reports; empty if it does not.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept;
    [[nodiscard]] std::uint32_t backend_pid() const noexcept { return startup_.backend_pid(); }
    [[nodiscard]] protocol::startup const& greeting() const noexcept { return startup_; }
    /// False where the server guesses types (IRIS).
    [[nodiscard]] bool types_are_known() const noexcept { return !text_only_; }

    std::function<void(error const&)> on_notice;
    /// Called once, when the startup is over: then the engine is ready, or finished.
    std::function<void()> on_started;

    // For executions.

    void settle(detail::execution& one);
    void command_completed(std::string_view tag);

    // net::machine

    protocol::buffer& output() override { return output_; }
    std::size_t receive(protocol::bytes_view input) override;
    void ended(error const& why, protocol::bytes_view unread) override;
    void deliver() override;
    [[nodiscard]] bool something_to_deliver() const override {
        return !over_.empty() || (on_started && phase_ != phase::starting);
    }
    [[nodiscard]] std::optional<clock::time_point> deadline() const override;
    void expire(clock::time_point now) override;
    [[nodiscard]] bool finished() const override { return phase_ == phase::finished; }
    [[nodiscard]] bool wants_cancel_request() const override { return cancelling_ == cancelling::wanted; }
    void take_cancel_request(protocol::buffer& request) override;
    void cancel_sent() override;

private:
    enum class phase { starting, ready, finished };
    enum class cancelling { none, wanted, sent };

    void notice(error const& what) override;
    void parameter_changed(std::string_view name, std::string_view value) override;
    void notified(protocol::backend::notification_response const&) override {}

    void become_ready();
    void finish(error why);
    [[nodiscard]] bool may_start() const noexcept {
        return phase_ == phase::ready && current_ == nullptr && cancelling_ == cancelling::none;
    }
    void start_waiting();
    void start(detail::execution& one);
    errc send_simple(detail::execution& one);
    errc send_extended(detail::execution& one);
    errc send_prepared(detail::execution& one, cached_statement& cached);
    errc send_parsed(detail::execution& one, cached_statement const* cached);
    errc send_in_text(detail::execution& one);
    errc close_forgotten_statements();
    void interrupt(detail::execution& one, errc why);
    void end_unsent(detail::execution& one, error const& why);
    void forget_if_stale(detail::execution& one);

    engine_options options_;
    protocol::buffer output_;
    protocol::startup startup_;
    protocol::conversation conversation_;
    statement_cache cache_;
    std::vector<std::string> forgotten_; // statements to close on the server
    bool forget_all_ = false;            // the server has dropped all statements
    phase phase_ = phase::starting;
    std::optional<error> end_;
    bool text_only_ = false;
    std::vector<std::pair<std::string, std::string>> parameters_;
    execution_queue waiting_;
    detail::execution* current_ = nullptr;
    execution_queue over_;
    cancelling cancelling_ = cancelling::none;
    std::atomic<bool> cancelled_elsewhere_ = false;
    clock::time_point give_up_at_ = clock::time_point::max(); // after a CancelRequest
};

} // namespace pgwire::client
