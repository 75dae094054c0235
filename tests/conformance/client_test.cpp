// What only a misbehaving server can show, seen by a user: both connections, over real sockets, against scripts. The machines
// beneath are tried at every byte in tests/unit; here it is the drivers' turn.

#include "support/run.hpp"
#include "support/scripted_server.hpp"

#include <pgwire/pgwire.hpp>
#include <pgwire/protocol/backend.hpp>

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;
using namespace pgwire::literals;
namespace backend = pgwire::protocol::backend;
using pgwire::test::greet;
using pgwire::test::peer;
using pgwire::test::scripted_server;

std::string uri_of(scripted_server const& server, std::string_view options = {}) {
    return "host=" + server.host() + " port=" + std::to_string(server.port()) + " user=u " + std::string(options);
}

/// The same steps for the asynchronous and for the blocking connection.
struct client {
    std::string name;
    /// Connects, runs each statement, and gives what became of the last step that was reached.
    std::function<pgwire::result<pgwire::rowset>(std::string const& how, std::vector<pgwire::statement> const& what)> run;
};

pgwire::result<pgwire::rowset> run_async(std::string const& how, std::vector<pgwire::statement> const& what) {
    pgwire::result<pgwire::rowset> last;
    pgwire::test::run([&]() -> asio::awaitable<void> {
        auto db = co_await pgwire::connection::connect(how, pgwire::as_result);
        if (!db) {
            last = db.error();
            co_return;
        }
        for (auto const& statement : what)
            last = co_await db->query(statement, pgwire::as_result);
        co_await db->close();
    });
    return last;
}

pgwire::result<pgwire::rowset> run_blocking(std::string const& how, std::vector<pgwire::statement> const& what) {
    pgwire::result<pgwire::rowset> last;
    auto db = pgwire::blocking::connection::connect(how, pgwire::as_result);
    if (!db)
        return db.error();
    for (auto const& statement : what)
        last = db->query(statement, pgwire::as_result);
    return last;
}

class Conformance : public testing::TestWithParam<client> {
protected:

    pgwire::result<pgwire::rowset> ask(std::function<void(peer&)> script, std::vector<pgwire::statement> const& what = {},
                                       std::string_view options = {}) {
        scripted_server server(std::move(script));
        auto outcome = GetParam().run(uri_of(server, options), what);
        server.finish();
        return outcome;
    }
};

INSTANTIATE_TEST_SUITE_P(Client, Conformance, testing::Values(client{"asynchronous", run_async}, client{"blocking", run_blocking}),
                         [](auto const& one) { return one.param.name; });

// One row of one text column, up to but not with its CommandComplete.
void begin_answer(peer& server) {
    std::array<backend::field, 1> const fields{{{.name = "a", .type = pgwire::oids::text}}};
    std::array<pgwire::protocol::nullable_bytes, 1> const values{pgwire::protocol::as_bytes("one")};
    server.send(backend::parse_complete{}, backend::bind_complete{},
                backend::row_description{std::span<backend::field const>(fields)},
                backend::data_row{std::span<pgwire::protocol::nullable_bytes const>(values)});
}

void fatal(peer& server, std::string_view state) {
    std::array<backend::response_field, 4> const fields{{{'S', "FATAL"}, {'V', "FATAL"}, {'C', state}, {'M', "goodbye"}}};
    server.send(backend::error_response{std::span<backend::response_field const>(fields)});
}

TEST_P(Conformance, F04_every_message_one_byte_at_a_time) {
    auto const rows = ask(
        [](peer& server) {
            greet(server);
            server.read_to_sync();
            server.send_bytewise(peer::encode(backend::parse_complete{}, backend::bind_complete{}, backend::no_data{},
                                              backend::command_complete{"CREATE TABLE"}, backend::ready_for_query{}));
            server.wait_for_eof();
        },
        {"create table t ()"_sql});
    ASSERT_TRUE(rows) << to_string(rows.error());
    EXPECT_EQ(rows->tag().text(), "CREATE TABLE");
}

TEST_P(Conformance, S12_an_error_without_a_length_is_shown) {
    auto const refused = ask([](peer& server) {
        server.read_startup();
        server.send(std::string_view("Esorry, too many clients already\n\0", 34));
    });
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message().find("sorry, too many clients already"), std::string_view::npos);
}

TEST_P(Conformance, S13_another_protocol_is_named) {
    auto const refused = ask([](peer& server) {
        server.read_startup();
        server.send("HTTP/1.1 400 Bad Request\r\n\r\n");
        server.wait_for_eof();
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), pgwire::errc::not_postgresql);
    EXPECT_NE(refused.error().message().find("'H'"), std::string_view::npos);
}

TEST_P(Conformance, S14_a_server_that_closes_without_a_byte) {
    auto const refused = ask([](peer& server) { server.read_startup(); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error(), pgwire::errc::connection_closed);
}

TEST_P(Conformance, F01_F02_a_wrong_length_ends_the_connection_at_once) {
    for (std::string_view const header : {std::string_view("D\xff\xff\xff\xff", 5), std::string_view("D\0\0\0\3", 5),
                                          std::string_view("C\x7f\xff\xff\xff", 5), std::string_view("~\0\0\0\4", 5)}) {
        auto const broken = ask(
            [&](peer& server) {
                greet(server);
                server.read_to_sync();
                server.send(header);
                server.wait_for_eof();
            },
            {"select 1"_sql});
        ASSERT_FALSE(broken);
        EXPECT_EQ(broken.error().kind(), pgwire::error_kind::protocol);
        EXPECT_TRUE(broken.error().connection_lost());
    }
}

TEST_P(Conformance, Q22_a_server_that_closes_or_resets_in_the_middle) {
    for (bool const reset : {false, true}) {
        auto const lost = ask(
            [&](peer& server) {
                greet(server);
                server.read_to_sync();
                begin_answer(server);
                server.send(std::string_view("D\0\0\0\x10", 5)); // and no more of it
                if (reset)
                    server.reset();
            },
            {"select a from t"_sql});
        ASSERT_FALSE(lost);
        EXPECT_EQ(lost.error().kind(), pgwire::error_kind::connection) << to_string(lost.error());
        EXPECT_TRUE(lost.error().connection_lost());
        EXPECT_TRUE(lost.error().outcome_unknown());
    }
}

TEST_P(Conformance, Q23_a_goodbye_in_the_middle_of_a_result) {
    auto const lost = ask(
        [](peer& server) {
            greet(server);
            server.read_to_sync();
            begin_answer(server);
            fatal(server, "57P01");
        },
        {"select a from t"_sql});
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error(), pgwire::sqlstate::admin_shutdown);
    EXPECT_TRUE(lost.error().connection_lost());
}

TEST_P(Conformance, S23_X03_a_deadline_without_a_key_to_cancel_with_closes_the_connection) {
    auto const late = ask(
        [](peer& server) {
            server.read_startup();
            server.send(backend::authentication_ok{}, backend::ready_for_query{});
            server.read_to_sync();
            server.wait_for_eof();
        },
        {"select 1"_sql.within(20ms)});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error(), pgwire::errc::deadline_exceeded);
    EXPECT_TRUE(late.error().connection_lost());
    EXPECT_TRUE(late.error().outcome_unknown());
}

TEST_P(Conformance, X01_X03_a_cancel_request_carries_the_key_and_is_over_before_the_next_statement) {
    pgwire::test::received_cancel cancel;
    std::promise<void> cancelled;
    std::array<backend::response_field, 3> const fields{{{'S', "ERROR"}, {'C', "57014"}, {'M', "canceled"}}};
    scripted_server server(std::vector<scripted_server::script>{
        [&](peer& session) {
            greet(session);
            session.read_to_sync();
            std::string const canceled = peer::encode(
                backend::error_response{std::span<backend::response_field const>(fields)}, backend::ready_for_query{});
            if (cancelled.get_future().wait_for(scripted_server::patience) != std::future_status::ready)
                throw std::runtime_error("no CancelRequest came");
            session.send(canceled);
            session.read_to_sync();
            session.send(backend::parse_complete{}, backend::bind_complete{}, backend::no_data{},
                         backend::command_complete{"SET"}, backend::ready_for_query{});
            session.wait_for_eof();
        },
        [&](peer& canceller) {
            cancel = canceller.read_cancel();
            cancelled.set_value();
        }});
    auto const next = GetParam().run(uri_of(server), {"select pg_sleep(60)"_sql.within(20ms), "set a = b"_sql});
    server.finish();
    EXPECT_EQ(cancel, (pgwire::test::received_cancel{4711, "key!"}));
    ASSERT_TRUE(next) << to_string(next.error());
    EXPECT_EQ(next->tag().text(), "SET");
}

TEST_P(Conformance, X02_a_cancel_request_that_is_refused_ends_in_closing_after_the_grace) {
    auto const late = ask(
        [](peer& server) { // further connections are refused
            greet(server);
            server.read_to_sync();
            server.wait_for_eof();
        },
        {"select 1"_sql.within(20ms)});
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error(), pgwire::errc::deadline_exceeded);
    EXPECT_TRUE(late.error().connection_lost());
}

} // namespace
