// Refused: pgwire: and_then needs a function that returns a result
#include <pgwire/result.hpp>

#ifdef FAILING
using answer = int;
#else
using answer = pgwire::result<int>;
#endif

auto ask(pgwire::result<int> const& before) {
    return before.and_then([](int value) -> answer { return value + 1; });
}
