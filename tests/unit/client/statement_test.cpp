#include <pgwire/exception.hpp>
#include <pgwire/statement.hpp>
#include <pgwire/types/all.hpp>

#include "unit/protocol/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using namespace pgwire;
using namespace pgwire::literals;
using namespace std::chrono_literals;
using namespace std::string_literals;
using detail::highest_placeholder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> placeholders(std::string_view text) {
    std::vector<std::string> found;
    detail::placeholder_scanner scanner(text);
    for (detail::placeholder one; scanner.next(one);) {
        EXPECT_EQ(text.substr(one.begin, one.end - one.begin), "$" + std::to_string(one.number));
        found.push_back(std::to_string(one.begin) + ":" + std::to_string(one.number));
    }
    return found;
}

// ---------------------------------------------------------------- placeholders (scan.l)

static_assert(highest_placeholder("") == 0);
static_assert(highest_placeholder("select $1, $3, $2") == 3);
static_assert(highest_placeholder("select '$1', $$ $2 $$, \"$3\" -- $4\n /* $5 */ from t where a = $1") == 1);

TEST(placeholders, stand_anywhere_in_the_text) {
    EXPECT_THAT(placeholders("$1"), ElementsAre("0:1"));
    EXPECT_THAT(placeholders("select $1+$2::int,($10)"), ElementsAre("7:1", "10:2", "19:10"));
    EXPECT_THAT(placeholders("$1$2"), ElementsAre("0:1", "2:2"));
    EXPECT_THAT(placeholders("a[$1]=-$2"), ElementsAre("2:1", "7:2"));
    EXPECT_THAT(placeholders("a<$1"), ElementsAre("2:1"));
    EXPECT_THAT(placeholders("$"), IsEmpty());
    EXPECT_THAT(placeholders("$x $"), IsEmpty());
}

TEST(placeholders, not_in_literals) {
    EXPECT_THAT(placeholders("'$1' $2"), ElementsAre("5:2"));
    EXPECT_THAT(placeholders("'it''s $1' $2"), ElementsAre("11:2"));
    EXPECT_THAT(placeholders(R"('\' $1)"), ElementsAre("4:1")) << "a backslash is an ordinary character";
    EXPECT_THAT(placeholders("'$1"), IsEmpty()) << "unterminated";
    EXPECT_THAT(placeholders("B'$1' X'$2' N'$3' U&'$4' $5"), ElementsAre("25:5"));
}

TEST(placeholders, not_in_literals_with_escapes) {
    EXPECT_THAT(placeholders(R"(E'\' $1' $2)"), ElementsAre("9:2"));
    EXPECT_THAT(placeholders(R"(e'\\' $1)"), ElementsAre("6:1"));
    EXPECT_THAT(placeholders(R"(E'a''\'$1' $2)"), ElementsAre("11:2"));
    EXPECT_THAT(placeholders(R"(E'''\'$1' $2)"), ElementsAre("10:2"));
    EXPECT_THAT(placeholders("E'a' \n '\\'$1' $2"), ElementsAre("14:2")) << "a literal goes on behind a line's end";
    EXPECT_THAT(placeholders("E'a' -- it's\n'\\'$1' $2"), ElementsAre("20:2"));
    EXPECT_THAT(placeholders("E'a' $1\n'\\' $2"), ElementsAre("5:1", "12:2"));
    EXPECT_THAT(placeholders("E'a' '\\' $1"), ElementsAre("9:1")) << "but not without one";
    EXPECT_THAT(placeholders("E'a'\n"), IsEmpty());
    EXPECT_THAT(placeholders(R"(E'\)"), IsEmpty());
    EXPECT_THAT(placeholders(R"(type'\' $1)"), ElementsAre("8:1")) << "a name that ends with e is no E";
    EXPECT_THAT(placeholders(R"(east'\' $1)"), ElementsAre("8:1")) << "nor one that begins with it";
    EXPECT_THAT(placeholders(R"(E '\' $1)"), ElementsAre("6:1")) << "nor is one with a space behind it";
}

TEST(placeholders, not_in_quoted_names) {
    EXPECT_THAT(placeholders("\"$1\" $2"), ElementsAre("5:2"));
    EXPECT_THAT(placeholders("\"a\"\"$1\" $2"), ElementsAre("8:2"));
    EXPECT_THAT(placeholders("\"'\" $1 \"'\""), ElementsAre("4:1"));
    EXPECT_THAT(placeholders("'\"' $1 '\"'"), ElementsAre("4:1"));
}

TEST(placeholders, not_in_dollar_quotes) { // CVE-2026-41889
    EXPECT_THAT(placeholders("$$ $1 $$ $2"), ElementsAre("9:2"));
    EXPECT_THAT(placeholders("$tag$ $1 $$ $2 $tag$ $3"), ElementsAre("21:3"));
    EXPECT_THAT(placeholders("$a$ $b$ $1 $b$ $a$ $2"), ElementsAre("19:2"));
    EXPECT_THAT(placeholders("$a1_$ $1 $a1_$ $2"), ElementsAre("15:2"));
    EXPECT_THAT(placeholders("$$ $1 $"), IsEmpty()) << "unterminated";
    EXPECT_THAT(placeholders("$t$ $1 $t"), IsEmpty());
    EXPECT_THAT(placeholders("$\xc3\xa9$ $1 $\xc3\xa9$ $2"), ElementsAre("13:2"));
    EXPECT_THAT(placeholders("$1$ $2$ $3"), ElementsAre("0:1", "4:2", "8:3")) << "a tag begins like a name";
    EXPECT_THAT(placeholders("a$$ $1 $$"), ElementsAre("4:1")) << "that one belongs to the name";
}

TEST(placeholders, not_in_comments) {
    EXPECT_THAT(placeholders("-- $1\n$2"), ElementsAre("6:2"));
    EXPECT_THAT(placeholders("-- $1\r$2"), ElementsAre("6:2"));
    EXPECT_THAT(placeholders("-- ' \n$1"), ElementsAre("6:1"));
    EXPECT_THAT(placeholders("--$1"), IsEmpty());
    EXPECT_THAT(placeholders("/* $1 */$2"), ElementsAre("8:2"));
    EXPECT_THAT(placeholders("/* /* $1 */ $2 */ $3"), ElementsAre("18:3")) << "they nest";
    EXPECT_THAT(placeholders("/*/ $1 */ $2"), ElementsAre("10:2"));
    EXPECT_THAT(placeholders("/* /*/ $1 */ */ $2"), ElementsAre("16:2"));
    EXPECT_THAT(placeholders("/* $1"), IsEmpty());
    EXPECT_THAT(placeholders("1 - $1 / $2 * $3"), ElementsAre("4:1", "9:2", "14:3"));
}

TEST(placeholders, not_in_names_but_behind_numbers) {
    EXPECT_THAT(placeholders("foo$1 _$2 \xc3\xa9$3 $4"), ElementsAre("15:4"));
    EXPECT_THAT(placeholders("1$1"), ElementsAre("1:1")) << "integer, then param, for scan.l";
    EXPECT_THAT(placeholders("1_000$1 0x1f$2 1e5$3 1.5$4"), ElementsAre("5:1", "12:2", "18:3", "24:4"));
}

TEST(placeholders, numbers_that_overflow_are_large) {
    EXPECT_GT(highest_placeholder("$99999999999999999999999999"), 65535U);
    EXPECT_EQ(highest_placeholder("$65536"), 65536U);
    EXPECT_EQ(highest_placeholder("$007"), 7U);
    EXPECT_EQ(highest_placeholder("$0"), 0U);
}

// ---------------------------------------------------------------- statements

TEST(statement, literal) {
    statement const s = "select $1, $2"_sql(42, std::string("abc"));
    EXPECT_EQ(s.text(), "select $1, $2");
    EXPECT_EQ(s.hash(), detail::hash_text("select $1, $2"));
    EXPECT_EQ(s.arguments().count(), 2U);
    statement const without = "select 1"_sql;
    EXPECT_EQ(without.arguments().count(), 0U);
    static_assert(!std::is_convertible_v<decltype("select $1"_sql), statement>);
}

TEST(statement, arguments_stand_as_in_parse_and_bind) {
    statement const s = sql("select $1, $2, $3", 42, std::string("abc"), std::optional<std::int64_t>());
    auto const& arguments = s.arguments();
    EXPECT_EQ(protocol::as_text(arguments.types()), wire::int32(23) + wire::int32(0) + wire::int32(20));
    EXPECT_EQ(protocol::as_text(arguments.formats()), "\0\1\0\0\0\1"s);
    EXPECT_EQ(protocol::as_text(arguments.values()),
              wire::int32(4) + wire::int32(42) + wire::int32(3) + "abc" + wire::int32(0xffff'ffff));
    EXPECT_TRUE(statement("select 1"_sql).arguments().values().empty());
}

TEST(statement, owns_its_arguments) {
    std::optional<statement> copy;
    {
        std::string text = "select $1 -- " + std::string(100, 'x');
        std::string const value(1000, 'v');
        statement const original = sql(text, value);
        copy = original;
        text.assign(text.size(), 'y');
    }
    EXPECT_EQ(copy->text().substr(0, 9), "select $1");
    EXPECT_EQ(protocol::as_text(copy->arguments().values()).substr(4), std::string(1000, 'v'));
}

TEST(statement, counts_must_agree) {
    for (auto const* text : {"select 1", "select $2", "select '$1'", "select $1, $2"}) {
        try {
            static_cast<void>(sql(text, 1));
            ADD_FAILURE() << text;
        } catch (exception const& e) {
            EXPECT_TRUE(e.error() == errc::wrong_number_of_arguments);
            EXPECT_EQ(e.error().statement(), text);
            EXPECT_TRUE(e.error().nothing_was_sent());
        }
    }
    EXPECT_NO_THROW(static_cast<void>(sql("select $1, $1", 1)));
    EXPECT_NO_THROW(static_cast<void>(sql("select $2", 1, 2))) << "the highest counts";
}

TEST(statement, appended_fragments_are_renumbered) {
    statement s = "select * from t where a = $1"_sql(1);
    s += " and b in ($2, $1) and c = '$1' and d$1 = $$ $1 $$"_sql(2, 3);
    EXPECT_EQ(s.text(), "select * from t where a = $1 and b in ($3, $2) and c = '$1' and d$1 = $$ $1 $$");
    EXPECT_EQ(s.hash(), detail::hash_text(s.text()));
    s += " order by 1"_sql;
    s = std::move(s) + " limit $1"_sql(9);
    EXPECT_THAT(std::string(s.text()), testing::EndsWith(" order by 1 limit $4"));
    EXPECT_EQ(s.arguments().count(), 4U);
    EXPECT_EQ(protocol::as_text(s.arguments().types()),
              wire::int32(23) + wire::int32(23) + wire::int32(23) + wire::int32(23));
    EXPECT_EQ(protocol::as_text(s.arguments().formats()), "\0\1\0\1\0\1\0\1"s);
    std::string values;
    for (std::uint32_t const value : {1U, 2U, 3U, 9U})
        values += wire::int32(4) + wire::int32(value);
    EXPECT_EQ(protocol::as_text(s.arguments().values()), values);
}

TEST(statement, appends_itself_and_numbers_that_grow) {
    statement s = sql("$1,", 1);
    for (int i = 0; i < 4; ++i)
        s += statement(s);
    EXPECT_EQ(s.text(), "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,");
    statement self = sql("$1,", 1);
    self += self;
    EXPECT_EQ(self.text(), "$1,$2,");
    EXPECT_EQ(self.arguments().count(), 2U);
    EXPECT_EQ(protocol::as_text(self.arguments().values()),
              wire::int32(4) + wire::int32(1) + wire::int32(4) + wire::int32(1));
}

TEST(statement, options) {
    statement const plain = "select 1"_sql;
    EXPECT_FALSE(plain.is_unnamed());
    EXPECT_FALSE(plain.is_by_position());
    EXPECT_FALSE(plain.deadline());
    EXPECT_TRUE(plain.unnamed().is_unnamed());
    EXPECT_FALSE(plain.unnamed().is_by_position());
    EXPECT_TRUE(plain.by_position().is_by_position());
    EXPECT_FALSE(plain.by_position().is_unnamed());
    EXPECT_TRUE("select 1"_sql.unnamed().is_unnamed());
    EXPECT_TRUE("select 1"_sql.by_position().is_by_position());
    EXPECT_FALSE(plain.is_unnamed()) << "the original is as it was";
}

TEST(statement, deadlines) {
    auto const now = statement::clock::now();
    statement const plain = "select 1"_sql;
    EXPECT_EQ(plain.until(now + 5s).deadline(), now + 5s);
    auto const within = plain.within(10s);
    auto const first = *within.deadline();
    EXPECT_GE(first, now + 10s);
    EXPECT_LE(first, statement::clock::now() + 10s);
    while (statement::clock::now() + 10s == first) {}
    EXPECT_GT(*within.deadline(), first) << "counted from the beginning of each operation";
    EXPECT_EQ(within.until(now + 5s).deadline(), now + 5s) << "the earlier one";
    auto const both = *plain.until(now + 50s).within(10s).deadline();
    EXPECT_LE(both, statement::clock::now() + 10s);
    EXPECT_EQ(plain.within(statement::clock::duration::max() - 1ns).deadline(), statement::clock::time_point::max())
        << "no overflow";

    statement appended = plain.until(now + 50s);
    appended += " "_sql.until(now + 20s);
    EXPECT_EQ(appended.deadline(), now + 20s);
    appended += " "_sql.until(now + 30s).unnamed().by_position();
    EXPECT_EQ(appended.deadline(), now + 20s);
    EXPECT_FALSE(appended.is_unnamed()) << "other options of a fragment do not count";
    EXPECT_FALSE(appended.is_by_position());
}

TEST(statement, identifiers_are_quoted) {
    EXPECT_EQ(identifier("t").text(), "\"t\"");
    EXPECT_EQ(identifier("a\"b").text(), "\"a\"\"b\"");
    EXPECT_EQ(identifier("\"").text(), "\"\"\"\"");
    EXPECT_EQ(identifier("drop table t; --").text(), "\"drop table t; --\"");
    statement const s = "select * from "_sql + identifier("$1") + " where a = $1"_sql(1);
    EXPECT_EQ(s.text(), "select * from \"$1\" where a = $1");
    EXPECT_EQ(s.arguments().count(), 1U);
    try {
        static_cast<void>(identifier("a\0b"s));
        ADD_FAILURE();
    } catch (exception const& e) {
        EXPECT_TRUE(e.error() == errc::embedded_nul);
    }
}

} // namespace
