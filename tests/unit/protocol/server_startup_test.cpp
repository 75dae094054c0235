#include "protocol/server_startup.hpp"

#include "protocol/md5_password.hpp"
#include "unit/protocol/wire.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The server's side of the startup alone, against a client's bytes; startup_pair_test.cpp lets it talk to our own
// client.
namespace {

using namespace pgwire::protocol;
using namespace std::string_literals;
using namespace std::string_view_literals;
using pgwire::errc;
using pgwire::sqlstate;
using enum authentication_method;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class users : public credentials {
public:
    explicit users(authentication_method method) : method_(method) {}

    credential find(std::string_view user, std::string_view database) override {
        asked.emplace_back(user, database);
        if (user != "alice")
            return {method_, secret(), nullptr};
        return {method_, secret("wonderland"), verifier_};
    }

    std::vector<std::pair<std::string, std::string>> asked;

private:
    authentication_method method_;
    std::shared_ptr<scram_verifier const> verifier_ = std::make_shared<scram_verifier const>(
        scram_verifier::from_password("wonderland", "0123456789abcdef", 2).value());
};

server_startup_options options_for_tests() { return {.mock_secret = "mock", .mock_iterations = 2}; }

class server {
public:
    explicit server(authentication_method method = none, server_startup_options options = options_for_tests())
        : known(method), machine(known, output_, std::move(options)) {}

    server& receives(std::string_view bytes) {
        input_.append(bytes);
        input_.erase(0, machine.receive(as_bytes(input_)));
        return *this;
    }
    std::string take_output() {
        std::string bytes(as_text(output_.unread()));
        output_.clear();
        return bytes;
    }
    [[nodiscard]] std::string const& unread() const { return input_; }

    users known;

private:
    buffer output_;
    std::string input_;

public:
    server_startup machine;
};

std::string startup_message(std::uint32_t version = 0x0003'0000, std::string_view parameters = "user\0alice\0\0"sv) {
    return wire::packet(wire::int32(version).append(parameters));
}

std::string startup_of(std::string_view user) {
    return startup_message(0x0003'0000, "user\0"s.append(user).append("\0\0"sv));
}

std::string const ssl_request = wire::of(frontend::ssl_request{});
std::string const gssenc_request = wire::of(frontend::gssenc_request{});
std::string const ok = wire::of(backend::authentication_ok{});

/// The error that `bytes`, one ErrorResponse and nothing else, report.
std::optional<pgwire::error> only_error(std::string_view bytes) {
    frame message;
    errc refused = errc::ok;
    if (next_frame(as_bytes(bytes), limits(), peer::backend, message, refused) != framing::complete ||
        message.type != 'E' || message.size() != bytes.size() || !decode<backend::error_response>(message.body))
        return std::nullopt;
    return pgwire::detail::error_builder::from_response_body(message.body).build();
}

/// That the session is over, and the client was told so with this FATAL error and nothing else.
void expect_refused(server& s, sqlstate code, std::string_view message = {}) {
    std::string const output = s.take_output();
    auto const told = only_error(output);
    ASSERT_TRUE(told) << output;
    EXPECT_EQ(*told, code) << to_string(*told);
    EXPECT_EQ(told->severity(), "FATAL");
    EXPECT_THAT(std::string(told->message()), HasSubstr(std::string(message)));
    EXPECT_EQ(s.machine.failure().value_or(pgwire::error()), code);
    EXPECT_FALSE(s.machine.authenticated());
    s.machine.welcome(1, {});
    s.receives(startup_message());
    EXPECT_FALSE(s.machine.ready());
    EXPECT_EQ(s.take_output(), "") << "nothing comes behind the refusal";
}

TEST(ServerStartup, trust) {
    server s;
    s.receives(startup_message(0x0003'0000, "user\0alice\0database\0shop\0application_name\0test\0\0"sv));
    EXPECT_EQ(s.take_output(), ok);
    EXPECT_TRUE(s.machine.authenticated());
    EXPECT_EQ(s.machine.user(), "alice");
    EXPECT_EQ(s.machine.database(), "shop");
    EXPECT_THAT(s.machine.parameters(),
                ElementsAre(Pair("user", "alice"), Pair("database", "shop"), Pair("application_name", "test")));
    EXPECT_THAT(s.known.asked, ElementsAre(Pair("alice", "shop")));

    backend::parameter_status const parameters[] = {{"server_version", "18.0"}, {"client_encoding", "UTF8"}};
    s.machine.welcome(17, parameters);
    EXPECT_TRUE(s.machine.ready());
    EXPECT_FALSE(s.machine.authenticated());
    EXPECT_EQ(s.take_output(),
              wire::of(parameters[0], parameters[1], backend::backend_key_data{17, s.machine.cancel_key()},
                       backend::ready_for_query{}));
}

TEST(ServerStartup, database_is_the_users_name_unless_it_is_given) {
    for (auto const parameters : {"user\0alice\0\0"sv, "user\0alice\0database\0\0\0"sv}) {
        server s;
        s.receives(startup_message(0x0003'0000, parameters));
        EXPECT_EQ(s.machine.database(), "alice");
    }
}

TEST(ServerStartup, what_follows_the_startup_message_is_left_unread) {
    server s;
    s.receives(startup_message() + "Q");
    EXPECT_TRUE(s.machine.authenticated());
    s.machine.welcome(1, {});
    s.receives("uery");
    EXPECT_EQ(s.unread(), "Query");
}

TEST(ServerStartup, S21_cancel_key_is_random_and_its_length_that_of_the_version) {
    std::set<std::string> keys;
    for (auto const& [code, size] : {std::pair(0x0003'0000U, 4U), std::pair(0x0003'0002U, 32U)}) {
        for (int i = 0; i < 3; ++i) {
            server s;
            s.receives(startup_message(code));
            s.machine.welcome(1, {});
            EXPECT_EQ(s.machine.cancel_key().size(), size);
            keys.emplace(as_text(s.machine.cancel_key()));
        }
    }
    EXPECT_EQ(keys.size(), 6U);
}

TEST(ServerStartup, encryption_is_declined_once_each) {
    server s;
    s.receives(ssl_request);
    EXPECT_EQ(s.take_output(), "N");
    s.receives(gssenc_request);
    EXPECT_EQ(s.take_output(), "N");
    s.receives(startup_message());
    EXPECT_EQ(s.take_output(), ok);
}

TEST(ServerStartup, CVE_2026_6479_encryption_is_not_declined_twice) {
    for (auto const& request : {ssl_request, gssenc_request}) {
        server s;
        s.receives(request);
        EXPECT_EQ(s.take_output(), "N");
        s.receives(request);
        expect_refused(s, sqlstate::protocol_violation);
    }
}

TEST(ServerStartup, CVE_2021_23214_nothing_may_stand_behind_an_encryption_request) {
    for (auto const& request : {ssl_request, gssenc_request}) {
        server s;
        s.receives(request + startup_message());
        expect_refused(s, sqlstate::protocol_violation, "received unencrypted data");
        EXPECT_TRUE(s.known.asked.empty());
    }
}

TEST(ServerStartup, encryption_request_with_surplus_bytes) {
    for (auto const code : {frontend::ssl_request::code, frontend::gssenc_request::code}) {
        server s;
        s.receives(wire::packet(wire::int32(code) + "x"));
        expect_refused(s, sqlstate::protocol_violation);
    }
}

TEST(ServerStartup, encryption_request_after_the_startup_message) {
    server s(password);
    s.receives(startup_message());
    s.take_output();
    s.receives(ssl_request);
    expect_refused(s, sqlstate::protocol_violation);
}

TEST(ServerStartup, cancel_request_is_recognised_and_not_answered) {
    for (std::size_t const size : {4U, 32U, 256U}) {
        std::string const key(size, '\xc3');
        server s;
        s.receives(wire::of(frontend::cancel_request{17, as_bytes(key)}));
        ASSERT_TRUE(s.machine.cancel_requested());
        EXPECT_EQ(s.machine.cancel_requested()->pid, 17U);
        EXPECT_EQ(as_text(s.machine.cancel_requested()->key), key);
        s.receives(startup_message());
        EXPECT_EQ(s.take_output(), "");
        EXPECT_FALSE(s.machine.authenticated());
        EXPECT_FALSE(s.machine.failure());
    }
    server s;
    s.receives(gssenc_request).receives(ssl_request);
    s.receives(wire::of(frontend::cancel_request{17, as_bytes("key!")}));
    EXPECT_TRUE(s.machine.cancel_requested()) << "behind requests for encryption too";
}

TEST(ServerStartup, cancel_request_with_an_impossible_key) {
    for (std::size_t const size : {0U, 257U}) {
        server s;
        s.receives(
            wire::packet(wire::int32(frontend::cancel_request::code) + wire::int32(17) + std::string(size, 'k')));
        EXPECT_FALSE(s.machine.cancel_requested());
        EXPECT_EQ(s.machine.failure().value_or(pgwire::error()), errc::malformed_message);
        EXPECT_EQ(s.take_output(), "");
    }
}

TEST(ServerStartup, impossible_packet_lengths_are_refused_at_the_header) {
    for (std::uint32_t const length : {0U, 3U, 4U, 7U, 10'005U, 0x7fff'ffffU, 0x8000'0000U, 0xffff'ffffU}) {
        server s;
        s.receives(wire::int32(length));
        EXPECT_EQ(s.machine.failure().value_or(pgwire::error()), errc::not_postgresql) << length;
        EXPECT_EQ(s.take_output(), "") << "it speaks something else";
    }
    for (auto const* const other : {"GET / HTTP/1.1", "\x16\x03\x01\x02\x00"})
        EXPECT_TRUE(server().receives(other).machine.failure()) << other;
}

TEST(ServerStartup, packets_of_10000_bytes_are_the_longest) {
    std::string parameters = "user\0alice\0options\0"s;
    parameters.append(10'000 - 4 - parameters.size() - 2, 'x').append("\0\0"sv);
    EXPECT_TRUE(server().receives(startup_message(0x0003'0000, parameters)).machine.authenticated());
    parameters.insert(parameters.size() - 2, "x");
    EXPECT_TRUE(server().receives(startup_message(0x0003'0000, parameters)).machine.failure());
}

TEST(ServerStartup, other_versions_are_refused) {
    for (std::uint32_t const version : {0x0002'0000U, 0x0004'0000U, 0U, 0xffff'ffffU, 80877105U}) {
        server s;
        s.receives(startup_message(version));
        expect_refused(s, sqlstate::feature_not_supported, "server supports 3.0 to 3.2");
    }
}

TEST(ServerStartup, S18_unknown_minor_versions_are_negotiated) {
    auto const answer_to = [](std::uint32_t version, server_startup_options options) {
        server s(none, std::move(options));
        s.receives(startup_message(version));
        EXPECT_TRUE(s.machine.authenticated());
        return std::pair(s.take_output(), s.machine.negotiated_version());
    };
    auto const offer = [](version v) { return wire::of(backend::negotiate_protocol_version{v, {}}) + ok; };
    EXPECT_EQ(answer_to(0x0003'0000, {}), std::pair(ok, version::v3_0));
    EXPECT_EQ(answer_to(0x0003'0002, {}), std::pair(ok, version::v3_2));
    EXPECT_EQ(answer_to(0x0003'0003, {}), std::pair(offer(version::v3_2), version::v3_2));
    EXPECT_EQ(answer_to(0x0003'270f, {}), std::pair(offer(version::v3_2), version::v3_2)) << "libpq's grease";
    EXPECT_EQ(answer_to(0x0003'0001, {}), std::pair(offer(version::v3_0), version::v3_0)) << "there is no 3.1";
    EXPECT_EQ(answer_to(0x0003'0002, {.newest_version = version::v3_0}),
              std::pair(offer(version::v3_0), version::v3_0));
}

TEST(ServerStartup, S19_protocol_options_are_not_recognised) {
    server s;
    s.receives(startup_message(0x0003'0002, "_pq_.one\0"
                                            "1\0user\0alice\0_pq_.two\0"
                                            "2\0\0"sv));
    std::string_view const unknown[] = {"_pq_.one", "_pq_.two"};
    EXPECT_EQ(s.take_output(), wire::of(backend::negotiate_protocol_version{version::v3_2, unknown}) + ok);
    EXPECT_THAT(s.machine.parameters(), ElementsAre(Pair("user", "alice")));
}

TEST(ServerStartup, malformed_parameters) {
    for (auto const parameters : {""sv, "user"sv, "user\0"sv, "user\0alice"sv, "user\0alice\0"sv, "user\0alice\0x"sv,
                                  "user\0alice\0\0\0"sv, "user\0alice\0\0database\0shop\0\0"sv}) {
        server s;
        s.receives(startup_message(0x0003'0000, parameters));
        expect_refused(s, sqlstate::protocol_violation, "invalid startup packet layout");
    }
}

TEST(ServerStartup, user_must_be_given_once) {
    for (auto const parameters : {"\0"sv, "database\0shop\0\0"sv, "user\0\0\0"sv}) {
        server s;
        s.receives(startup_message(0x0003'0000, parameters));
        expect_refused(s, sqlstate::invalid_authorization_specification, "no PostgreSQL user name");
    }
    for (auto const parameters : {"user\0alice\0user\0root\0\0"sv, "user\0a\0database\0b\0database\0c\0\0"sv}) {
        server s;
        s.receives(startup_message(0x0003'0000, parameters));
        expect_refused(s, sqlstate::protocol_violation, "twice");
        EXPECT_TRUE(s.known.asked.empty());
    }
}

TEST(ServerStartup, owner_refuses) {
    server early;
    early.machine.refuse(sqlstate::too_many_connections, "sorry, too many clients already");
    expect_refused(early, sqlstate::too_many_connections, "sorry, too many clients already");

    server late;
    late.receives(startup_message());
    late.take_output();
    late.machine.refuse(sqlstate::invalid_catalog_name, "database \"alice\" does not exist");
    expect_refused(late, sqlstate::invalid_catalog_name);

    server too_late;
    too_late.receives(startup_message());
    too_late.machine.welcome(1, {});
    too_late.take_output();
    too_late.machine.refuse(sqlstate::invalid_catalog_name, "too late");
    EXPECT_EQ(too_late.take_output(), "");
    EXPECT_TRUE(too_late.machine.ready());
}

TEST(ServerStartup, welcome_needs_an_authenticated_client) {
    server s(password);
    s.receives(startup_message());
    s.take_output();
    s.machine.welcome(1, {});
    EXPECT_FALSE(s.machine.ready());
    EXPECT_EQ(s.take_output(), "");
}

TEST(ServerStartup, a_parameter_that_cannot_be_sent_ends_the_session) {
    server s;
    s.receives(startup_message());
    s.take_output();
    backend::parameter_status const parameters[] = {{"name", "a\0b"sv}};
    s.machine.welcome(1, parameters);
    expect_refused(s, sqlstate::internal_error);
}

TEST(ServerStartup, cleartext_password) {
    std::string const request = wire::of(backend::authentication_cleartext_password{});
    server s(password);
    s.receives(startup_message());
    EXPECT_EQ(s.take_output(), request);
    s.receives(wire::of(frontend::password{"wonderland"}));
    EXPECT_EQ(s.take_output(), ok);
    EXPECT_TRUE(s.machine.authenticated());

    for (auto const wrong : {"wonderlanD", "wonderlan", "wonderlands", ""}) {
        server other(password);
        other.receives(startup_message()).take_output();
        other.receives(wire::of(frontend::password{wrong}));
        expect_refused(other, sqlstate::invalid_password, "password authentication failed for user \"alice\"");
    }
}

TEST(ServerStartup, cleartext_password_of_an_unknown_user_is_never_right) {
    for (auto const guess : {"", "wonderland"}) {
        server s(password);
        s.receives(startup_of("bob"));
        EXPECT_EQ(s.take_output(), wire::of(backend::authentication_cleartext_password{})) << "asked like everybody";
        s.receives(wire::of(frontend::password{guess}));
        expect_refused(s, sqlstate::invalid_password, "password authentication failed for user \"bob\"");
    }
}

std::array<std::byte, 4> salt_of(std::string_view md5_request) {
    auto const request = decode<backend::authentication_md5_password>(as_bytes(md5_request.substr(5)));
    EXPECT_TRUE(request);
    return request.value_or(backend::authentication_md5_password{}).salt;
}

TEST(ServerStartup, md5_password) {
    server s(md5);
    s.receives(startup_message());
    auto const salt = salt_of(s.take_output());
    s.receives(wire::of(frontend::password{pgwire::protocol::md5_password("wonderland", "alice", salt).value()}));
    EXPECT_EQ(s.take_output(), ok);

    server replayed(md5);
    replayed.receives(startup_message());
    EXPECT_NE(salt_of(replayed.take_output()), salt) << "may fail once in 2^32 runs";
    replayed.receives(
        wire::of(frontend::password{pgwire::protocol::md5_password("wonderland", "alice", salt).value()}));
    expect_refused(replayed, sqlstate::invalid_password);
}

TEST(ServerStartup, md5_of_the_empty_password_of_an_unknown_user_is_not_right) {
    server s(md5);
    s.receives(startup_of("bob"));
    auto const salt = salt_of(s.take_output());
    s.receives(wire::of(frontend::password{pgwire::protocol::md5_password("", "bob", salt).value()}));
    expect_refused(s, sqlstate::invalid_password);
}

/// The server's first SCRAM message to a client of this name.
std::string server_first(server& s, std::string_view user = "alice") {
    s.receives(startup_of(user));
    std::string_view const mechanisms[] = {"SCRAM-SHA-256"};
    EXPECT_EQ(s.take_output(), wire::of(backend::authentication_sasl{mechanisms}));
    s.receives(wire::of(frontend::sasl_initial_response{"SCRAM-SHA-256", as_bytes("n,,n=,r=client")}));
    std::string const output = s.take_output();
    EXPECT_EQ(output.substr(5, 4), wire::int32(11));
    return output.substr(std::min<std::size_t>(9, output.size()));
}

std::string salt_and_iterations(std::string_view server_first) {
    return std::string(server_first.substr(std::min(server_first.find(",s="), server_first.size())));
}

TEST(ServerStartup, scram_sends_salt_and_iterations_of_the_verifier) {
    server s(scram_sha_256);
    std::string const first = server_first(s);
    EXPECT_TRUE(first.starts_with("r=client"));
    EXPECT_EQ(salt_and_iterations(first), ",s=MDEyMzQ1Njc4OWFiY2RlZg==,i=2");
}

TEST(ServerStartup, scram_shows_a_stranger_nothing_that_changes) {
    auto const shown = [](std::string_view user, server_startup_options options) {
        server s(scram_sha_256, std::move(options));
        return salt_and_iterations(server_first(s, user));
    };
    std::string const bob = shown("bob", options_for_tests());
    EXPECT_EQ(bob, shown("bob", options_for_tests())) << "the same each time";
    EXPECT_EQ(bob.size(), shown("alice", options_for_tests()).size()) << "like a real one";
    EXPECT_TRUE(bob.ends_with(",i=2"));
    EXPECT_NE(bob, shown("carol", options_for_tests()));
    EXPECT_NE(bob, shown("bob", {.mock_secret = "other", .mock_iterations = 2}));
    EXPECT_EQ(shown("bob", {}), shown("bob", {})) << "the process' own secret does not change either";
    EXPECT_NE(shown("bob", {}).substr(0, 20), bob.substr(0, 20));
}

TEST(ServerStartup, scram_unknown_user_is_refused_at_the_end) {
    server s(scram_sha_256);
    std::string const nonce = server_first(s, "bob");
    std::string const proof(43, 'A');
    s.receives(wire::of(
        frontend::sasl_response{as_bytes("c=biws," + nonce.substr(0, nonce.find(',')) + ",p=" + proof + "=")}));
    expect_refused(s, sqlstate::invalid_password, "password authentication failed for user \"bob\"");
}

TEST(ServerStartup, scram_other_mechanisms_and_malformed_messages_are_refused) {
    for (auto const& answer :
         {wire::of(frontend::sasl_initial_response{"SCRAM-SHA-256-PLUS", as_bytes("n,,n=,r=client")}),
          wire::of(frontend::sasl_initial_response{"", as_bytes("n,,n=,r=client")}),
          wire::of(frontend::sasl_initial_response{"SCRAM-SHA-256", {}}),
          wire::of(frontend::sasl_initial_response{"SCRAM-SHA-256", as_bytes("")}),
          wire::of(frontend::sasl_initial_response{"SCRAM-SHA-256", as_bytes("n,,n=")}),
          wire::of(frontend::password{"wonderland"}), wire::raw('p', ""),
          wire::raw('p', "SCRAM-SHA-256\0\0\0\0\x7f"sv)}) {
        server s(scram_sha_256);
        s.receives(startup_message()).take_output();
        s.receives(answer);
        expect_refused(s, sqlstate::protocol_violation);
    }
    for (auto const* const final : {"", "c=biws", "c=biws,r=other,p=AAAA", "p=AAAA"}) {
        server s(scram_sha_256);
        server_first(s);
        s.receives(wire::of(frontend::sasl_response{as_bytes(final)}));
        expect_refused(s, sqlstate::protocol_violation);
    }
}

TEST(ServerStartup, CVE_2026_107350_second_startup_message_during_authentication) {
    for (auto const method : {password, md5, scram_sha_256}) {
        server s(method);
        s.receives(startup_message()).take_output();
        s.receives(startup_of("root"));
        expect_refused(s, sqlstate::protocol_violation);
        EXPECT_EQ(s.machine.user(), "alice");
        EXPECT_EQ(s.known.asked.size(), 1U);
    }
    server s(scram_sha_256);
    server_first(s);
    s.receives(startup_of("root"));
    expect_refused(s, sqlstate::protocol_violation);
}

TEST(ServerStartup, messages_of_the_query_cycle_before_authentication) {
    for (char const type : "QPBEDCHSFdcfX~\0"sv) {
        for (auto const method : {password, md5, scram_sha_256}) {
            server s(method);
            s.receives(startup_message()).take_output();
            s.receives(std::string_view(&type, 1)); // at its first byte
            expect_refused(s, sqlstate::protocol_violation, "expected password response, got message type");
        }
    }
    server s;
    s.receives(wire::of(frontend::query{"select 1"}));
    EXPECT_TRUE(s.machine.failure()) << "a Query instead of a startup message";
}

TEST(ServerStartup, answer_of_an_impossible_length_is_refused_at_the_header) {
    for (std::uint32_t const length : {0U, 3U, 30'001U, 0x7fff'ffffU, 0xffff'ffffU}) {
        server s(password);
        s.receives(startup_message()).take_output();
        s.receives(wire::with_length('p', length));
        expect_refused(s, sqlstate::protocol_violation, "length");
    }
}

TEST(ServerStartup, password_with_a_nul_inside_or_none_at_its_end) {
    for (auto const method : {password, md5}) {
        for (auto const body : {""sv, "wonderland"sv, "wonderland\0x"sv, "wonderland\0\0"sv}) {
            server s(method);
            s.receives(startup_message()).take_output();
            s.receives(wire::raw('p', body));
            expect_refused(s, sqlstate::protocol_violation, "invalid password packet");
        }
    }
}

TEST(ServerStartup, methods_that_are_not_ours_are_refused) {
    for (auto const method : {gss, sspi, oauth}) {
        server s(method);
        s.receives(startup_message());
        expect_refused(s, sqlstate::feature_not_supported);
    }
}

} // namespace
