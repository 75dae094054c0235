#include <pgwire/detail/error_builder.hpp>
#include <pgwire/error.hpp>

#include <gtest/gtest.h>

#include <string>

namespace {

using pgwire::errc;
using pgwire::error;
using pgwire::error_kind;
using pgwire::sqlstate;
using pgwire::detail::error_builder;

error at(std::string_view statement, std::size_t position) {
    return error_builder(sqlstate::syntax_error).statement(statement).position(position).build();
}

TEST(error, is_nothing_by_default) {
    error const none;
    EXPECT_FALSE(none.code());
    EXPECT_EQ(none.message(), "");
    EXPECT_EQ(none.line(), 0U);
    EXPECT_EQ(none.caret(), "");
    EXPECT_EQ(none.attached(), nullptr);
    EXPECT_FALSE(none.index());
    EXPECT_FALSE(none.is_retryable());
    EXPECT_EQ(to_string(none), "");
}

TEST(error, compares_with_codes_and_conditions) {
    error const violation(sqlstate::unique_violation);
    EXPECT_TRUE(violation == sqlstate::unique_violation);
    EXPECT_TRUE(violation == make_error_code(sqlstate::unique_violation));
    EXPECT_FALSE(violation == sqlstate::foreign_key_violation);
    EXPECT_TRUE(violation != errc::busy);

    EXPECT_TRUE(error(errc::busy) == errc::busy);
    EXPECT_FALSE(error(errc::busy) == sqlstate::successful_completion);
    EXPECT_TRUE(error(errc::cancelled) == std::errc::operation_canceled);
    EXPECT_TRUE(std::errc::timed_out == error(errc::deadline_exceeded));
    EXPECT_FALSE(error(errc::deadline_exceeded) == std::errc::operation_canceled);
    EXPECT_TRUE(error(std::make_error_code(std::errc::connection_reset)) == std::errc::connection_reset);
}

TEST(error, may_carry_what_the_server_said_beside_our_code) {
    auto const late = error_builder(errc::deadline_exceeded).sqlstate(sqlstate::query_canceled).build();
    EXPECT_TRUE(late == errc::deadline_exceeded);
    EXPECT_TRUE(late == sqlstate::query_canceled);
    EXPECT_EQ(late.kind(), error_kind::deadline);
}

TEST(error, has_a_kind_for_every_code) {
    EXPECT_EQ(error(sqlstate::unique_violation).kind(), error_kind::server);
    EXPECT_EQ(error(errc::connect_failed).kind(), error_kind::connection);
    EXPECT_EQ(error(errc::authentication_failed).kind(), error_kind::connection);
    EXPECT_EQ(error(errc::deadline_exceeded).kind(), error_kind::deadline);
    EXPECT_EQ(error(errc::cancelled).kind(), error_kind::cancelled);
    EXPECT_EQ(error(errc::unexpected_null).kind(), error_kind::mapping);
    EXPECT_EQ(error(errc::no_rows).kind(), error_kind::mapping);
    EXPECT_EQ(error(errc::busy).kind(), error_kind::usage);
    EXPECT_EQ(error(errc::malformed_message).kind(), error_kind::protocol);
    EXPECT_EQ(error(std::make_error_code(std::errc::connection_reset)).kind(), error_kind::connection);
    EXPECT_EQ(error(std::make_error_code(std::errc::operation_canceled)).kind(), error_kind::cancelled);
}

TEST(error, every_errc_has_a_text_of_its_own) {
    std::string previous;
    for (int code = 0; code <= static_cast<int>(errc::pipeline_aborted); ++code) {
        auto const text = make_error_code(static_cast<errc>(code)).message();
        EXPECT_NE(text, "unknown error") << code;
        EXPECT_NE(text, previous);
        previous = text;
    }
    EXPECT_EQ(make_error_code(static_cast<errc>(9999)).message(), "unknown error");
    EXPECT_STREQ(make_error_code(errc::busy).category().name(), "pgwire");
}

TEST(error, message_is_the_codes_text_and_what_the_thrower_said) {
    EXPECT_EQ(error(errc::not_connected).message(), "the connection is closed");
    EXPECT_EQ(error_builder(errc::missing_column, "\"age\"").build().message(), "the result lacks a column: \"age\"");
}

TEST(error, knows_what_may_be_tried_again) {
    EXPECT_TRUE(error(sqlstate::serialization_failure).is_retryable());
    EXPECT_TRUE(error(sqlstate::deadlock_detected).is_retryable());
    EXPECT_TRUE(error(sqlstate::cannot_connect_now).is_retryable());
    EXPECT_TRUE(error(sqlstate::too_many_connections).is_retryable());
    EXPECT_FALSE(error(sqlstate::unique_violation).is_retryable());
    EXPECT_FALSE(error(sqlstate::statement_completion_unknown).is_retryable());
    EXPECT_FALSE(error(sqlstate::admin_shutdown).is_retryable());
    EXPECT_TRUE(error_builder(sqlstate::admin_shutdown).nothing_was_sent().build().is_retryable());

    EXPECT_TRUE(error(errc::connect_failed).is_retryable());
    EXPECT_FALSE(error(errc::connection_closed).is_retryable());
    EXPECT_TRUE(error_builder(errc::connection_closed).nothing_was_sent().build().is_retryable());
    EXPECT_TRUE(
        error_builder(std::make_error_code(std::errc::connection_reset)).nothing_was_sent().build().is_retryable());
    EXPECT_FALSE(
        error_builder(errc::authentication_failed).nothing_was_sent().connection_lost().build().is_retryable());
    EXPECT_FALSE(error_builder(errc::deadline_exceeded).nothing_was_sent().build().is_retryable());
    EXPECT_FALSE(error_builder(errc::cancelled).nothing_was_sent().build().is_retryable());
    EXPECT_FALSE(error(errc::busy).is_retryable());
    EXPECT_FALSE(error_builder(sqlstate::serialization_failure).outcome_unknown().build().is_retryable());
}

TEST(error, knows_what_a_code_implies) {
    EXPECT_TRUE(error(errc::busy).nothing_was_sent());
    EXPECT_TRUE(error(errc::embedded_nul).nothing_was_sent());
    EXPECT_FALSE(error(errc::no_rows).nothing_was_sent());
    EXPECT_TRUE(error(errc::connection_closed).connection_lost());
    EXPECT_TRUE(error(errc::malformed_message).connection_lost());
    EXPECT_FALSE(error(errc::deadline_exceeded).connection_lost());
    EXPECT_FALSE(error(sqlstate::unique_violation).connection_lost());
}

TEST(error, caret_stands_under_the_place) {
    EXPECT_EQ(at("select * form t", 10).caret(), "select * form t\n"
                                                 "         ^");
    EXPECT_EQ(at("x", 1).caret(), "x\n^");
}

TEST(error, caret_after_the_last_character_marks_an_unexpected_end) {
    EXPECT_EQ(at("select (", 9).caret(), "select (\n        ^");
    EXPECT_EQ(at("", 1).caret(), "\n^");
    EXPECT_EQ(at("select 1\n", 10).caret(), "\n^");
}

TEST(error, caret_is_empty_where_the_place_is_not_in_the_statement) {
    EXPECT_EQ(at("select", 0).caret(), "");
    EXPECT_EQ(at("select", 8).caret(), "");
    EXPECT_EQ(at("select", static_cast<std::size_t>(-1)).line(), 0U);
    EXPECT_EQ(at("", 0).line(), 0U);
}

TEST(error, finds_the_line_whatever_ends_lines) {
    auto const lf = at("select 1,\n  2,\n  nope\nfrom t", 18);
    EXPECT_EQ(lf.line(), 3U);
    EXPECT_EQ(lf.caret(), "  nope\n  ^");
    auto const crlf = at("select 1,\r\n  2,\r\n  nope\r\nfrom t", 20);
    EXPECT_EQ(crlf.line(), 3U);
    EXPECT_EQ(crlf.caret(), "  nope\n  ^");
    auto const cr = at("select\rnope", 8);
    EXPECT_EQ(cr.line(), 2U);
    EXPECT_EQ(cr.caret(), "nope\n^");
    EXPECT_EQ(at("\n\nx", 3).line(), 3U);
    EXPECT_EQ(at("a\nb", 2).caret(), "a\n ^"); // the LF itself belongs to the line it ends
    EXPECT_EQ(at("a\r\nb", 3).caret(), "a\n ^");
}

TEST(error, position_counts_characters_not_bytes) {
    EXPECT_EQ(at("select 'äöü', nope", 15).caret(), "select 'äöü', nope\n"
                                                    "              ^");
    EXPECT_EQ(at("select '😀', x", 13).caret(), "select '😀', x\n"
                                                "             ^"); // two columns wide
}

TEST(error, wide_characters_take_two_columns_and_combining_ones_none) {
    EXPECT_EQ(at("select '日本', x", 14).caret(), "select '日本', x\n"
                                                  "               ^");
    EXPECT_EQ(at("'e\xCC\x81' x", 6).caret(), "'e\xCC\x81' x\n    ^");
}

TEST(error, tabs_and_control_characters_take_one_column) {
    EXPECT_EQ(at("\tselect\tnope", 9).caret(), " select nope\n        ^");
    EXPECT_EQ(at("a\x1b[31m b", 8).caret(), "a [31m b\n       ^");
    EXPECT_EQ(at("a\xE2\x80\xAE b", 4).caret(), "a\xEF\xBF\xBD b\n   ^"); // right-to-left override
}

TEST(error, bytes_that_are_not_utf8_are_one_character_each) {
    EXPECT_EQ(at("'\xff\xfe' x", 6).caret(), "'\xEF\xBF\xBD\xEF\xBF\xBD' x\n     ^");
    EXPECT_EQ(at("\xE2\x82 x", 4).caret(), "\xEF\xBF\xBD\xEF\xBF\xBD x\n   ^");
}

std::size_t columns(std::string_view line) {
    std::size_t count = 0;
    for (char const c : line)
        count += (c & 0xc0) != 0x80;
    return count;
}

TEST(error, a_long_line_is_cut_around_the_place) {
    std::string const line(400, 'a');
    for (std::size_t const position : {1U, 2U, 38U, 77U, 78U, 79U, 200U, 323U, 399U, 400U, 401U}) {
        std::string marked = line;
        if (position <= 400)
            marked[position - 1] = 'X';
        auto const drawn = at(marked, position).caret();
        auto const newline = drawn.find('\n');
        std::string const shown = drawn.substr(0, newline);
        std::string const below = drawn.substr(newline + 1);
        EXPECT_LE(columns(shown), 78U) << position;
        EXPECT_GE(columns(shown), 70U) << position;
        EXPECT_LE(below.size(), 78U) << position;
        if (position <= 400) {
            std::size_t const x = shown.find('X');
            ASSERT_NE(x, std::string::npos) << position;
            EXPECT_EQ(columns(shown.substr(0, x)), below.size() - 1) << position;
        } else {
            EXPECT_EQ(below.size(), columns(shown) + 1);
        }
    }
    EXPECT_EQ(at(std::string(78, 'a'), 78).caret(), std::string(78, 'a') + "\n" + std::string(77, ' ') + "^");
    EXPECT_EQ(at(std::string(200, 'a'), 1).caret().substr(70), "aaaaaa…\n^");
}

TEST(error, a_very_long_line_costs_no_more_than_what_is_shown_of_it) {
    std::string line(10'000'000, 'a');
    line.replace(5'000'000, 2, "\xC3\xA4"); // ä
    auto const drawn = at(line, 5'000'001).caret();
    EXPECT_LT(drawn.size(), 200U);
    EXPECT_NE(drawn.find("\xC3\xA4"), std::string::npos);
    std::string combining = "x";
    for (int i = 0; i < 1000; ++i)
        combining += "\xCC\x81"; // no column at all
    EXPECT_LT(at(combining + " y", 1003).caret().size(), 2000U);
}

TEST(error, whatever_the_bytes_the_caret_finds_a_place) {
    std::uint32_t random = 1;
    for (std::size_t round = 0; round < 200; ++round) {
        std::string text(random % 300, '\0');
        for (char& c : text) {
            random = random * 1664525 + 1013904223;
            c = "a\xC3\xA4\xE6\x97\xA5\x80\xF0\n\r\t"[(random >> 16) % 11];
        }
        for (std::size_t position = 0; position < text.size() + 3; position += 1 + round % 7)
            EXPECT_LE(at(text, position).caret().size(), 2000U);
        random = random * 1664525 + 1013904223;
    }
}

TEST(error, place_in_an_internal_query) {
    pgwire::protocol::backend::response_field const fields[] = {
        {'S', "ERROR"}, {'C', "42703"}, {'M', "column \"nope\" does not exist"}, {'p', "8"}, {'q', "SELECT nope"}};
    auto const e = error_builder::from_response(fields).statement("select f()").build();
    EXPECT_EQ(e.line(), 1U);
    EXPECT_EQ(e.caret(), "SELECT nope\n       ^");
}

TEST(error, report_for_people) {
    pgwire::protocol::backend::response_field const fields[] = {
        {'S', "FEHLER"},   {'V', "ERROR"},  {'C', "42P01"}, {'M', "relation \"t\" does not exist"},
        {'D', "a detail"}, {'H', "a hint"}, {'P', "22"},    {'W', "PL/pgSQL function f()"}};
    auto const e = error_builder::from_response(fields).statement("select 1,\n  2\nfrom   t").build();
    EXPECT_EQ(to_string(e), "ERROR: relation \"t\" does not exist (42P01 undefined_table)\n"
                            "LINE 3: from   t\n"
                            "               ^\n"
                            "DETAIL: a detail\n"
                            "HINT: a hint\n"
                            "CONTEXT: PL/pgSQL function f()");
    EXPECT_EQ(summary(e), "ERROR: relation \"t\" does not exist (42P01 undefined_table)");
    EXPECT_EQ(to_string(error(errc::not_connected)), "the connection is closed");
    EXPECT_EQ(summary(error_builder(errc::connect_failed, "one\ntwo").build()), "no connection could be made: one two");
}

TEST(error, Q09_a_second_error_is_attached_to_the_first) {
    auto const first = error(sqlstate::syntax_error);
    auto const both = error_builder(first).attach(error(sqlstate::undefined_table)).attach(error(errc::busy)).build();
    EXPECT_TRUE(both == sqlstate::syntax_error);
    ASSERT_NE(both.attached(), nullptr);
    EXPECT_TRUE(*both.attached() == sqlstate::undefined_table);
    EXPECT_EQ(both.attached()->attached(), nullptr);
    EXPECT_EQ(first.attached(), nullptr);
    EXPECT_NE(to_string(both).find("undefined_table"), std::string::npos);
}

TEST(error, copies_share_and_views_outlive_their_error) {
    std::string_view view;
    error copy;
    {
        auto const e = error_builder(errc::connect_failed, "because").build();
        view = e.message();
        copy = e;
    }
    EXPECT_EQ(view, "no connection could be made: because");
    EXPECT_EQ(view.data(), copy.message().data());
}

} // namespace
