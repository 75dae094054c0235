#pragma once

#include <pgwire/as_result.hpp>
#include <pgwire/command_tag.hpp>
#include <pgwire/detail/async_execution.hpp>
#include <pgwire/detail/runner.hpp>
#include <pgwire/detail/sinks.hpp>
#include <pgwire/row.hpp>
#include <pgwire/statement.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace pgwire {

namespace detail {

/// What Asio calls with a handler to begin an operation. A struct, not a lambda: asio::cancel_after asks for its executor.
template <class Sink>
struct initiate_execution {
    using executor_type = asio::any_io_executor;

    runner* runs;
    execution::protocol_kind kind = execution::protocol_kind::extended;

    [[nodiscard]] executor_type get_executor() const noexcept {
        return runs != nullptr ? runs->executor() : executor_type(asio::system_executor());
    }

    template <class Handler, class... S>
    void operator()(Handler&& handler, statement&& what, S&&... sink) const {
        using execution_type = async_execution<Sink, std::decay_t<Handler>>;
        if (runs == nullptr)
            return complete_later(std::decay_t<Handler>(std::forward<Handler>(handler)),
                                  result<typename Sink::result_type>(not_connected()));
        std::decay_t<Handler> owned(std::forward<Handler>(handler));
        execution_type::start(*runs, std::move(what), kind, std::move(owned), std::forward<S>(sink)...);
    }
};

/// What `query` without a type gives.
struct untyped {};

} // namespace detail

/// The operations that a connection, a transaction and a pool have in common: write your functions against it.
///
/// Every operation takes an Asio completion token last and completes as `void(std::exception_ptr, T)`, with
/// `as_result(token)` as `void(result<T>)`. Operations on one connection queue, and end in their order. A statement may be a
/// temporary with every token; containers given by reference must live until completion. Cancelling (by slot, of any
/// cancellation type) and a statement's deadline do the same: an operation not yet sent ends at once; for one that was sent,
/// the server is asked to cancel it, and it ends when the server has answered; if it does not within five seconds the
/// connection is closed. An operation that was done before the request reached the server succeeds.
///
/// Not thread safe: call it from its executor. The session must outlive its operations' initiation; destroyed, it cancels
/// what is under way.
class session {
public:
    using executor_type = asio::any_io_executor;
    using default_token = asio::use_awaitable_t<>;

    session(session const&) = delete;
    session& operator=(session const&) = delete;

    [[nodiscard]] executor_type get_executor() const noexcept {
        return runner_ != nullptr ? runner_->executor() : executor_type(asio::system_executor());
    }

    /// The rows of a statement as std::vector<T>. T is a value with a codec (the first column), a tuple (by position), or a
    /// plain aggregate (each field takes the column of its name, other columns are ignored). Without T an untyped `rowset`.
    /// What does not fit is found once per result: errc::missing_column, ambiguous_column, type_mismatch; in a row
    /// unexpected_null, malformed_value.
    template <class T = detail::untyped, class Token = default_token>
    auto query(statement what, Token&& token = {}) {
        bool const by_position = what.is_by_position();
        if constexpr (std::is_same_v<T, detail::untyped>)
            return start<detail::rowset_sink>(std::move(what), std::forward<Token>(token));
        else
            return start<detail::vector_sink<T>>(std::move(what), std::forward<Token>(token), by_position);
    }

    /// Replaces the contents of `rows` (anything with clear, emplace_back, back and size), using its memory again. Gives how
    /// many there are. Until completion `rows` must live and be left alone; after an error it holds what came before it.
    template <class Container, class Token = default_token>
    auto query_into(statement what, Container& rows, Token&& token = {}) {
        bool const by_position = what.is_by_position();
        return start<detail::container_sink<typename Container::value_type, Container>>(
            std::move(what), std::forward<Token>(token), by_position, std::ref(rows));
    }

    /// The one row as a T; errc::no_rows or errc::too_many_rows if there is not exactly one.
    template <class T, class Token = default_token>
    auto query_one(statement what, Token&& token = {}) {
        bool const by_position = what.is_by_position();
        return start<detail::single_sink<T, true>>(std::move(what), std::forward<Token>(token), by_position);
    }

    /// The row as std::optional<T>, none if there is no row; errc::too_many_rows if there are several.
    template <class T, class Token = default_token>
    auto query_optional(statement what, Token&& token = {}) {
        bool const by_position = what.is_by_position();
        return start<detail::single_sink<T, false>>(std::move(what), std::forward<Token>(token), by_position);
    }

    /// Runs a statement for its effect; rows that it returns are discarded.
    template <class Token = default_token>
    auto execute(statement what, Token&& token = {}) {
        return start<detail::tag_sink>(std::move(what), std::forward<Token>(token));
    }

    /// Several statements in one text, separated by semicolons, without arguments, by simple query: a `rowset` each. Unless
    /// the text says BEGIN they are one transaction; after an error nothing more of it is run.
    template <class Token = default_token>
    auto script(statement what, Token&& token = {}) {
        return asio::async_initiate<Token, detail::signature<std::vector<rowset>>>(
            detail::initiate_execution<detail::script_sink>{runner_, detail::execution::protocol_kind::simple}, token,
            std::move(what));
    }

protected:
    explicit session(detail::runner* runs) noexcept : runner_(runs) {}
    session(session&& other) noexcept : runner_(std::exchange(other.runner_, nullptr)) {}
    session& operator=(session&& other) noexcept {
        runner_ = std::exchange(other.runner_, nullptr);
        return *this;
    }
    ~session() = default;

private:
    template <class Sink, class Token, class... S>
    auto start(statement&& what, Token&& token, S&&... sink) {
        return asio::async_initiate<Token, detail::signature<typename Sink::result_type>>(
            detail::initiate_execution<Sink>{runner_}, token, std::move(what), std::forward<S>(sink)...);
    }

    detail::runner* runner_;
};

} // namespace pgwire
