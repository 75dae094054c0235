// The blocking connection: the same machine, the same results.

#include "support/run.hpp"
#include "support/servers.hpp"

#include <pgwire/pgwire.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// A type of the user's whose values can be refused.
struct even {
    int value = 0;
};
template <>
struct pgwire::codec<even> {
    using through = std::int32_t;
    static std::int32_t to(even const& e) { return e.value; }
    static even from(std::int32_t n) {
        if (n % 2 != 0)
            throw std::domain_error("odd");
        return {n};
    }
};

namespace {

using namespace std::chrono_literals;
using namespace pgwire::literals;

class Blocking : public testing::TestWithParam<pgwire::test::real_server> {};

INSTANTIATE_TEST_SUITE_P(PostgreSQL, Blocking, testing::ValuesIn(pgwire::test::postgresql_servers()),
                         pgwire::test::server_name());

struct item {
    int id;
    std::optional<std::string> name;
    bool operator==(item const&) const = default;
};

TEST_P(Blocking, every_operation) {
    auto db = pgwire::blocking::connection::connect(GetParam().uri("scram_user", "secret"));
    EXPECT_TRUE(db.is_open());
    EXPECT_EQ(db.query_one<int>("select $1"_sql(7)), 7);
    EXPECT_EQ(db.query<item>("select 1 as id, null::text as name"_sql), (std::vector<item>{{1, std::nullopt}}));
    EXPECT_EQ(db.query("select 'x' as a"_sql)[0]["a"].text(), "x");
    EXPECT_EQ(db.query_optional<int>("select 1 where false"_sql), std::nullopt);
    std::vector<int> numbers;
    EXPECT_EQ(db.query_into("select * from generate_series(1, 100000)"_sql, numbers), 100000U);
    EXPECT_EQ(db.execute("create temp table t (a int)"_sql).text(), "CREATE TABLE");
    EXPECT_EQ(db.script("insert into t values (1); select * from t"_sql).size(), 2U);
    auto const failed = db.execute("select 1/0"_sql, pgwire::as_result);
    EXPECT_EQ(failed.error(), pgwire::sqlstate::division_by_zero);
    EXPECT_THROW(db.execute("nonsense"_sql), pgwire::sql_error);
    db.close();
    EXPECT_FALSE(db.is_open());
    EXPECT_EQ(db.execute("select 1"_sql, pgwire::as_result).error(), pgwire::errc::not_connected);
}

TEST_P(Blocking, over_the_unix_socket_and_moved) {
    auto db = pgwire::blocking::connection::connect(GetParam().local_uri("md5_user", "secret"));
    pgwire::blocking::connection moved = std::move(db);
    EXPECT_EQ(moved.query_one<std::string>("select session_user"_sql), "md5_user");
    EXPECT_EQ(db.execute("select 1"_sql, pgwire::as_result).error(), pgwire::errc::not_connected);
}

TEST_P(Blocking, X03_a_deadline_ends_a_statement_and_the_connection_goes_on) {
    auto db = pgwire::blocking::connection::connect(GetParam().uri());
    for (int i = 0; i < 3; ++i) {
        auto const late = db.execute("select pg_sleep(60)"_sql.within(50ms), pgwire::as_result);
        ASSERT_FALSE(late);
        EXPECT_EQ(late.error(), pgwire::errc::deadline_exceeded);
        EXPECT_EQ(late.error(), std::errc::timed_out);
        EXPECT_EQ(late.error(), pgwire::sqlstate::query_canceled);
        EXPECT_EQ(db.query_one<int>("select 1"_sql.within(10s)), 1);
        EXPECT_EQ(db.query_one<int>("select 1"_sql), 1);
    }
}

TEST_P(Blocking, another_thread_cancels) {
    auto db = pgwire::blocking::connection::connect(GetParam().uri());
    std::thread canceller([&] {
        auto observer = pgwire::blocking::connection::connect(GetParam().uri());
        while (observer.query_one<std::int64_t>(
                   "select count(*) from pg_stat_activity where pid = $1 and state = 'active' and "
                   "query like 'select pg_sleep%'"_sql(static_cast<std::int32_t>(db.backend_pid()))) == 0) {}
        db.cancel();
    });
    auto const cancelled = db.execute("select pg_sleep(60)"_sql, pgwire::as_result);
    canceller.join();
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error(), pgwire::errc::cancelled);
    EXPECT_EQ(cancelled.error(), std::errc::operation_canceled);
    EXPECT_EQ(db.query_one<int>("select 1"_sql), 1);
}

TEST_P(Blocking, a_codec_that_throws_is_the_callers_error_and_the_connection_goes_on) {
    auto db = pgwire::blocking::connection::connect(GetParam().uri());
    EXPECT_EQ(db.query<even>("select * from generate_series(2, 6, 2)"_sql).size(), 3U);
    EXPECT_FALSE(db.query<even>("select * from generate_series(1, 5)"_sql, pgwire::as_result));
    EXPECT_THROW(db.query<even>("select 3"_sql), std::domain_error);
    EXPECT_EQ(db.query_one<int>("select 1"_sql), 1);
}

TEST_P(Blocking, a_notice_handler_that_throws_ends_the_connection) {
    auto db = pgwire::blocking::connection::connect(GetParam().uri());
    db.on_notice([](pgwire::error const&) { throw std::runtime_error("from a handler"); });
    EXPECT_THROW(db.execute("do $$ begin raise notice 'x'; end $$"_sql), std::runtime_error);
    EXPECT_FALSE(db.is_open());
    EXPECT_FALSE(db.execute("select 1"_sql, pgwire::as_result));
}

TEST_P(Blocking, FR010_blocking_and_asynchronous_in_one_program) {
    auto blocking = pgwire::blocking::connection::connect(GetParam().uri());
    pgwire::test::run([&]() -> asio::awaitable<void> {
        auto async = co_await pgwire::connection::connect(GetParam().uri());
        for (int i = 0; i < 10; ++i)
            EXPECT_EQ(co_await async.query_one<int>("select $1"_sql(i)), blocking.query_one<int>("select $1"_sql(i)));
        co_await async.close();
    });
}

TEST_P(Blocking, large_parameters_and_results_at_once) {
    auto db = pgwire::blocking::connection::connect(GetParam().uri());
    std::string const large(20'000'000, 'x');
    EXPECT_EQ(db.query_one<std::string>("select $1::text"_sql(large)), large);
}

} // namespace
