// The startup with a hostile peer: our client against any bytes of a server, and our server's side against any bytes of
// a client. The first byte of the input chooses whom, and how. Whatever comes: no crash, the same end however the bytes
// are cut, and nobody is convinced without the password.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "protocol/server_startup.hpp"
#include "protocol/startup.hpp"

namespace {

using namespace pgwire::protocol;

void require(bool condition) {
    if (!condition)
        std::abort();
}

// Feeds the machine as a connection does, `piece` bytes at a time. Returns how many bytes it took.
template <class Machine>
std::size_t feed(Machine& machine, std::string_view input, std::size_t piece) {
    std::size_t used = 0;
    for (std::size_t end = 0; end < input.size();) {
        end = std::min(input.size(), end + piece);
        std::size_t const taken = machine.receive(as_bytes(input.substr(used, end - used)));
        require(taken <= end - used);
        used += taken;
    }
    return used;
}

struct silent : session_events {
    void notice(pgwire::error const&) override { ++heard; }
    void parameter_changed(std::string_view, std::string_view) override { ++heard; }
    void notified(backend::notification_response const&) override { require(false); }
    std::size_t heard = 0;
};

// How a client's startup ended; its nonce alone is random.
auto client_against(std::string_view input, std::uint8_t choice, std::size_t piece) {
    startup_options options;
    options.user = "alice";
    options.database = "shop";
    options.password = secret("pencil");
    options.scram.max_iterations = 16;
    options.wanted_version = (choice & 2) != 0 ? version::v3_2 : version::v3_0;
    bool const only_scram = (choice & 4) != 0;
    if (only_scram)
        options.accepted_methods = {authentication_method::scram_sha_256};
    buffer output;
    silent events;
    startup client(std::move(options), output, events);
    client.begin();
    std::size_t const used = feed(client, input, piece);
    if (!client.ready())
        client.ended(as_bytes(input.substr(used)));

    require(client.ready() != client.failure().has_value());
    // It cannot be known what nonce to extend, so nobody can give the server's proof.
    require(!client.ready() || (!only_scram && as_text(output.unread()).find("SCRAM") == std::string_view::npos));
    require(client.cancel_key().size() <= frontend::cancel_request::max_key);
    auto const failure = client.failure().value_or(pgwire::error());
    return std::tuple(client.ready() ? used : 0, output.size(), events.heard, failure.code(),
                      std::string(failure.message()), client.negotiated_version(), client.backend_pid());
}

struct alice : credentials {
    authentication_method method = authentication_method::none;

    credential find(std::string_view user, std::string_view) override {
        static auto const verifier = std::make_shared<scram_verifier const>(
            scram_verifier::from_password("pencil", "0123456789abcdef", 2).value());
        if (user != "alice")
            return {method, secret(), nullptr};
        return {method, secret("pencil"), verifier};
    }
};

auto server_against(std::string_view input, std::uint8_t choice, std::size_t piece) {
    constexpr authentication_method methods[] = {authentication_method::none, authentication_method::password,
                                                 authentication_method::md5, authentication_method::scram_sha_256};
    alice users;
    users.method = methods[(choice >> 1) & 3];
    buffer output;
    server_startup server(users, output, {.mock_secret = "mock", .mock_iterations = 2});
    feed(server, input, piece);

    bool const authenticated = server.authenticated();
    if (authenticated) {
        using namespace std::string_view_literals;
        require(users.method == authentication_method::none ||
                (users.method == authentication_method::password && server.user() == "alice" &&
                 input.find("pencil\0"sv) != std::string_view::npos));
        require(!server.failure() && !server.cancel_requested() && !server.user().empty() &&
                !server.database().empty());
        server.welcome(1, {});
        require(server.ready());
    }
    auto const failure = server.failure().value_or(pgwire::error());
    return std::tuple(authenticated, server.cancel_requested().has_value(), output.size(), failure.code(),
                      server.user(), server.database(), server.parameters().size());
}

bool asks_for_encryption(std::string_view input) {
    for (auto const code : {frontend::ssl_request::code, frontend::gssenc_request::code}) {
        std::byte bytes[sizeof code];
        store_big_endian(bytes, code);
        if (input.find(as_text(bytes)) != std::string_view::npos)
            return true;
    }
    return false;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0)
        return 0;
    std::uint8_t const choice = data[0];
    std::string_view const input(reinterpret_cast<char const*>(data) + 1, size - 1);
    std::size_t const piece = 1 + (choice >> 3) % 8;
    if ((choice & 1) == 0)
        require(client_against(input, choice, input.size() + 1) == client_against(input, choice, piece));
    else if (auto const whole = server_against(input, choice, input.size() + 1); !asks_for_encryption(input))
        require(whole == server_against(input, choice, piece)); // nothing may stand behind a request for encryption
    else
        server_against(input, choice, piece);
    return 0;
}
