#include "client/connector.hpp"

#include "client/engine_options.hpp"
#include "client/host_address.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <asio/ip/address.hpp>
#include <asio/post.hpp>

#include <utility>

namespace pgwire::client {

using detail::error_builder;

void connector::start() { try_next_host(); }

void connector::try_next_host() {
    if (!waits_)
        return;
    if (host_ == config_.hosts.size())
        return end(last_error_.value_or(error_builder(errc::invalid_config, "no host to connect to").build()));
    ++host_;
    watch_the_clock();
    resolve();
}

void connector::resolve() {
    host const& server = config_.hosts[host_ - 1];
    addresses_.clear();
    address_ = 0;
    auto const known = address_without_lookup(server);
    if (!known)
        return host_failed(known.error());
    if (*known) {
        addresses_.push_back(**known);
        return try_next_address();
    }
    resolver_.async_resolve(server.name, std::to_string(server.port),
                            [self = shared_from_this(), host = host_](std::error_code error, auto const& found) {
                                if (!self->waits_ || self->host_ != host)
                                    return;
                                if (error)
                                    return self->host_failed(
                                        lookup_failed(self->config_.hosts[host - 1], error.message()));
                                for (auto const& entry : found)
                                    self->addresses_.emplace_back(entry.endpoint());
                                self->try_next_address();
                            });
}

void connector::try_next_address() {
    if (address_ == addresses_.size())
        return host_failed(last_error_.value_or(error_builder(errc::resolve_failed).build()));
    net::endpoint const address = addresses_[address_++];
    socket_ = std::make_shared<net::socket>(executor_);
    socket_->async_connect(address, [self = shared_from_this(), socket = socket_, address](std::error_code error) {
        if (!self->waits_ || self->socket_ != socket)
            return;
        if (error) {
            self->last_error_ = connect_failed(self->config_.hosts[self->host_ - 1], address, error);
            return self->try_next_address();
        }
        net::set_tcp_options(socket->native_handle(), address);
        self->greet(std::move(*std::exchange(self->socket_, nullptr)));
    });
}

void connector::greet(net::socket connected) {
    greeting_ = std::make_shared<async_connection>(std::move(connected), make_engine_options(config_));
    greeting_->start([self = shared_from_this()] { self->on_greeted(); });
}

void connector::on_greeted() {
    if (!waits_ || !greeting_)
        return;
    auto const connected = std::exchange(greeting_, nullptr);
    if (connected->is_open())
        end(connected);
    else
        host_failed(*connected->engine().end());
}

void connector::host_failed(error why) {
    last_error_ = std::move(why);
    try_next_host();
}

void connector::watch_the_clock() {
    if (config_.connect_timeout.count() == 0)
        return;
    timer_.expires_after(config_.connect_timeout);
    timer_.async_wait([self = shared_from_this()](std::error_code error) {
        if (!error && self->waits_)
            self->on_time();
    });
}

/// The whole of an attempt counts: lookup, connect, authentication (S-14).
void connector::on_time() {
    resolver_.cancel();
    socket_ = nullptr;
    if (auto const late = std::exchange(greeting_, nullptr))
        late->close();
    host_failed(connect_timed_out(config_.hosts[host_ - 1]));
}

void connector::stop() {
    if (!waits_)
        return;
    resolver_.cancel();
    socket_ = nullptr;
    if (auto const stopped = std::exchange(greeting_, nullptr))
        stopped->close();
    asio::post(executor_, [self = shared_from_this()] { self->end(error_builder(errc::cancelled).build()); });
}

void connector::end(result<std::shared_ptr<async_connection>> outcome) {
    timer_.cancel();
    if (auto const waits = std::exchange(waits_, nullptr))
        waits->complete(std::move(outcome));
}

} // namespace pgwire::client

namespace pgwire::detail {

void stop_connecting::operator()() const {
    if (auto const connector = std::static_pointer_cast<client::connector>(connector_.lock()))
        connector->stop();
}

stop_connecting connect(asio::any_io_executor const& executor, result<config> how, std::unique_ptr<connecting> waits) {
    if (how)
        if (auto const possible = how->check(); !possible)
            how = possible.error();
    if (!how) {
        asio::post(executor, [waits = std::move(waits), why = how.error()] { waits->complete(why); });
        return stop_connecting({});
    }
    auto const one = std::make_shared<client::connector>(executor, *std::move(how), std::move(waits));
    asio::post(executor, [one] { one->start(); });
    return stop_connecting(std::weak_ptr<void>(one));
}

} // namespace pgwire::detail
