// Refused: pgwire: views of rows are gone when the operation completes; take std::string or pgwire::bytes, or use stream
#include <pgwire/blocking.hpp>
#include <pgwire/types/string.hpp>

#include <optional>
#include <string>
#include <string_view>

using namespace pgwire::literals;

#ifdef FAILING
using text = std::string_view;
#else
using text = std::string;
#endif

struct person {
    text name;
    std::optional<text> nickname;
};

auto people(pgwire::blocking::connection& connection) {
    return connection.query<person>("select name, nickname from people"_sql);
}
