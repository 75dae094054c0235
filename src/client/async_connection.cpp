#include "client/async_connection.hpp"

namespace pgwire::client {

void async_connection::start(std::function<void()> started) {
    engine_.on_started = std::move(started);
    engine_.begin();
    driver_.start();
}

void async_connection::start(detail::execution& one) {
    engine_.submit(one);
    driver_.wake();
}

void async_connection::cancel(detail::execution& one) {
    engine_.cancel(one);
    driver_.wake();
}

void async_connection::cancel_all() {
    engine_.cancel_all();
    driver_.wake();
}

void async_connection::close() noexcept {
    engine_.close();
    driver_.wake(); // sends the goodbye, closes, and tells those who waited
}

} // namespace pgwire::client
