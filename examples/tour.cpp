// A tour of pgwire: the same program against PostgreSQL and against InterSystems IRIS.
//
//     tour postgresql://user@host/database
//     tour iris://_SYSTEM:SYS@host:port/USER

#include <pgwire/pgwire.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace pgwire::literals;

struct person {
    std::int32_t id;
    std::string name;
    std::optional<double> height;
};

static void show(char const* what, std::string const& result) { std::printf("  %-34s %s\n", what, result.c_str()); }

static asio::awaitable<void> tour(std::string where) {
    auto db = co_await pgwire::connection::connect(where);
    show("connected to", std::string(db.parameter("server_version")));

    // Tables and rows. Values are parameters, never text.
    if (auto dropped = co_await db.execute("drop table people"_sql, pgwire::as_result); !dropped)
        show("drop table people (an error, kept)", pgwire::summary(dropped.error()));
    co_await db.execute("create table people (id integer primary key, name varchar(50), height double precision)"_sql);
    co_await db.execute("insert into people (id, name, height) values ($1, $2, $3)"_sql(1, "Ada", 1.68));
    co_await db.execute(
        "insert into people (id, name, height) values ($1, $2, $3)"_sql(2, "Grace", std::optional<double>()));

    // Rows become plain structs, by the names of their fields.
    for (person const& p :
         co_await db.query<person>("select id, name, height from people where id >= $1 order by id"_sql(1)))
        show("a person", std::to_string(p.id) + ", " + p.name + ", " +
                             (p.height ? std::to_string(*p.height) + " m" : "height unknown"));

    // One value, with a deadline.
    show("how many", std::to_string(co_await db.query_one<std::int64_t>("select count(*) from people"_sql.within(5s))));

    // A filter that is made at run time: fragments are statements, too.
    pgwire::statement find = "select name from people where 1 = 1"_sql;
    find += " and id = $1"_sql(2);
    show("found", co_await db.query_one<std::string>(find));

    // Errors say what, where and why.
    auto missing = co_await db.query("select id, shoe_size from people"_sql, pgwire::as_result);
    if (!missing)
        std::printf("  an error:\n%s\n", pgwire::to_string(missing.error()).c_str());

    co_await db.execute("drop table people"_sql);
    co_await db.close();
}

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: tour CONNECTION-STRING\n", stderr);
        return 2;
    }
    asio::io_context context;
    int status = 0;
    asio::co_spawn(context, tour(argv[1]), [&](std::exception_ptr failure) {
        try {
            if (failure)
                std::rethrow_exception(failure);
        } catch (std::exception const& e) {
            std::fprintf(stderr, "tour: %s\n", e.what());
            status = 1;
        }
    });
    context.run();
    return status;
}
