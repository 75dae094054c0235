#include "protocol/server_conversation.hpp"

#include "unit/protocol/wire.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace pgwire::protocol;
using namespace std::string_literals;
using namespace std::string_view_literals;
using backend::transaction_status;
using pgwire::sqlstate;
using testing::ElementsAre;
using testing::IsEmpty;

/// Keeps what it is asked, and answers each as the test says; a request without an answer is completed.
class recorder : public request_handler {
public:
    void query(frontend::query const& m, responder& out) override { heard("query " + std::string(m.text), out); }
    void parse(frontend::parse const& m, responder& out) override { heard("parse " + std::string(m.text), out); }
    void bind(frontend::bind const& m, responder& out) override { heard("bind " + std::string(m.portal), out); }
    void describe(frontend::describe const& m, responder& out) override {
        heard("describe " + std::string(m.name), out);
    }
    void execute(frontend::execute const& m, responder& out) override {
        heard("execute " + std::string(m.portal), out);
    }
    void close(frontend::close const& m, responder& out) override { heard("close " + std::string(m.name), out); }
    void sync(responder& out) override { heard("sync", out); }
    void flush(responder& out) override { heard("flush", out); }
    void copy_data(bytes_view data, responder& out) override { heard("copy_data " + std::string(as_text(data)), out); }
    void copy_done(responder& out) override { heard("copy_done", out); }
    void copy_fail(std::string_view reason, responder& out) override { heard("copy_fail " + std::string(reason), out); }
    void terminate() override { calls.push_back("terminate"); }
    transaction_status status() const override { return transaction; }

    std::vector<std::string> calls;
    std::map<std::string, std::function<void(responder&)>> answers;
    transaction_status transaction = transaction_status::idle;

protected:
    void heard(std::string const& call, responder& out) {
        calls.push_back(call);
        if (auto const answer = answers.find(call); answer != answers.end())
            answer->second(out);
    }
};

class with_functions : public recorder {
public:
    void function_call(frontend::function_call const& m, responder& out) override {
        heard("function " + std::to_string(m.function), out);
    }
};

void fail(responder& out) { out.error({.code = sqlstate::division_by_zero, .message = "division by zero"}); }
void fail_fatally(responder& out) {
    out.error({.severity = "FATAL", .code = sqlstate::admin_shutdown, .message = "terminating connection"});
}
void begin_copy(responder& out) { out.copy_in_response(format::text, {}); }
std::function<void(responder&)> complete(std::string tag) {
    return [tag = std::move(tag)](responder& out) { out.command_complete(tag); };
}

template <class Handler = recorder>
class session {
public:
    session& receives(std::string_view bytes) {
        input_.append(bytes);
        input_.erase(0, machine_.receive(as_bytes(input_)));
        return *this;
    }
    /// The replies since the last time, each by its type, with an error's SQLSTATE, a tag, or the transaction's status.
    std::vector<std::string> replies() {
        std::vector<std::string> seen;
        for (;;) {
            frame message;
            pgwire::errc refused = pgwire::errc::ok;
            if (next_frame(output_.unread(), limits(), peer::backend, message, refused) != framing::complete)
                break;
            std::string text(1, message.type);
            if (message.type == 'E') {
                auto const error = pgwire::detail::error_builder::from_response_body(message.body).build();
                text += std::string(error.severity() == "FATAL" ? "! " : " ") + to_string(error.sqlstate());
            } else if (message.type == 'C') {
                text.append(" ").append(decode<backend::command_complete>(message.body).value().tag);
            } else if (message.type == 'Z') {
                text.append(" ").append(as_text(message.body));
            }
            seen.push_back(text);
            output_.consume(message.size());
        }
        EXPECT_TRUE(output_.empty()) << "half a message";
        return seen;
    }
    [[nodiscard]] bool ended() const { return machine_.ended(); }
    [[nodiscard]] responder& out() { return machine_.out(); }
    [[nodiscard]] std::string const& unread() const { return input_; }

    Handler handler;

private:
    buffer output_;
    limits limits_;
    server_conversation machine_{output_, handler, limits_};
    std::string input_;
};

std::string query(std::string_view text) { return wire::of(frontend::query{text}); }
std::string parse(std::string_view text) { return wire::of(frontend::parse{"", text, {}}); }
std::string bind(std::string_view portal) { return wire::of(frontend::bind{portal, "", {}, {}, {}}); }
std::string execute(std::string_view portal) { return wire::of(frontend::execute{portal, 0}); }
std::string copy_data(std::string_view data) { return wire::of(frontend::copy_data{as_bytes(data)}); }
std::string copy_fail(std::string_view reason) { return wire::of(frontend::copy_fail{reason}); }
std::string const sync_ = wire::of(frontend::sync{});
std::string const flush_ = wire::of(frontend::flush{});
std::string const copy_done_ = wire::of(frontend::copy_done{});
std::string const terminate_ = wire::of(frontend::terminate{});

TEST(ServerConversation, each_query_ends_in_ready) {
    session s;
    s.handler.answers["query a"] = complete("SELECT 1");
    s.handler.answers["query b"] = fail;
    s.receives(query("a") + query("b") + query("a"));
    EXPECT_THAT(s.replies(), ElementsAre("C SELECT 1", "Z I", "E 22012", "Z I", "C SELECT 1", "Z I"));
    EXPECT_THAT(s.handler.calls, ElementsAre("query a", "query b", "query a"));
}

TEST(ServerConversation, status_is_the_handlers_after_the_request) {
    session s;
    s.handler.answers["query begin"] = [&](responder&) { s.handler.transaction = transaction_status::in_transaction; };
    s.handler.answers["query bad"] = [&](responder& out) {
        s.handler.transaction = transaction_status::failed;
        fail(out);
    };
    s.receives(query("begin") + query("bad") + sync_);
    EXPECT_THAT(s.replies(), ElementsAre("Z T", "E 22012", "Z E", "Z E"));
}

TEST(ServerConversation, extended_query_is_ready_only_at_sync) {
    session s;
    s.handler.answers["parse select"] = [](responder& out) { out.parse_complete(); };
    s.handler.answers["bind p"] = [](responder& out) { out.bind_complete(); };
    s.handler.answers["execute p"] = complete("SELECT 0");
    s.handler.answers["describe p"] = [](responder& out) { out.no_data(); };
    s.handler.answers["close p"] = [](responder& out) { out.close_complete(); };
    s.receives(parse("select") + bind("p") + wire::of(frontend::describe{frontend::target::portal, "p"}) +
               execute("p") + wire::of(frontend::close{frontend::target::portal, "p"}) + flush_);
    EXPECT_THAT(s.replies(), ElementsAre("1", "2", "n", "C SELECT 0", "3"));
    s.receives(sync_);
    EXPECT_THAT(s.replies(), ElementsAre("Z I"));
    EXPECT_THAT(s.handler.calls,
                ElementsAre("parse select", "bind p", "describe p", "execute p", "close p", "flush", "sync"));
}

TEST(ServerConversation, after_an_error_everything_up_to_sync_is_skipped) {
    session s;
    s.handler.answers["bind p"] = fail;
    s.receives(parse("one") + bind("p") + execute("p") + flush_ + query("skipped too") + copy_data("x") +
               wire::raw('P', "malformed, but nobody looks") + sync_ + parse("two") + bind("q") + sync_);
    EXPECT_THAT(s.replies(), ElementsAre("E 22012", "Z I", "Z I"));
    EXPECT_THAT(s.handler.calls, ElementsAre("parse one", "bind p", "sync", "parse two", "bind q", "sync"));
}

TEST(ServerConversation, error_at_flush_skips_too) {
    session s;
    s.handler.answers["flush"] = fail;
    s.receives(flush_ + parse("one") + sync_);
    EXPECT_THAT(s.handler.calls, ElementsAre("flush", "sync"));
    EXPECT_THAT(s.replies(), ElementsAre("E 22012", "Z I"));
    s.receives(query("a") + flush_ + sync_);
    EXPECT_THAT(s.replies(), ElementsAre("Z I", "E 22012", "Z I")) << "behind a Query too";
}

TEST(ServerConversation, error_at_sync_comes_before_its_ready) {
    session s;
    s.handler.answers["sync"] = fail;
    s.receives(sync_ + parse("one"));
    EXPECT_THAT(s.replies(), ElementsAre("E 22012", "Z I"));
    EXPECT_THAT(s.handler.calls, ElementsAre("sync", "parse one")) << "nothing is skipped behind it";
}

TEST(ServerConversation, error_in_a_query_skips_nothing) {
    session s;
    s.handler.answers["query a"] = fail;
    s.receives(query("a") + parse("one") + sync_);
    EXPECT_THAT(s.replies(), ElementsAre("E 22012", "Z I", "Z I"));
    EXPECT_THAT(s.handler.calls, ElementsAre("query a", "parse one", "sync"));
}

TEST(ServerConversation, error_after_a_query_skips) {
    session s;
    s.handler.answers["parse one"] = fail;
    s.receives(query("a") + parse("one") + parse("two") + sync_);
    EXPECT_THAT(s.replies(), ElementsAre("Z I", "E 22012", "Z I"));
    EXPECT_THAT(s.handler.calls, ElementsAre("query a", "parse one", "sync"));
}

TEST(ServerConversation, function_calls) {
    session<with_functions> s;
    s.handler.answers["function 7"] = [](responder& out) { out.function_call_response(std::nullopt); };
    s.receives(wire::of(frontend::function_call{7, {}, {}, format::text}));
    EXPECT_THAT(s.replies(), ElementsAre("V", "Z I"));

    session without;
    without.receives(wire::of(frontend::function_call{7, {}, {}, format::text}) + query("a"));
    EXPECT_THAT(without.replies(), ElementsAre("E 0A000", "Z I", "Z I"));
    EXPECT_THAT(without.handler.calls, ElementsAre("query a"));
}

TEST(ServerConversation, copy_in_a_query) {
    session s;
    s.handler.answers["query copy"] = begin_copy;
    s.handler.answers["copy_done"] = complete("COPY 2");
    s.receives(query("copy"));
    EXPECT_THAT(s.replies(), ElementsAre("G")) << "not ready before the data is there";
    s.receives(copy_data("1\n") + flush_ + sync_ + copy_data("2\n") + copy_done_ + query("next"));
    EXPECT_THAT(s.replies(), ElementsAre("C COPY 2", "Z I", "Z I"));
    EXPECT_THAT(s.handler.calls,
                ElementsAre("query copy", "copy_data 1\n", "copy_data 2\n", "copy_done", "query next"));
}

TEST(ServerConversation, copy_in_the_extended_protocol) {
    session s;
    s.handler.answers["execute p"] = begin_copy;
    s.handler.answers["copy_done"] = complete("COPY 1");
    s.receives(execute("p") + sync_ + copy_data("1\n") + copy_done_);
    EXPECT_THAT(s.replies(), ElementsAre("G", "C COPY 1")) << "the Sync before the data was ignored";
    s.receives(sync_);
    EXPECT_THAT(s.replies(), ElementsAre("Z I"));
    EXPECT_THAT(s.handler.calls, ElementsAre("execute p", "copy_data 1\n", "copy_done", "sync"));
}

TEST(ServerConversation, a_query_may_copy_twice) {
    session s;
    s.handler.answers["query copy"] = begin_copy;
    int copies = 0;
    s.handler.answers["copy_done"] = [&](responder& out) {
        out.command_complete("COPY 0");
        if (++copies == 1)
            begin_copy(out);
    };
    s.receives(query("copy") + copy_done_);
    EXPECT_THAT(s.replies(), ElementsAre("G", "C COPY 0", "G"));
    s.receives(copy_done_);
    EXPECT_THAT(s.replies(), ElementsAre("C COPY 0", "Z I"));
}

TEST(ServerConversation, the_client_gives_a_copy_up) {
    session s;
    s.handler.answers["query copy"] = s.handler.answers["execute p"] = begin_copy;
    s.receives(query("copy") + copy_data("1\n") + copy_fail("no more"));
    EXPECT_THAT(s.replies(), ElementsAre("G", "E 57014", "Z I"));
    EXPECT_THAT(s.handler.calls, ElementsAre("query copy", "copy_data 1\n", "copy_fail no more"));

    s.receives(execute("p") + copy_fail("no more") + parse("skipped") + sync_);
    EXPECT_THAT(s.replies(), ElementsAre("G", "E 57014", "Z I"));
}

TEST(ServerConversation, the_server_gives_a_copy_up) {
    session s;
    s.handler.answers["query copy"] = s.handler.answers["execute p"] = begin_copy;
    s.handler.answers["copy_data bad"] = fail;
    s.receives(query("copy") + copy_data("bad") + copy_data("more") + copy_done_ + query("next"));
    EXPECT_THAT(s.replies(), ElementsAre("G", "E 22012", "Z I", "Z I"));
    EXPECT_THAT(s.handler.calls, ElementsAre("query copy", "copy_data bad", "query next"));

    s.handler.calls.clear();
    s.receives(execute("p") + copy_data("bad") + copy_data("more") + copy_done_ + parse("skipped") + sync_);
    EXPECT_THAT(s.replies(), ElementsAre("G", "E 22012", "Z I"));
    EXPECT_THAT(s.handler.calls, ElementsAre("execute p", "copy_data bad", "sync"));
}

TEST(ServerConversation, other_requests_during_a_copy_end_the_session) {
    for (auto const& other : {query("a"), parse("a"), bind("a"), execute("a")}) {
        session s;
        s.handler.answers["query copy"] = begin_copy;
        s.receives(query("copy") + other + copy_done_);
        EXPECT_THAT(s.replies(), ElementsAre("G", "E! 08P01"));
        EXPECT_TRUE(s.ended());
        EXPECT_THAT(s.handler.calls, ElementsAre("query copy"));
    }
}

TEST(ServerConversation, terminate_ends_the_session_wherever_it_is) {
    session s;
    s.receives(terminate_ + query("a"));
    EXPECT_TRUE(s.ended());
    EXPECT_THAT(s.replies(), IsEmpty());
    EXPECT_THAT(s.handler.calls, ElementsAre("terminate"));
    EXPECT_EQ(s.unread(), query("a"));

    session skipping;
    skipping.handler.answers["parse a"] = fail;
    skipping.receives(parse("a") + terminate_);
    EXPECT_TRUE(skipping.ended());

    session copying;
    copying.handler.answers["query copy"] = begin_copy;
    copying.receives(query("copy") + terminate_);
    EXPECT_TRUE(copying.ended());
}

TEST(ServerConversation, fatal_error_of_the_handler_ends_the_session_without_ready) {
    for (auto const& request : {query("a"), parse("a"), sync_}) {
        session s;
        s.handler.answers["query a"] = s.handler.answers["parse a"] = s.handler.answers["sync"] = fail_fatally;
        s.receives(request + query("never"));
        EXPECT_TRUE(s.ended());
        EXPECT_THAT(s.replies(), ElementsAre("E! 57P01"));
        EXPECT_EQ(s.handler.calls.size(), 1U);
    }
    session idle;
    fail_fatally(idle.out());
    EXPECT_TRUE(idle.ended());
    idle.receives(query("never"));
    EXPECT_THAT(idle.handler.calls, IsEmpty());
}

TEST(ServerConversation, unknown_and_unexpected_messages_end_the_session) {
    for (char const type : "~\0RZTp"sv) {
        session s;
        s.receives(wire::raw(type, "") + query("never"));
        EXPECT_THAT(s.replies(), ElementsAre("E! 08P01")) << type;
        EXPECT_TRUE(s.ended());
        EXPECT_THAT(s.handler.calls, IsEmpty());
    }
    session skipping;
    skipping.handler.answers["parse a"] = fail;
    skipping.receives(parse("a") + wire::raw('~', "") + sync_);
    EXPECT_THAT(skipping.replies(), ElementsAre("E 22012", "E! 08P01")) << "while skipping too";
}

TEST(ServerConversation, malformed_messages_end_the_session) {
    for (auto const& message : {wire::raw('Q', "no end"), wire::raw('Q', "two\0\0"sv), wire::raw('P', "\0"sv),
                                wire::raw('B', "\0\0"sv), wire::raw('D', "X\0"sv), wire::raw('E', "\0"sv),
                                wire::raw('C', ""), wire::raw('S', "x"), wire::raw('H', "x"), wire::raw('F', "")}) {
        session s;
        s.receives(message + query("never"));
        EXPECT_THAT(s.replies(), ElementsAre("E! 08P01")) << message;
        EXPECT_TRUE(s.ended());
        EXPECT_THAT(s.handler.calls, IsEmpty());
    }
    for (auto const& message : {wire::raw('c', "x"), wire::raw('f', "no end")}) {
        session s;
        s.handler.answers["query copy"] = begin_copy;
        s.receives(query("copy") + message);
        EXPECT_THAT(s.replies(), ElementsAre("G", "E! 08P01")) << message;
    }
}

TEST(ServerConversation, impossible_lengths_are_refused_at_the_header) {
    for (std::uint32_t const length : {0U, 3U, 0x4000'0001U, 0x7fff'ffffU, 0xffff'ffffU}) {
        session s;
        s.receives(wire::with_length('Q', length));
        EXPECT_THAT(s.replies(), ElementsAre("E! 08P01")) << length;
    }
    session s;
    s.receives(wire::with_length('E', 30'001));
    EXPECT_THAT(s.replies(), ElementsAre("E! 08P01"));
}

TEST(ServerConversation, F04_bytes_may_be_cut_anywhere) {
    std::string const bytes =
        query("a") + parse("one") + execute("p") + sync_ + query("copy") + copy_data("1\n") + copy_done_ + query("b");
    auto const run = [&](std::size_t cut, std::size_t piece) {
        session s;
        s.handler.answers["query copy"] = begin_copy;
        s.handler.answers["execute p"] = fail;
        s.receives(std::string_view(bytes).substr(0, cut));
        for (std::size_t at = cut; at < bytes.size(); at += piece)
            s.receives(std::string_view(bytes).substr(at, piece));
        return std::pair(s.handler.calls, s.replies());
    };
    auto const whole = run(0, bytes.size());
    EXPECT_THAT(whole.second, ElementsAre("Z I", "E 22012", "Z I", "G", "Z I", "Z I"));
    for (std::size_t cut = 0; cut < bytes.size(); ++cut)
        EXPECT_EQ(run(cut, bytes.size()), whole) << cut;
    EXPECT_EQ(run(0, 1), whole);
}

TEST(Responder, writes_each_backend_message) {
    buffer bytes;
    responder out(bytes);
    std::uint32_t const types[] = {23, 25};
    backend::field const fields[] = {{.name = "n", .type = 23, .type_size = 4}};
    nullable_bytes const values[] = {as_bytes("1"), std::nullopt};
    std::int16_t const formats[] = {0, 1};
    out.parse_complete();
    out.bind_complete();
    out.close_complete();
    out.parameter_description(types);
    out.row_description(fields);
    out.no_data();
    out.data_row(values);
    out.command_complete("SELECT 1");
    out.empty_query_response();
    out.portal_suspended();
    out.function_call_response(as_bytes("f"));
    out.copy_in_response(format::binary, formats);
    out.copy_out_response(format::text, formats);
    out.copy_data(as_bytes("d"));
    out.copy_done();
    out.parameter_status("TimeZone", "UTC");
    out.notification_response(17, "channel", "payload");
    EXPECT_EQ(
        as_text(bytes.unread()),
        wire::of(backend::parse_complete{}, backend::bind_complete{}, backend::close_complete{},
                 backend::parameter_description{types}, backend::row_description{fields}, backend::no_data{},
                 backend::data_row{values}, backend::command_complete{"SELECT 1"}, backend::empty_query_response{},
                 backend::portal_suspended{}, backend::function_call_response{as_bytes("f")},
                 backend::copy_in_response{format::binary, formats}, backend::copy_out_response{format::text, formats},
                 backend::copy_data{as_bytes("d")}, backend::copy_done{}, backend::parameter_status{"TimeZone", "UTC"},
                 backend::notification_response{17, "channel", "payload"}));
}

TEST(Responder, reports_have_the_fields_that_are_given) {
    buffer bytes;
    responder out(bytes);
    out.error({.code = sqlstate::syntax_error, .message = "m", .detail = "d", .hint = "h", .position = 12});
    backend::response_field const all[] = {{'S', "ERROR"}, {'V', "ERROR"}, {'C', "42601"}, {'M', "m"},
                                           {'D', "d"},     {'H', "h"},     {'P', "12"}};
    EXPECT_EQ(as_text(bytes.unread()), wire::of(backend::error_response{all}));
    bytes.clear();
    out.notice({.severity = "WARNING", .code = sqlstate::warning, .message = "w"});
    backend::response_field const some[] = {{'S', "WARNING"}, {'V', "WARNING"}, {'C', "01000"}, {'M', "w"}};
    EXPECT_EQ(as_text(bytes.unread()), wire::of(backend::notice_response{some}));
}

TEST(Responder, F21_nul_is_refused_but_an_error_is_always_sent) {
    buffer bytes;
    responder out(bytes);
    EXPECT_EQ(out.command_complete("SELECT\0 1"sv), pgwire::errc::embedded_nul);
    EXPECT_EQ(out.parameter_status("a\0"sv, "b"), pgwire::errc::embedded_nul);
    EXPECT_TRUE(bytes.empty());
    out.error({.message = "a\0b"sv});
    backend::response_field const cut[] = {{'S', "ERROR"}, {'V', "ERROR"}, {'C', "XX000"}, {'M', "a"}};
    EXPECT_EQ(as_text(bytes.unread()), wire::of(backend::error_response{cut}));
}

} // namespace
