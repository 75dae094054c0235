// Refused: pgwire: the number of arguments differs from the highest $n in the statement
#include <pgwire/statement.hpp>
#include <pgwire/types/integer.hpp>

using namespace pgwire::literals;

auto const statement = "select '$3', $1, $2"_sql(1
#ifndef FAILING
                                                 ,
                                                 2
#endif
);
