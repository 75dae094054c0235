#include <pgwire/types/boolean.hpp>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

TEST(Boolean, both_values_in_both_formats) {
    expect_binary(oids::boolean, "01", true);
    expect_binary(oids::boolean, "00", false);
    for (char const* text : {"t", "true", "1"})
        expect_text(oids::boolean, text, true);
    for (char const* text : {"f", "false", "0"})
        expect_text(oids::boolean, text, false);
    EXPECT_EQ(detail::argument_type<bool>, oids::boolean);
}

TEST(Boolean, anything_else_is_refused) {
    expect_no_other_length<bool>(oids::boolean, "01");
    EXPECT_FALSE(from_hex<bool>(oids::boolean, "02"));
    expect_refused<bool>(oids::boolean, {"", "T", "tr", "t ", " t", "yes", "2", "10"});
}

TEST(Boolean, fits_boolean_columns_only) {
    EXPECT_FALSE(fits<bool>(oids::int4, format::binary));
    EXPECT_FALSE(fits<bool>(oids::int4, format::text));
    EXPECT_FALSE(fits<bool>(oids::unknown_to_server, format::binary));
}

} // namespace
} // namespace pgwire::test
