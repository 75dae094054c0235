#pragma once

#include <pgwire/config.hpp>
#include <pgwire/detail/api.hpp>
#include <pgwire/detail/connecting.hpp>
#include <pgwire/session.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgwire {

using transaction_status = protocol::backend::transaction_status;

/// One connection to a server. Movable; a moved-from or default-constructed one is not connected, and every operation on it
/// fails with errc::not_connected. Used from its executor only, except `cancel`.
class PGWIRE_API connection : public session {
    template <class Handler>
    class connect_operation;
    struct initiate_connect {
        using executor_type = asio::any_io_executor;
        executor_type executor;

        [[nodiscard]] executor_type get_executor() const noexcept { return executor; }

        template <class Handler>
        void operator()(Handler&& handler, result<config> how) const {
            using operation = connect_operation<std::decay_t<Handler>>;
            auto waits = std::make_unique<operation>(executor, std::forward<Handler>(handler));
            operation& one = *waits;
            one.cancel_by(detail::connect(executor, std::move(how), std::move(waits)));
        }
    };

    /// On the executor of whoever waits.
    struct initiate_connect_there {
        template <class Handler>
        void operator()(Handler&& handler, result<config> how) const {
            auto const executor = asio::get_associated_executor(handler);
            static_assert(!std::is_same_v<std::remove_const_t<decltype(executor)>, asio::system_executor>,
                          "pgwire: this token has no executor; give one: connect(executor, ...)");
            initiate_connect{executor}(std::forward<Handler>(handler), std::move(how));
        }
    };

    template <class Text>
    static constexpr bool is_configuration =
        std::same_as<std::decay_t<Text>, config> || std::convertible_to<Text, std::string_view>;

public:
    /// Not connected.
    connection() noexcept : session(nullptr) {}
    connection(connection&&) noexcept = default;
    /// Closes what this one was, as the destructor does.
    connection& operator=(connection&& other) noexcept;
    /// Cancels what is under way, sends Terminate if that goes without waiting, and closes. Never blocks.
    ~connection();

    /// Connects, on the executor of the coroutine or handler that waits. `how` is a `config` or what `config::parse` takes.
    /// Hosts are tried in their order; fails with the last one's error. Cancelling ends the attempt.
    template <class How, class Token = default_token>
        requires is_configuration<How>
    static auto connect(How&& how, Token&& token = {}) {
        return asio::async_initiate<Token, void(std::exception_ptr, connection)>(initiate_connect_there{}, token,
                                                                                 configuration(std::forward<How>(how)));
    }

    /// The same on a given executor, for tokens that have none of their own.
    template <class How, class Token = default_token>
        requires is_configuration<How>
    static auto connect(executor_type executor, How&& how, Token&& token = {}) {
        return asio::async_initiate<Token, void(std::exception_ptr, connection)>(
            initiate_connect{std::move(executor)}, token, configuration(std::forward<How>(how)));
    }

    [[nodiscard]] bool is_open() const noexcept;

    /// Says goodbye to the server and closes; what is under way fails with errc::cancelled. Completes when it is closed.
    template <class Token = default_token>
    auto close(Token&& token = {}) {
        return asio::async_initiate<Token, void(std::exception_ptr)>(initiate_close{this}, token);
    }

    /// Cancels everything that is under way, as an operation's own cancellation does. From any thread, while the connection
    /// is neither moved nor destroyed.
    void cancel();

    /// Whether the session is in a transaction block, as the server last said.
    [[nodiscard]] transaction_status status() const noexcept;

    /// What the server reports of itself (`server_version`, `TimeZone`, `search_path` from 18 on …); empty if it does not.
    /// Valid until the next operation.
    [[nodiscard]] std::string_view parameter(std::string_view name) const noexcept;

    /// As libpq gives it: 180006 for 18.6, 90624 for 9.6.24; 0 if unknown.
    [[nodiscard]] int server_version() const noexcept;

    /// The server process; 0 where the server does not say.
    [[nodiscard]] std::uint32_t backend_pid() const noexcept;

    /// Called with each notice and warning, on the connection's executor, until replaced. It must not destroy the
    /// connection. What it throws ends the connection.
    void on_notice(std::function<void(error const&)> handler);

private:
    struct initiate_close {
        using executor_type = asio::any_io_executor;
        connection* closes;

        [[nodiscard]] executor_type get_executor() const noexcept { return closes->get_executor(); }
        template <class Handler>
        void operator()(Handler&& handler) const {
            auto const here = closes->get_executor();
            closes->close_now();
            auto const executor = asio::get_associated_executor(handler, here);
            asio::post(executor, [handler = std::decay_t<Handler>(std::forward<Handler>(handler))]() mutable {
                detail::call(std::move(handler), result<void>());
            });
        }
    };

    explicit connection(std::shared_ptr<client::async_connection> connected);

    static result<config> configuration(config how) { return how; }
    static result<config> configuration(std::string_view text) { return config::parse(text); }
    void close_now() noexcept;

    std::shared_ptr<client::async_connection> connected_;
};

template <class Handler>
class connection::connect_operation final : public detail::connecting {
public:
    connect_operation(asio::any_io_executor executor, Handler handler)
        : executor_(std::move(executor)), handler_(std::move(handler)),
          work_(asio::prefer(asio::get_associated_executor(handler_, executor_),
                             asio::execution::outstanding_work.tracked)) {}

    void cancel_by(detail::stop_connecting stop) {
        if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected())
            slot.assign([stop = std::move(stop)](asio::cancellation_type) { stop(); });
    }

    void complete(result<std::shared_ptr<client::async_connection>> outcome) override {
        if (auto slot = asio::get_associated_cancellation_slot(handler_); slot.is_connected())
            slot.clear();
        detail::complete_on(executor_, detail::runs_on(executor_, handler_), std::move(handler_),
                            std::move(outcome).map([](auto connected) { return connection(std::move(connected)); }));
    }

private:
    asio::any_io_executor executor_;
    Handler handler_;
    detail::tracked_executor<asio::associated_executor_t<Handler, asio::any_io_executor>> work_;
};

} // namespace pgwire
