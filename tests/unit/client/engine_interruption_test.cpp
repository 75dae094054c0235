#include "support/engine_script.hpp"

#include <pgwire/types/all.hpp>

#include <gtest/gtest.h>

#include <chrono>

// Deadlines and cancellation, one situation at a time; engine_script_test.cpp interrupts everywhere.
namespace {

using namespace pgwire;
using namespace pgwire::literals;
using namespace pgwire::test;
using namespace std::chrono_literals;
using says::ready;

using clock_type = client::engine::clock;

std::string const begun = says::parsed + says::bound;
std::string const answer = begun + says::no_data + says::complete("SET") + ready();
std::string const cancelled_answer = says::error("57014") + ready();
std::string const request = wire::of(protocol::frontend::cancel_request{backend_pid, protocol::as_bytes(cancel_key)});

make_execution const set = to_execute("set x = 1"_sql().unnamed());

TEST(engine_interruption, X01_the_next_statement_waits_for_the_cancel_connection) {
    bench b;
    b.start();
    auto const first = b.ask(set);
    auto const second = b.ask(set);
    b.sent();
    b.cancels(first);
    EXPECT_EQ(b.cancel_request(), request);
    b.receives(answer); // it was too late
    EXPECT_TRUE(first->ok()) << first->text();
    EXPECT_EQ(b.sent(), "") << "the server may still be about to act on the request";
    b.receives(says::notice("later"));
    EXPECT_EQ(b.sent(), "");
    auto const third = b.ask(set);
    EXPECT_EQ(b.sent(), "");
    b.cancel_sent();
    EXPECT_EQ(b.sent_types(), "PBDES");
    b.receives(answer).receives(answer);
    EXPECT_TRUE(second->ok());
    EXPECT_TRUE(third->ok());
    EXPECT_FALSE(b.engine.deadline());
}

TEST(engine_interruption, X02_a_cancel_connection_that_hangs_is_bounded) {
    bench b;
    b.start();
    auto const first = b.ask(set);
    auto const second = b.ask(set);
    b.cancels(first);
    b.cancel_request();
    b.receives(answer);
    ASSERT_TRUE(b.engine.deadline());
    EXPECT_LE(*b.engine.deadline(), clock_type::now() + 5s);
    b.expires(*b.engine.deadline() - 1ms);
    EXPECT_FALSE(second->over());
    b.expires(*b.engine.deadline());
    EXPECT_TRUE(b.engine.finished());
    ASSERT_TRUE(second->outcome);
    EXPECT_TRUE(second->outcome->nothing_was_sent());
    EXPECT_TRUE(first->ok());
}

TEST(engine_interruption, X03_deadlines_of_those_who_wait_and_of_the_one_at_work) {
    bench b;
    b.start();
    auto const now = clock_type::now();
    auto const at_work = b.ask(set, now + 30s);
    auto const waiting = b.ask(set, now + 10s);
    auto const patient = b.ask(set);
    EXPECT_EQ(b.engine.deadline(), now + 10s);
    b.expires(now + 10s - 1ns);
    EXPECT_FALSE(waiting->over());
    b.expires(now + 10s);
    ASSERT_TRUE(waiting->outcome);
    EXPECT_TRUE(*waiting->outcome == errc::deadline_exceeded);
    EXPECT_TRUE(*waiting->outcome == make_error_condition(std::errc::timed_out));
    EXPECT_TRUE(waiting->outcome->nothing_was_sent());
    EXPECT_FALSE(waiting->outcome->is_retryable());
    EXPECT_EQ(waiting->outcome->kind(), error_kind::deadline);
    EXPECT_EQ(b.engine.deadline(), now + 30s);
    b.expires(now + 30s);
    EXPECT_EQ(b.cancel_request(), request);
    b.receives(cancelled_answer);
    ASSERT_TRUE(at_work->outcome);
    EXPECT_TRUE(*at_work->outcome == errc::deadline_exceeded);
    EXPECT_TRUE(*at_work->outcome == sqlstate::query_canceled) << "the server's word stays";
    EXPECT_EQ(at_work->outcome->statement(), "set x = 1");
    EXPECT_FALSE(at_work->outcome->outcome_unknown());
    b.cancel_sent().receives(answer);
    EXPECT_TRUE(patient->ok());
}

TEST(engine_interruption, X03_deadline_while_starting) {
    bench b;
    auto const now = clock_type::now();
    auto const early = b.ask(set, now + 1s);
    b.start("");
    EXPECT_EQ(b.engine.deadline(), now + 1s);
    b.expires(now + 1s);
    ASSERT_TRUE(early->outcome);
    EXPECT_TRUE(*early->outcome == errc::deadline_exceeded);
    EXPECT_TRUE(early->outcome->nothing_was_sent());
    b.receives(greeting());
    EXPECT_EQ(b.sent(), "");
}

TEST(engine_interruption, Q11_X04_silence_after_a_cancel_ends_the_connection) {
    for (std::string const& heard : {std::string(), begun + says::no_data + says::complete("SET")}) {
        bench b;
        b.start();
        auto const at_work = b.ask(set, clock_type::now());
        b.receives(heard).expires(clock_type::now());
        EXPECT_EQ(b.cancel_request(), request);
        b.cancel_sent();
        ASSERT_TRUE(b.engine.deadline());
        b.expires(*b.engine.deadline() - 1ms);
        EXPECT_FALSE(b.engine.finished());
        b.expires(*b.engine.deadline());
        EXPECT_TRUE(b.engine.finished());
        ASSERT_TRUE(at_work->outcome);
        EXPECT_TRUE(*at_work->outcome == errc::deadline_exceeded);
        EXPECT_TRUE(at_work->outcome->connection_lost());
        EXPECT_TRUE(at_work->outcome->outcome_unknown());
    }
}

TEST(engine_interruption, a_cancelled_statement_does_not_harm_the_connection_later) {
    bench b;
    b.start();
    auto const first = b.ask(set);
    b.cancels(first);
    b.cancel_request();
    b.cancel_sent().receives(cancelled_answer);
    EXPECT_TRUE(*first->outcome == errc::cancelled);
    EXPECT_FALSE(b.engine.deadline()) << "the grace is over with the statement";
    b.expires(clock_type::now() + 1h);
    EXPECT_FALSE(b.engine.finished());
    auto const next = b.ask(set);
    b.receives(answer);
    EXPECT_TRUE(next->ok());
}

TEST(engine_interruption, S23_without_a_key_only_the_end_stops_a_statement) { // S-23
    for (bool const by_deadline : {false, true}) {
        bench b;
        b.start(greeting("16.4", ""));
        auto const fine = b.ask(set);
        b.receives(answer);
        EXPECT_TRUE(fine->ok()) << "the session works";
        auto const at_work = b.ask(set, by_deadline ? clock_type::now() + 1h : time_point::max());
        auto const waiting = b.ask(set);
        by_deadline ? b.expires(clock_type::now() + 1h) : b.cancels(at_work);
        EXPECT_EQ(b.cancel_request(), "");
        EXPECT_TRUE(b.engine.finished());
        ASSERT_TRUE(at_work->outcome);
        EXPECT_TRUE(*at_work->outcome == (by_deadline ? errc::deadline_exceeded : errc::cancelled));
        EXPECT_TRUE(at_work->outcome->connection_lost());
        EXPECT_TRUE(at_work->outcome->outcome_unknown());
        ASSERT_TRUE(waiting->outcome);
        EXPECT_TRUE(waiting->outcome->nothing_was_sent());
    }
}

TEST(engine_interruption, S23_without_a_key_those_who_wait_can_be_stopped) { // S-23
    bench b;
    b.start(greeting("16.4", ""));
    auto const at_work = b.ask(set);
    auto const waiting = b.ask(set);
    b.cancels(waiting);
    EXPECT_TRUE(*waiting->outcome == errc::cancelled);
    b.receives(answer);
    EXPECT_TRUE(at_work->ok());
}

TEST(engine_interruption, X05_cancelled_in_the_queue) {
    bench b;
    b.start();
    std::vector<bench::asked> asked;
    for (int i = 0; i < 4; ++i)
        asked.push_back(b.ask(set));
    b.cancels(asked[2]).cancels(asked[3]).cancels(asked[1]);
    for (std::size_t const i : {1U, 2U, 3U}) {
        ASSERT_TRUE(asked[i]->outcome);
        EXPECT_TRUE(*asked[i]->outcome == errc::cancelled);
        EXPECT_TRUE(*asked[i]->outcome == make_error_condition(std::errc::operation_canceled));
        EXPECT_TRUE(asked[i]->outcome->nothing_was_sent());
    }
    auto const last = b.ask(set);
    EXPECT_EQ(b.cancel_request(), "");
    b.receives(answer).receives(answer);
    EXPECT_TRUE(asked[0]->ok());
    EXPECT_TRUE(last->ok());
}

TEST(engine_interruption, X06_a_statement_timeout_is_not_ours) {
    bench b;
    b.start();
    auto const asked = b.ask(set);
    b.receives(cancelled_answer);
    ASSERT_TRUE(asked->outcome);
    EXPECT_EQ(asked->outcome->code(), make_error_code(sqlstate::query_canceled));
    EXPECT_EQ(asked->outcome->kind(), error_kind::server);
}

TEST(engine_interruption, an_error_of_the_statement_is_not_covered_by_the_cancel) {
    bench b;
    b.start();
    auto const asked = b.ask(set);
    b.cancels(asked);
    b.receives(says::error("22012") + ready());
    EXPECT_EQ(asked->outcome->code(), make_error_code(sqlstate::division_by_zero));
}

TEST(engine_interruption, asking_twice_is_one_request_and_the_first_reason_counts) {
    bench b;
    b.start();
    auto const asked = b.ask(set, clock_type::now() + 1s);
    b.cancels(asked).expires(clock_type::now() + 2s).cancels(asked);
    EXPECT_EQ(b.cancel_request(), request);
    EXPECT_EQ(b.cancel_request(), "");
    b.receives(cancelled_answer);
    EXPECT_TRUE(*asked->outcome == errc::cancelled);
}

TEST(engine_interruption, cancelled_by_another_thread) {
    bench b;
    b.start();
    auto const asked = b.ask(set);
    protocol::buffer bytes;
    b.engine.write_cancel_request(bytes);
    EXPECT_EQ(protocol::as_text(bytes.unread()), request);
    b.engine.note_cancel();
    b.receives(cancelled_answer);
    EXPECT_TRUE(*asked->outcome == errc::cancelled);
    EXPECT_EQ(b.cancel_request(), "") << "that was the other thread's work";
    b.engine.forget_cancel(); // the other thread has seen the end of its connection
    auto const next = b.ask(set);
    b.receives(cancelled_answer);
    EXPECT_EQ(next->outcome->code(), make_error_code(sqlstate::query_canceled)) << "the server's own doing";
}

TEST(engine_interruption, cancel_all) {
    bench b;
    b.start();
    auto const at_work = b.ask(set);
    auto const waiting = b.ask(set);
    b.engine.cancel_all();
    b.engine.deliver();
    EXPECT_TRUE(*waiting->outcome == errc::cancelled);
    EXPECT_FALSE(at_work->over());
    EXPECT_EQ(b.cancel_request(), request);
    b.cancel_sent().receives(cancelled_answer);
    EXPECT_TRUE(*at_work->outcome == errc::cancelled);
}

} // namespace
