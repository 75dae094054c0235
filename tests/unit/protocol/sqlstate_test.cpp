#include <pgwire/sqlstate.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace {

using pgwire::in_class;
using pgwire::name;
using pgwire::sqlstate;
using pgwire::sqlstate_from;

static_assert(sqlstate_from("23505") == sqlstate::unique_violation);
static_assert(sqlstate_from("ZZZZZ").has_value());
static_assert(in_class(sqlstate::unique_violation, "23"));
static_assert(static_cast<std::uint32_t>(sqlstate::successful_completion) == 0);

TEST(sqlstate, holds_every_condition_of_the_appendix_once) {
    std::set<std::string> names;
    std::size_t count = 0;
#define PGWIRE_SQLSTATE(condition, code)                                                                               \
    ++count;                                                                                                           \
    names.insert(#condition);                                                                                          \
    EXPECT_EQ(to_string(sqlstate::condition), code);                                                                   \
    EXPECT_EQ(name(sqlstate::condition), #condition);                                                                  \
    EXPECT_EQ(sqlstate_from(code), sqlstate::condition);
#include <pgwire/detail/sqlstates.inc>
#undef PGWIRE_SQLSTATE
    EXPECT_EQ(count, 263U); // PostgreSQL 18, and snapshot_too_old
    EXPECT_EQ(names.size(), count);
}

TEST(sqlstate, has_the_codes_that_programs_ask_for) {
    EXPECT_EQ(to_string(sqlstate::serialization_failure), "40001");
    EXPECT_EQ(to_string(sqlstate::deadlock_detected), "40P01");
    EXPECT_EQ(to_string(sqlstate::undefined_table), "42P01");
    EXPECT_EQ(to_string(sqlstate::query_canceled), "57014");
    EXPECT_EQ(to_string(sqlstate::internal_error), "XX000");
    EXPECT_EQ(to_string(sqlstate::transaction_timeout), "25P04");
    EXPECT_EQ(to_string(sqlstate::snapshot_too_old), "72000");
}

TEST(sqlstate, tells_apart_codes_that_share_a_name) {
    EXPECT_EQ(to_string(sqlstate::string_data_right_truncation), "22001");
    EXPECT_EQ(to_string(sqlstate::warning_string_data_right_truncation), "01004");
    EXPECT_EQ(to_string(sqlstate::null_value_not_allowed), "22004");
    EXPECT_EQ(to_string(sqlstate::external_routine_invocation_null_value_not_allowed), "39004");
    EXPECT_EQ(to_string(sqlstate::sql_routine_reading_sql_data_not_permitted), "2F004");
    EXPECT_EQ(to_string(sqlstate::external_routine_reading_sql_data_not_permitted), "38004");
}

TEST(sqlstate, holds_any_five_characters) {
    for (std::string const code : {"00001", "U0001", "ZZZZZ", "P0099", "0000Z", "99999"}) {
        auto const state = sqlstate_from(code);
        ASSERT_TRUE(state) << code;
        EXPECT_EQ(to_string(*state), code);
        EXPECT_TRUE(name(*state).empty()) << code;
    }
}

TEST(sqlstate, refuses_what_is_none) {
    for (std::string_view const wrong : {"", "2350", "235055", "2350a", "23 05", "2350-", "\xC3\xA9\x32\x33\x35"})
        EXPECT_FALSE(sqlstate_from(wrong)) << wrong;
}

TEST(sqlstate, knows_its_class) {
    EXPECT_TRUE(in_class(sqlstate::undefined_table, "42"));
    EXPECT_TRUE(in_class(sqlstate::connection_failure, "08"));
    EXPECT_TRUE(in_class(sqlstate::plpgsql_error, "P0"));
    EXPECT_FALSE(in_class(sqlstate::undefined_table, "23"));
    EXPECT_FALSE(in_class(sqlstate::undefined_table, "42P"));
    EXPECT_FALSE(in_class(sqlstate::undefined_table, ""));
    EXPECT_FALSE(in_class(sqlstate::undefined_table, "4p"));
}

TEST(sqlstate, is_an_error_code) {
    std::error_code const code = sqlstate::unique_violation;
    EXPECT_TRUE(code == sqlstate::unique_violation);
    EXPECT_FALSE(code == sqlstate::foreign_key_violation);
    EXPECT_STREQ(code.category().name(), "pgwire.sqlstate");
    EXPECT_EQ(code.message(), "unique_violation (23505)");
    EXPECT_EQ(make_error_code(*sqlstate_from("U0001")).message(), "SQLSTATE U0001");
    EXPECT_FALSE(std::error_code(sqlstate::successful_completion));
}

} // namespace
