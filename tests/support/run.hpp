#pragma once

#include <pgwire/detail/asio.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <exception>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace pgwire::test {

/// Runs a coroutine to its end on an io_context of its own, and rethrows what it throws. Fails when it takes a minute.
template <class Make>
void run(Make make) {
    asio::io_context context;
    std::exception_ptr failure;
    bool done = false;
    asio::co_spawn(context, std::move(make), [&](std::exception_ptr e) {
        failure = e;
        done = true;
        context.stop();
    });
    context.run_for(std::chrono::minutes(1));
    if (failure)
        std::rethrow_exception(failure);
    if (!done)
        throw std::runtime_error("the test has waited for a minute");
}

inline asio::awaitable<void> sleep_for(std::chrono::steady_clock::duration duration) {
    asio::steady_timer timer(co_await asio::this_coro::executor, duration);
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace pgwire::test
