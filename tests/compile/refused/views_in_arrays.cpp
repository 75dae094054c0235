// Refused: pgwire: the elements of an array from a row own their bytes; take std::string or pgwire::bytes
#include <pgwire/blocking.hpp>
#include <pgwire/types/array.hpp>
#include <pgwire/types/string.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace pgwire::literals;

#ifdef FAILING
using text = std::string_view;
#else
using text = std::string;
#endif

auto names(pgwire::blocking::connection& connection) {
    return connection.query<std::vector<text>>("select array_agg(name) from people"_sql);
}
