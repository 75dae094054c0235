#pragma once

#include "client/async_connection.hpp"

#include <pgwire/config.hpp>
#include <pgwire/detail/connecting.hpp>

#include <asio/generic/stream_protocol.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pgwire::client {

/// One call of connect: host after host, address after address, until a server says that it is ready.
class connector : public std::enable_shared_from_this<connector> {
public:
    connector(asio::any_io_executor executor, config how, std::unique_ptr<detail::connecting> waits)
        : executor_(std::move(executor)), config_(std::move(how)), waits_(std::move(waits)), resolver_(executor_),
          timer_(executor_) {}

    void start();
    void stop();

private:
    void try_next_host();
    void resolve();
    void try_next_address();
    void greet(net::socket connected);
    void on_greeted();
    void on_time();
    void host_failed(error why);
    void end(result<std::shared_ptr<async_connection>> outcome);
    void watch_the_clock();

    asio::any_io_executor executor_;
    config config_;
    std::unique_ptr<detail::connecting> waits_; // none once it has been told
    asio::ip::tcp::resolver resolver_;
    asio::steady_timer timer_;
    std::size_t host_ = 0; // the next one
    std::vector<net::endpoint> addresses_;
    std::size_t address_ = 0; // the next one
    std::shared_ptr<net::socket> socket_;
    std::shared_ptr<async_connection> greeting_;
    std::optional<error> last_error_;
};

} // namespace pgwire::client
