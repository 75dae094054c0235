#include <pgwire/blocking.hpp>

#include "client/engine.hpp"
#include "client/engine_options.hpp"
#include "client/host_address.hpp"
#include "client/server_version.hpp"
#include "net/blocking_driver.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <netdb.h>

namespace pgwire::blocking {

using clock = net::machine::clock;
using pgwire::detail::error_builder;

class connection::implementation {
public:
    implementation(net::descriptor connected, net::endpoint const& server, client::engine_options options)
        : engine_(std::move(options)), driver_(std::move(connected), server, engine_), server_(server) {}

    /// Says hello and waits for the answer.
    std::optional<error> start(std::optional<clock::time_point> deadline) {
        engine_.on_started = [] {};
        engine_.begin();
        driver_.run_until_delivery(deadline);
        engine_.deliver();
        return engine_.end();
    }

    void wait_for(pgwire::detail::execution& one) {
        {
            // A cancel that another thread is just sending is for the statement before; let it be over first.
            std::lock_guard const nobody_cancels(cancelling_);
            engine_.forget_cancel();
        }
        engine_.submit(one);
        try {
            driver_.run_until_delivery();
        } catch (...) {
            engine_.deliver(); // `one` goes with the caller's frame
            throw;
        }
        engine_.deliver();
    }

    void close() noexcept {
        engine_.close();
        driver_.close();
    }

    void cancel() {
        std::lock_guard const one_at_a_time(cancelling_);
        engine_.note_cancel();
        protocol::buffer request;
        engine_.write_cancel_request(request);
        net::send_cancel_request(server_, request, clock::now() + std::chrono::seconds(5));
    }

    [[nodiscard]] bool is_open() const noexcept { return driver_.is_open() && !engine_.finished(); }
    [[nodiscard]] client::engine& engine() noexcept { return engine_; }

private:
    client::engine engine_;
    net::blocking_driver driver_;
    net::endpoint server_;
    std::mutex cancelling_;
};

namespace {

result<std::vector<net::endpoint>> look_up(host const& server) {
    std::vector<net::endpoint> found;
    auto const known = client::address_without_lookup(server);
    if (!known)
        return known.error();
    if (*known) {
        found.push_back(**known);
        return found;
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* addresses = nullptr;
    if (int const failed = ::getaddrinfo(server.name.c_str(), std::to_string(server.port).c_str(), &hints, &addresses))
        return client::lookup_failed(server, ::gai_strerror(failed));
    std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> const owned(addresses, &::freeaddrinfo);
    for (addrinfo const* a = addresses; a != nullptr; a = a->ai_next)
        found.emplace_back(a->ai_addr, a->ai_addrlen, a->ai_protocol);
    return found;
}

} // namespace

connection::connection() noexcept = default;
connection::connection(connection&&) noexcept = default;
connection& connection::operator=(connection&& other) noexcept {
    close();
    connected_ = std::move(other.connected_);
    return *this;
}
connection::~connection() { close(); }
connection::connection(std::unique_ptr<implementation> connected) noexcept : connected_(std::move(connected)) {}

connection connection::connect(config const& how) { return connect(how, as_result).value(); }
connection connection::connect(std::string_view how) { return connect(how, as_result).value(); }

result<connection> connection::connect(std::string_view how, as_result_fn) {
    auto parsed = config::parse(how);
    if (!parsed)
        return parsed.error();
    return connect(*parsed, as_result);
}

result<connection> connection::connect(config const& how, as_result_fn) {
    if (auto const possible = how.check(); !possible)
        return possible.error();
    std::optional<error> last;
    for (host const& server : how.hosts) {
        std::optional<clock::time_point> deadline;
        if (how.connect_timeout.count() != 0)
            deadline = clock::now() + how.connect_timeout;
        auto const addresses = look_up(server);
        if (!addresses) {
            last = addresses.error();
            continue;
        }
        for (net::endpoint const& address : *addresses) {
            std::error_code failed;
            net::descriptor socket = net::connect_blocking(address, deadline, failed);
            if (failed) {
                last = failed == std::errc::timed_out ? client::connect_timed_out(server)
                                                      : client::connect_failed(server, address, failed);
                continue;
            }
            auto connected =
                std::make_unique<implementation>(std::move(socket), address, client::make_engine_options(how));
            last = connected->start(deadline);
            if (!last)
                return connection(std::move(connected));
            if (*last == errc::deadline_exceeded)
                last = client::connect_timed_out(server);
            break; // a server has answered, or kept silent: the next host's turn
        }
    }
    return last.value_or(error_builder(errc::invalid_config, "no host to connect to").build());
}

void connection::wait_for(pgwire::detail::execution& one) {
    if (connected_)
        connected_->wait_for(one);
    else
        one.fail(pgwire::detail::not_connected());
}

result<std::vector<rowset>> connection::script(statement what, as_result_fn) {
    detail::waiting_execution<pgwire::detail::script_sink> one(std::move(what), protocol_kind::simple);
    wait_for(one);
    return one.take();
}

bool connection::is_open() const noexcept { return connected_ && connected_->is_open(); }

void connection::close() noexcept {
    if (connected_)
        connected_->close();
}

void connection::cancel() {
    if (connected_)
        connected_->cancel();
}

transaction_status connection::status() const noexcept {
    return connected_ ? connected_->engine().status() : transaction_status::idle;
}

std::string_view connection::parameter(std::string_view name) const noexcept {
    return connected_ ? connected_->engine().parameter(name) : std::string_view();
}

int connection::server_version() const noexcept { return client::server_version_number(parameter("server_version")); }

std::uint32_t connection::backend_pid() const noexcept { return connected_ ? connected_->engine().backend_pid() : 0; }

void connection::on_notice(std::function<void(error const&)> handler) {
    if (connected_)
        connected_->engine().on_notice = std::move(handler);
}

} // namespace pgwire::blocking
