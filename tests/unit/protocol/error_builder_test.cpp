#include <pgwire/detail/error_builder.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace {

using namespace std::string_view_literals;
using pgwire::errc;
using pgwire::error;
using pgwire::error_kind;
using pgwire::sqlstate;
using pgwire::detail::error_builder;
using pgwire::protocol::backend::response_field;

error from_body(std::string_view body) {
    return error_builder::from_response_body(pgwire::protocol::as_bytes(body)).build();
}

TEST(error_builder, keeps_every_field) {
    response_field const fields[] = {
        {'S', "FEHLER"}, {'V', "ERROR"}, {'C', "23505"}, {'M', "message"}, {'D', "detail"}, {'H', "hint"},
        {'P', "12"},     {'p', "34"},    {'q', "query"}, {'W', "where"},   {'s', "schema"}, {'t', "table"},
        {'c', "column"}, {'d', "type"},  {'n', "key"},   {'F', "file.c"},  {'L', "567"},    {'R', "routine"},
    };
    auto const e = error_builder::from_response(fields).statement("select 1").index(3).build();
    EXPECT_TRUE(e == sqlstate::unique_violation);
    EXPECT_EQ(e.kind(), error_kind::server);
    EXPECT_EQ(e.severity(), "ERROR");
    EXPECT_EQ(e.message(), "message");
    EXPECT_EQ(e.detail(), "detail");
    EXPECT_EQ(e.hint(), "hint");
    EXPECT_EQ(e.position(), 12U);
    EXPECT_EQ(e.internal_position(), 34U);
    EXPECT_EQ(e.internal_query(), "query");
    EXPECT_EQ(e.where(), "where");
    EXPECT_EQ(e.schema(), "schema");
    EXPECT_EQ(e.table(), "table");
    EXPECT_EQ(e.column(), "column");
    EXPECT_EQ(e.data_type(), "type");
    EXPECT_EQ(e.constraint(), "key");
    EXPECT_EQ(e.file(), "file.c");
    EXPECT_EQ(e.line_number(), 567U);
    EXPECT_EQ(e.routine(), "routine");
    EXPECT_EQ(e.statement(), "select 1");
    EXPECT_EQ(e.index(), 3U);
    EXPECT_FALSE(e.is_fatal());
    EXPECT_FALSE(e.connection_lost());
}

TEST(error_builder, takes_the_localized_severity_where_there_is_no_other) {
    EXPECT_EQ(from_body("SFEHLER\0C42000\0Mx\0\0"sv).severity(), "FEHLER");
    EXPECT_EQ(from_body("SFEHLER\0VERROR\0C42000\0Mx\0\0"sv).severity(), "ERROR");
}

TEST(error_builder, a_fatal_error_ends_the_connection) {
    auto const e = from_body("SFATAL\0VFATAL\0C57P01\0Mbye\0\0"sv);
    EXPECT_TRUE(e.is_fatal());
    EXPECT_TRUE(e.connection_lost());
    EXPECT_TRUE(from_body("VPANIC\0\0"sv).is_fatal());
}

TEST(error_builder, F12_unknown_letters_are_ignored) {
    auto const e = from_body("SERROR\0~what\0C23505\0\x01zzz\0Mmessage\0\0"sv);
    EXPECT_TRUE(e == sqlstate::unique_violation);
    EXPECT_EQ(e.message(), "message");
}

TEST(error_builder, F13_without_a_code_it_is_still_an_error) {
    for (auto const body : {"SERROR\0Mmessage\0\0"sv, "SERROR\0C\0Mmessage\0\0"sv, "SERROR\0C4200\0Mmessage\0\0"sv,
                            "SERROR\0C42é0\0Mmessage\0\0"sv, "SERROR\0C00000\0Mmessage\0\0"sv}) {
        auto const e = from_body(body);
        EXPECT_TRUE(e == errc::server_error);
        EXPECT_TRUE(e.code());
        EXPECT_EQ(e.kind(), error_kind::server);
        EXPECT_EQ(e.sqlstate(), sqlstate::successful_completion);
        EXPECT_EQ(e.message(), "message");
    }
}

TEST(error_builder, F13_an_empty_one_is_still_an_error) {
    for (auto const body : {""sv, "\0"sv, "\0\0\0"sv}) {
        auto const e = from_body(body);
        EXPECT_TRUE(e == errc::server_error);
        EXPECT_EQ(e.message(), "the server reported an error without a code");
    }
    EXPECT_TRUE(error_builder::from_response({}).build() == errc::server_error);
}

TEST(error_builder, F13_an_unterminated_one_keeps_what_came) {
    auto const whole = "SERROR\0VERROR\0C23505\0Mduplicate key\0\0"sv;
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        std::string const cut(whole.substr(0, size)); // a heap block of its own, for the sanitizer
        auto const e = from_body(cut);
        EXPECT_TRUE(e.code()) << size;
        EXPECT_EQ(e == sqlstate::unique_violation, size >= "SERROR\0VERROR\0C23505"sv.size()) << size;
    }
    EXPECT_EQ(from_body(whole.substr(0, whole.size() - 6)).message(), "duplicate");
    EXPECT_EQ(from_body("M"sv).message(), "the server reported an error without a code");
}

TEST(error_builder, F13_numbers_that_are_none_are_unknown) {
    EXPECT_EQ(from_body("P99999999999999999999999\0L-1\0p1x\0\0"sv).position(), 0U);
    EXPECT_EQ(from_body("L-1\0\0"sv).line_number(), 0U);
    EXPECT_EQ(from_body("p1x\0\0"sv).internal_position(), 0U);
}

TEST(error_builder, F14_text_that_is_not_utf8_is_replaced_and_the_code_kept) {
    auto const e = from_body("SERREUR\0C28P01\0Mauthentification \xE9"
                             "chou\xE9"
                             "e \xE2\x82\0\0"sv);
    EXPECT_TRUE(e == sqlstate::invalid_password);
    EXPECT_EQ(e.message(), "authentification \xEF\xBF\xBD"
                           "chou\xEF\xBF\xBD"
                           "e \xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(from_body("M\xED\xA0\x80\xC0\x80\xF4\x90\x80\x80 \xF0\x9F\x98\x80\0\0"sv).message(),
              "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"                                // a surrogate
              "\xEF\xBF\xBD\xEF\xBF\xBD"                                            // overlong
              "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD \xF0\x9F\x98\x80"); // beyond Unicode; an emoji
}

TEST(error_builder, of_a_field_that_comes_twice_the_first_counts) {
    auto const e = from_body("C23505\0C42P01\0Mone\0Mtwo\0\0"sv);
    EXPECT_TRUE(e == sqlstate::unique_violation);
    EXPECT_EQ(e.message(), "one");
}

TEST(error_builder, a_notice_may_say_success) {
    auto const notice = from_body("SHINWEIS\0VNOTICE\0C00000\0Mtable \"t\" does not exist, skipping\0\0"sv);
    EXPECT_FALSE(notice.code());
    EXPECT_TRUE(notice == sqlstate::successful_completion);
    EXPECT_EQ(to_string(notice), "NOTICE: table \"t\" does not exist, skipping");
    EXPECT_TRUE(from_body("VWARNING\0C01000\0Mx\0\0"sv) == sqlstate::warning);
}

TEST(error_builder, finds_the_line_of_a_copy_in_the_context) {
    EXPECT_EQ(from_body("C22P02\0WCOPY t, line 17, column a: \"x, line 3\"\0\0"sv).copy_line(), 17U);
    EXPECT_EQ(from_body("WSQL function \"f\"\nCOPY t, line 2\nSQL statement\0\0"sv).copy_line(), 2U);
    EXPECT_EQ(from_body("WPL/pgSQL function f() line 3 at RAISE\0\0"sv).copy_line(), 0U);
    EXPECT_EQ(from_body("WCOPY t\nelse, line 3\0\0"sv).copy_line(), 0U);
    EXPECT_EQ(from_body("WCOPY t, line 99999999999999999999999\0\0"sv).copy_line(), 0U);
}

TEST(error_builder, setters_chain) {
    auto const e = error_builder(errc::type_mismatch, "int8 is not bool")
                       .column("flag")
                       .data_type("int8")
                       .detail("d")
                       .hint("h")
                       .statement("select 1")
                       .copy_line(4)
                       .index(7)
                       .kind(error_kind::usage)
                       .nothing_was_sent()
                       .outcome_unknown(false)
                       .connection_lost()
                       .build();
    EXPECT_EQ(e.column(), "flag");
    EXPECT_EQ(e.data_type(), "int8");
    EXPECT_EQ(e.detail(), "d");
    EXPECT_EQ(e.hint(), "h");
    EXPECT_EQ(e.copy_line(), 4U);
    EXPECT_EQ(e.index(), 7U);
    EXPECT_EQ(e.kind(), error_kind::usage);
    EXPECT_TRUE(e.nothing_was_sent());
    EXPECT_FALSE(e.outcome_unknown());
    EXPECT_TRUE(e.connection_lost());
}

TEST(error_builder, adds_to_an_error_without_changing_it) {
    auto const plain = error(sqlstate::syntax_error);
    auto const placed = error_builder(plain).statement("selec").position(1).build();
    EXPECT_EQ(plain.statement(), "");
    EXPECT_EQ(placed.caret(), "selec\n^");
    EXPECT_TRUE(placed == sqlstate::syntax_error);
}

} // namespace
