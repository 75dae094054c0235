// What a prepared query costs once the connection is warm. Counters do not lie, and gate; times are for bench/latency.

#include "support/counters.hpp"
#include "support/run.hpp"
#include "support/servers.hpp"

#include <pgwire/pgwire.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>

namespace {

using namespace std::chrono_literals;
using namespace pgwire::literals;
using pgwire::test::counted;
using pgwire::test::counts;
using pgwire::test::run;

constexpr std::uint64_t queries = 1000;

class Cost : public testing::TestWithParam<pgwire::test::real_server> {
protected:
    static void expect(counts cost, std::uint64_t calls_per_query) {
        EXPECT_EQ(cost.allocations, 0U);
        EXPECT_LE(cost.system_calls, calls_per_query * queries);
        EXPECT_GE(cost.system_calls, 2 * queries) << "nothing was counted";
    }
};

INSTANTIATE_TEST_SUITE_P(PostgreSQL, Cost, testing::ValuesIn(pgwire::test::postgresql_servers()),
                         pgwire::test::server_name());

TEST_P(Cost, of_a_coroutine) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        counts before;
        for (std::uint64_t i = 0; i < queries + 100; ++i) {
            if (i == 100)
                before = counted();
            EXPECT_EQ(co_await db.query_one<int>("select $1"_sql(static_cast<int>(i))), static_cast<int>(i));
        }
        expect(counted() - before, 4);
        co_await db.close();
    });
}

TEST_P(Cost, of_a_coroutine_with_a_deadline_on_every_query) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        counts before;
        for (std::uint64_t i = 0; i < queries + 100; ++i) {
            if (i == 100)
                before = counted();
            EXPECT_EQ(co_await db.query_one<int>("select $1"_sql(static_cast<int>(i)).within(60s)),
                      static_cast<int>(i));
        }
        expect(counted() - before, 4);
        co_await db.close();
    });
}

/// Asks again from inside the answer.
struct asking {
    pgwire::connection& db;
    std::uint64_t answers = 0;
    counts before{};
    counts cost{};

    void ask() {
        db.query_one<int>("select $1"_sql(static_cast<int>(answers)), [this](std::exception_ptr failed, int) {
            ASSERT_FALSE(failed);
            if (++answers == 100)
                before = counted();
            if (answers < queries + 100)
                return ask();
            cost = counted() - before;
            db.close([](std::exception_ptr) {});
        });
    }
};

TEST_P(Cost, of_a_callback) {
    asio::io_context context;
    pgwire::connection db;
    asking one{db};
    pgwire::connection::connect(context.get_executor(), GetParam().uri(),
                                [&](std::exception_ptr failed, pgwire::connection c) {
                                    ASSERT_FALSE(failed);
                                    db = std::move(c);
                                    one.ask();
                                });
    context.run();
    expect(one.cost, 4);
}

TEST_P(Cost, of_a_blocking_call) {
    auto db = pgwire::blocking::connection::connect(GetParam().uri());
    for (auto const limit : {0s, 60s}) {
        counts before;
        for (std::uint64_t i = 0; i < queries + 100; ++i) {
            if (i == 100)
                before = counted();
            auto what = "select $1"_sql(static_cast<int>(i));
            EXPECT_EQ(db.query_one<int>(limit == 0s ? what : what.within(limit)), static_cast<int>(i));
        }
        expect(counted() - before, 2);
    }
}

} // namespace
