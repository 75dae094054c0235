#include <pgwire/command_tag.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace {

using pgwire::command_tag;

std::optional<std::uint64_t> rows(std::string_view tag) { return command_tag(std::string(tag)).rows(); }

TEST(command_tag, F15_counts_rows) { // F-15
    for (std::string_view const verb : {"SELECT", "UPDATE", "DELETE", "MERGE", "MOVE", "FETCH", "COPY"})
        EXPECT_EQ(rows(std::string(verb) + " 17"), 17U) << verb;
    EXPECT_EQ(rows("INSERT 0 5"), 5U);
    EXPECT_EQ(rows("SELECT 0"), 0U);
}

TEST(command_tag, F15_does_not_overflow) { // F-15
    EXPECT_EQ(rows("SELECT 18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(rows("SELECT 18446744073709551616"), std::nullopt);
    EXPECT_EQ(rows("SELECT 99999999999999999999"), std::nullopt);
}

TEST(command_tag, F15_keeps_what_it_does_not_know) { // F-15
    for (std::string_view const tag :
         {"FROB OK", "FROB 3", "BEGIN", "CREATE TABLE", "", " ", "SELECT", "SELECT ", "SELECT x", "SELECT -1",
          "SELECT +1", "SELECT 1x", "SELECT  1", "INSERT 5", "INSERT 0", "INSERT 7 5", "select 1", "ALTER TABLE 5"}) {
        EXPECT_EQ(rows(tag), std::nullopt) << tag;
        EXPECT_EQ(command_tag(std::string(tag)).text(), tag);
    }
}

TEST(command_tag, is_empty_by_default) {
    EXPECT_EQ(command_tag().text(), "");
    EXPECT_EQ(command_tag().rows(), std::nullopt);
}

} // namespace
