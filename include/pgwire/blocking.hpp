#pragma once

#include <pgwire/as_result.hpp>
#include <pgwire/command_tag.hpp>
#include <pgwire/config.hpp>
#include <pgwire/detail/api.hpp>
#include <pgwire/detail/execution.hpp>
#include <pgwire/detail/sinks.hpp>
#include <pgwire/result.hpp>
#include <pgwire/row.hpp>
#include <pgwire/statement.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

using transaction_status = protocol::backend::transaction_status;

} // namespace pgwire

namespace pgwire::blocking {

namespace detail {

/// An execution whose caller stands still until it is over.
template <class Sink>
class waiting_execution final : public pgwire::detail::execution {
public:
    template <class... S>
    explicit waiting_execution(statement&& what, protocol_kind kind, S&&... sink)
        : execution(std::move(what), sink_, kind), sink_(std::forward<S>(sink)...) {}
    ~waiting_execution() = default;

    void complete() override {}
    void destroy() noexcept override {}

    result<typename Sink::result_type> take() {
        if (outcome())
            return *outcome();
        if (sink_.failure())
            return *sink_.failure();
        return sink_.take();
    }

private:
    Sink sink_;
};

} // namespace detail

/// A connection whose operations wait in the caller's thread: the same protocol machine as `pgwire::connection` over a
/// blocking socket, without Asio. The operations are those of `pgwire::session`; they return their result or throw
/// `exception`; with `as_result` last they return a `result<T>`. One thread at a time, except `cancel`.
class PGWIRE_API connection {
public:
    /// Not connected.
    connection() noexcept;
    connection(connection&&) noexcept;
    connection& operator=(connection&&) noexcept;
    /// Sends Terminate if that goes without waiting, and closes.
    ~connection();

    /// Connects; see `pgwire::connection::connect`.
    [[nodiscard]] static connection connect(config const& how);
    [[nodiscard]] static connection connect(std::string_view how);
    [[nodiscard]] static result<connection> connect(config const& how, as_result_fn);
    [[nodiscard]] static result<connection> connect(std::string_view how, as_result_fn);

    template <class T>
    std::vector<T> query(statement what) {
        return query<T>(std::move(what), as_result).value();
    }
    template <class T>
    result<std::vector<T>> query(statement what, as_result_fn) {
        bool const by_position = what.is_by_position();
        return run<pgwire::detail::vector_sink<T>>(std::move(what), by_position);
    }

    rowset query(statement what) { return query(std::move(what), as_result).value(); }
    result<rowset> query(statement what, as_result_fn) { return run<pgwire::detail::rowset_sink>(std::move(what)); }

    template <class Container>
    std::size_t query_into(statement what, Container& rows) {
        return query_into(std::move(what), rows, as_result).value();
    }
    template <class Container>
    result<std::size_t> query_into(statement what, Container& rows, as_result_fn) {
        using sink = pgwire::detail::container_sink<typename Container::value_type, Container>;
        bool const by_position = what.is_by_position();
        return run<sink>(std::move(what), by_position, rows);
    }

    template <class T>
    T query_one(statement what) {
        return query_one<T>(std::move(what), as_result).value();
    }
    template <class T>
    result<T> query_one(statement what, as_result_fn) {
        bool const by_position = what.is_by_position();
        return run<pgwire::detail::single_sink<T, true>>(std::move(what), by_position);
    }

    template <class T>
    std::optional<T> query_optional(statement what) {
        return query_optional<T>(std::move(what), as_result).value();
    }
    template <class T>
    result<std::optional<T>> query_optional(statement what, as_result_fn) {
        bool const by_position = what.is_by_position();
        return run<pgwire::detail::single_sink<T, false>>(std::move(what), by_position);
    }

    command_tag execute(statement what) { return execute(std::move(what), as_result).value(); }
    result<command_tag> execute(statement what, as_result_fn) { return run<pgwire::detail::tag_sink>(std::move(what)); }

    std::vector<rowset> script(statement what) { return script(std::move(what), as_result).value(); }
    result<std::vector<rowset>> script(statement what, as_result_fn);

    [[nodiscard]] bool is_open() const noexcept;
    /// Says goodbye to the server and closes.
    void close() noexcept;
    /// Asks the server to end the statement that another thread waits for; that one fails with errc::cancelled. Sends on a
    /// connection of its own and waits for the server to have taken it. From any thread, while the connection is neither
    /// moved nor destroyed.
    void cancel();

    [[nodiscard]] transaction_status status() const noexcept;
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept;
    [[nodiscard]] int server_version() const noexcept;
    [[nodiscard]] std::uint32_t backend_pid() const noexcept;
    /// Called with each notice and warning, in the thread that waits. What it throws ends the connection.
    void on_notice(std::function<void(error const&)> handler);

private:
    using protocol_kind = pgwire::detail::execution::protocol_kind;
    class implementation;

    explicit connection(std::unique_ptr<implementation> connected) noexcept;

    template <class Sink, class... S>
    result<typename Sink::result_type> run(statement&& what, S&&... sink) {
        detail::waiting_execution<Sink> one(std::move(what), protocol_kind::extended, std::forward<S>(sink)...);
        wait_for(one);
        return one.take();
    }
    void wait_for(pgwire::detail::execution& one);

    std::unique_ptr<implementation> connected_;
};

} // namespace pgwire::blocking
