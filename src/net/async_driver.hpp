#pragma once

#include "net/handler_memory.hpp"
#include "net/machine.hpp"
#include "net/socket.hpp"

#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

namespace pgwire::net {

/// Runs a machine over a connected socket, on the socket's executor. A read is always under way, so that a goodbye, a
/// notice or a notification is seen while nobody asks; it also holds the driver, and what it belongs to, alive.
///
/// What a query costs: one send, one recv, and epoll's word for it (docs/performance.md has the figures).
class async_driver {
public:
    /// What driver and machine are parts of, kept alive by whatever is under way.
    class owner : public std::enable_shared_from_this<owner> {
    public:
        /// The io_context is going away: callers are destroyed, not told.
        virtual void abandon() noexcept = 0;

    protected:
        ~owner() = default;
    };

    async_driver(socket connected, machine& runs, owner& whole);
    async_driver(async_driver const&) = delete;
    async_driver& operator=(async_driver const&) = delete;

    /// Begins to read, and sends what the machine has to say.
    void start();

    /// After the machine was told something: sends, watches the clock, and resumes later whose operation is over already.
    /// While bytes are being handled all this waits for the end of that.
    void wake();

    /// Sends what goes at once, and closes.
    void close() noexcept;

    [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }

private:
    class lifeline;
    struct read_handler;
    struct reading_on;
    class cancel_connection;
    class round;

    void read(std::shared_ptr<owner> self);
    void on_read(std::shared_ptr<owner> self, std::error_code error, std::size_t size);
    void send();
    void watch_the_clock();
    void on_time();
    void deliver_later();
    void send_cancel_request();

    socket socket_;
    machine& machine_;
    owner& owner_;
    protocol::buffer input_;
    std::size_t read_size_;
    handler_memory read_memory_;
    std::optional<asio::steady_timer> timer_;
    machine::clock::time_point timer_set_to_ = machine::clock::time_point::max();
    std::weak_ptr<cancel_connection> cancel_connection_;
    bool in_round_ = false; // bytes are being handled: sending waits for the end of it
    bool waiting_to_send_ = false;
    bool delivery_posted_ = false;
};

} // namespace pgwire::net
