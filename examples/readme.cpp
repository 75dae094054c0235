#include <pgwire/pgwire.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/use_future.hpp>

#include <cstdio>

using namespace pgwire::literals;

struct setting {
    std::string name;
    std::optional<std::string> unit;
};

asio::awaitable<void> show_settings() {
    auto db = co_await pgwire::connection::connect("postgresql://localhost");
    auto settings = co_await db.query<setting>("select name, unit from pg_settings where name like $1"_sql("work%"));
    for (setting const& s : settings)
        std::printf("%s (%s)\n", s.name.c_str(), s.unit.value_or("no unit").c_str());
}

int main() {
    asio::io_context context;
    auto done = asio::co_spawn(context, show_settings(), asio::use_future);
    context.run();
    done.get();
}
