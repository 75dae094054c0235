// Deadlines and cancellation against a server that is really busy: the connection is usable afterwards, or closed.

#include "support/run.hpp"
#include "support/servers.hpp"

#include <pgwire/pgwire.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace {

using namespace std::chrono_literals;
using namespace pgwire::literals;
using namespace asio::experimental::awaitable_operators;
using pgwire::test::run;
using pgwire::test::sleep_for;

class Cancel : public testing::TestWithParam<pgwire::test::real_server> {};

/// Until the server really runs the statement that is to be cancelled: before that a CancelRequest hits nothing.
asio::awaitable<void> until_it_sleeps(std::string uri, std::uint32_t pid) {
    auto observer = co_await pgwire::connection::connect(uri);
    auto const asleep = "select count(*) from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'"_sql(
        static_cast<std::int32_t>(pid));
    while (co_await observer.query_one<std::int64_t>(asleep) == 0)
        continue;
    co_await observer.close();
}

INSTANTIATE_TEST_SUITE_P(PostgreSQL, Cancel, testing::ValuesIn(pgwire::test::postgresql_servers()),
                         pgwire::test::server_name());

TEST_P(Cancel, X03_a_deadline_cancels_and_the_connection_goes_on) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        for (int i = 0; i < 3; ++i) {
            auto const late = co_await db.execute("select pg_sleep(60)"_sql.within(50ms), pgwire::as_result);
            EXPECT_EQ(late.error(), pgwire::errc::deadline_exceeded);
            EXPECT_EQ(late.error().kind(), pgwire::error_kind::deadline);
            EXPECT_EQ(late.error(), pgwire::sqlstate::query_canceled);
            EXPECT_FALSE(late.error().nothing_was_sent());
            EXPECT_EQ(co_await db.query_one<int>("select 1"_sql.within(10s)), 1);
        }
        co_await db.close();
    });
}

TEST_P(Cancel, a_deadline_of_a_statement_that_waits_for_another_ends_it_unsent) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        auto [slow, waiting] = co_await (db.execute("select pg_sleep(0.3)"_sql, pgwire::as_result) &&
                                         db.execute("select 1"_sql.within(20ms), pgwire::as_result));
        EXPECT_TRUE(slow);
        EXPECT_EQ(waiting.error(), pgwire::errc::deadline_exceeded);
        EXPECT_TRUE(waiting.error().nothing_was_sent());
        co_await db.close();
    });
}

TEST_P(Cancel, X05_a_slot_of_any_type_cancels_and_the_connection_goes_on) {
    for (auto const type :
         {asio::cancellation_type::terminal, asio::cancellation_type::partial, asio::cancellation_type::total})
        run([&]() -> asio::awaitable<void> {
            auto db = co_await pgwire::connection::connect(GetParam().uri());
            asio::cancellation_signal signal;
            std::optional<pgwire::result<pgwire::command_tag>> outcome;
            db.execute("select pg_sleep(60)"_sql,
                       pgwire::as_result(asio::bind_cancellation_slot(
                           signal.slot(), [&](pgwire::result<pgwire::command_tag> r) { outcome = std::move(r); })));
            co_await until_it_sleeps(GetParam().uri(), db.backend_pid());
            signal.emit(type);
            // Queued behind it, and sent only when the cancel connection is closed.
            EXPECT_EQ(co_await db.query_one<int>("select 1"_sql), 1);
            EXPECT_TRUE(outcome);
            EXPECT_EQ(outcome->error(), pgwire::errc::cancelled);
            EXPECT_EQ(outcome->error(), std::errc::operation_canceled);
            co_await db.close();
        });
}

TEST_P(Cancel, X05_a_cancelled_coroutine_leaves_a_usable_connection) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        auto const first = co_await (db.execute("select pg_sleep(60)"_sql) || until_it_sleeps(GetParam().uri(), db.backend_pid()));
        EXPECT_EQ(first.index(), 1U);
        EXPECT_EQ(co_await db.query_one<int>("select 1"_sql), 1);
        co_await db.close();
    });
}

TEST_P(Cancel, X01_a_cancel_that_comes_too_late_hits_nobody) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        for (int i = 0; i < 200; ++i) {
            // The deadline is about as long as the statement: sometimes one wins, sometimes the other.
            auto const raced =
                co_await db.query_one<int>("select 7 from pg_sleep(0.001)"_sql.within(1ms), pgwire::as_result);
            if (raced)
                EXPECT_EQ(*raced, 7);
            else
                EXPECT_EQ(raced.error(), pgwire::errc::deadline_exceeded);
            EXPECT_EQ(co_await db.query_one<int>("select $1"_sql(i)), i);
        }
        co_await db.close();
    });
}

TEST_P(Cancel, cancel_of_the_connection_ends_everything_under_way) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        int cancelled = 0;
        auto const count = pgwire::as_result(
            [&](pgwire::result<pgwire::command_tag> r) { cancelled += r.error() == pgwire::errc::cancelled ? 1 : 0; });
        for (int i = 0; i < 3; ++i)
            db.execute("select pg_sleep(60)"_sql, count);
        co_await until_it_sleeps(GetParam().uri(), db.backend_pid());
        db.cancel();
        co_await sleep_for(1ms); // from any thread, and so by way of the executor
        EXPECT_EQ(co_await db.query_one<int>("select 1"_sql.within(10s)), 1);
        EXPECT_EQ(cancelled, 3);
        co_await db.close();
    });
}

TEST_P(Cancel, a_destroyed_connection_cancels_what_is_under_way) {
    run([&]() -> asio::awaitable<void> {
        std::optional<pgwire::result<pgwire::command_tag>> outcome;
        {
            auto db = co_await pgwire::connection::connect(GetParam().uri());
            db.execute("select pg_sleep(60)"_sql,
                       pgwire::as_result([&](pgwire::result<pgwire::command_tag> r) { outcome = std::move(r); }));
            co_await sleep_for(20ms);
        }
        EXPECT_FALSE(outcome) << "told from inside the destructor";
        co_await sleep_for(20ms);
        EXPECT_TRUE(outcome);
        EXPECT_EQ(outcome->error(), pgwire::errc::cancelled);
    });
}

TEST_P(Cancel, Q25_a_goodbye_to_an_idle_connection_is_the_next_error_and_nothing_was_sent) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        auto other = co_await pgwire::connection::connect(GetParam().uri());
        co_await other.execute("select pg_terminate_backend($1)"_sql(static_cast<std::int32_t>(db.backend_pid())));
        while (db.is_open())
            co_await sleep_for(1ms);
        auto const next = co_await db.execute("select 1"_sql, pgwire::as_result);
        EXPECT_EQ(next.error(), pgwire::sqlstate::admin_shutdown);
        EXPECT_TRUE(next.error().nothing_was_sent());
        EXPECT_TRUE(next.error().connection_lost());
        EXPECT_TRUE(next.error().is_retryable());
        co_await other.close();
    });
}

TEST_P(Cancel, Q23_a_goodbye_in_the_middle_is_what_the_caller_hears) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        auto other = co_await pgwire::connection::connect(GetParam().uri());
        std::optional<pgwire::result<pgwire::command_tag>> outcome;
        db.execute("select pg_sleep(60)"_sql,
                   pgwire::as_result([&](pgwire::result<pgwire::command_tag> r) { outcome = std::move(r); }));
        co_await until_it_sleeps(GetParam().uri(), db.backend_pid());
        co_await other.execute("select pg_terminate_backend($1)"_sql(static_cast<std::int32_t>(db.backend_pid())));
        while (!outcome)
            co_await sleep_for(1ms);
        EXPECT_EQ(outcome->error(), pgwire::sqlstate::admin_shutdown);
        EXPECT_FALSE(outcome->error().nothing_was_sent());
        EXPECT_FALSE(db.is_open());
        co_await other.close();
    });
}

TEST(Connect, S14_a_server_that_is_silent_costs_no_more_than_connect_timeout) {
    asio::io_context context;
    asio::ip::tcp::acceptor silent(context, {asio::ip::address_v4::loopback(), 0});
    run([&]() -> asio::awaitable<void> {
        auto const started = std::chrono::steady_clock::now();
        auto const db = co_await pgwire::connection::connect("host=127.0.0.1 user=x connect_timeout=2 port=" +
                                                                 std::to_string(silent.local_endpoint().port()),
                                                             pgwire::as_result);
        EXPECT_EQ(db.error(), pgwire::errc::deadline_exceeded);
        EXPECT_GE(std::chrono::steady_clock::now() - started, 2s);
    });
    auto const blocking = pgwire::blocking::connection::connect("host=127.0.0.1 user=x connect_timeout=2 port=" +
                                                                    std::to_string(silent.local_endpoint().port()),
                                                                pgwire::as_result);
    EXPECT_EQ(blocking.error(), pgwire::errc::deadline_exceeded);
}

TEST(Connect, X05_connecting_can_be_cancelled) {
    asio::io_context context;
    asio::ip::tcp::acceptor silent(context, {asio::ip::address_v4::loopback(), 0});
    run([&]() -> asio::awaitable<void> {
        std::string const how = "host=127.0.0.1 user=x port=" + std::to_string(silent.local_endpoint().port());
        auto const first = co_await (pgwire::connection::connect(how) || sleep_for(50ms));
        EXPECT_EQ(first.index(), 1U);
    });
}

} // namespace
