// Refused: pgwire: a result holds a value, not an error
#include <pgwire/result.hpp>

#include <string>

#ifdef FAILING
using content = pgwire::error;
#else
using content = std::string;
#endif

pgwire::result<content> outcome;
