// Refused: pgwire: a row becomes a value with a codec, a tuple or a plain aggregate; this type is none of them
#include <pgwire/blocking.hpp>
#include <pgwire/types/integer.hpp>

using namespace pgwire::literals;

class person {
#ifndef FAILING
public:
#endif
    int id = 0;
};

auto people(pgwire::blocking::connection& connection) { return connection.query<person>("select id from people"_sql); }
