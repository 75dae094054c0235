#include "unit/protocol/conversation_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Names of tests begin with the ids of the conformance cases that they show.
namespace {

using namespace conversation_fixture;
using backend::transaction_status;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

requests const one_query = [](session& s) { s.query(s.a); };
requests const one_statement = [](session& s) {
    s.statement(s.a);
    s.sync(s.a);
};

std::string const begun = says::parsed + says::bound;
std::string const ready = says::ready();

std::string answer(std::string const& token) {
    return begun + says::columns({{"n"}}) + says::row({token}) + says::complete("SELECT 1");
}
calls answered(std::string const& who, std::string const& token) {
    return {who + ".parsed", who + ".described n", who + ".row " + token, who + ".completed SELECT 1"};
}
template <class... Lines>
calls said(Lines const&... lines) {
    return {lines...};
}
calls operator+(calls first, calls const& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
}

// ---------------------------------------------------------------- one request

TEST(conversation, extended_query) {
    auto const r = play(one_statement, answer("1") + ready);
    EXPECT_EQ(r.heard, answered("a", "1") + said("a.settled I"));
    EXPECT_TRUE(r.idle);
    EXPECT_EQ(r.broken, errc::ok);
    EXPECT_EQ(r.sent, "");
}

TEST(conversation, requests_are_the_messages_and_no_more) {
    session s;
    s.statement(s.a);
    s.sync(s.a);
    EXPECT_EQ(s.machine.close({frontend::target::statement, "x"}, &s.a), errc::ok);
    s.query(s.b);
    EXPECT_EQ(s.machine.call({}, &s.c), errc::ok);
    EXPECT_EQ(s.sent(), "PBDESCQF");
    EXPECT_FALSE(s.machine.idle());
    EXPECT_EQ(s.machine.answering(), &s.a);
}

TEST(conversation, describes_a_statement) {
    requests const ask = [](session& s) {
        EXPECT_EQ(s.machine.parse({"s", "select", {}}, &s.a), errc::ok);
        EXPECT_EQ(s.machine.describe({frontend::target::statement, "s"}, &s.a), errc::ok);
        s.sync(s.a);
    };
    EXPECT_THAT(play(ask, says::parsed + says::parameters({23, 25}) + says::columns({{"n"}, {"m"}}) + ready).heard,
                ElementsAre("a.parsed", "a.parameters 23 25", "a.described n m", "a.settled I"));
    EXPECT_THAT(play(ask, says::parsed + says::parameters({}) + says::no_data + ready).heard,
                ElementsAre("a.parsed", "a.parameters", "a.no_data", "a.settled I"));
    // Rows before parameters, parameters twice, and parameters of a portal.
    EXPECT_EQ(play(ask, says::parsed + says::columns({{"n"}})).broken, errc::unexpected_message);
    EXPECT_EQ(play(ask, says::parsed + says::no_data).broken, errc::unexpected_message);
    EXPECT_EQ(play(ask, says::parsed + says::parameters({}) + says::parameters({})).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_statement, begun + says::parameters({})).broken, errc::unexpected_message);
}

TEST(conversation, statement_without_rows) {
    EXPECT_THAT(play(one_statement, begun + says::no_data + says::complete("INSERT 0 5") + ready).heard,
                ElementsAre("a.parsed", "a.no_data", "a.completed INSERT 0 5", "a.settled I"));
}

TEST(conversation, closes_a_statement) {
    requests const ask = [](session& s) {
        EXPECT_EQ(s.machine.close({frontend::target::statement, "s"}, &s.a), errc::ok);
        s.sync(s.a);
    };
    EXPECT_THAT(play(ask, says::closed + ready).heard, ElementsAre("a.settled I"));
    EXPECT_EQ(play(ask, ready).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_query, says::closed).broken, errc::unexpected_message) << "psycopg's message 0x33, P-08";
}

TEST(conversation, Q01_empty_query) {
    EXPECT_THAT(play(one_query, says::empty_query + ready).heard, ElementsAre("a.empty_query", "a.settled I"));
    EXPECT_THAT(play(one_statement, begun + says::no_data + says::empty_query + ready).heard,
                ElementsAre("a.parsed", "a.no_data", "a.empty_query", "a.settled I"));
}

TEST(conversation, Q02_rows_without_columns) {
    EXPECT_THAT(
        play(one_query, says::columns({}) + says::row({}) + says::row({}) + says::complete("SELECT 2") + ready).heard,
        ElementsAre("a.described", "a.row", "a.row", "a.completed SELECT 2", "a.settled I"));
}

TEST(conversation, Q03_several_statements_then_an_error) {
    std::string const rows = says::columns({{"n"}}) + says::row({"1"}) + says::complete("SELECT 1");
    EXPECT_THAT(play(one_query, rows + says::complete("SET") + rows + says::error("42601") + ready).heard,
                ElementsAre("a.described n", "a.row 1", "a.completed SELECT 1", "a.completed SET", "a.described n",
                            "a.row 1", "a.completed SELECT 1", "a.failed 42601", "a.settled I"));
}

TEST(conversation, Q07_error_behind_rows) {
    EXPECT_THAT(
        play(one_statement, begun + says::columns({{"n"}}) + says::row({"1"}) + says::error("22012") + ready).heard,
        ElementsAre("a.parsed", "a.described n", "a.row 1", "a.failed 22012", "a.settled I"));
    EXPECT_THAT(play(one_query, says::columns({{"n"}}) + says::row({"1"}) + says::error("22012") + ready).heard,
                ElementsAre("a.described n", "a.row 1", "a.failed 22012", "a.settled I"));
}

TEST(conversation, Q08_error_at_sync_is_the_statements) {
    auto const r =
        play(one_statement, begun + says::no_data + says::complete("INSERT 0 1") + says::error("23503") + ready);
    EXPECT_THAT(r.heard,
                ElementsAre("a.parsed", "a.no_data", "a.completed INSERT 0 1", "a.failed 23503", "a.settled I"));
    EXPECT_TRUE(r.idle);
}

TEST(conversation, Q09_second_error_before_ready) {
    for (std::string const& script : {begun + says::error("22012") + says::error("57014") + ready})
        EXPECT_THAT(play(one_statement, script).heard,
                    ElementsAre("a.parsed", "a.failed 22012", "a.failed 57014", "a.settled I"));
    EXPECT_THAT(play(one_query, says::error("22012") + says::error("57014") + ready).heard,
                ElementsAre("a.failed 22012", "a.failed 57014", "a.settled I"));
}

TEST(conversation, Q10_ready_without_a_completion) {
    for (std::string const& script :
         {ready, says::parsed + ready, begun + ready, begun + says::columns({{"n"}}) + ready,
          begun + says::columns({{"n"}}) + says::row({"1"}) + ready}) {
        auto const r = play(one_statement, script);
        EXPECT_EQ(r.broken, errc::unexpected_message);
        EXPECT_EQ(r.heard.back(), "a.lost protocol");
        EXPECT_THAT(r.heard, Not(Contains(HasSubstr("settled"))));
    }
    std::string const rows = says::columns({{"n"}}) + says::row({"1"});
    for (std::string const& script : {ready, rows + ready, rows + says::complete("SELECT 1") + rows + ready})
        EXPECT_EQ(play(one_query, script).broken, errc::unexpected_message);
}

TEST(conversation, Q11_says_that_it_waits_for_ready) {
    session s;
    s.query(s.a);
    s.receives(says::complete("SET"));
    EXPECT_FALSE(s.machine.idle());
    EXPECT_EQ(s.machine.answering(), &s.a);
}

TEST(conversation, row_without_a_description) {
    EXPECT_EQ(play(one_query, says::row({"1"})).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_query, says::complete("SET") + says::row({"1"})).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_statement, begun + says::row({"1"})).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_query, says::error("22012") + says::row({"1"})).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_statement, answer("1") + says::row({"2"})).broken, errc::unexpected_message);
}

TEST(conversation, a_row_that_the_receiver_refuses_ends_it) {
    auto const r = play(one_query, says::columns({{"n"}}) + wire::raw('D', "junk") + says::row({"2"}));
    EXPECT_EQ(r.broken, errc::malformed_message);
    EXPECT_THAT(r.heard, ElementsAre("a.described n", "a.lost protocol"));
}

TEST(conversation, S24_transaction_status) { // S-24
    for (char const status : {'I', 'T', 'E'}) {
        auto const r = play(one_query, says::complete("x") + says::ready(status));
        EXPECT_EQ(r.status, status);
        EXPECT_EQ(r.heard.back(), std::string("a.settled ") + status);
    }
    EXPECT_EQ(play(one_query, says::complete("x") + says::ready('X')).broken, errc::invalid_transaction_status);
    EXPECT_EQ(play(one_query, says::complete("x") + wire::raw('Z', "")).broken, errc::malformed_message);
    EXPECT_EQ(play(one_query, says::complete("x") + wire::raw('Z', "II")).broken, errc::malformed_message);
}

// ---------------------------------------------------------------- function calls

requests const one_call = [](session& s) { EXPECT_EQ(s.machine.call({}, &s.a), errc::ok); };

TEST(conversation, Q21_function_call) {
    EXPECT_THAT(play(one_call, says::function_result("7") + ready).heard,
                ElementsAre("a.function_result 7", "a.settled I"));
    EXPECT_THAT(play(one_call, says::function_result("") + ready).heard,
                ElementsAre("a.function_result ", "a.settled I"));
    EXPECT_THAT(play(one_call, says::function_result({}) + ready).heard,
                ElementsAre("a.function_result NULL", "a.settled I"));
    EXPECT_THAT(play(one_call, says::error("42883") + ready).heard, ElementsAre("a.failed 42883", "a.settled I"));
    EXPECT_EQ(play(one_call, wire::raw('V', wire::int32(0xffff'fffe))).broken, errc::malformed_message);
    EXPECT_EQ(play(one_call, wire::raw('V', wire::int32(9) + "x")).broken, errc::malformed_message);
    EXPECT_EQ(play(one_call, ready).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_call, says::function_result("1") + says::function_result("2")).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_call, says::error("42883") + says::function_result("2")).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_query, says::function_result("1")).broken, errc::unexpected_message);
}

// ---------------------------------------------------------------- COPY nobody asked for

std::string const refused_copy = says::copy_in() + says::error("57014") + ready;

TEST(conversation, Q16_copy_in_is_refused_in_an_extended_query) {
    auto const r = play(one_statement, begun + says::no_data + refused_copy);
    EXPECT_THAT(r.heard, ElementsAre("a.parsed", "a.no_data", "a.failed unexpected_copy", "a.settled I"))
        << "the server's error is only the echo of our CopyFail";
    EXPECT_EQ(r.sent, "fS") << "the server has swallowed the first Sync as part of the COPY";
    EXPECT_TRUE(r.idle);
}

TEST(conversation, Q16_copy_in_is_refused_in_a_simple_query) {
    auto const r = play(one_query, says::complete("SET") + refused_copy);
    EXPECT_THAT(r.heard, ElementsAre("a.completed SET", "a.failed unexpected_copy", "a.settled I"));
    EXPECT_EQ(r.sent, "f");
    EXPECT_EQ(play(one_query, says::copy_in() + says::complete("COPY 0")).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_query, says::copy_in() + ready).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_query, says::copy_in() + says::copy_in()).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_query, says::copy_in() + says::copy_data("x")).broken, errc::unexpected_message);
    EXPECT_THAT(play(one_query, refused_copy + ready).broken, errc::unexpected_message) << "idle again";
}

TEST(conversation, Q17_copy_out_is_read_to_its_end) {
    std::string const copy =
        says::copy_out() + says::copy_data("1\n") + says::copy_data("2\n") + says::copy_done + says::complete("COPY 2");
    auto const extended = play(one_statement, begun + says::no_data + copy + ready);
    EXPECT_THAT(extended.heard, ElementsAre("a.parsed", "a.no_data", "a.failed unexpected_copy", "a.settled I"));
    EXPECT_EQ(extended.sent, "");
    auto const simple = play(one_query, copy + says::complete("SET") + ready);
    EXPECT_THAT(simple.heard, ElementsAre("a.failed unexpected_copy", "a.completed SET", "a.settled I"));
    EXPECT_THAT(play(one_query, says::copy_out() + says::copy_data("1\n") + says::error("22P04") + ready).heard,
                ElementsAre("a.failed unexpected_copy", "a.failed 22P04", "a.settled I"));
    EXPECT_EQ(play(one_query, says::copy_out() + ready).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_query, says::copy_out() + says::row({"1"})).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_statement, begun + says::copy_out()).broken, errc::unexpected_message)
        << "before the description";
    EXPECT_EQ(play(one_query, wire::raw('H', "")).broken, errc::malformed_message);
    EXPECT_EQ(play(one_query, wire::raw('G', "\2\0\0")).broken, errc::malformed_message);
}

TEST(conversation, Q18_copy_both_ends_it) {
    EXPECT_EQ(play(one_query, says::copy_both()).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_statement, begun + says::no_data + says::copy_both()).broken, errc::unexpected_message);
}

// ---------------------------------------------------------------- PortalSuspended

TEST(conversation, Q19_portal_suspended) {
    std::string const begin = begun + says::columns({{"n"}}) + says::row({"1"});
    EXPECT_EQ(play(one_statement, begin + says::suspended).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_query, says::columns({{"n"}}) + says::suspended).broken, errc::unexpected_message);

    requests const limited = [](session& s) {
        EXPECT_EQ(s.machine.bind({}, &s.a), errc::ok);
        EXPECT_EQ(s.machine.execute({"", 1}, &s.a), errc::ok);
        EXPECT_EQ(s.machine.execute({"", 1}, &s.a), errc::ok);
        s.sync(s.a);
    };
    EXPECT_THAT(
        play(limited, says::bound + says::row({"1"}) + says::suspended + says::row({"2"}) + says::suspended + ready)
            .heard,
        ElementsAre("a.row 1", "a.suspended", "a.row 2", "a.suspended", "a.settled I"));
    EXPECT_THAT(
        play(limited, says::bound + says::row({"1"}) + says::suspended + says::complete("SELECT 0") + ready).heard,
        ElementsAre("a.row 1", "a.suspended", "a.completed SELECT 0", "a.settled I"));
}

// ---------------------------------------------------------------- pipelines

requests const three_syncs = [](session& s) {
    for (receiver* const who : {&s.a, &s.b, &s.c}) {
        s.statement(*who);
        s.sync(*who);
    }
};
requests const one_sync = [](session& s) {
    for (receiver* const who : {&s.a, &s.b, &s.c})
        s.statement(*who);
    s.sync(s.c);
};

// What the server has said before it fails at each step of a statement, and what its owner has heard by then.
struct failure {
    std::string step;
    std::string before;
    calls heard;
};
std::vector<failure> const failures{
    {"Parse", "", {}},
    {"Bind", says::parsed, {"b.parsed"}},
    {"Describe", begun, {"b.parsed"}},
    {"Execute", begun + says::columns({{"n"}}), {"b.parsed", "b.described n"}},
    {"rows", begun + says::columns({{"n"}}) + says::row({"2"}), {"b.parsed", "b.described n", "b.row 2"}},
};

TEST(conversation, P01_P03_own_sync_each_the_second_fails) { // P-01, P-03
    for (auto const& [step, before, heard] : failures) {
        auto const r =
            play(three_syncs, answer("1") + ready + before + says::error("22012") + ready + answer("3") + ready);
        EXPECT_EQ(r.heard, answered("a", "1") + said("a.settled I") + heard + said("b.failed 22012", "b.settled I") +
                               answered("c", "3") + said("c.settled I"))
            << step;
        EXPECT_TRUE(r.idle);
    }
    // At Sync.
    auto const r =
        play(three_syncs, answer("1") + ready + answer("2") + says::error("23503") + ready + answer("3") + ready);
    EXPECT_EQ(r.heard, answered("a", "1") + said("a.settled I") + answered("b", "2") +
                           said("b.failed 23503", "b.settled I") + answered("c", "3") + said("c.settled I"));
}

TEST(conversation, P02_P03_one_sync_the_second_fails) { // P-02, P-03
    for (auto const& [step, before, heard] : failures) {
        auto const r = play(one_sync, answer("1") + before + says::error("22012") + ready);
        EXPECT_EQ(r.heard, answered("a", "1") + heard + said("b.failed 22012", "c.aborted 22012", "c.settled I"))
            << step;
        EXPECT_TRUE(r.idle);
    }
    EXPECT_THAT(play(one_sync, says::error("42601") + ready).heard,
                ElementsAre("a.failed 42601", "b.aborted 42601", "c.aborted 42601", "c.settled I"));
    EXPECT_EQ(play(one_sync, answer("1") + answer("2") + says::error("42601") + ready).heard,
              answered("a", "1") + answered("b", "2") + said("c.failed 42601", "c.settled I"));
    EXPECT_EQ(play(one_sync, answer("1") + answer("2") + answer("3") + says::error("23503") + ready).heard,
              answered("a", "1") + answered("b", "2") + answered("c", "3") + said("c.failed 23503", "c.settled I"));
    EXPECT_EQ(play(one_sync, answer("1") + answer("2") + answer("3") + ready).heard,
              answered("a", "1") + answered("b", "2") + answered("c", "3") + said("c.settled I"));
}

TEST(conversation, P02_after_an_error_nothing_but_ready_may_come) { // P-02
    for (std::string const& next : {says::parsed, says::bound, says::columns({{"n"}}), says::row({"3"}),
                                    says::complete("SELECT 1"), says::no_data, says::empty_query, says::suspended}) {
        auto const r = play(one_sync, says::error("22012") + next);
        EXPECT_EQ(r.broken, errc::unexpected_message);
        EXPECT_THAT(r.heard, ElementsAre("a.failed 22012", "b.aborted 22012", "c.aborted 22012", "c.lost protocol"));
        EXPECT_EQ(play(one_query, says::error("22012") + next).broken, errc::unexpected_message);
    }
}

TEST(conversation, P03_ready_is_not_taken_for_another_segments) { // P-03
    EXPECT_EQ(play(three_syncs, answer("1") + ready + ready).broken, errc::unexpected_message);
    EXPECT_EQ(play(one_sync, answer("1") + ready).broken, errc::unexpected_message);
}

TEST(conversation, P05_fatal_in_the_middle_reaches_each_once) { // P-05
    auto const r = play(three_syncs, answer("1") + ready + begun + says::fatal("57P01"), then::end);
    EXPECT_EQ(r.heard, answered("a", "1") +
                           said("a.settled I", "b.parsed", "b.failed 57P01!", "b.lost 57P01!", "c.lost 57P01!"));
    EXPECT_TRUE(r.idle);
    EXPECT_THAT(play(one_sync, answer("1") + says::fatal("57P01"), then::end).heard,
                ElementsAreArray(answered("a", "1") + said("b.failed 57P01!", "b.lost 57P01!", "c.lost 57P01!")));
}

TEST(conversation, P05_two_fatals) { // P-05
    auto const r = play(three_syncs, says::fatal("57P01") + says::fatal("08P01"), then::end);
    EXPECT_THAT(r.heard,
                ElementsAre("a.failed 57P01!", "a.failed 08P01!", "a.lost 57P01!", "b.lost 57P01!", "c.lost 57P01!"))
        << "the first one counts";
}

// Whoever goes away, whenever: the others hear what they would have heard.
TEST(conversation, P12_abandoned_in_every_place) { // P-12
    struct scenario {
        requests ask;
        std::vector<std::string> replies;
    };
    std::string const copy = begun + says::no_data + says::copy_in();
    std::vector<scenario> const scenarios{
        {three_syncs, says::messages(answer("1") + ready + answer("2") + ready + answer("3") + ready)},
        {three_syncs, says::messages(says::error("1A000") + ready + begun + says::error("2B000") + ready + answer("3") +
                                     says::error("3C000") + ready)},
        {one_sync, says::messages(answer("1") + begun + says::error("2B000") + ready)},
        {one_sync, says::messages(answer("1") + answer("2") + answer("3") + ready)},
        {[](session& s) {
             s.query(s.a);
             s.query(s.b);
             EXPECT_EQ(s.machine.call({}, &s.c), errc::ok);
         },
         says::messages(says::copy_in() + says::error("57014") + ready + says::copy_out() + says::copy_data("x") +
                        says::copy_done + says::complete("COPY 1") + says::complete("SET") + ready +
                        says::function_result("3") + ready)},
        {three_syncs, says::messages(answer("1") + ready + copy + says::error("57014") + ready + answer("3") + ready)},
    };
    for (auto const& [ask, replies] : scenarios)
        for (std::string const victim : {"a", "b", "c"})
            for (std::size_t when = 0; when <= replies.size(); ++when) {
                session undisturbed;
                session s;
                ask(undisturbed);
                ask(s);
                for (std::size_t i = 0; i < replies.size(); ++i) {
                    if (i == when) {
                        s.machine.abandon(victim == "a" ? s.a : victim == "b" ? s.b : s.c);
                        auto const is_victims = [&](std::string const& call) { return call.starts_with(victim); };
                        std::erase_if(s.heard, is_victims);
                        std::erase_if(undisturbed.heard, is_victims);
                    }
                    s.receives(replies[i]);
                    undisturbed.receives(replies[i]);
                }
                if (when < replies.size())
                    std::erase_if(undisturbed.heard, [&](auto const& call) { return call.starts_with(victim); });
                ASSERT_EQ(s.heard, undisturbed.heard) << victim << " gone before message " << when;
                ASSERT_EQ(s.broken, undisturbed.broken);
                ASSERT_EQ(s.sent(), undisturbed.sent());
                ASSERT_TRUE(s.machine.idle());
            }
}

TEST(conversation, P12_the_abandoned_do_not_hear_of_the_end) { // P-12
    session s;
    three_syncs(s);
    s.machine.abandon(s.b);
    s.ends();
    EXPECT_THAT(s.heard, ElementsAre("a.lost closed", "c.lost closed"));
}

TEST(conversation, Q12_abandoned_rows_are_still_checked_by_nobody_but_drained) {
    session s;
    one_query(s);
    s.query(s.b);
    s.receives(says::columns({{"n"}}) + says::row({"1"}));
    EXPECT_EQ(s.machine.answering(), &s.a);
    s.machine.abandon(s.a);
    EXPECT_EQ(s.machine.answering(), nullptr);
    s.receives(says::row({"1"}) + says::complete("SELECT 2") + ready + says::complete("SET") + ready);
    EXPECT_THAT(s.heard, ElementsAre("a.described n", "a.row 1", "b.completed SET", "b.settled I"));
}

// ---------------------------------------------------------------- ends

TEST(conversation, Q22_closed_mid_row) {
    std::string const row = says::row({"12345"});
    for (std::size_t cut = 0; cut < row.size(); ++cut) {
        auto const r = play(three_syncs, begun + says::columns({{"n"}}) + row.substr(0, cut), then::end);
        EXPECT_THAT(r.heard,
                    ElementsAre("a.parsed", "a.described n", "a.lost closed", "b.lost closed", "c.lost closed"));
    }
}

TEST(conversation, Q23_fatal_mid_result_is_what_the_caller_gets) {
    std::string const begin = says::columns({{"n"}}) + says::row({"1"});
    EXPECT_THAT(play(one_query, begin + says::fatal("57P01"), then::end).heard,
                ElementsAre("a.described n", "a.row 1", "a.failed 57P01!", "a.lost 57P01!"));
    EXPECT_THAT(play(one_statement, begun + begin + says::fatal("57P01"), then::end).heard,
                ElementsAre("a.parsed", "a.described n", "a.row 1", "a.failed 57P01!", "a.lost 57P01!"));
}

requests in_transaction(requests ask) {
    return [ask = std::move(ask)](session& s) {
        s.machine.set_status(transaction_status::in_transaction);
        ask(s);
    };
}

// Inside a transaction what was completed is done. Outside, an extended query commits only at Sync, behind its
// CommandComplete (exec_execute_message and finish_xact_command in postgres.c), so nobody knows.
TEST(conversation, Q24_fatal_between_completion_and_ready) {
    std::string const script = answer("1") + says::fatal("57P01");
    EXPECT_EQ(play(in_transaction(one_statement), script, then::end).heard, answered("a", "1") + said("a.settled T"));
    EXPECT_EQ(play(one_statement, script, then::end).heard,
              answered("a", "1") + said("a.failed 57P01!?", "a.lost 57P01!"));
    std::string const simple = says::complete("INSERT 0 1") + says::fatal("57P01");
    EXPECT_THAT(play(one_query, simple, then::end).heard,
                ElementsAre("a.completed INSERT 0 1", "a.failed 57P01!?", "a.lost 57P01!"));
}

TEST(conversation, Q24_closed_between_completion_and_ready) {
    EXPECT_EQ(play(in_transaction(three_syncs), answer("1"), then::end).heard,
              answered("a", "1") + said("a.settled T", "b.lost closed", "c.lost closed"));
    EXPECT_EQ(play(one_statement, answer("1"), then::end).heard, answered("a", "1") + said("a.lost closed"));
    EXPECT_THAT(play(in_transaction(one_query), says::complete("SET"), then::end).heard,
                ElementsAre("a.completed SET", "a.lost closed"))
        << "more statements may have followed";
}

TEST(conversation, Q25_fatal_while_idle_is_kept) {
    session s;
    s.receives(says::fatal("57P05"));
    EXPECT_EQ(s.broken, errc::ok);
    ASSERT_TRUE(s.machine.fatal());
    EXPECT_TRUE(*s.machine.fatal() == sqlstate::idle_session_timeout);
}

TEST(conversation, Q26_unsolicited_while_idle) {
    for (std::string const& message :
         {says::row({"1"}), says::complete("SELECT 1"), ready, says::parsed, says::bound, says::closed, says::no_data,
          says::empty_query, says::suspended, says::columns({{"n"}}), says::parameters({}), says::copy_in(),
          says::copy_out(), says::copy_both(), says::copy_data("x"), says::copy_done, says::function_result("1"),
          says::error("42601")}) {
        session s;
        s.receives(message);
        EXPECT_EQ(s.broken, errc::unexpected_message) << message.front();
        EXPECT_EQ(s.machine.broken_by(), message.front());
        one_query(s); // and after an exchange
        session after;
        one_query(after);
        after.receives(says::complete("SET") + ready + message);
        EXPECT_EQ(after.broken, errc::unexpected_message) << message.front();
        EXPECT_THAT(after.heard, ElementsAre("a.completed SET", "a.settled I"));
    }
}

TEST(conversation, A18_S20_messages_of_the_startup) { // A-18, S-20
    for (std::string const& message :
         {wire::of(backend::authentication_ok{}), wire::of(backend::authentication_cleartext_password{}),
          wire::of(backend::backend_key_data{1, as_bytes("key!")}), wire::of(backend::negotiate_protocol_version{})}) {
        EXPECT_EQ(play(one_query, message).broken, errc::unexpected_message);
        EXPECT_EQ(play([](session&) {}, message).broken, errc::unexpected_message);
    }
}

// ---------------------------------------------------------------- at any time

TEST(conversation, Q27_Q28_Q29_asides_at_every_position) {
    struct scenario {
        requests ask;
        std::string replies;
    };
    std::vector<scenario> const scenarios{
        {one_statement, answer("1") + ready},
        {one_query,
         says::columns({{"n"}}) + says::row({"1"}) + says::complete("SELECT 1") + says::complete("SET") + ready},
        {three_syncs, answer("1") + ready + begun + says::error("22012") + ready + answer("3") + ready},
        {one_sync, answer("1") + begun + says::error("22012") + says::error("57014") + ready},
        {one_statement, begun + says::no_data + refused_copy},
        {one_query, says::copy_out() + says::copy_data("x") + says::copy_done + says::complete("COPY 1") + ready},
        {one_call, says::function_result("1") + ready},
    };
    std::string const asides =
        says::notice("n1") + says::parameter("TimeZone", "UTC") + says::notification("c", "p") + says::notice("n2");
    for (auto const& [ask, replies] : scenarios) {
        auto const undisturbed = play(ask, replies);
        auto const messages = says::messages(replies);
        for (std::size_t at = 0; at <= messages.size(); ++at) {
            std::string script;
            for (std::size_t i = 0; i <= messages.size(); ++i) {
                script += i == at ? asides : "";
                script += i < messages.size() ? messages[i] : "";
            }
            auto const r = play(ask, script);
            EXPECT_EQ(r.heard, undisturbed.heard);
            EXPECT_THAT(r.events, ElementsAre("notice n1", "TimeZone=UTC", "notified c p", "notice n2"));
            EXPECT_EQ(r.broken, errc::ok);
            EXPECT_TRUE(r.idle);
        }
    }
}

TEST(conversation, malformed_asides) {
    EXPECT_EQ(play(one_query, wire::raw('S', "name")).broken, errc::malformed_message);
    EXPECT_EQ(play(one_query, wire::raw('A', "abc")).broken, errc::malformed_message);
    EXPECT_EQ(play(one_query, wire::raw('N', "")).broken, errc::ok) << "a notice may say nothing";
}

// ---------------------------------------------------------------- framing

TEST(conversation, F01_length_below_four) { // F-01
    for (std::uint32_t const length : {0xffff'ffffU, 0x8000'0000U, 0U, 3U}) {
        auto const r = play(one_query, wire::with_length('C', length));
        EXPECT_EQ(r.broken, length > 4 ? errc::message_over_limit : errc::invalid_message_length);
        EXPECT_THAT(r.heard, ElementsAre("a.lost protocol"));
    }
}

TEST(conversation, F02_huge_row_is_refused_at_its_header) { // F-02
    session s;
    one_query(s);
    s.receives(says::columns({{"n"}}) + wire::with_length('D', 0x7fff'ffff));
    EXPECT_EQ(s.broken, errc::message_over_limit);
    EXPECT_EQ(s.machine.broken_by(), 'D');
}

TEST(conversation, F03_huge_small_messages) { // F-03
    for (char const type : {'C', 'S', 'A', 'Z', '1', '2', '3', 'n', 'I', 's', 'G', 'H', 'W', 'c'})
        EXPECT_EQ(play(one_query, wire::with_length(type, 30'001)).broken, errc::message_over_limit) << type;
    for (char const type : {'E', 'N', 'T', 't'})
        EXPECT_EQ(play(one_query, wire::with_length(type, (16U << 20) + 1)).broken, errc::message_over_limit) << type;
}

TEST(conversation, F05_unknown_type) { // F-05
    session s;
    one_query(s);
    s.receives(wire::raw('~', ""));
    EXPECT_EQ(s.broken, errc::unknown_message);
    EXPECT_EQ(s.machine.broken_by(), '~');
}

TEST(conversation, F10_trailing_bytes) { // F-10
    auto const longer = [](std::string message) {
        message[4] = static_cast<char>(message[4] + 1); // all of them are short
        return message + "x";
    };
    EXPECT_EQ(play(one_statement, longer(says::parsed)).broken, errc::malformed_message);
    EXPECT_EQ(play(one_statement, says::parsed + longer(says::bound)).broken, errc::malformed_message);
    EXPECT_EQ(play(one_statement, begun + longer(says::no_data)).broken, errc::malformed_message);
    EXPECT_EQ(play(one_statement, begun + longer(says::columns({{"n"}}))).broken, errc::malformed_message);
    EXPECT_EQ(play(one_query, longer(says::complete("SET"))).broken, errc::malformed_message);
    EXPECT_EQ(play(one_query, longer(says::empty_query)).broken, errc::malformed_message);
    EXPECT_EQ(play(one_query, longer(says::copy_out())).broken, errc::malformed_message);
    EXPECT_EQ(play(one_query, longer(says::copy_in())).broken, errc::malformed_message);
    EXPECT_EQ(play(one_query, longer(says::parameter("a", "b"))).broken, errc::malformed_message);
    EXPECT_EQ(play(one_query, longer(says::notification("a"))).broken, errc::malformed_message);
    EXPECT_EQ(play(one_call, longer(says::function_result("1"))).broken, errc::malformed_message);
    requests const close = [](session& s) {
        EXPECT_EQ(s.machine.close({frontend::target::statement, "s"}, &s.a), errc::ok);
    };
    EXPECT_EQ(play(close, longer(says::closed)).broken, errc::malformed_message);
}

TEST(conversation, F11_descriptions_that_lie) { // F-11
    auto const after_bind = [](std::string const& body) {
        return play(one_statement, begun + wire::raw('T', body)).broken;
    };
    EXPECT_EQ(after_bind("\x7f\xff"), errc::malformed_message);
    EXPECT_EQ(after_bind("\xff\xff"), errc::malformed_message);
    EXPECT_EQ(after_bind(std::string("\0\1", 2) + "name"), errc::malformed_message);
    std::string const right = says::columns({{"n"}}).substr(5);
    for (std::size_t cut = 0; cut < right.size(); ++cut)
        EXPECT_EQ(after_bind(right.substr(0, cut)), errc::malformed_message);
}

TEST(conversation, F12_F13_poor_errors_are_errors) { // F-12, F-13
    for (std::string const& body : {std::string(), std::string(1, '\0'), std::string("SERROR"), std::string("C"),
                                    std::string("Xunknown\0SERROR\0", 16)}) {
        auto const r = play(one_query, wire::raw('E', body) + ready);
        ASSERT_EQ(r.heard.size(), 2U);
        EXPECT_THAT(r.heard[0], HasSubstr("a.failed"));
        EXPECT_EQ(r.heard[1], "a.settled I");
    }
}

TEST(conversation, F21_refused_requests_change_nothing) { // F-21
    using namespace std::string_view_literals;
    session s;
    s.statement(s.a);
    s.sync(s.a);
    std::string const before(as_text(s.output.unread()));
    EXPECT_EQ(s.machine.query({"select\0 1"sv}, &s.b), errc::embedded_nul);
    EXPECT_EQ(s.machine.parse({"a\0b"sv, "select 1", {}}, &s.b), errc::embedded_nul);
    EXPECT_EQ(s.machine.close({frontend::target::statement, "a\0b"sv}, &s.b), errc::embedded_nul);
    auto const place = s.machine.here();
    s.statement(s.b);
    s.machine.take_back(place);
    EXPECT_EQ(as_text(s.output.unread()), before);
    s.receives(answer("1") + ready);
    EXPECT_EQ(s.heard, answered("a", "1") + said("a.settled I"));
    EXPECT_TRUE(s.machine.idle());
}

} // namespace
