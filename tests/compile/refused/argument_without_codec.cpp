// Refused: pgwire: this type cannot be an argument, there is no pgwire::codec of it; is the header with its codec included?
#include <pgwire/statement.hpp>
#ifndef FAILING
#include <pgwire/types/uuid.hpp>
#else
namespace pgwire {
struct uuid {};
} // namespace pgwire
#endif

using namespace pgwire::literals;

auto const statement = "select $1"_sql(pgwire::uuid());
