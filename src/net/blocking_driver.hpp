#pragma once

#include "net/machine.hpp"
#include "net/socket.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

namespace pgwire::net {

/// A file descriptor of a socket, closed at the end.
class descriptor {
public:
    descriptor() = default;
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~descriptor() { close(); }

    void close() noexcept;
    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

private:
    int number_ = -1;
};

/// A connected socket, or why there is none. Waits until `deadline` at the longest; none: as long as the system does.
descriptor connect_blocking(endpoint const& server, std::optional<machine::clock::time_point> deadline,
                            std::error_code& error) noexcept;

/// Sends a CancelRequest on a connection of its own and waits, until `give_up` at the longest, for the server to close it:
/// only then has the server done what it could (protocol documentation, "Canceling Requests in Progress").
void send_cancel_request(endpoint const& server, protocol::buffer& request,
                         machine::clock::time_point give_up) noexcept;

/// Runs a machine over a blocking socket, in the caller's thread: a send and a recv for each query, nothing else.
class blocking_driver {
public:
    blocking_driver(descriptor connected, endpoint server, machine& runs)
        : socket_(std::move(connected)), server_(std::move(server)), machine_(runs) {}

    /// Sends what the machine has to say and reads until it has something to deliver, or is finished. `deadline` is the
    /// caller's; the machine's own are kept as well.
    void run_until_delivery(std::optional<machine::clock::time_point> deadline = std::nullopt);

    /// Sends what goes at once, and closes.
    void close() noexcept;

    [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }

private:
    void send(std::optional<machine::clock::time_point> deadline);
    void receive(std::optional<machine::clock::time_point> due);
    void set_receive_timeout(std::optional<machine::clock::time_point> due) noexcept;
    void wait_to_send(std::optional<machine::clock::time_point> deadline);
    void keep_time(std::optional<machine::clock::time_point> deadline);
    [[nodiscard]] std::optional<machine::clock::time_point>
    due(std::optional<machine::clock::time_point> deadline) const;
    void send_cancel_request();
    void end(std::error_code error);

    descriptor socket_;
    endpoint server_;
    machine& machine_;
    protocol::buffer input_;
    std::size_t read_size_ = 8 * 1024;
    machine::clock::duration receive_timeout_ = machine::clock::duration::max(); // what the socket is set to
};

} // namespace pgwire::net
