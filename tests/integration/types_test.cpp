// Values there and back through a real server: parameters in, results in binary and in text.

#include "support/run.hpp"
#include "support/servers.hpp"

#include <pgwire/pgwire.hpp>
#include <pgwire/types/simdjson.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using namespace pgwire::literals;
using pgwire::test::run;

class Types : public testing::TestWithParam<pgwire::test::real_server> {
protected:
    /// The value as a parameter of its type comes back the same, in binary and in text, alone and in an array.
    template <class T>
    asio::awaitable<void> round_trip(pgwire::connection& db, std::string type, T value) {
        auto const text = "select $1::" + type;
        EXPECT_EQ(co_await db.query_one<T>(pgwire::sql(text, value)), value) << type;
        auto const untyped = co_await db.query(pgwire::sql(text, value));
        EXPECT_EQ(untyped[0][0].template as<T>(), value) << type << ": " << untyped[0][0].text();
        std::vector<std::optional<T>> const list{value, std::nullopt, value};
        auto const array = "select $1::" + type + "[]";
        EXPECT_EQ(co_await db.query_one<std::vector<std::optional<T>>>(pgwire::sql(array, list)), list) << type;
        auto const array_text = co_await db.query(pgwire::sql(array, list));
        EXPECT_EQ(array_text[0][0].template as<std::vector<std::optional<T>>>(), list)
            << type << ": " << array_text[0][0].text();
        EXPECT_EQ(co_await db.query_one<std::optional<T>>(pgwire::sql(text, std::optional<T>())), std::nullopt);
    }
};

INSTANTIATE_TEST_SUITE_P(PostgreSQL, Types, testing::ValuesIn(pgwire::test::postgresql_servers()),
                         pgwire::test::server_name());

TEST_P(Types, there_and_back) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        co_await round_trip(db, "bool", true);
        co_await round_trip(db, "bool", false);
        auto const numbers1 = std::to_array(
            {std::int16_t{0}, std::numeric_limits<std::int16_t>::min(), std::numeric_limits<std::int16_t>::max()});
        for (auto const n : numbers1)
            co_await round_trip(db, "int2", n);
        auto const numbers2 =
            std::to_array({0, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()});
        for (auto const n : numbers2)
            co_await round_trip(db, "int4", n);
        auto const numbers3 = std::to_array(
            {std::int64_t{0}, std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()});
        for (auto const n : numbers3)
            co_await round_trip(db, "int8", n);
        auto const numbers4 =
            std::to_array({0.0F, -1.5F, std::numeric_limits<float>::max(), std::numeric_limits<float>::infinity()});
        for (auto const n : numbers4)
            co_await round_trip(db, "float4", n);
        auto const numbers5 = std::to_array(
            {0.1, -1e300, std::numeric_limits<double>::denorm_min(), -std::numeric_limits<double>::infinity()});
        for (auto const n : numbers5)
            co_await round_trip(db, "float8", n);
        std::vector<std::string> const texts{
            "", "plain", "with \"quotes\" and \\ and {braces}, commas", "NULL", "é€😀", "'", "line\nbreak"};
        for (auto const& text : texts) {
            co_await round_trip(db, "text", text);
            co_await round_trip(db, "varchar", text);
        }
        pgwire::bytes const bytes{std::byte{0}, std::byte{0xff}, std::byte{'\\'}};
        co_await round_trip(db, "bytea", bytes);
        co_await round_trip(db, "bytea", pgwire::bytes());
        co_await round_trip(db, "uuid", *pgwire::uuid::parse("00112233-4455-6677-8899-aabbccddeeff"));
        std::vector<std::string> const numerics{
            "0", "0.00", "-1.50", "12345678901234567890.12345678901234567890", "1e-20", "NaN", "100000000000000000000"};
        for (auto const& n : numerics)
            co_await round_trip(db, "numeric", pgwire::numeric(n));
        co_await round_trip(db, "date", pgwire::date(std::chrono::local_days(std::chrono::year(2026) / 11 / 24)));
        co_await round_trip(db, "date", pgwire::date(std::chrono::local_days(std::chrono::year(-4712) / 1 / 1)));
        co_await round_trip(db, "date", pgwire::infinity<pgwire::date>);
        co_await round_trip(db, "timestamp",
                            pgwire::timestamp(std::chrono::local_days(std::chrono::year(1999) / 12 / 31) + 23h + 59min +
                                              59s + 999999us));
        co_await round_trip(db, "timestamptz",
                            pgwire::timestamptz(std::chrono::sys_days(std::chrono::year(2026) / 2 / 28) + 1us));
        co_await round_trip(db, "timestamptz", pgwire::minus_infinity<pgwire::timestamptz>);
        co_await db.close();
    });
}

TEST_P(Types, json_as_text_and_as_simdjsons_document) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        std::string const text = R"({"a": [1, 2.5, null], "b": "é"})";
        std::vector<std::string> const types{"json", "jsonb"};
        for (auto const& type : types) {
            auto const back =
                co_await db.query_one<pgwire::json>(pgwire::sql("select $1::" + type, pgwire::json{text}));
            EXPECT_EQ(back.text, text);
            auto const document =
                co_await db.query_one<pgwire::json_document>(pgwire::sql("select $1::" + type, pgwire::json{text}));
            EXPECT_EQ(std::int64_t(document.root()["a"].at(0)), 1);
            EXPECT_EQ(
                co_await db.query_one<std::string>(pgwire::sql("select $1::" + type + "->>'b'", pgwire::json{text})),
                "é");
        }
        co_await db.close();
    });
}

TEST_P(Types, enums_are_strings_and_what_is_no_text_is_refused) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        co_await db.script("begin; create type pg_temp.mood as enum ('so so', 'größer')"_sql);
        EXPECT_EQ(co_await db.query_one<std::string>("select $1::pg_temp.mood"_sql("größer")), "größer");
        co_await db.script("create type pg_temp.pair as (a int, b text)"_sql);
        auto const composite =
            co_await db.query_one<std::string>("select row(1, 'x')::pg_temp.pair"_sql, pgwire::as_result);
        EXPECT_EQ(composite.error(), pgwire::errc::malformed_value);
        co_await db.script("rollback"_sql);
        co_await db.close();
    });
}

TEST_P(Types, wider_types_take_narrower_columns_and_not_the_other_way_round) {
    run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(GetParam().uri());
        EXPECT_EQ(co_await db.query_one<std::int64_t>("select 7::int2"_sql), 7);
        EXPECT_EQ(co_await db.query_one<double>("select 0.5::float4"_sql), 0.5);
        EXPECT_EQ((co_await db.query_one<int>("select 7::int8"_sql, pgwire::as_result)).error(),
                  pgwire::errc::type_mismatch);
        EXPECT_EQ((co_await db.query_one<bool>("select 1"_sql, pgwire::as_result)).error(),
                  pgwire::errc::type_mismatch);
        EXPECT_EQ((co_await db.query_one<std::string>("select 1"_sql, pgwire::as_result)).error(),
                  pgwire::errc::type_mismatch);
        EXPECT_EQ(
            (co_await db.query_one<std::vector<int>>("select '{{1,2},{3,4}}'::int[]"_sql, pgwire::as_result)).error(),
            pgwire::errc::malformed_value);
        EXPECT_EQ((co_await db.query_one<std::vector<int>>("select '{1,null}'::int[]"_sql, pgwire::as_result)).error(),
                  pgwire::errc::malformed_value);
        co_await db.close();
    });
}

} // namespace
