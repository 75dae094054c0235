#include "protocol/server_startup.hpp"
#include "protocol/startup.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

// The client's side of the startup against the server's, in memory, however the bytes between them are cut.
namespace {

using namespace pgwire::protocol;
using namespace std::string_view_literals;
using pgwire::sqlstate;
using enum authentication_method;

constexpr std::string_view right_password = "won\xc3\xa9"
                                            "derland";

class one_user : public credentials {
public:
    explicit one_user(authentication_method method) : method_(method) {}

    credential find(std::string_view user, std::string_view) override {
        if (user != "alice")
            return {method_, secret(), nullptr};
        return {method_, secret(right_password), verifier_};
    }

private:
    authentication_method method_;
    std::shared_ptr<scram_verifier const> verifier_ = std::make_shared<scram_verifier const>(
        scram_verifier::from_password(right_password, "0123456789abcdef", 2).value());
};

struct parameters_seen : session_events {
    void notice(pgwire::error const& what) override { ADD_FAILURE() << to_string(what); }
    void parameter_changed(std::string_view name, std::string_view value) override { all.emplace(name, value); }
    void notified(backend::notification_response const&) override { ADD_FAILURE(); }

    std::map<std::string, std::string> all;
};

/// How the bytes of one direction are cut: the first piece ends at `cut`, later ones are at most `piece` long.
struct cutting {
    std::size_t cut = 0;
    std::size_t piece = std::numeric_limits<std::size_t>::max();
};

/// One direction of the connection.
class direction {
public:
    explicit direction(cutting how) : how_(how) {}

    /// Carries what may go as one piece from `output` to `receive`, and says whether it was anything.
    template <class Receive>
    bool carry(buffer& output, Receive receive) {
        std::size_t size = std::min(output.size(), how_.piece);
        if (carried < how_.cut)
            size = std::min(size, how_.cut - carried);
        if (size == 0)
            return false;
        unread_.append(output.unread().first(size));
        output.consume(size);
        carried += size;
        unread_.consume(receive(unread_.unread()));
        return true;
    }
    [[nodiscard]] bool all_read() const { return unread_.empty(); }

    std::size_t carried = 0;

private:
    cutting how_;
    buffer unread_;
};

struct scenario {
    authentication_method method = none;
    std::string_view user = "alice";
    std::string_view password = right_password;
    version wanted = version::v3_2;
    version spoken = version::v3_2;
    bool with_protocol_option = false;
};

std::ostream& operator<<(std::ostream& out, scenario const& s) {
    return out << "method " << static_cast<int>(s.method) << ", user " << s.user << ", password " << s.password
               << ", version " << static_cast<unsigned>(s.wanted) << " of " << static_cast<unsigned>(s.spoken)
               << (s.with_protocol_option ? ", protocol option" : "");
}

/// What both sides came to, and how many bytes went each way.
struct outcome {
    bool client_ready = false;
    bool server_ready = false;
    std::error_code client_failure{};
    std::error_code server_failure{};
    bool everything_read = false;
    std::size_t to_server = 0;
    std::size_t to_client = 0;

    bool operator==(outcome const&) const = default;
};

std::ostream& operator<<(std::ostream& out, outcome const& o) {
    return out << "client " << (o.client_ready ? "ready" : o.client_failure.message()) << ", server "
               << (o.server_ready ? "ready" : o.server_failure.message()) << ", " << o.to_server << " and "
               << o.to_client << " bytes";
}

outcome run(scenario const& s, cutting towards_server = {}, cutting towards_client = {}) {
    buffer from_client;
    buffer from_server;
    parameters_seen seen;
    startup_options options;
    options.user = s.user;
    options.database = "shop";
    options.password = secret(s.password);
    options.wanted_version = s.wanted;
    if (s.with_protocol_option)
        options.parameters = {{"_pq_.shiny", "yes"}};
    one_user users(s.method);
    startup client(std::move(options), from_client, seen);
    server_startup server(users, from_server,
                          {.newest_version = s.spoken, .mock_secret = "mock", .mock_iterations = 2});
    direction to_server(towards_server);
    direction to_client(towards_client);

    client.begin();
    for (bool moved = true; moved;) {
        moved = to_server.carry(from_client, [&](bytes_view bytes) { return server.receive(bytes); });
        if (server.authenticated()) {
            EXPECT_EQ(server.user(), s.user);
            EXPECT_EQ(server.database(), "shop");
            backend::parameter_status const parameters[] = {{"server_version", "18.0"}, {"TimeZone", "UTC"}};
            server.welcome(4711, parameters);
        }
        moved |= to_client.carry(from_server, [&](bytes_view bytes) { return client.receive(bytes); });
    }

    if (client.ready() && server.ready()) {
        EXPECT_EQ(seen.all, (std::map<std::string, std::string>{{"server_version", "18.0"}, {"TimeZone", "UTC"}}));
        EXPECT_EQ(client.backend_pid(), 4711U);
        EXPECT_TRUE(std::ranges::equal(client.cancel_key(), server.cancel_key()));
        version const common = std::min(s.wanted, s.spoken);
        EXPECT_EQ(client.cancel_key().size(), common == version::v3_2 ? 32U : 4U);
        EXPECT_EQ(client.negotiated_version(), common);
        EXPECT_EQ(server.negotiated_version(), common);
        EXPECT_EQ(client.unrecognized_options().size(), s.with_protocol_option ? 1U : 0U);
    }
    return {client.ready(),
            server.ready(),
            client.failure().value_or(pgwire::error()).code(),
            server.failure().value_or(pgwire::error()).code(),
            to_server.all_read() && to_client.all_read(),
            to_server.carried,
            to_client.carried};
}

/// Runs it with both directions whole, then cut at each offset, then byte by byte: it always ends the same.
outcome run_every_way(scenario const& s) {
    outcome const whole = run(s);
    EXPECT_TRUE(whole.everything_read) << s;
    for (std::size_t cut = 1; cut < whole.to_server; ++cut)
        EXPECT_EQ(run(s, {.cut = cut}, {}), whole) << s << ", to the server cut at " << cut;
    for (std::size_t cut = 1; cut < whole.to_client; ++cut)
        EXPECT_EQ(run(s, {}, {.cut = cut}), whole) << s << ", to the client cut at " << cut;
    for (std::size_t const piece : {1U, 2U, 3U, 7U})
        EXPECT_EQ(run(s, {.piece = piece}, {.piece = piece}), whole) << s << ", in pieces of " << piece;
    return whole;
}

outcome const success_of(outcome const& o) { return {true, true, {}, {}, true, o.to_server, o.to_client}; }

outcome const refusal_of(outcome const& o) {
    auto const code = make_error_code(sqlstate::invalid_password);
    return {false, false, code, code, true, o.to_server, o.to_client};
}

TEST(StartupPair, F04_right_password) {
    for (auto const method : {none, password, md5, scram_sha_256}) {
        outcome const o = run_every_way({.method = method});
        EXPECT_EQ(o, success_of(o));
    }
}

TEST(StartupPair, F04_wrong_password) {
    for (auto const method : {password, md5, scram_sha_256}) {
        for (auto const wrong : {"won\xc3\xa9"
                                 "derlane"sv,
                                 "x"sv,
                                 "won\xc3\xa9"
                                 "derland "sv}) {
            outcome const o = run_every_way({.method = method, .password = wrong});
            EXPECT_EQ(o, refusal_of(o));
        }
    }
}

TEST(StartupPair, F04_unknown_user_sees_what_a_wrong_password_sees) {
    for (auto const method : {password, md5, scram_sha_256}) {
        outcome const unknown = run_every_way({.method = method, .user = "malic"});
        EXPECT_EQ(unknown, run({.method = method,
                                .password = "won\xc3\xa9"
                                            "derlane"}));
    }
}

TEST(StartupPair, F04_S18_every_pair_of_versions) {
    for (auto const wanted : {version::v3_0, version::v3_2}) {
        for (auto const spoken : {version::v3_0, version::v3_2}) {
            outcome const o = run_every_way({.method = scram_sha_256, .wanted = wanted, .spoken = spoken});
            EXPECT_EQ(o, success_of(o));
        }
    }
}

TEST(StartupPair, F04_S19_unrecognized_option) {
    for (auto const wanted : {version::v3_0, version::v3_2}) {
        outcome const o = run_every_way({.method = password, .wanted = wanted, .with_protocol_option = true});
        EXPECT_EQ(o, success_of(o));
    }
}

} // namespace
