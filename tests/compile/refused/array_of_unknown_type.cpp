// Refused: pgwire: an array in binary format says the type of its elements: codec<T>::type must not be 0
#include <pgwire/statement.hpp>
#include <pgwire/types/array.hpp>

#include <vector>

using namespace pgwire::literals;

struct point {};

template <>
struct pgwire::codec<point> {
#ifdef FAILING
    static constexpr oid type = 0;
#else
    static constexpr oid type = 600;
#endif
    static constexpr oid array_type = 1017;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, point const& value);
    static decoder<point> decoder_for(oid column, format f);
};

auto const statement = "select $1"_sql(std::vector<point>());
