// Refused: pgwire: an aggregate for rows has 1 to 64 fields
#include <pgwire/blocking.hpp>
#include <pgwire/types/integer.hpp>

using namespace pgwire::literals;

struct person {
#ifndef FAILING
    int id;
#endif
};

auto people(pgwire::blocking::connection& connection) { return connection.query<person>("select id from people"_sql); }
