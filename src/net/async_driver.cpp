#include "net/async_driver.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace pgwire::net {

namespace {

constexpr std::size_t smallest_read = 8 * 1024; // PostgreSQL sends so much at once
constexpr std::size_t largest_read = 64 * 1024; // more gains nothing over a loopback

error connection_error(std::error_code code) {
    if (code == asio::error::eof)
        return detail::error_builder(errc::connection_closed).connection_lost().build();
    return detail::error_builder(code).connection_lost().build();
}

} // namespace

/// Holds the driver while a handler of its own is under way. Asio destroys handlers without calling them when the io_context
/// goes away; whoever waits for a reply then is part of a cycle that only this can break.
class async_driver::lifeline {
public:
    explicit lifeline(std::shared_ptr<owner> self) noexcept : self_(std::move(self)) {}
    lifeline(lifeline&&) noexcept = default;
    lifeline& operator=(lifeline&&) = delete;
    ~lifeline() {
        if (self_)
            self_->abandon();
    }
    std::shared_ptr<owner> take() noexcept { return std::move(self_); }

private:
    std::shared_ptr<owner> self_;
};

struct async_driver::read_handler {
    using allocator_type = handler_allocator<void>;

    lifeline life;
    async_driver* driver;

    [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(driver->read_memory_); }
    void operator()(std::error_code error, std::size_t size) { driver->on_read(life.take(), error, size); }
};

/// A connection of its own that carries a CancelRequest, and ends when the server has closed it: only then has the server
/// done what it could (protocol documentation, "Canceling Requests in Progress").
class async_driver::cancel_connection : public std::enable_shared_from_this<cancel_connection> {
public:
    cancel_connection(socket s, async_driver& driver, std::shared_ptr<owner> owns) noexcept
        : socket_(std::move(s)), driver_(driver), owner_(std::move(owns)) {}

    void start(endpoint const& server) {
        socket_.async_connect(server, [self = shared_from_this()](std::error_code error) { self->on_connect(error); });
    }
    void close() noexcept {
        std::error_code ignored;
        socket_.close(ignored);
    }
    protocol::buffer request;

private:
    void on_connect(std::error_code error) {
        if (error || send_now(socket_.native_handle(), request) != sending::done)
            return end();
        socket_.async_read_some(asio::buffer(answer_), [self = shared_from_this()](std::error_code, std::size_t) {
            self->end(); // there is no answer but the end
        });
    }

    void end() {
        close();
        driver_.machine_.cancel_sent();
        driver_.wake();
    }

    socket socket_;
    async_driver& driver_;
    std::shared_ptr<owner> owner_;
    std::array<std::byte, 1> answer_{};
};

/// While bytes are handled and callers resumed, requests only gather; at the end of the round one send carries them all.
/// The end comes also when a caller throws.
class async_driver::round {
public:
    explicit round(async_driver& driver) noexcept
        : driver_(driver), outermost_(!std::exchange(driver.in_round_, true)) {}
    round(round const&) = delete;
    round& operator=(round const&) = delete;
    ~round() {
        if (!outermost_)
            return;
        driver_.in_round_ = false;
        if (driver_.is_open()) {
            driver_.send();
            if (driver_.machine_.finished()) {
                driver_.close();
            } else {
                if (driver_.machine_.wants_cancel_request())
                    driver_.send_cancel_request();
                driver_.watch_the_clock();
            }
        }
        driver_.deliver_later();
    }

private:
    async_driver& driver_;
    bool outermost_;
};

/// Reads on, also when a caller has thrown.
struct async_driver::reading_on {
    async_driver& driver;
    std::shared_ptr<owner> self;

    ~reading_on() {
        if (driver.is_open())
            driver.read(std::move(self));
    }
};

async_driver::async_driver(socket connected, machine& runs, owner& whole)
    : socket_(std::move(connected)), machine_(runs), owner_(whole), read_size_(smallest_read) {
    socket_.native_non_blocking(true);
}

void async_driver::start() {
    reading_on next{*this, owner_.shared_from_this()};
    round const first(*this);
}

void async_driver::read(std::shared_ptr<owner> self) {
    auto const room = input_.prepare(read_size_);
    socket_.async_read_some(asio::buffer(room.data(), room.size()), read_handler{lifeline(std::move(self)), this});
}

void async_driver::on_read(std::shared_ptr<owner> self, std::error_code error, std::size_t size) {
    if (!is_open())
        return;
    reading_on next{*this, std::move(self)};
    round const handling(*this);
    if (error) {
        machine_.ended(connection_error(error), input_.unread());
    } else {
        if (size >= read_size_)
            read_size_ = std::min(read_size_ * 2, largest_read);
        input_.commit(size);
        try {
            input_.consume(machine_.receive(input_.unread()));
        } catch (...) { // a notice handler's: how far the messages were handled is not known
            machine_.ended(handling_failed(), {});
            throw;
        }
    }
    machine_.deliver();
}

void async_driver::wake() { round const asking(*this); }

/// Callers are resumed neither from inside the function that asked nor by whoever closes the connection.
void async_driver::deliver_later() {
    if (!machine_.something_to_deliver() || std::exchange(delivery_posted_, true))
        return;
    asio::post(socket_.get_executor(), [this, life = lifeline(owner_.shared_from_this())]() mutable {
        auto const self = life.take();
        delivery_posted_ = false;
        round const delivering(*this);
        machine_.deliver();
    });
}

void async_driver::send() {
    if (waiting_to_send_)
        return;
    switch (send_now(socket_.native_handle(), machine_.output())) {
    case sending::done: break;
    case sending::would_block:
        waiting_to_send_ = true; // and reading goes on: the server may want to be rid of its replies first
        socket_.async_wait(socket::wait_write, [this, self = owner_.shared_from_this()](std::error_code error) {
            waiting_to_send_ = false;
            if (!error)
                round const sending_on(*this);
        });
        break;
    case sending::broken:
        machine_.output().clear(); // why, the next read tells, and maybe the server does
        break;
    }
}

void async_driver::watch_the_clock() {
    auto const due = machine_.deadline();
    if (!due || *due >= timer_set_to_)
        return; // a timer that rings too early costs less than one set for every query
    if (!timer_)
        timer_.emplace(socket_.get_executor());
    timer_set_to_ = *due;
    timer_->expires_at(*due);
    timer_->async_wait([this, self = owner_.shared_from_this()](std::error_code error) {
        if (!error)
            on_time();
    });
}

void async_driver::on_time() {
    timer_set_to_ = machine::clock::time_point::max();
    round const ringing(*this);
    machine_.expire(machine::clock::now());
    machine_.deliver();
}

void async_driver::send_cancel_request() {
    std::error_code error;
    endpoint const server = socket_.remote_endpoint(error);
    if (error)
        return; // the connection is breaking; the next read says so
    auto const connection =
        std::make_shared<cancel_connection>(socket(socket_.get_executor()), *this, owner_.shared_from_this());
    machine_.take_cancel_request(connection->request);
    cancel_connection_ = connection;
    connection->start(server);
}

void async_driver::close() noexcept {
    if (!is_open())
        return;
    (void)send_now(socket_.native_handle(), machine_.output());
    std::error_code ignored;
    socket_.shutdown(socket::shutdown_send, ignored);
    socket_.close(ignored);
    if (timer_)
        timer_->cancel();
    if (auto const cancelling = cancel_connection_.lock())
        cancelling->close();
}

} // namespace pgwire::net
