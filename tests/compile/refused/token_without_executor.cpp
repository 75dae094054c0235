// Refused: pgwire: this token has no executor; give one: connect(executor
#include <pgwire/connection.hpp>

#include <asio/detached.hpp>

void connect([[maybe_unused]] asio::any_io_executor const& executor) {
    pgwire::connection::connect(
#ifndef FAILING
        executor,
#endif
        "host=localhost", asio::detached);
}
