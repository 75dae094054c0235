#pragma once

#include <pgwire/result.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::detail {

// One option as a connection string gives it.
struct setting {
    std::string name;
    std::string value;
    std::size_t place = 0; // character of the text, from 1
};

struct connection_string {
    // In the order of the text; of an option that comes twice the last counts.
    std::vector<setting> settings;
    bool is_iris = false; // an iris:// URI
};

// Takes a connection string apart as libpq 18's PQconninfoParse does, before it looks at names and values: URI or
// key=value, quotes, backslashes, percent signs. Errors never quote the text, which may hold a password anywhere.
result<connection_string> split_connection_string(std::string_view text);

} // namespace pgwire::detail
