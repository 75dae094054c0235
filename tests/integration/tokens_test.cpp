// Every completion token, on a real server.

#include "support/run.hpp"
#include "support/servers.hpp"

#include <pgwire/pgwire.hpp>

#include <asio/bind_executor.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/strand.hpp>
#include <asio/thread_pool.hpp>
#include <asio/use_future.hpp>
#include <asio/version.hpp>
#if ASIO_VERSION >= 102400
#include <asio/as_tuple.hpp>
#include <asio/deferred.hpp>
#else
#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/deferred.hpp>
#endif
#if ASIO_VERSION >= 103100
#include <asio/cancel_after.hpp>
#endif

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace pgwire::literals;
using namespace asio::experimental::awaitable_operators;
using pgwire::test::run;
#if ASIO_VERSION >= 102400
using asio::as_tuple;
using asio::deferred;
#else
using asio::experimental::as_tuple;
using asio::experimental::deferred;
#endif

class Tokens : public testing::TestWithParam<pgwire::test::real_server> {};

INSTANTIATE_TEST_SUITE_P(PostgreSQL, Tokens, testing::ValuesIn(pgwire::test::postgresql_servers()),
                         pgwire::test::server_name());

TEST_P(Tokens, callbacks_futures_tuples_deferred_and_detached) {
    asio::io_context context;
    auto connecting = pgwire::connection::connect(context.get_executor(), GetParam().uri(), asio::use_future);
    auto work = asio::make_work_guard(context);
    std::thread io([&] { context.run(); });
    pgwire::connection db = connecting.get();

    std::promise<int> called;
    std::future<int> future;
    std::future<pgwire::result<int>> future_result;
    std::promise<bool> called_with_result;
    asio::post(context, [&] { // a connection is used from its executor
        db.query_one<int>("select 1"_sql, [&](std::exception_ptr e, int n) { called.set_value(e ? -1 : n); });
        db.execute("select 1"_sql, asio::detached);
        future = db.query_one<int>("select 2"_sql, asio::use_future);
        future_result = db.query_one<int>("select 1/0"_sql, pgwire::as_result(asio::use_future));
        db.execute("nonsense"_sql, pgwire::as_result([&](pgwire::result<pgwire::command_tag> r) {
                       called_with_result.set_value(!r && r.error() == pgwire::sqlstate::syntax_error);
                   }));
    });
    EXPECT_EQ(called.get_future().get(), 1);
    EXPECT_TRUE(called_with_result.get_future().get());
    EXPECT_EQ(future.get(), 2);
    EXPECT_EQ(future_result.get().error(), pgwire::sqlstate::division_by_zero);

    auto const in_a_coroutine = asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            auto [failure, three] = co_await db.query_one<int>("select 3"_sql, as_tuple(asio::use_awaitable));
            EXPECT_FALSE(failure);
            EXPECT_EQ(three, 3);
            auto later = db.query_one<int>("select 4"_sql, deferred);
            EXPECT_EQ(co_await std::move(later)(asio::use_awaitable), 4);
            auto const result = co_await db.query_one<int>("select 5"_sql, pgwire::as_result(asio::use_awaitable));
            EXPECT_EQ(*result, 5);
            auto const alone = co_await db.query_one<int>("select 6"_sql, pgwire::as_result);
            EXPECT_EQ(*alone, 6);
            EXPECT_THROW(co_await db.execute("nonsense"_sql), pgwire::sql_error);
            auto const [a, b] = co_await (db.query_one<int>("select 7"_sql) && db.query_one<int>("select 8"_sql));
            EXPECT_EQ(a + b, 15);
            co_await db.close();
        },
        asio::use_future);
    const_cast<std::future<void>&>(in_a_coroutine).get();
    work.reset();
    io.join();
}

TEST_P(Tokens, move_only_handlers_and_handlers_of_another_executor) {
    asio::thread_pool elsewhere(1);
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        std::promise<std::thread::id> where;
        auto handler = [&where, owned = std::make_unique<int>(1)](std::exception_ptr, int) {
            where.set_value(std::this_thread::get_id());
        };
        db.query_one<int>("select 1"_sql, asio::bind_executor(elsewhere, std::move(handler)));
        EXPECT_EQ(co_await db.query_one<int>("select 2"_sql), 2);
        EXPECT_NE(where.get_future().get(), std::this_thread::get_id());
        co_await db.close();
    });
}

TEST_P(Tokens, concurrent_callers_are_answered_in_order) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        std::vector<int> order;
        for (int i = 0; i < 100; ++i) {
            auto const text = i % 10 == 3 ? pgwire::sql("select 1/($1 - $1)", i) : pgwire::sql("select $1", i);
            db.query_one<int>(text, pgwire::as_result([&order, i](pgwire::result<int> r) {
                                  order.push_back(i);
                                  if (i % 10 == 3)
                                      EXPECT_EQ(r.error(), pgwire::sqlstate::division_by_zero);
                                  else
                                      EXPECT_EQ(*r, i);
                              }));
        }
        EXPECT_EQ(co_await db.query_one<int>("select 100"_sql), 100);
        EXPECT_EQ(order.size(), 100U);
        EXPECT_TRUE(std::ranges::is_sorted(order));
        co_await db.close();
    });
}

TEST_P(Tokens, an_exception_out_of_a_callback_leaves_the_connection_whole) {
    asio::io_context context;
    std::optional<pgwire::connection> db;
    int answers = 0;
    pgwire::connection::connect(context.get_executor(), GetParam().uri(),
                                [&](std::exception_ptr, pgwire::connection c) {
                                    db = std::move(c);
                                    db->query_one<int>("select 1"_sql, [&](std::exception_ptr, int) {
                                        db->query_one<int>("select 2"_sql, [&](std::exception_ptr, int n) {
                                            answers = n;
                                            db->close(asio::detached);
                                        });
                                        throw std::runtime_error("from a callback");
                                    });
                                });
    EXPECT_THROW(context.run(), std::runtime_error);
    context.run();
    EXPECT_EQ(answers, 2);
}

TEST_P(Tokens, an_io_context_that_ends_with_operations_under_way_leaks_nothing) {
    // LeakSanitizer is the judge: a coroutine waits for a reply in a frame that holds the connection it waits on.
    auto context = std::make_unique<asio::io_context>();
    bool connected = false;
    asio::co_spawn(
        *context,
        [&]() -> asio::awaitable<void> {
            auto db = co_await pgwire::connection::connect(GetParam().uri());
            connected = true;
            co_await db.execute("select pg_sleep(60)"_sql);
        },
        asio::detached);
    while (!connected)
        context->run_one();
    context->poll();
    context.reset();
}

TEST_P(Tokens, a_moved_from_connection_says_that_it_is_none) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        pgwire::connection moved = std::move(db);
        EXPECT_EQ((co_await db.execute("select 1"_sql, pgwire::as_result)).error(), pgwire::errc::not_connected);
        EXPECT_FALSE(db.is_open());
        EXPECT_EQ(co_await moved.query_one<int>("select 1"_sql), 1);
        co_await moved.close();
        EXPECT_EQ((co_await moved.execute("select 1"_sql, pgwire::as_result)).error(), pgwire::errc::not_connected);
    });
}

#if ASIO_VERSION >= 103100
TEST_P(Tokens, cancel_after) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        EXPECT_EQ(co_await db.query_one<int>("select 1"_sql, asio::cancel_after(10s, asio::use_awaitable)), 1);
        auto const inside = co_await db.execute("select pg_sleep(60)"_sql,
                                                asio::cancel_after(50ms, pgwire::as_result(asio::use_awaitable)));
        EXPECT_EQ(inside.error(), pgwire::errc::cancelled);
        auto const around = co_await db.execute("select pg_sleep(60)"_sql,
                                                pgwire::as_result(asio::cancel_after(50ms, asio::use_awaitable)));
        EXPECT_EQ(around.error(), pgwire::errc::cancelled);
        co_await db.close();
    });
}
#endif

} // namespace
