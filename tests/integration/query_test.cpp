// The operations against real servers: what they give, and how they fail.

#include "support/run.hpp"
#include "support/servers.hpp"

#include <pgwire/pgwire.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <tuple>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace pgwire::literals;
using pgwire::test::run;

class Query : public testing::TestWithParam<pgwire::test::real_server> {
protected:
    /// Runs `body` with a connection.
    template <class Body>
    void with_connection(Body body) {
        run([&]() -> asio::awaitable<void> {
            auto db = co_await pgwire::connection::connect(GetParam().uri());
            co_await body(db);
            co_await db.close();
        });
    }
};

INSTANTIATE_TEST_SUITE_P(PostgreSQL, Query, testing::ValuesIn(pgwire::test::postgresql_servers()),
                         pgwire::test::server_name());

struct person {
    int id;
    std::string name;
    std::optional<double> height;
    bool operator==(person const&) const = default;
};

TEST_P(Query, gives_aggregates_by_the_names_of_their_columns) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        auto const rows = co_await db.query<person>(
            "select height, 'ignored' as other, id, name from (values (1, 'Ada', 1.68::float8), (2, 'Grace', null)) "
            "as t(id, name, height) where id <> $1 order by id"_sql(3));
        EXPECT_EQ(rows, (std::vector<person>{{1, "Ada", 1.68}, {2, "Grace", std::nullopt}}));
    });
}

TEST_P(Query, gives_tuples_and_values_by_position) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        using pair = std::tuple<int, std::string>;
        auto const pairs = co_await db.query<pair>("select * from (values (1, 'a'), (2, 'b')) as t"_sql);
        EXPECT_EQ(pairs, (std::vector<pair>{{1, "a"}, {2, "b"}}));
        auto const numbers = co_await db.query<std::int64_t>("select * from generate_series(1::int8, 1000)"_sql);
        EXPECT_EQ(numbers.size(), 1000U);
        EXPECT_EQ(numbers.back(), 1000);
        auto const positional =
            co_await db.query_one<person>("select 7 as x, 'Lin' as y, 1.5::float8 as z"_sql.by_position());
        EXPECT_EQ(positional, (person{7, "Lin", 1.5}));
    });
}

TEST_P(Query, the_same_statement_gives_the_same_the_second_time_from_the_cache) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        for (int i = 0; i < 3; ++i) {
            EXPECT_EQ(co_await db.query_one<int>("select $1"_sql(i)), i);
            auto const untyped = co_await db.query("select $1"_sql(i)); // F-22: in text this time
            EXPECT_EQ(untyped[0][0].text(), std::to_string(i));
            EXPECT_EQ(untyped[0][0].as<int>(), i);
            EXPECT_EQ((co_await db.execute("set search_path = public"_sql)).text(), "SET");
        }
    });
}

TEST_P(Query, gives_untyped_rows_in_text) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        auto const rows = co_await db.query("select 1 as one, 'two' as two, null::text as nothing where $1"_sql(true));
        EXPECT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows.columns().size(), 3U);
        EXPECT_EQ(rows.columns()[1].name, "two");
        EXPECT_EQ(rows.tag().text(), "SELECT 1");
        for (auto const row : rows) {
            EXPECT_EQ(row["one"].as<int>(), 1);
            EXPECT_EQ(row[1].text(), "two");
            EXPECT_TRUE(row["nothing"].is_null());
            EXPECT_EQ(row["nothing"].as<std::optional<std::string>>(), std::nullopt);
            EXPECT_THROW((void)row["nothing"].as<std::string>(), pgwire::exception);
            EXPECT_THROW((void)row["three"], pgwire::exception);
            EXPECT_THROW((void)row["two"].as<int>(), pgwire::exception);
        }
        auto const none = co_await db.query("select 1 as one where false"_sql);
        EXPECT_TRUE(none.empty());
        EXPECT_EQ(none.columns().size(), 1U);
    });
}

TEST_P(Query, fills_containers_again) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        std::deque<int> numbers{7, 7, 7};
        EXPECT_EQ(co_await db.query_into("select * from generate_series(1, 2)"_sql, numbers), 2U);
        EXPECT_EQ(numbers, (std::deque<int>{1, 2}));
    });
}

TEST_P(Query, asks_for_exactly_or_at_most_one_row) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        EXPECT_EQ(co_await db.query_one<int>("select 1"_sql), 1);
        EXPECT_EQ(co_await db.query_optional<int>("select 1"_sql), 1);
        EXPECT_EQ(co_await db.query_optional<int>("select 1 where false"_sql), std::nullopt);
        auto const none = co_await db.query_one<int>("select 1 where false"_sql, pgwire::as_result);
        EXPECT_EQ(none.error(), pgwire::errc::no_rows);
        auto const many = co_await db.query_one<int>("select * from generate_series(1, 3)"_sql, pgwire::as_result);
        EXPECT_EQ(many.error(), pgwire::errc::too_many_rows);
        auto const two = co_await db.query_optional<int>("select * from generate_series(1, 2)"_sql, pgwire::as_result);
        EXPECT_EQ(two.error(), pgwire::errc::too_many_rows);
    });
}

TEST_P(Query, executes_and_reports_the_tag) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        EXPECT_EQ((co_await db.execute("create temp table t (a int)"_sql)).rows(), std::nullopt);
        EXPECT_EQ((co_await db.execute("insert into t select generate_series(1, 5)"_sql)).rows(), 5U);
        EXPECT_EQ((co_await db.execute("update t set a = a + 1 where a > $1"_sql(3))).text(), "UPDATE 2");
        EXPECT_EQ((co_await db.execute("delete from t"_sql)).rows(), 5U);
    });
}

TEST_P(Query, Q01_an_empty_query_is_an_empty_result) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        EXPECT_EQ((co_await db.execute(""_sql)).text(), "");
        EXPECT_TRUE((co_await db.query("-- nothing"_sql)).empty());
        EXPECT_TRUE((co_await db.query<int>("/* nothing */"_sql)).empty());
        EXPECT_EQ((co_await db.script(" ; "_sql)).size(), 1U);
    });
}

TEST_P(Query, Q02_rows_without_columns) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        auto const rows = co_await db.query("select from generate_series(1, 3)"_sql);
        EXPECT_EQ(rows.size(), 3U);
        EXPECT_TRUE(rows.columns().empty());
    });
}

TEST_P(Query, Q03_a_script_gives_its_results_in_order_and_stops_at_an_error) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        auto const results =
            co_await db.script("create temp table s (a int); insert into s values (1), (2); select * from s"_sql);
        EXPECT_EQ(results.size(), 3U);
        EXPECT_EQ(results[1].tag().text(), "INSERT 0 2");
        EXPECT_EQ(results[2].size(), 2U);
        auto const failed =
            co_await db.script("insert into s values (3); select 1/0; insert into s values (4)"_sql, pgwire::as_result);
        EXPECT_EQ(failed.error(), pgwire::sqlstate::division_by_zero);
        EXPECT_EQ(co_await db.query_one<std::int64_t>("select count(*) from s"_sql), 2);
    });
}

TEST_P(Query, Q04_several_statements_in_one_are_the_servers_error) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        auto const failed = co_await db.execute("select 1; select 2"_sql, pgwire::as_result);
        EXPECT_EQ(failed.error(), pgwire::sqlstate::syntax_error);
    });
}

TEST_P(Query, Q05_as_many_columns_and_parameters_as_the_server_can) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        std::string columns = "select 0";
        for (int i = 1; i < 1664; ++i)
            columns += ", " + std::to_string(i);
        auto const rows = co_await db.query(pgwire::sql(columns));
        EXPECT_EQ(rows.columns().size(), 1664U);
        EXPECT_EQ(rows[0][1663].text(), "1663");

        pgwire::statement numbers = pgwire::sql("$1", 0);
        while (numbers.arguments().count() < 32768)
            numbers = numbers + ","_sql + numbers;
        auto const list_of = [&](pgwire::statement const& rest) {
            return "select array_length(array["_sql() + numbers + ","_sql + rest + "], 1)"_sql;
        };
        pgwire::statement rest = pgwire::sql("$1", 0);
        while (rest.arguments().count() < 32767)
            rest = rest.arguments().count() * 2 < 32767 ? rest + ","_sql + rest + ","_sql + pgwire::sql("$1", 0) : rest;
        EXPECT_EQ(co_await db.query_one<int>(list_of(rest)), 65535);
        auto const over = co_await db.query_one<int>(list_of(numbers), pgwire::as_result);
        EXPECT_EQ(over.error(), pgwire::errc::too_many_parameters);
        EXPECT_TRUE(over.error().nothing_was_sent());
    });
}

TEST_P(Query, Q06_null_and_empty_text_in_every_place) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        using texts = std::tuple<std::optional<std::string>, std::optional<std::string>, std::optional<std::string>>;
        std::optional<std::string> const null;
        for (int i = 0; i < 8; ++i) {
            auto const pick = [&](int bit) { return (i >> bit & 1) != 0 ? null : std::optional(std::string()); };
            texts const row{pick(0), pick(1), pick(2)};
            EXPECT_EQ(co_await db.query_one<texts>("select $1::text, $2::text, $3::text"_sql(
                          std::get<0>(row), std::get<1>(row), std::get<2>(row))),
                      row);
        }
    });
}

TEST_P(Query, Q07_an_error_after_rows_leaves_the_connection_usable) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        std::vector<int> rows;
        auto const failed =
            co_await db.query_into("select 10 / (10 - g) from generate_series(1, 20) g"_sql, rows, pgwire::as_result);
        EXPECT_EQ(failed.error(), pgwire::sqlstate::division_by_zero);
        EXPECT_EQ(rows.size(), 9U);
        EXPECT_EQ(co_await db.query_one<int>("select 1"_sql), 1);
    });
}

TEST_P(Query, Q08_a_deferred_constraint_fails_the_statement_that_broke_it) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        co_await db.execute("create temp table d (a int unique deferrable initially deferred)"_sql);
        auto const failed = co_await db.execute("insert into d values (1), (1)"_sql, pgwire::as_result);
        EXPECT_EQ(failed.error(), pgwire::sqlstate::unique_violation);
        EXPECT_EQ(failed.error().constraint(), "d_a_key");
        EXPECT_EQ(co_await db.query_one<std::int64_t>("select count(*) from d"_sql), 0);
    });
}

TEST_P(Query, Q13_Q14_Q15_the_transaction_status_is_the_servers) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        EXPECT_EQ(db.status(), pgwire::transaction_status::idle);
        co_await db.execute("begin"_sql);
        EXPECT_EQ(db.status(), pgwire::transaction_status::in_transaction);
        (void)co_await db.execute("select 1/0"_sql, pgwire::as_result);
        EXPECT_EQ(db.status(), pgwire::transaction_status::failed);
        auto const after = co_await db.execute("select 1"_sql, pgwire::as_result);
        EXPECT_EQ(after.error(), pgwire::sqlstate::in_failed_sql_transaction);
        EXPECT_EQ((co_await db.execute("commit"_sql)).text(), "ROLLBACK");
        EXPECT_EQ(db.status(), pgwire::transaction_status::idle);
    });
}

TEST_P(Query, Q16_Q17_copy_is_refused_and_the_connection_goes_on) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        co_await db.execute("create temp table c (a int)"_sql);
        for (int i = 0; i < 2; ++i) {
            auto const in = co_await db.execute("copy c from stdin"_sql, pgwire::as_result);
            EXPECT_EQ(in.error(), pgwire::errc::unexpected_copy);
            auto const out =
                co_await db.query("copy (select * from generate_series(1, 1000)) to stdout"_sql, pgwire::as_result);
            EXPECT_EQ(out.error(), pgwire::errc::unexpected_copy);
            auto const simple = co_await db.script("copy c from stdin; select 1"_sql, pgwire::as_result);
            EXPECT_EQ(simple.error(), pgwire::errc::unexpected_copy);
            auto const simple_out = co_await db.script("copy c to stdout"_sql, pgwire::as_result);
            EXPECT_EQ(simple_out.error(), pgwire::errc::unexpected_copy);
            EXPECT_EQ(co_await db.query_one<int>("select 1"_sql), 1);
        }
    });
}

TEST_P(Query, Q28_parameters_are_kept_up_to_date) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        EXPECT_EQ(db.parameter("client_encoding"), "UTF8");
        EXPECT_EQ(db.parameter("no_such_parameter"), "");
        co_await db.execute("set timezone = 'Asia/Tokyo'"_sql);
        EXPECT_EQ(db.parameter("TimeZone"), "Asia/Tokyo");
        EXPECT_GE(db.server_version(), 140000);
        EXPECT_NE(db.backend_pid(), 0U);
    });
}

TEST_P(Query, notices_reach_the_handler) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        std::vector<std::string> notices;
        db.on_notice([&](pgwire::error const& notice) { notices.emplace_back(notice.message()); });
        co_await db.execute("do $$ begin raise notice 'hello %', 1; raise warning 'two'; end $$"_sql);
        EXPECT_EQ(notices, (std::vector<std::string>{"hello 1", "two"}));
    });
}

TEST_P(Query, errors_say_what_where_and_why) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        auto const failed = co_await db.query("select 'é', nope from pg_class"_sql, pgwire::as_result);
        auto const& error = failed.error();
        EXPECT_EQ(error, pgwire::sqlstate::undefined_column);
        EXPECT_EQ(error.kind(), pgwire::error_kind::server);
        EXPECT_EQ(error.severity(), "ERROR");
        EXPECT_EQ(error.position(), 13U);
        EXPECT_EQ(error.caret(), "select 'é', nope from pg_class\n            ^");
        EXPECT_FALSE(error.nothing_was_sent());
        EXPECT_FALSE(error.is_retryable());
        try {
            co_await db.execute("select 1/0"_sql);
            ADD_FAILURE() << "no exception";
        } catch (pgwire::sql_error const& e) {
            EXPECT_EQ(e.error(), pgwire::sqlstate::division_by_zero);
            EXPECT_EQ(e.code(), pgwire::sqlstate::division_by_zero);
        }
    });
}

TEST_P(Query, what_does_not_fit_is_found_once_and_named) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        auto const missing = co_await db.query<person>("select 1 as id, 'x' as name"_sql, pgwire::as_result);
        EXPECT_EQ(missing.error(), pgwire::errc::missing_column);
        EXPECT_EQ(missing.error().kind(), pgwire::error_kind::mapping);
        EXPECT_EQ(missing.error().column(), "height");
        auto const twice = co_await db.query<person>("select 1 as id, 2 as id, 'x' as name, 1.0::float8 as height"_sql,
                                                     pgwire::as_result);
        EXPECT_EQ(twice.error(), pgwire::errc::ambiguous_column);
        auto const type =
            co_await db.query<person>("select now() as id, 'x' as name, 1.0::float8 as height"_sql, pgwire::as_result);
        EXPECT_EQ(type.error(), pgwire::errc::type_mismatch);
        EXPECT_EQ(type.error().column(), "id");
        auto const null = co_await db.query<person>("select null::int as id, 'x' as name, 1.0::float8 as height"_sql,
                                                    pgwire::as_result);
        EXPECT_EQ(null.error(), pgwire::errc::unexpected_null);
        EXPECT_EQ(null.error().column(), "id");
        auto const few = co_await db.query<std::tuple<int, int>>("select 1"_sql, pgwire::as_result);
        EXPECT_EQ(few.error(), pgwire::errc::too_few_columns);
        EXPECT_EQ(co_await db.query_one<int>("select 1"_sql), 1);
    });
}

TEST_P(Query, fragments_are_put_together_and_renumbered) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        co_await db.execute("create temp table \"odd \"\" name\" (a int, b text)"_sql);
        co_await db.execute("insert into "_sql + pgwire::identifier("odd \" name") + " values ($1, $2)"_sql(1, "$1"));
        pgwire::statement find = "select b from \"odd \"\" name\" where b = '$9' or a = $1"_sql(1);
        find += " and b = $1"_sql("$1");
        EXPECT_EQ(find.text(), "select b from \"odd \"\" name\" where b = '$9' or a = $1 and b = $2");
        EXPECT_EQ(co_await db.query_one<std::string>(find), "$1");
    });
}

TEST_P(Query, S28_F21_nul_bytes_are_refused_before_anything_is_sent) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        auto const text = co_await db.execute(pgwire::sql("select 1\0; drop table t"s), pgwire::as_result);
        EXPECT_EQ(text.error(), pgwire::errc::embedded_nul);
        EXPECT_TRUE(text.error().nothing_was_sent());
        auto const script = co_await db.script(pgwire::sql("select 1\0"s), pgwire::as_result);
        EXPECT_EQ(script.error(), pgwire::errc::embedded_nul);
        EXPECT_EQ(co_await db.query_one<int>("select 1"_sql), 1);
    });
}

TEST_P(Query, a_changed_table_is_an_error_once_and_then_prepared_anew) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        co_await db.execute("create temp table changing (a int)"_sql);
        co_await db.execute("insert into changing values (1)"_sql);
        EXPECT_EQ((co_await db.query("select * from changing"_sql)).columns().size(), 1U);
        co_await db.execute("alter table changing add b int"_sql);
        auto const stale = co_await db.query("select * from changing"_sql, pgwire::as_result);
        EXPECT_TRUE(stale || stale.error() == pgwire::sqlstate::feature_not_supported);
        EXPECT_EQ((co_await db.query("select * from changing"_sql)).columns().size(), 2U);
    });
}

TEST_P(Query, statements_dropped_by_the_server_are_prepared_anew) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        for (auto const& drop : {"discard all"_sql, "deallocate all"_sql}) {
            EXPECT_EQ(co_await db.query_one<int>("select 41 + $1"_sql(1)), 42);
            co_await db.script(drop);
            EXPECT_EQ(co_await db.query_one<int>("select 41 + $1"_sql(1)), 42);
        }
    });
}

TEST_P(Query, more_statements_than_the_cache_holds) {
    with_connection([](pgwire::session& db) -> asio::awaitable<void> {
        for (int round = 0; round < 2; ++round)
            for (int i = 0; i < 300; ++i)
                EXPECT_EQ(co_await db.query_one<int>(pgwire::sql("select " + std::to_string(i) + " + $1", 1)), i + 1);
        auto const kept = co_await db.query_one<std::int64_t>("select count(*) from pg_prepared_statements"_sql);
        EXPECT_LE(kept, 256);
        EXPECT_GE(kept, 255);
    });
}

} // namespace
