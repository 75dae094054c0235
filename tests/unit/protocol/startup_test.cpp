#include "protocol/startup.hpp"

#include "protocol/md5_password.hpp"
#include "unit/protocol/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The client's startup alone, against a server's bytes; startup_pair_test.cpp lets it talk to our own server's side.
namespace {

using namespace pgwire::protocol;
using namespace std::string_literals;
using namespace std::string_view_literals;
using pgwire::errc;
using pgwire::error_kind;
using pgwire::sqlstate;
using testing::ElementsAre;
using testing::HasSubstr;

std::string error_response(std::string_view severity, std::string_view code, std::string_view message) {
    backend::response_field const fields[] = {{'S', severity}, {'V', severity}, {'C', code}, {'M', message}};
    return wire::of(backend::error_response{fields});
}

std::string sasl(std::initializer_list<std::string_view> mechanisms) {
    return wire::of(backend::authentication_sasl{std::span(mechanisms.begin(), mechanisms.size())});
}

std::string const ok = wire::of(backend::authentication_ok{});
std::string const ready = wire::of(backend::ready_for_query{});
std::string const key = wire::of(backend::backend_key_data{17, as_bytes("key!")});

struct events : session_events {
    void notice(pgwire::error const& what) override { notices.emplace_back(what.message()); }
    void parameter_changed(std::string_view name, std::string_view value) override {
        parameters[std::string(name)] = value;
    }
    void notified(backend::notification_response const&) override { FAIL() << "nobody listens during startup"; }

    std::vector<std::string> notices;
    std::map<std::string, std::string> parameters;
};

startup_options options_of_alice() {
    startup_options options;
    options.user = "alice";
    options.database = "shop";
    options.password = secret("wonderland");
    return options;
}

/// A client that has sent its StartupMessage, and what comes of a server's bytes.
class client {
public:
    explicit client(startup_options options = options_of_alice()) : machine_(std::move(options), output_, seen) {
        machine_.begin();
        startup_message = take_output();
    }

    /// The bytes as a connection gives them: what is not used comes again, with more behind it.
    client& receives(std::string_view bytes) {
        input_.append(bytes);
        input_.erase(0, machine_.receive(as_bytes(input_)));
        return *this;
    }
    client& receives_eof() {
        machine_.ended(as_bytes(input_));
        return *this;
    }

    /// What it sent since the last time.
    std::string take_output() {
        std::string bytes(as_text(output_.unread()));
        output_.clear();
        return bytes;
    }

    [[nodiscard]] startup const& machine() const { return machine_; }
    [[nodiscard]] bool is_ready() const { return machine_.ready(); }
    [[nodiscard]] pgwire::error failure() const { return machine_.failure().value_or(pgwire::error()); }
    [[nodiscard]] std::string message() const { return std::string(failure().message()); }
    [[nodiscard]] std::string const& unread() const { return input_; }

    events seen;
    std::string startup_message;

private:
    buffer output_;
    startup machine_;
    std::string input_;
};

startup_options asking_for(version wanted) {
    auto options = options_of_alice();
    options.wanted_version = wanted;
    return options;
}

startup_options accepting(authentication_methods methods) {
    auto options = options_of_alice();
    options.accepted_methods = methods;
    return options;
}

TEST(Startup, begins_with_who_and_where_then_further_parameters) {
    auto options = asking_for(version::v3_2);
    options.parameters = {{"application_name", "test"}};
    EXPECT_EQ(client(std::move(options)).startup_message,
              wire::int32(56) + wire::int32(0x0003'0002) + "user\0alice\0database\0shop\0application_name\0test\0\0"s);
}

TEST(Startup, leaves_out_a_database_that_is_not_given) {
    auto options = options_of_alice();
    options.database.clear();
    EXPECT_EQ(client(std::move(options)).startup_message,
              wire::int32(20) + wire::int32(0x0003'0000) + "user\0alice\0\0"s);
}

TEST(Startup, is_ready_after_ready_for_query_and_leaves_the_rest) {
    client c;
    c.receives(ok + wire::of(backend::parameter_status{"server_version", "18.0"}) + key);
    EXPECT_FALSE(c.is_ready());
    c.receives(wire::of(backend::ready_for_query{backend::transaction_status::failed}) + "next");
    EXPECT_TRUE(c.is_ready());
    EXPECT_EQ(c.machine().status(), backend::transaction_status::failed);
    EXPECT_EQ(c.unread(), "next");
    EXPECT_EQ(c.seen.parameters, (std::map<std::string, std::string>{{"server_version", "18.0"}}));
    EXPECT_EQ(c.take_output(), "");
}

TEST(Startup, S12_error_without_length_is_shown) {
    client c;
    c.receives("Ecould not fork new process for connection: Cannot allocate memory\n\0"sv);
    EXPECT_EQ(c.failure(), errc::connect_failed);
    EXPECT_THAT(c.message(), HasSubstr("could not fork new process for connection: Cannot allocate memory"));
    EXPECT_EQ(c.message().back(), 'y') << "the line's end is no part of the text";
    EXPECT_TRUE(c.failure().is_retryable());
}

TEST(Startup, S12_error_without_length_comes_in_pieces) {
    client c;
    for (char const byte : "EFATAL: no such user\n"sv)
        c.receives({&byte, 1});
    EXPECT_FALSE(c.failure().code());
    c.receives("\0"sv);
    EXPECT_THAT(c.message(), HasSubstr("FATAL: no such user"));
}

TEST(Startup, S12_error_without_length_ends_with_the_connection_or_the_limit) {
    EXPECT_THAT(client().receives("Esorry, too many clients already").receives_eof().message(),
                HasSubstr("sorry, too many clients already"));
    EXPECT_THAT(client().receives("Eno").receives_eof().message(), HasSubstr("the server refused the connection: no"));
    client endless;
    endless.receives("E" + std::string(limits::before_authentication().texts, 'x'));
    EXPECT_EQ(endless.failure(), errc::connect_failed);
}

TEST(Startup, S13_other_protocols_are_named_by_their_first_byte) {
    client http;
    http.receives("H");
    EXPECT_EQ(http.failure(), errc::not_postgresql);
    EXPECT_THAT(http.message(), HasSubstr("the server is not PostgreSQL: its answer begins with 'H'"));
    EXPECT_THAT(client().receives("\x15\x03\x01").message(), HasSubstr("begins with 0x15"));
    EXPECT_EQ(client().receives("SSH-2.0-OpenSSH").failure(), errc::not_postgresql);
    EXPECT_EQ(client().receives("220 mail").failure(), errc::not_postgresql);
}

TEST(Startup, S13_only_the_first_byte_tells_another_protocol) {
    client c;
    c.receives(wire::of(backend::authentication_cleartext_password{}) + wire::of(backend::parameter_status{"a", "b"}));
    EXPECT_EQ(c.failure(), errc::unexpected_message);
}

TEST(Startup, S14_closed_without_a_byte) {
    client c;
    c.receives_eof();
    EXPECT_EQ(c.failure(), errc::connection_closed);
    EXPECT_TRUE(c.failure().connection_lost());
}

TEST(Startup, S14_closed_in_the_middle_of_a_message) {
    std::string const whole = ok + error_response("FATAL", "57P03", "the database system is starting up");
    for (std::size_t size = 1; size < whole.size(); ++size) {
        client c;
        c.receives(whole.substr(0, size)).receives_eof();
        EXPECT_EQ(c.failure(), size == ok.size() ? errc::connection_closed : errc::connection_closed_mid_message)
            << size;
    }
}

TEST(Startup, S14_what_the_server_said_last_outlives_the_end) {
    client c;
    c.receives(error_response("FATAL", "53300", "too many clients")).receives_eof();
    EXPECT_EQ(c.failure(), sqlstate::too_many_connections);
}

TEST(Startup, S15_error_before_authentication) {
    for (auto const& [code, retryable] :
         std::map<std::string, bool>{{"28000", false}, {"3D000", false}, {"53300", true}, {"57P03", true}}) {
        client c;
        c.receives(error_response("FATAL", code, "not now"));
        EXPECT_EQ(c.failure(), pgwire::sqlstate_from(code).value());
        EXPECT_EQ(c.failure().message(), "not now");
        EXPECT_EQ(c.failure().is_retryable(), retryable) << code;
        EXPECT_TRUE(c.failure().connection_lost());
    }
}

TEST(Startup, S16_error_between_authentication_and_ready) {
    client c;
    c.receives(ok + key + error_response("FATAL", "3D000", "database \"shop\" does not exist") + ready);
    EXPECT_EQ(c.failure(), sqlstate::invalid_catalog_name);
    EXPECT_FALSE(c.is_ready()) << "whatever comes behind it";
}

TEST(Startup, S16_error_that_is_not_fatal_ends_it_too) {
    client c;
    c.receives(ok + error_response("ERROR", "42501", "no") + ready);
    EXPECT_EQ(c.failure(), sqlstate::insufficient_privilege);
    EXPECT_TRUE(c.failure().connection_lost());
    EXPECT_FALSE(c.is_ready());
}

TEST(Startup, S17_notices_come_at_any_time) {
    backend::response_field const fields[] = {{'S', "NOTICE"}, {'C', "00000"}, {'M', "hello"}};
    std::string const notice = wire::of(backend::notice_response{fields});
    client c;
    c.receives(notice + wire::of(backend::authentication_cleartext_password{}) + notice + ok + notice + ready);
    EXPECT_TRUE(c.is_ready()) << c.message();
    EXPECT_THAT(c.seen.notices, ElementsAre("hello", "hello", "hello"));
}

TEST(Startup, S18_the_server_speaks_only_3_0) {
    client c(asking_for(version::v3_2));
    c.receives(wire::of(backend::negotiate_protocol_version{version::v3_0, {}}) + ok + ready);
    EXPECT_TRUE(c.is_ready()) << c.message();
    EXPECT_EQ(c.machine().negotiated_version(), version::v3_0);
    EXPECT_THAT(c.machine().unrecognized_options(), ElementsAre());
}

TEST(Startup, S18_the_minor_version_alone_is_understood) {
    client c(asking_for(version::v3_2));
    c.receives(wire::raw('v', wire::int32(0) + wire::int32(0)) + ok + ready);
    EXPECT_TRUE(c.is_ready()) << c.message();
    EXPECT_EQ(c.machine().negotiated_version(), version::v3_0);
}

TEST(Startup, S18_without_negotiation_the_version_is_the_one_asked_for) {
    for (version const wanted : {version::v3_0, version::v3_2}) {
        client c(asking_for(wanted));
        c.receives(ok + ready);
        EXPECT_EQ(c.machine().negotiated_version(), wanted);
    }
}

TEST(Startup, S18_a_version_below_the_required_one_fails) {
    auto options = asking_for(version::v3_2);
    options.minimum_version = version::v3_2;
    client c(std::move(options));
    c.receives(wire::of(backend::negotiate_protocol_version{version::v3_0, {}}) + ok + ready);
    EXPECT_EQ(c.failure(), errc::protocol_version_unsupported);
    EXPECT_THAT(c.message(), HasSubstr("only 3.0, below the required 3.2"));
    EXPECT_FALSE(c.is_ready());
}

TEST(Startup, S19_unrecognized_options_are_told) {
    auto options = asking_for(version::v3_2);
    options.parameters = {{"_pq_.one", "1"}, {"_pq_.two", "2"}};
    client c(std::move(options));
    std::string_view const unknown[] = {"_pq_.one", "_pq_.two"};
    c.receives(wire::of(backend::negotiate_protocol_version{version::v3_2, unknown}) + ok + ready);
    EXPECT_TRUE(c.is_ready()) << c.message();
    EXPECT_EQ(c.machine().negotiated_version(), version::v3_2);
    EXPECT_THAT(c.machine().unrecognized_options(), ElementsAre("_pq_.one", "_pq_.two"));
}

TEST(Startup, S20_a_version_that_was_not_asked_for) {
    for (std::uint32_t const offered : {0x0003'0002U, 0x0003'270fU, 0x0004'0000U, 0x0002'0000U}) {
        client c(asking_for(version::v3_0));
        c.receives(wire::raw('v', wire::int32(offered) + wire::int32(0)));
        EXPECT_EQ(c.failure().kind(), error_kind::protocol) << offered;
    }
    client c(asking_for(version::v3_2));
    c.receives(wire::raw('v', wire::int32(0x0003'0001) + wire::int32(0)));
    EXPECT_EQ(c.failure().kind(), error_kind::protocol) << "there is no 3.1";
    EXPECT_THAT(c.message(), HasSubstr("asked for 3.2, the server offers 3.1"));
}

TEST(Startup, S20_negotiation_twice_or_late) {
    std::string const negotiation = wire::of(backend::negotiate_protocol_version{version::v3_0, {}});
    for (auto const& bytes :
         {negotiation + negotiation, wire::of(backend::authentication_cleartext_password{}) + negotiation,
          ok + negotiation, ok + key + negotiation}) {
        client c(asking_for(version::v3_2));
        c.receives(bytes);
        EXPECT_EQ(c.failure(), errc::unexpected_message);
        EXPECT_EQ(c.failure().kind(), error_kind::protocol);
    }
}

TEST(Startup, S20_negotiation_with_fewer_options_than_announced) {
    client c(asking_for(version::v3_2));
    c.receives(wire::raw('v', wire::int32(0x0003'0000) + wire::int32(0x7fff'ffff) + "_pq_.x\0"s));
    EXPECT_EQ(c.failure(), errc::malformed_message);
}

TEST(Startup, S21_key_of_any_length_is_kept_whole) {
    for (version const wanted : {version::v3_0, version::v3_2}) {
        for (std::size_t const size : {4U, 32U, 256U}) {
            std::string const bytes(size, '\xa5');
            client c(asking_for(wanted));
            c.receives(ok + wire::of(backend::backend_key_data{0xffff'ffff, as_bytes(bytes)}) + ready);
            EXPECT_TRUE(c.is_ready()) << size;
            EXPECT_EQ(c.machine().backend_pid(), 0xffff'ffffU);
            EXPECT_EQ(as_text(c.machine().cancel_key()), bytes);
        }
    }
}

TEST(Startup, S22_key_that_is_too_short_or_too_long) {
    for (std::size_t const size : {0U, 1U, 4U, 7U, 261U}) {
        client c;
        c.receives(ok + wire::raw('K', std::string(size, 'k')) + ready);
        EXPECT_EQ(c.failure(), errc::malformed_message) << size;
    }
}

TEST(Startup, S22_second_key) { EXPECT_EQ(client().receives(ok + key + key).failure(), errc::unexpected_message); }

TEST(Startup, S23_no_key) {
    client c;
    c.receives(ok + ready);
    EXPECT_TRUE(c.is_ready());
    EXPECT_EQ(c.machine().backend_pid(), 0U);
    EXPECT_TRUE(c.machine().cancel_key().empty());
}

TEST(Startup, S24_ready_with_another_status) {
    for (int code = 0; code <= 0xff; ++code) {
        char const status = static_cast<char>(code);
        client c;
        c.receives(ok + wire::raw('Z', std::string_view(&status, 1)));
        bool const valid = "ITE"sv.find(status) != std::string_view::npos;
        EXPECT_EQ(c.is_ready(), valid) << code;
        EXPECT_EQ(c.failure() == errc::invalid_transaction_status, !valid) << code;
    }
    EXPECT_EQ(client().receives(ok + wire::raw('Z', "")).failure(), errc::malformed_message);
    EXPECT_EQ(client().receives(ok + wire::raw('Z', "II")).failure(), errc::malformed_message);
}

TEST(Startup, S27_messages_of_the_query_cycle) {
    for (char const type : "DdTtCcGHWIns123AV"sv) {
        client authenticated;
        authenticated.receives(ok + wire::raw(type, "\0\0"sv) + ready);
        EXPECT_EQ(authenticated.failure(), errc::unexpected_message) << type;
        EXPECT_FALSE(authenticated.is_ready()) << type;
        client asked;
        asked.receives(wire::of(backend::authentication_cleartext_password{}) + wire::raw(type, "\0\0"sv));
        EXPECT_EQ(asked.failure(), errc::unexpected_message) << type;
    }
}

TEST(Startup, S27_what_belongs_behind_authentication) {
    for (auto const& message : {key, ready, wire::of(backend::parameter_status{"a", "b"})}) {
        client c;
        c.receives(wire::of(backend::authentication_cleartext_password{}) + message + ok + ready);
        EXPECT_EQ(c.failure(), errc::unexpected_message);
        EXPECT_TRUE(c.seen.parameters.empty());
    }
}

TEST(Startup, S28_nul_in_a_value_is_refused_before_sending) {
    std::string const nul = "a\0user\0root"s;
    auto const refused = [](startup_options options) {
        client c(std::move(options));
        EXPECT_EQ(c.failure(), errc::embedded_nul);
        EXPECT_TRUE(c.failure().nothing_was_sent());
        EXPECT_EQ(c.startup_message, "");
    };
    auto options = options_of_alice();
    options.user = nul;
    refused(std::move(options));
    options = options_of_alice();
    options.database = nul;
    refused(std::move(options));
    options = options_of_alice();
    options.parameters = {{"application_name", nul}};
    refused(std::move(options));
    options = options_of_alice();
    options.parameters = {{nul, "value"}};
    refused(std::move(options));
}

TEST(Startup, S28_nul_in_the_password_is_refused_before_sending) {
    auto options = options_of_alice();
    options.password = secret("wonder\0land"sv);
    client c(std::move(options));
    c.receives(wire::of(backend::authentication_cleartext_password{}));
    EXPECT_EQ(c.failure(), errc::embedded_nul);
    EXPECT_EQ(c.take_output(), "");
}

TEST(Startup, S28_parameter_without_a_name_would_end_the_list) {
    auto options = options_of_alice();
    options.parameters = {{"", "value"}};
    client c(std::move(options));
    EXPECT_EQ(c.failure(), errc::invalid_config);
    EXPECT_EQ(c.startup_message, "");
}

TEST(Startup, A01_unknown_methods_are_named) {
    std::map<std::uint32_t, std::string> const names{{99, "authentication method 99"},
                                                     {2, "Kerberos 5"},
                                                     {4, "crypt() password"},
                                                     {6, "SCM credentials"},
                                                     {7, "GSSAPI"},
                                                     {8, "GSSAPI"},
                                                     {9, "SSPI"},
                                                     {0xffff'ffff, "method -1"}};
    for (auto const& [code, name] : names) {
        client c;
        c.receives(wire::raw('R', wire::int32(code)));
        EXPECT_EQ(c.failure(), errc::authentication_method_unsupported);
        EXPECT_THAT(c.message(), HasSubstr(name));
        EXPECT_EQ(c.take_output(), "");
    }
}

TEST(Startup, A01_requests_with_a_wrong_body) {
    for (auto const& body : {""s, "\0\0\0"s, wire::int32(0) + "x", wire::int32(3) + "x", wire::int32(5),
                             wire::int32(5) + "123", wire::int32(5) + "12345", wire::int32(10),
                             wire::int32(10) + "SCRAM-SHA-256\0"s, wire::int32(10) + "SCRAM-SHA-256\0\0surplus"s}) {
        client c;
        c.receives(wire::raw('R', body));
        EXPECT_EQ(c.failure(), errc::malformed_message) << body;
        EXPECT_EQ(c.take_output(), "");
    }
}

TEST(Startup, A02_a_method_that_is_not_accepted_gets_no_password) {
    using enum authentication_method;
    std::map<authentication_method, std::string> const requests{
        {password, wire::of(backend::authentication_cleartext_password{})},
        {md5, wire::of(backend::authentication_md5_password{})},
        {scram_sha_256, sasl({"SCRAM-SHA-256"})},
    };
    for (auto const& [method, request] : requests) {
        auto others = authentication_methods::all();
        others.erase(method);
        client c(accepting(others));
        c.receives(request);
        EXPECT_EQ(c.failure(), errc::authentication_method_refused);
        EXPECT_EQ(c.take_output(), "");
        EXPECT_THAT(c.message(), testing::Not(HasSubstr("wonderland")));
        client alone(accepting({method}));
        alone.receives(request);
        EXPECT_FALSE(alone.failure().code()) << alone.message();
        EXPECT_NE(alone.take_output(), "");
    }
}

TEST(Startup, cleartext_password) {
    client c;
    c.receives(wire::of(backend::authentication_cleartext_password{}));
    EXPECT_EQ(c.take_output(), "p\0\0\0\x0fwonderland\0"s);
    c.receives(ok + ready);
    EXPECT_TRUE(c.is_ready());
}

TEST(Startup, md5_password) {
    client c;
    std::array const salt{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{0}};
    c.receives(wire::of(backend::authentication_md5_password{salt}));
    EXPECT_EQ(c.take_output(),
              wire::of(frontend::password{pgwire::protocol::md5_password("wonderland", "alice", salt).value()}));
    c.receives(ok + ready);
    EXPECT_TRUE(c.is_ready());
}

TEST(Startup, A03_unknown_mechanisms_are_listed) {
    client c;
    c.receives(sasl({"OAUTHBEARER", "SCRAM-SHA-512"}));
    EXPECT_EQ(c.failure(), errc::authentication_method_unsupported);
    EXPECT_THAT(c.message(), HasSubstr("OAUTHBEARER, SCRAM-SHA-512"));
    EXPECT_EQ(c.take_output(), "");
    EXPECT_EQ(client().receives(sasl({})).failure(), errc::authentication_method_unsupported);
    EXPECT_EQ(client().receives(sasl({"scram-sha-256"})).failure(), errc::authentication_method_unsupported);
}

TEST(Startup, A03_a_known_mechanism_is_found_among_others) {
    for (auto const& offer : {sasl({"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"}), sasl({"SCRAM-SHA-256", "OAUTHBEARER"})}) {
        client c;
        c.receives(offer);
        EXPECT_THAT(c.take_output(), HasSubstr("SCRAM-SHA-256\0\0\0\0"s));
    }
}

/// A client in the middle of SCRAM.
class scram_exchange : public client {
public:
    using client::client;

    /// Asks for SCRAM and returns the client's nonce.
    std::string begin() {
        receives(sasl({"SCRAM-SHA-256"}));
        first_ = take_output();
        auto const at = first_.find("n,,n=,r=");
        EXPECT_NE(at, std::string::npos);
        return first_.substr(std::min(at, first_.size() - 8) + 8);
    }
    /// What the client sent to `begin`, without its header.
    [[nodiscard]] std::string_view client_first() const {
        return std::string_view(first_).substr(first_.find("n,,n="));
    }

    void server_first(std::string_view text) {
        receives(wire::of(backend::authentication_sasl_continue{as_bytes(text)}));
    }
    void server_final(std::string_view text) { receives(wire::of(backend::authentication_sasl_final{as_bytes(text)})); }

private:
    std::string first_;
};

/// The server that knows alice's password.
scram_server server_of_alice(std::string_view password = "wonderland") {
    return scram_server(
        std::make_shared<scram_verifier const>(scram_verifier::from_password(password, "salt", 2).value()));
}

/// An exchange in which the client has sent its final message, and what the server answers to it.
std::string begin_genuine(scram_exchange& c, std::string_view password = "wonderland") {
    auto server = server_of_alice(password);
    c.begin();
    c.server_first(server.first(c.client_first()).message);
    std::string const final = c.take_output();
    EXPECT_TRUE(final.starts_with("p")) << c.message();
    auto const answer = server.final(std::string_view(final).substr(5));
    EXPECT_TRUE(answer) << to_string(answer.error);
    return answer.message;
}

/// What a client says to the server's first message.
pgwire::error verdict_on(std::string_view salt_and_iterations, std::string_view server_nonce = "server") {
    scram_exchange c;
    std::string const nonce = c.begin();
    c.server_first("r=" + nonce + std::string(server_nonce) + std::string(salt_and_iterations));
    EXPECT_EQ(c.take_output().empty(), c.failure().code() != std::error_code()) << "no proof for a server that cheats";
    EXPECT_FALSE(c.is_ready());
    return c.failure();
}

TEST(Startup, scram_sha_256) {
    scram_exchange c;
    c.server_final(begin_genuine(c));
    EXPECT_FALSE(c.failure().code()) << c.message();
    EXPECT_FALSE(c.is_ready());
    c.receives(ok + ready);
    EXPECT_TRUE(c.is_ready());
}

TEST(Startup, A04_server_nonce_must_begin_with_ours) {
    scram_exchange c;
    std::string nonce = c.begin();
    nonce[0] = nonce[0] == 'x' ? 'y' : 'x';
    c.server_first("r=" + nonce + "server,s=c2FsdA==,i=2");
    EXPECT_EQ(c.failure(), errc::authentication_failed);
    EXPECT_EQ(c.take_output(), "");
}

TEST(Startup, A05_server_nonce_must_be_more_than_ours) {
    EXPECT_EQ(verdict_on(",s=c2FsdA==,i=2", ""), errc::authentication_failed);
    EXPECT_FALSE(verdict_on(",s=c2FsdA==,i=2").code());
}

TEST(Startup, A06_iteration_count_must_be_a_number_within_the_cap) {
    for (auto const* const count : {"0", "-5", "many", "", "1000001", "99999999999999999999"})
        EXPECT_EQ(verdict_on(",s=c2FsdA==,i="s + count), errc::authentication_failed) << count;
}

TEST(Startup, A07_a_huge_iteration_count_costs_nothing) {
    auto const begin = std::chrono::steady_clock::now();
    EXPECT_EQ(verdict_on(",s=c2FsdA==,i=2147483647"), errc::authentication_failed);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(100)); // a second's work is 2 million
}

TEST(Startup, A07_the_cap_is_configurable) {
    auto options = options_of_alice();
    options.scram.max_iterations = 1;
    scram_exchange c(std::move(options));
    std::string const nonce = c.begin();
    c.server_first("r=" + nonce + "server,s=c2FsdA==,i=2");
    EXPECT_THAT(c.message(), HasSubstr("iteration count"));
}

TEST(Startup, A08_salt_must_be_base64_and_not_empty) {
    for (auto const* const salt : {"", "!!!!", "c2FsdA"})
        EXPECT_EQ(verdict_on(",s="s + salt + ",i=2"), errc::authentication_failed) << salt;
}

TEST(Startup, A09_wrong_server_signature) {
    scram_exchange c;
    std::string signature = begin_genuine(c);
    signature[10] = signature[10] == 'A' ? 'B' : 'A';
    c.server_final(signature);
    EXPECT_EQ(c.failure(), errc::server_not_authenticated);
    c.receives(ok + ready);
    EXPECT_FALSE(c.is_ready());
}

TEST(Startup, A10_empty_signature_or_the_servers_reason) {
    scram_exchange empty;
    begin_genuine(empty);
    empty.server_final("v=");
    EXPECT_EQ(empty.failure(), errc::server_not_authenticated);

    scram_exchange rejected;
    begin_genuine(rejected);
    rejected.server_final("e=other-error");
    EXPECT_EQ(rejected.failure(), errc::authentication_failed);
    EXPECT_THAT(rejected.message(), HasSubstr("other-error"));

    scram_exchange rejected_at_once;
    rejected_at_once.begin();
    rejected_at_once.server_first("e=unknown-user");
    EXPECT_EQ(rejected_at_once.failure(), errc::authentication_failed);
    EXPECT_THAT(rejected_at_once.message(), HasSubstr("unknown-user"));
}

TEST(Startup, A11_authentication_ok_without_the_servers_proof) {
    scram_exchange c;
    begin_genuine(c);
    c.receives(ok + ready);
    EXPECT_EQ(c.failure(), errc::server_not_authenticated);
    EXPECT_FALSE(c.is_ready());
}

TEST(Startup, A12_authentication_ok_before_the_clients_proof) {
    scram_exchange c;
    c.begin();
    c.receives(ok + ready);
    EXPECT_EQ(c.failure(), errc::server_not_authenticated);
    EXPECT_FALSE(c.is_ready());
}

TEST(Startup, A12_final_before_the_clients_proof) {
    scram_exchange c;
    c.begin();
    c.server_final("v=AAAA");
    EXPECT_EQ(c.failure(), errc::unexpected_message);
}

TEST(Startup, A16_password_is_prepared_for_scram) {
    std::map<std::string, std::string> const stored{
        {"\xe2\x85\xa8", "IX"},   // U+2168 ROMAN NUMERAL NINE
        {"I\xc2\xadX", "IX"},     // U+00AD SOFT HYPHEN
        {"\xcd\xb8", "\xcd\xb8"}, // U+0378 is not assigned: the bytes as they are
        {"a\xff"
         "b",
         "a\xff"
         "b"}, // not UTF-8: the bytes as they are
    };
    for (auto const& [typed, known] : stored) {
        auto options = options_of_alice();
        options.password = secret(typed);
        scram_exchange c(std::move(options));
        c.server_final(begin_genuine(c, known));
        c.receives(ok + ready);
        EXPECT_TRUE(c.is_ready()) << c.message();
    }
}

TEST(Startup, A16_password_in_clear_text_or_md5_is_sent_as_it_is) {
    auto options = options_of_alice();
    options.password = secret("\xe2\x85\xa8");
    client c(std::move(options));
    c.receives(wire::of(backend::authentication_cleartext_password{}));
    EXPECT_EQ(c.take_output(), wire::of(frontend::password{"\xe2\x85\xa8"}));
}

TEST(Startup, A17_md5_takes_the_users_bytes_as_they_are) {
    auto options = options_of_alice();
    options.user = "al\xffice";
    client c(std::move(options));
    c.receives(wire::of(backend::authentication_md5_password{}));
    EXPECT_EQ(c.take_output(),
              wire::of(frontend::password{pgwire::protocol::md5_password("wonderland", "al\xffice", {}).value()}));
}

TEST(Startup, A17_without_a_password_nothing_is_sent) {
    for (auto const& request : {wire::of(backend::authentication_cleartext_password{}),
                                wire::of(backend::authentication_md5_password{}), sasl({"SCRAM-SHA-256"})}) {
        auto options = options_of_alice();
        options.password = secret();
        client c(std::move(options));
        c.receives(request);
        EXPECT_EQ(c.failure(), errc::password_missing);
        EXPECT_EQ(c.take_output(), "");
    }
}

TEST(Startup, A18_authentication_after_authentication) {
    for (auto const& request : {ok, sasl({"SCRAM-SHA-256"}), wire::of(backend::authentication_cleartext_password{}),
                                wire::of(backend::authentication_md5_password{}),
                                wire::of(backend::authentication_sasl_continue{as_bytes("r=x")}),
                                wire::of(backend::authentication_sasl_final{as_bytes("v=x")})}) {
        client c;
        c.receives(ok + request + ready);
        EXPECT_EQ(c.failure(), errc::unexpected_message);
        EXPECT_EQ(c.take_output(), "") << "no password";
        EXPECT_FALSE(c.is_ready());
    }
}

TEST(Startup, A18_a_second_request) {
    std::vector<std::string> const requests{wire::of(backend::authentication_cleartext_password{}),
                                            wire::of(backend::authentication_md5_password{}), sasl({"SCRAM-SHA-256"})};
    for (auto const& first : requests) {
        for (auto const& second : requests) {
            client c;
            c.receives(first);
            c.take_output();
            c.receives(second);
            EXPECT_EQ(c.failure(), errc::unexpected_message);
            EXPECT_EQ(c.take_output(), "");
        }
    }
}

TEST(Startup, A18_sasl_messages_nobody_waits_for) {
    for (auto const& request : {wire::of(backend::authentication_sasl_continue{as_bytes("r=x,s=c2FsdA==,i=2")}),
                                wire::of(backend::authentication_sasl_final{as_bytes("v=x")})})
        EXPECT_EQ(client().receives(request).failure(), errc::unexpected_message);

    scram_exchange continued_twice;
    begin_genuine(continued_twice);
    continued_twice.server_first("r=x,s=c2FsdA==,i=2");
    EXPECT_EQ(continued_twice.failure(), errc::unexpected_message);

    scram_exchange final_twice;
    std::string const final = begin_genuine(final_twice);
    final_twice.server_final(final);
    EXPECT_FALSE(final_twice.failure().code());
    final_twice.server_final(final);
    EXPECT_EQ(final_twice.failure(), errc::unexpected_message);
}

TEST(Startup, A19_no_proof_asked_for) {
    client c;
    c.receives(ok + ready);
    EXPECT_TRUE(c.is_ready()) << "accepted, though a password is set";
    EXPECT_EQ(c.take_output(), "");

    client strict(accepting({authentication_method::scram_sha_256}));
    strict.receives(ok + ready);
    EXPECT_EQ(strict.failure(), errc::authentication_method_refused);
    EXPECT_FALSE(strict.is_ready());

    client none(accepting({authentication_method::none}));
    none.receives(ok + ready);
    EXPECT_TRUE(none.is_ready());
}

TEST(Startup, F01_impossible_lengths_end_it_at_once) {
    for (std::uint32_t const length : {0xffff'ffffU, 0x8000'0000U, 0U, 3U}) {
        for (char const type : "RENv"sv) {
            if (type == 'E' && length == 0x8000'0000)
                continue; // a text in some encoding may begin with 0x80
            client c;
            c.receives(wire::with_length(type, length));
            EXPECT_EQ(c.failure().kind(), error_kind::protocol) << type << length;
        }
        for (char const type : "RENSKZD"sv) {
            client c;
            c.receives(ok + wire::with_length(type, length));
            EXPECT_EQ(c.failure().kind(), error_kind::protocol) << type << length;
        }
    }
}

TEST(Startup, F02_F03_long_messages_are_refused_at_the_header) {
    std::uint32_t const limit = limits::before_authentication().others;
    for (std::uint32_t const length : {limit + 1, 0x1000'0000U, 0x1fff'ffffU, 0x7fff'ffffU}) {
        for (char const type : "RENv"sv)
            EXPECT_EQ(client().receives(wire::with_length(type, length)).failure(), errc::message_over_limit)
                << type << length;
        for (char const type : "RENSKZDTCA"sv)
            EXPECT_EQ(client().receives(ok + wire::with_length(type, length)).failure(), errc::message_over_limit)
                << type << length;
    }
    EXPECT_FALSE(client().receives(ok + wire::with_length('S', limit)).failure().code()) << "the limit itself may come";
}

TEST(Startup, F05_unknown_types) {
    for (char const type : "~\0xYPB"sv) {
        client c;
        c.receives(ok + wire::raw(type, ""));
        EXPECT_EQ(c.failure(), errc::unknown_message) << type;
        client asked;
        asked.receives(wire::of(backend::authentication_cleartext_password{}) + wire::raw(type, ""));
        EXPECT_EQ(asked.failure(), errc::unknown_message) << type;
    }
}

TEST(Startup, F13_errors_with_hardly_anything_in_them) {
    for (auto const& body : {""s, "\0"s, "M"s, "Mtext"s, "Mtext\0"s, "Mtext\0\0"s, "SFATAL\0Mtext\0\0"s, "Cxyz\0\0"s}) {
        for (auto const& before : {""s, ok}) {
            client c;
            c.receives(before + wire::raw('E', body));
            EXPECT_EQ(c.failure(), errc::server_error) << body;
            EXPECT_EQ(c.message() == "text", body.find("text") != std::string::npos) << body << c.message();
            EXPECT_NE(c.message(), "");
        }
    }
}

TEST(Startup, F14_text_that_is_not_utf8) {
    client c;
    c.receives(error_response("FATAL", "28P01",
                              "contrase\xf1"
                              "a incorrecta"));
    EXPECT_EQ(c.failure(), sqlstate::invalid_password);
    EXPECT_EQ(c.message(), "contrase\xef\xbf\xbd"
                           "a incorrecta");
    EXPECT_THAT(client()
                    .receives("Eproc\xe9"
                              "d\xe9 impossible\0"sv)
                    .message(),
                HasSubstr("proc\xef\xbf\xbd"
                          "d"));
}

TEST(Startup, nothing_is_handled_after_a_failure) {
    client c;
    c.receives(error_response("FATAL", "28000", "go away"));
    c.receives(wire::of(backend::authentication_cleartext_password{}) + ok + ready).receives_eof();
    EXPECT_EQ(c.failure(), sqlstate::invalid_authorization_specification);
    EXPECT_EQ(c.take_output(), "");
    EXPECT_FALSE(c.is_ready());
}

} // namespace
