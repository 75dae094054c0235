#include "support/engine_script.hpp"

#include <pgwire/types/all.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

// The engine alone, statement by statement; engine_script_test.cpp cuts and interrupts whole conversations everywhere.
namespace {

using namespace pgwire;
using namespace pgwire::literals;
using namespace pgwire::test;
using namespace std::chrono_literals;
using namespace std::string_literals;
using says::ready;
using testing::HasSubstr;
namespace frontend = protocol::frontend;

using clock_type = client::engine::clock;

std::string const begun = says::parsed + says::bound;
std::string const binary_n = says::columns({{"n", 23, format::binary}});

std::string int4(std::int32_t value) { return wire::int32(static_cast<std::uint32_t>(value)); }
std::string one_row(std::int32_t value) { return says::row({int4(value)}) + says::complete("SELECT 1"); }
std::string first_answer(std::int32_t value) { return begun + binary_n + one_row(value) + ready(); }
std::string next_answer(std::int32_t value) { return says::bound + one_row(value) + ready(); }

make_execution const select_n = to_query<int>("select n from t"_sql);
make_execution const select_m = to_query<int>("select m from t"_sql);

void expect_unusable(bench& b, errc why) {
    ASSERT_TRUE(b.engine.finished());
    ASSERT_TRUE(b.engine.end());
    EXPECT_EQ(b.engine.end()->code(), make_error_code(why)) << b.engine.end()->message();
    auto const late = b.ask(select_n);
    ASSERT_TRUE(late->outcome);
    EXPECT_TRUE(late->outcome->nothing_was_sent());
}
void expect_lost(journal const& one) {
    EXPECT_EQ(one.completed, 1);
    ASSERT_TRUE(one.outcome);
    EXPECT_TRUE(one.outcome->connection_lost());
    EXPECT_TRUE(one.outcome->outcome_unknown());
    EXPECT_FALSE(one.outcome->nothing_was_sent());
}
void expect_unsent(journal const& one, std::error_code why) {
    EXPECT_EQ(one.completed, 1);
    ASSERT_TRUE(one.outcome);
    EXPECT_EQ(one.outcome->code(), why) << one.outcome->message();
    EXPECT_TRUE(one.outcome->nothing_was_sent());
    EXPECT_FALSE(one.outcome->outcome_unknown());
}
void expect_usable(bench& b) {
    EXPECT_FALSE(b.engine.finished());
    EXPECT_TRUE(b.engine.idle());
    b.sent();
    auto const next = b.ask(to_query<std::string>("select 'usable'"_sql().unnamed()));
    EXPECT_EQ(b.sent_types(), "PBDES");
    b.receives(begun + says::columns({{"t", 25, format::binary}}) + says::row({"usable"}) + says::complete("SELECT 1") +
               ready());
    EXPECT_EQ(next->text(), "usable");
}

// ---------------------------------------------------------------- the beginning

TEST(engine, statements_wait_for_the_greeting) {
    bench b;
    int started = 0;
    b.engine.on_started = [&] { ++started; };
    auto const early = b.ask(select_n);
    b.engine.begin();
    EXPECT_EQ(b.sent().substr(4, 4), wire::int32(0x0003'0000));
    EXPECT_EQ(started, 0);
    b.receives(greeting().substr(0, greeting().size() - 1));
    EXPECT_EQ(b.sent(), "");
    EXPECT_EQ(started, 0);
    b.receives(greeting().substr(greeting().size() - 1));
    EXPECT_EQ(started, 1);
    EXPECT_EQ(b.sent_types(), "PBDES");
    b.receives(first_answer(1));
    EXPECT_EQ(early->text(), "1");
    EXPECT_EQ(started, 1);
    EXPECT_EQ(b.engine.backend_pid(), backend_pid);
    EXPECT_EQ(b.engine.parameter("server_version"), "16.4");
}

TEST(engine, S15_refused_startup_fails_those_who_wait) { // S-15
    bench b;
    int started = 0;
    b.engine.on_started = [&] { ++started; };
    auto const early = b.ask(select_n);
    b.start(says::fatal("28P01"));
    EXPECT_EQ(started, 1);
    EXPECT_FALSE(b.engine.ready());
    expect_unsent(*early, make_error_code(sqlstate::invalid_password));
}

TEST(engine, S14_closed_during_the_startup) { // S-14
    bench b;
    auto const early = b.ask(select_n);
    b.start("").ends();
    expect_unsent(*early, make_error_code(errc::connection_closed));
    expect_unusable(b, errc::connection_closed);
}

// ---------------------------------------------------------------- queue

TEST(engine, one_at_a_time_in_the_order_of_asking) {
    bench b;
    b.start();
    std::vector<std::string> order;
    std::vector<bench::asked> asked;
    for (int i = 0; i < 5; ++i) {
        asked.push_back(b.ask(to_query<int>("select n from t"_sql)));
        static_cast<recorded<detail::vector_sink<int>>*>(asked.back().execution)->then = [&order, i] {
            order.push_back(std::to_string(i));
        };
    }
    EXPECT_EQ(b.sent_types(), "PBDES");
    b.receives(first_answer(0));
    for (int i = 1; i < 5; ++i) {
        EXPECT_EQ(b.sent_types(), "BES");
        b.receives(next_answer(i));
        EXPECT_EQ(asked[static_cast<std::size_t>(i)]->text(), std::to_string(i));
    }
    EXPECT_THAT(order, testing::ElementsAre("0", "1", "2", "3", "4"));
}

TEST(engine, a_caller_may_ask_for_more_from_inside) {
    bench b;
    b.start();
    std::optional<bench::asked> second;
    auto const first = b.ask(select_n);
    static_cast<recorded<detail::vector_sink<int>>*>(first.execution)->then = [&] { second = b.ask(select_n); };
    b.sent();
    b.receives(first_answer(1));
    ASSERT_TRUE(second);
    EXPECT_EQ(b.sent_types(), "BES");
    b.receives(next_answer(2));
    EXPECT_EQ((*second)->text(), "2");
}

TEST(engine, P04_error_while_the_statement_is_still_being_written) { // P-04
    bench b;
    b.start();
    auto const first = b.ask(select_n);
    auto const second = b.ask(select_m);
    std::string const unsent(protocol::as_text(b.engine.output().unread()));
    b.receives(says::error("42P01")); // the server answers Parse, the rest has not left yet
    EXPECT_EQ(protocol::as_text(b.engine.output().unread()), unsent) << "all of it up to Sync has to go out";
    EXPECT_FALSE(first->over());
    b.receives(ready());
    EXPECT_TRUE(*first->outcome == sqlstate::undefined_table);
    EXPECT_EQ(b.sent().substr(0, unsent.size()), unsent);
    b.receives(first_answer(2));
    EXPECT_EQ(second->text(), "2");
}

TEST(engine, abandon_destroys_all_without_a_word) {
    bench b;
    b.start();
    std::vector<bench::asked> asked{b.ask(select_n), b.ask(select_n), b.ask(select_n)};
    b.engine.abandon();
    for (auto const& one : asked) {
        EXPECT_EQ(one->destroyed, 1);
        EXPECT_EQ(one->completed, 0);
    }
    EXPECT_EQ(b.engine.receive(protocol::as_bytes(first_answer(1))), 0U);
}

TEST(engine, close_says_goodbye) {
    bench b;
    b.start();
    auto const current = b.ask(select_n);
    auto const waiting = b.ask(select_n);
    b.sent();
    b.engine.close();
    b.engine.deliver();
    EXPECT_EQ(b.sent_types(), "X");
    expect_lost(*current);
    EXPECT_TRUE(*current->outcome == errc::cancelled);
    expect_unsent(*waiting, make_error_code(errc::cancelled));
    b.engine.close();
    EXPECT_EQ(b.sent(), "") << "once";
    expect_unusable(b, errc::not_connected);
}

// ---------------------------------------------------------------- answers

TEST(engine, Q01_empty_query) {
    bench b;
    b.start();
    auto const typed = b.ask(to_query<int>("-- nothing"_sql));
    b.receives(begun + says::no_data + says::empty_query + ready());
    EXPECT_TRUE(typed->ok()) << typed->text();
    EXPECT_EQ(typed->result, "");
    auto const simple = b.ask(to_script(""));
    b.receives(says::empty_query + ready());
    EXPECT_EQ(simple->text(), "()");
    expect_usable(b);
}

TEST(engine, Q02_rows_without_columns) {
    bench b;
    b.start();
    auto const rows = b.ask(to_query_untyped("select from t"_sql));
    b.receives(begun + says::columns({}) + says::row({}) + says::row({}) + says::complete("SELECT 2") + ready());
    EXPECT_TRUE(rows->ok());
    EXPECT_THAT(rows->text(), HasSubstr("SELECT 2"));
    expect_usable(b);
}

TEST(engine, Q03_results_of_a_script_up_to_the_error) {
    bench b;
    b.start();
    auto const script = b.ask(to_script("select 1; set x = 1; select 2; select 1/0; select 3"));
    EXPECT_EQ(b.sent(), wire::of(frontend::query{"select 1; set x = 1; select 2; select 1/0; select 3"}));
    b.receives(says::columns({{"a"}}) + says::row({"1"}) + says::complete("SELECT 1") + says::complete("SET") +
               says::columns({{"a"}, {"b"}}) + says::row({"2", {}}) + says::complete("SELECT 1") +
               says::error("22012") + ready());
    EXPECT_EQ(script->result, "1(SELECT 1) / (SET) / 2|NULL(SELECT 1)");
    ASSERT_TRUE(script->outcome);
    EXPECT_TRUE(*script->outcome == sqlstate::division_by_zero);
    expect_usable(b);
}

TEST(engine, Q07_Q09_error_behind_rows_and_another) {
    bench b;
    b.start();
    auto const asked = b.ask(select_n);
    b.receives(begun + binary_n + says::row({int4(1)}) + says::error("22012") + says::error("57014") + ready());
    ASSERT_TRUE(asked->outcome);
    EXPECT_TRUE(*asked->outcome == sqlstate::division_by_zero) << "the first one wins";
    EXPECT_EQ(asked->outcome->statement(), "select n from t");
    ASSERT_NE(asked->outcome->attached(), nullptr);
    EXPECT_TRUE(*asked->outcome->attached() == sqlstate::query_canceled);
    EXPECT_FALSE(asked->outcome->outcome_unknown());
    expect_usable(b);
}

TEST(engine, Q08_error_at_sync) {
    bench b;
    b.start();
    auto const asked = b.ask(to_execute("insert into t values (1)"_sql));
    b.receives(begun + says::no_data + says::complete("INSERT 0 1") + says::error("23503") + ready());
    ASSERT_TRUE(asked->outcome);
    EXPECT_TRUE(*asked->outcome == sqlstate::foreign_key_violation);
    expect_usable(b);
}

TEST(engine, Q14_Q15_status_is_what_ready_says) {
    bench b;
    b.start();
    for (char const status : {'T', 'E', 'I'}) {
        b.ask(to_execute("do nothing"_sql().unnamed()));
        b.receives(begun + says::no_data + says::complete("BEGIN") + ready(status));
        EXPECT_EQ(static_cast<char>(b.engine.status()), status);
    }
}

TEST(engine, Q27_Q28_parameters_and_notices) {
    bench b;
    std::vector<std::string> notices;
    b.engine.on_notice = [&](error const& what) { notices.emplace_back(what.message()); };
    b.start();
    auto const asked = b.ask(select_n);
    b.receives(begun + binary_n + says::parameter("TimeZone", "UTC") + says::row({int4(1)}) + says::notice("hear") +
               says::complete("SELECT 1") + says::parameter("TimeZone", "CET") + ready());
    EXPECT_EQ(asked->text(), "1");
    EXPECT_EQ(b.engine.parameter("TimeZone"), "CET");
    EXPECT_EQ(b.engine.parameter("unknown"), "");
    b.receives(says::parameter("TimeZone", "Asia/Tokyo") + says::notice("idle"));
    EXPECT_EQ(b.engine.parameter("TimeZone"), "Asia/Tokyo");
    EXPECT_THAT(notices, testing::ElementsAre("hear", "idle"));
    for (int i = 0; i < 1000; ++i)
        b.receives(says::parameter("flood" + std::to_string(i), "x"));
    EXPECT_EQ(b.engine.parameter("flood999"), "") << "a flood does not fill the memory";
    EXPECT_EQ(b.engine.parameter("TimeZone"), "Asia/Tokyo");
    expect_usable(b);
}

// ---------------------------------------------------------------- ends

TEST(engine, Q22_closed_mid_message_and_between_messages) {
    for (std::string const& half : {""s, says::row({int4(1)}).substr(0, 7)}) {
        bench b;
        b.start();
        auto const current = b.ask(select_n);
        auto const waiting = b.ask(select_n);
        b.receives(begun + binary_n + half).ends();
        errc const why = half.empty() ? errc::connection_closed : errc::connection_closed_mid_message;
        expect_lost(*current);
        EXPECT_TRUE(*current->outcome == why);
        expect_unsent(*waiting, make_error_code(why));
        expect_unusable(b, why);
    }
}

TEST(engine, Q23_fatal_mid_result) {
    bench b;
    b.start();
    auto const current = b.ask(select_n);
    auto const waiting = b.ask(select_n);
    b.receives(begun + binary_n + says::row({int4(1)}) + says::fatal("57P01")).ends();
    ASSERT_TRUE(current->outcome);
    EXPECT_TRUE(*current->outcome == sqlstate::admin_shutdown);
    EXPECT_TRUE(current->outcome->connection_lost());
    EXPECT_FALSE(current->outcome->outcome_unknown()) << "a statement that did not complete was rolled back";
    EXPECT_EQ(current->outcome->attached(), nullptr);
    expect_unsent(*waiting, make_error_code(sqlstate::admin_shutdown));
    EXPECT_TRUE(waiting->outcome->is_retryable());
    EXPECT_EQ(current->completed, 1);
}

TEST(engine, P05_two_fatals) { // P-05
    bench b;
    b.start();
    auto const current = b.ask(select_n);
    auto const waiting = b.ask(select_n);
    b.receives(says::fatal("57P01") + says::fatal("08P01")).ends();
    EXPECT_EQ(current->completed, 1);
    EXPECT_TRUE(*current->outcome == sqlstate::admin_shutdown);
    ASSERT_NE(current->outcome->attached(), nullptr);
    EXPECT_TRUE(*current->outcome->attached() == sqlstate::protocol_violation);
    expect_unsent(*waiting, make_error_code(sqlstate::admin_shutdown));
}

TEST(engine, Q24_fatal_between_completion_and_ready) {
    for (char const status : {'I', 'T'}) {
        bench b;
        b.start();
        b.ask(to_execute("begin"_sql));
        b.receives(begun + says::no_data + says::complete("BEGIN") + ready(status));
        auto const current = b.ask(to_execute("insert into t values (1)"_sql));
        b.receives(begun + says::no_data + says::complete("INSERT 0 1") + says::fatal("57P01")).ends();
        EXPECT_EQ(current->completed, 1);
        if (status == 'T') {
            EXPECT_EQ(current->text(), "INSERT 0 1") << "done, as far as a transaction goes that is not committed";
        } else {
            expect_lost(*current);
            EXPECT_TRUE(*current->outcome == sqlstate::admin_shutdown);
        }
        ASSERT_TRUE(b.engine.end());
        EXPECT_TRUE(*b.engine.end() == sqlstate::admin_shutdown);
    }
}

TEST(engine, an_error_that_was_heard_outlives_the_connection) {
    bench b;
    b.start();
    auto const current = b.ask(select_n);
    b.receives(begun + says::error("22012")).ends();
    ASSERT_TRUE(current->outcome);
    EXPECT_TRUE(*current->outcome == sqlstate::division_by_zero);
    EXPECT_TRUE(current->outcome->connection_lost());
    EXPECT_FALSE(current->outcome->outcome_unknown()) << "it failed, that much is known";
}

TEST(engine, Q25_fatal_while_idle) {
    bench b;
    b.start();
    b.receives(says::fatal("57P05"));
    EXPECT_TRUE(b.engine.finished());
    b.ends();
    auto const late = b.ask(select_n);
    expect_unsent(*late, make_error_code(sqlstate::idle_session_timeout));
    EXPECT_EQ(b.sent(), "");
    bench quiet;
    quiet.start().ends();
    expect_unsent(*quiet.ask(select_n), make_error_code(errc::connection_closed));
}

struct breach {
    char const* id;
    std::string bytes;
    errc why;
};

TEST(engine, broken_protocol_ends_the_connection) {
    std::string const described = begun + binary_n;
    std::vector<breach> const breaches{
        {"F-01", described + wire::with_length('D', 3), errc::invalid_message_length},
        {"F-02", described + wire::with_length('D', 0x7fff'ffff), errc::message_over_limit},
        {"F-03", described + wire::with_length('C', 0x7fff'ffff), errc::message_over_limit},
        {"F-05", described + wire::raw('~', ""), errc::unknown_message},
        {"F-06", described + says::row({int4(1), int4(2)}), errc::malformed_message},
        {"F-07", described + says::row({}), errc::malformed_message},
        {"F-06", described + wire::raw('D', "\0\2"s + wire::int32(4) + int4(1)), errc::malformed_message},
        {"F-07", described + wire::raw('D', "\0\0"s + wire::int32(4) + int4(1)), errc::malformed_message},
        {"F-08", described + wire::raw('D', "\0\1"s + wire::int32(5) + "1234"), errc::malformed_message},
        {"F-09", described + wire::raw('D', "\0\1"s + wire::int32(0xffff'fffe)), errc::malformed_message},
        {"F-10", described + wire::raw('D', "\0\1"s + wire::int32(4) + int4(1) + "x"), errc::malformed_message},
        {"F-11", described + wire::raw('D', "\xff\xff"s + wire::int32(4) + int4(1)), errc::malformed_message},
        {"F-11", described + wire::raw('D', "\0"s), errc::malformed_message},
        {"Q-10", described + ready(), errc::unexpected_message},
        {"Q-18", described + says::copy_both(), errc::unexpected_message},
        {"Q-19", described + says::suspended, errc::unexpected_message},
        {"S-24", described + one_row(1) + ready('X'), errc::invalid_transaction_status},
        {"A-18", described + wire::of(protocol::backend::authentication_ok{}), errc::unexpected_message},
        {"D without T", begun + says::no_data + says::row({int4(1)}), errc::unexpected_message},
    };
    for (auto const& [id, bytes, why] : breaches) {
        SCOPED_TRACE(id);
        bench b;
        b.start();
        auto const current = b.ask(select_n);
        auto const waiting = b.ask(select_n);
        b.receives(bytes);
        expect_lost(*current);
        EXPECT_TRUE(*current->outcome == why);
        EXPECT_EQ(current->outcome->kind(), error_kind::protocol);
        expect_unsent(*waiting, make_error_code(why));
        EXPECT_EQ(waiting->outcome->kind(), error_kind::protocol);
        expect_unusable(b, why);
    }
}

TEST(engine, F06_to_F10_rows_that_nobody_decodes_are_checked_too) { // F-06, F-07, F-08, F-09, F-10
    std::vector<std::string> const rows{
        says::row({"1", "2"}), says::row({}), wire::raw('D', "\0\1"s + wire::int32(5) + "1234"),
        wire::raw('D', "\0\1"s + wire::int32(0xffff'fffe)), wire::raw('D', "\0\1"s + wire::int32(1) + "1x")};
    for (auto const& make : {to_execute("select n from t"_sql), to_query_untyped("select n from t"_sql),
                             to_query<bool>("select n from t"_sql)}) // the wrong type: its rows are skipped
        for (auto const& row : rows) {
            bench b;
            b.start();
            auto const asked = b.ask(make);
            b.receives(begun + says::columns({{"n"}}) + row);
            expect_lost(*asked);
            EXPECT_TRUE(*asked->outcome == errc::malformed_message);
        }
}

TEST(engine, row_of_a_statement_that_is_known_to_return_none) {
    bench b;
    b.start();
    make_execution const insert = to_execute("insert into t values (1)"_sql);
    b.ask(insert);
    b.receives(begun + says::no_data + says::complete("INSERT 0 1") + ready());
    auto const again = b.ask(insert);
    b.receives(says::bound + says::row({"1"}));
    expect_lost(*again);
    EXPECT_TRUE(*again->outcome == errc::unexpected_message);
}

TEST(engine, Q26_unsolicited_while_idle) {
    for (std::string const& message : {says::row({"1"}), says::complete("SELECT 1"), ready(), says::error("22012")}) {
        bench b;
        b.start().receives(message);
        expect_unusable(b, errc::unexpected_message);
    }
}

// ---------------------------------------------------------------- what does not fit

TEST(engine, mapping_errors_are_found_once_and_the_rest_is_drained) {
    struct misfit {
        make_execution make;
        std::string answer;
        errc why;
    };
    std::string const three =
        says::row({int4(1)}) + says::row({std::nullopt}) + says::row({int4(3)}) + says::complete("SELECT 3");
    std::vector<misfit> const misfits{
        {to_query<bool>("select n from t"_sql), binary_n + three, errc::type_mismatch},
        {to_query<std::tuple<int, int>>("select n from t"_sql), binary_n + three, errc::too_few_columns},
        {to_query<int>("select n from t"_sql), binary_n + three, errc::unexpected_null},
        {to_query<int>("select n from t"_sql), says::columns({{"n"}}) + says::row({"x"}) + says::complete("SELECT 1"),
         errc::malformed_value},
        {asking<detail::single_sink<int, true>>("select n from t"_sql, detail::execution::protocol_kind::extended,
                                                false),
         binary_n + says::row({int4(1)}) + says::row({int4(2)}) + says::complete("SELECT 2"), errc::too_many_rows},
        {asking<detail::single_sink<int, true>>("select n from t"_sql, detail::execution::protocol_kind::extended,
                                                false),
         binary_n + says::complete("SELECT 0"), errc::no_rows},
    };
    for (auto const& [make, answer, why] : misfits) {
        bench b;
        b.start();
        auto const asked = b.ask(make);
        b.receives(begun + answer + ready());
        EXPECT_EQ(asked->completed, 1);
        EXPECT_FALSE(asked->outcome) << "the server did nothing wrong";
        ASSERT_TRUE(asked->mapping);
        EXPECT_TRUE(*asked->mapping == why) << asked->mapping->message();
        EXPECT_EQ(asked->mapping->kind(),
                  why == errc::no_rows || why == errc::too_many_rows ? error(why).kind() : error_kind::mapping);
        expect_usable(b);
    }
}

// What a column's format is, the server says; a description that is remembered was made for the formats of another Bind.
TEST(engine, F22_formats_are_those_of_the_description_or_of_the_bind) { // F-22
    bench b;
    b.start();
    auto const text_instead = b.ask(select_n);
    b.receives(begun + says::columns({{"n", 23, format::text}}) + says::row({"17"}) + says::complete("SELECT 1") +
               ready());
    EXPECT_EQ(text_instead->text(), "17") << "asked for binary, got text";
    auto const mixed = b.ask(to_query<std::tuple<int, int>>("select n, m from t"_sql));
    b.receives(begun + says::columns({{"n", 23, format::text}, {"m", 23, format::binary}}) + says::row({"1", int4(2)}) +
               says::complete("SELECT 1") + ready());
    EXPECT_TRUE(mixed->ok()) << mixed->text();
    EXPECT_EQ(mixed->result, "(1, 2)");

    bench c;
    c.start();
    c.ask(to_query_untyped("select n from t"_sql));
    c.receives(begun + says::columns({{"n", 23, format::text}}) + says::row({"1"}) + says::complete("SELECT 1") +
               ready());
    c.sent();
    auto const binary = c.ask(select_n); // the description is remembered, and says text
    EXPECT_EQ(c.sent(), bytes_of({"pgwire_1", format::binary, false, false}, "select n from t"_sql));
    c.receives(next_answer(2));
    EXPECT_EQ(binary->text(), "2");
    auto const text = c.ask(to_query_untyped("select n from t"_sql));
    EXPECT_EQ(c.sent(), bytes_of({"pgwire_1", format::text, false, false}, "select n from t"_sql));
    c.receives(says::bound + says::row({"3"}) + says::complete("SELECT 1") + ready());
    EXPECT_EQ(text->text(), "3(SELECT 1)");
}

TEST(engine, F21_Q05_refused_before_sending) { // F-21, Q-05
    bench b;
    b.start();
    expect_unsent(*b.ask(to_execute(sql("select '\0'"s))), make_error_code(errc::embedded_nul));
    expect_unsent(*b.ask(to_script("select '\0'"s)), make_error_code(errc::embedded_nul));
    statement many = sql("$1,", std::string("x"));
    while (many.arguments().count() < 65'536)
        many += statement(many);
    expect_unsent(*b.ask(to_execute(many)), make_error_code(errc::too_many_parameters));
    EXPECT_EQ(b.sent(), "");
    expect_usable(b);
}

// ---------------------------------------------------------------- IRIS

TEST(engine, text_only_for_iris) {
    bench b;
    b.start(greeting("16.0 (InterSystems IRIS)"));
    EXPECT_FALSE(b.engine.types_are_known());
    statement const asked = sql("select $1, $2, $3", 42, std::optional<int>(), std::string("abc"));
    for (int i = 0; i < 2; ++i) {
        auto const rows = b.ask(to_query<std::tuple<int, std::optional<int>, std::string>>(asked));
        protocol::nullable_bytes const values[] = {protocol::as_bytes("42"), std::nullopt, protocol::as_bytes("abc")};
        EXPECT_EQ(b.sent(), wire::of(frontend::parse{"", asked.text(), {}}, frontend::bind{"", "", {}, values, {}},
                                     frontend::describe{}, frontend::execute{}, frontend::sync{}))
            << "no types, no name, all in text, every time";
        // It calls everything varchar: the text decides.
        b.receives(begun + says::columns({{"a", 1043}, {"b", 1043}, {"c", 1043}}) + says::row({"42", {}, "abc"}) +
                   says::complete("SELECT 1") + ready());
        EXPECT_EQ(rows->text(), "(42, NULL, abc)");
    }
}

} // namespace
