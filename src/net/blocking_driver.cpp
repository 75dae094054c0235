#include "net/blocking_driver.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <algorithm>
#include <array>
#include <cerrno>

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace pgwire::net {

namespace {

using clock = machine::clock;

constexpr std::size_t largest_read = 64 * 1024;

std::error_code last_error() noexcept { return {errno, std::system_category()}; }

timeval to_timeval(clock::duration duration) noexcept {
    auto const microseconds = std::max<std::int64_t>(
        1, std::chrono::duration_cast<std::chrono::microseconds>(duration).count()); // 0 would mean for ever
    return {static_cast<time_t>(microseconds / 1'000'000), static_cast<suseconds_t>(microseconds % 1'000'000)};
}

bool in_time(std::optional<clock::time_point> due) noexcept { return !due || clock::now() < *due; }

} // namespace

void descriptor::close() noexcept {
    if (is_open())
        ::close(std::exchange(number_, -1));
}

descriptor connect_blocking(endpoint const& server, std::optional<clock::time_point> deadline,
                            std::error_code& error) noexcept {
    descriptor s(::socket(server.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!s.is_open()) {
        error = last_error();
        return {};
    }
    if (deadline) {
        timeval const limit = to_timeval(*deadline - clock::now());
        (void)::setsockopt(s.number(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit); // on Linux connect keeps it, too
    }
    if (::connect(s.number(), server.data(), static_cast<socklen_t>(server.size())) != 0) {
        error = errno == EINPROGRESS || errno == EAGAIN ? make_error_code(std::errc::timed_out) : last_error();
        return {};
    }
    set_tcp_options(s.number(), server);
    return s;
}

void send_cancel_request(endpoint const& server, protocol::buffer& request, clock::time_point give_up) noexcept {
    std::error_code error;
    descriptor const connection = connect_blocking(server, give_up, error);
    if (!connection.is_open())
        return;
    timeval const limit = to_timeval(give_up - clock::now());
    (void)::setsockopt(connection.number(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    std::array<std::byte, 1> answer{};
    if (send_now(connection.number(), request) == sending::done)
        (void)::recv(connection.number(), answer.data(), answer.size(), 0); // there is no answer but the end
}

void blocking_driver::run_until_delivery(std::optional<clock::time_point> deadline) {
    while (is_open() && !machine_.something_to_deliver()) {
        send(deadline);
        if (machine_.finished())
            return close();
        if (machine_.wants_cancel_request())
            send_cancel_request();
        if (machine_.something_to_deliver())
            break;
        receive(due(deadline));
        keep_time(deadline);
    }
    send(deadline);
    if (is_open() && machine_.finished())
        close();
}

std::optional<clock::time_point> blocking_driver::due(std::optional<clock::time_point> deadline) const {
    auto const machines = machine_.deadline();
    return !machines || (deadline && *deadline < *machines) ? deadline : machines;
}

void blocking_driver::keep_time(std::optional<clock::time_point> deadline) {
    auto const first = due(deadline);
    if (!first)
        return;
    auto const now = clock::now();
    if (*first > now)
        return;
    machine_.expire(now);
    if (deadline && *deadline <= now)
        end(make_error_code(errc::deadline_exceeded));
}

void blocking_driver::send(std::optional<clock::time_point> deadline) {
    while (is_open() && !machine_.output().empty()) {
        switch (send_now(socket_.number(), machine_.output())) {
        case sending::done: return;
        case sending::would_block:
            wait_to_send(deadline);
            keep_time(deadline);
            if (machine_.finished())
                return machine_.output().clear(); // nobody is left to read it
            break;
        case sending::broken: return machine_.output().clear(); // why, the next read tells, and maybe the server does
        }
    }
}

/// Whoever only writes, to a server that only writes, waits for ever: what arrives meanwhile is read.
void blocking_driver::wait_to_send(std::optional<clock::time_point> deadline) {
    int timeout = -1;
    if (auto const until = due(deadline)) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(*until - clock::now()).count();
        timeout = static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
    }
    pollfd waiting{socket_.number(), POLLIN | POLLOUT, 0};
    ::poll(&waiting, 1, timeout);
    if ((waiting.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
        receive(clock::now());
}

void blocking_driver::receive(std::optional<clock::time_point> due) {
    set_receive_timeout(due);
    auto const room = input_.prepare(read_size_);
    ssize_t size = 0;
    do {
        size = ::recv(socket_.number(), room.data(), room.size(), 0);
    } while (size < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK) && in_time(due));
    if (size > 0) {
        if (static_cast<std::size_t>(size) >= read_size_)
            read_size_ = std::min(read_size_ * 2, largest_read);
        input_.commit(static_cast<std::size_t>(size));
        try {
            input_.consume(machine_.receive(input_.unread()));
        } catch (...) { // a notice handler's: how far the messages were handled is not known
            machine_.ended(handling_failed(), {});
            close();
            throw;
        }
    } else if (size == 0) {
        end(make_error_code(errc::connection_closed));
    } else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
        end(last_error());
    }
}

/// The socket's timeout is left alone while it is of use: what wakes too early looks at the clock and waits on, and the
/// same deadline for every query costs no call.
void blocking_driver::set_receive_timeout(std::optional<clock::time_point> due) noexcept {
    if (!due)
        return;
    clock::duration const left = std::max<clock::duration>(*due - clock::now(), std::chrono::microseconds(1));
    if (receive_timeout_ <= left && receive_timeout_ >= left / 4)
        return;
    receive_timeout_ = left - left / 8;
    timeval const limit = to_timeval(receive_timeout_);
    (void)::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void blocking_driver::send_cancel_request() {
    protocol::buffer request;
    machine_.take_cancel_request(request);
    net::send_cancel_request(server_, request, machine_.deadline().value_or(clock::now() + std::chrono::seconds(1)));
    machine_.cancel_sent();
}

void blocking_driver::end(std::error_code error) {
    machine_.ended(detail::error_builder(error).connection_lost().build(), input_.unread());
    close();
}

void blocking_driver::close() noexcept {
    if (!is_open())
        return;
    (void)send_now(socket_.number(), machine_.output());
    (void)::shutdown(socket_.number(), SHUT_WR);
    socket_.close();
}

} // namespace pgwire::net
