#pragma once

#include "client/engine.hpp"
#include "net/async_driver.hpp"

#include <pgwire/detail/runner.hpp>

#include <memory>

namespace pgwire::client {

/// A connection as long as anything needs it: the caller's handle, or the read that is always under way.
class async_connection final : public detail::runner, public net::async_driver::owner {
public:
    async_connection(net::socket connected, engine_options options)
        : runner(connected.get_executor()), engine_(std::move(options)), driver_(std::move(connected), engine_, *this) {
    }
    ~async_connection() { engine_.abandon(); }

    /// Says hello; `started` is called once the server has answered, with the engine ready or finished.
    void start(std::function<void()> started);

    void start(detail::execution& one) override;
    void cancel(detail::execution& one) override;
    void cancel_all();
    void close() noexcept;
    void abandon() noexcept override { engine_.abandon(); }

    [[nodiscard]] bool is_open() const noexcept { return driver_.is_open() && !engine_.finished(); }
    [[nodiscard]] client::engine& engine() noexcept { return engine_; }

private:
    client::engine engine_;
    net::async_driver driver_;
};

} // namespace pgwire::client
