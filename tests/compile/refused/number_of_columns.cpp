// Refused: pgwire: columns<T> names as many columns as T has fields
#include <pgwire/blocking.hpp>
#include <pgwire/types/integer.hpp>

#include <array>
#include <string_view>

using namespace pgwire::literals;
using namespace std::string_view_literals;

struct person {
    int id;
    int age;
};

template <>
inline constexpr auto pgwire::columns<person> = std::array{
#ifndef FAILING
    "person_id"sv,
#endif
    "years"sv};

auto people(pgwire::blocking::connection& connection) {
    return connection.query<person>("select person_id, years from people"_sql);
}
