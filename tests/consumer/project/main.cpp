// Uses something of every part of the library, as far as that goes without a server.

#include <pgwire/pgwire.hpp>
#include <pgwire/types/simdjson.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

using namespace pgwire::literals;

namespace {

struct order {
    std::int64_t id;
    std::string customer;
    std::optional<pgwire::numeric> total;
};

void require(bool condition, int line) {
    if (condition)
        return;
    std::fprintf(stderr, "main.cpp:%d failed\n", line);
    std::exit(1);
}

// The exception comes out of the library, and is caught by its type.
template <class Function>
bool throws_not_connected(Function&& function) {
    try {
        function();
    } catch (pgwire::sql_error const&) {
        return false;
    } catch (pgwire::exception const& e) {
        return e.error() == pgwire::errc::not_connected && !to_string(e.error()).empty();
    }
    return false;
}

asio::awaitable<void> ask(pgwire::connection& connection) {
    auto const orders =
        co_await connection.query<order>("select id, customer, total from orders"_sql, pgwire::as_result);
    require(!orders && orders.error() == pgwire::errc::not_connected, __LINE__);
    co_await connection.execute("delete from orders where id = $1"_sql(42));
}

} // namespace

int main() {
    auto const settings = pgwire::config::parse("postgresql://alice@db.example.org:5433/shop?connect_timeout=5");
    require(settings && settings->hosts.at(0).port == 5433 && settings->check(), __LINE__);
    require(!pgwire::config::parse("nonsense"), __LINE__);

    auto const statement =
        "select $1, $2, $3"_sql(7, std::vector{1.5, 2.5}, pgwire::uuid()) + pgwire::sql(" limit $1", 1);
    require(statement.text() == "select $1, $2, $3 limit $4", __LINE__);
    require(pgwire::numeric("1.0") == pgwire::numeric("1.00"), __LINE__);
    require(name(pgwire::sqlstate::unique_violation) == "unique_violation", __LINE__);

    pgwire::json_document document;
    require(document.parse(R"({"answer": 42})") && document.root()["answer"].get_int64().value() == 42, __LINE__);

    pgwire::blocking::connection waiting;
    require(throws_not_connected([&] { waiting.query<order>("select * from orders"_sql); }), __LINE__);
    require(throws_not_connected([&] { waiting.query("select * from orders"_sql); }), __LINE__);

    asio::io_context context;
    pgwire::connection connection;
    auto done = asio::co_spawn(context, ask(connection), asio::use_future);
    context.run();
    require(throws_not_connected([&] { done.get(); }), __LINE__);

    std::puts("the consumer works");
}
