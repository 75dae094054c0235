#include <pgwire/connection.hpp>

#include "client/async_connection.hpp"
#include "client/server_version.hpp"

#include <asio/post.hpp>

namespace pgwire {

connection::connection(std::shared_ptr<client::async_connection> connected)
    : session(connected.get()), connected_(std::move(connected)) {}

connection& connection::operator=(connection&& other) noexcept {
    close_now();
    session::operator=(std::move(other));
    connected_ = std::move(other.connected_);
    return *this;
}

connection::~connection() { close_now(); }

void connection::close_now() noexcept {
    if (connected_)
        connected_->close();
}

bool connection::is_open() const noexcept { return connected_ && connected_->is_open(); }

void connection::cancel() {
    if (connected_)
        asio::post(get_executor(), [cancels = connected_] { cancels->cancel_all(); });
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

} // namespace pgwire
