// SCRAM with a hostile peer. The input holds up to four messages, one a line; line n takes the place of the exchange's
// n-th message, and an empty line lets the genuine one pass. Both sides use fixed nonces, so that genuine messages can
// be in the corpus. Whatever comes: no crash, and nobody is convinced by a message that was altered.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/scram.hpp"

namespace {

using namespace pgwire::protocol;

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

using exchange = std::array<std::string, 4>;

constexpr std::string_view password = "pencil";

// Runs both sides; each message is what `carry(number, genuine)` makes of it.
template <typename Carry>
std::pair<bool, bool> run(Carry carry) {
    static auto const verifier =
        std::make_shared<scram_verifier const>(scram_verifier::from_password(password, "salt", 2).value());
    scram_client_options client_options;
    client_options.nonce = "client";
    client_options.limits.max_iterations = 16;
    scram_server_options server_options;
    server_options.nonce = "server";

    scram_client client(password, client_options);
    scram_server server(verifier, server_options);
    auto const client_first = carry(0, client.client_first().message);
    auto const server_first = carry(1, server.first(client_first).message);
    auto const client_final = carry(2, client.client_final(server_first).message);
    require(!server.is_authenticated() && !client.is_verified());
    auto const server_final = carry(3, server.final(client_final).message);
    bool const verified = client.verify(server_final) == scram_error::none;
    require(verified == client.is_verified() && verified == (client.keys() != nullptr));
    return {verified, server.is_authenticated()};
}

exchange genuine_exchange() {
    exchange messages;
    auto const outcome =
        run([&](std::size_t number, std::string const& genuine) { return messages[number] = genuine; });
    require(outcome == std::pair(true, true));
    return messages;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    static exchange const genuine = genuine_exchange();
    std::string_view input(reinterpret_cast<char const*>(data), size);

    if (auto const parsed = scram_verifier::parse(input)) {
        require(parsed->to_string() == input);
    }

    exchange received;
    auto const [verified, authenticated] = run([&](std::size_t number, std::string const& sent) {
        auto const line = input.substr(0, input.find('\n'));
        input.remove_prefix(std::min(line.size() + 1, input.size()));
        return received[number] = line.empty() ? sent : std::string(line);
    });

    require(authenticated == (received[0] == genuine[0] && received[2] == genuine[2]));

    // Extensions behind the signature are outside of what it covers.
    bool const is_signed = received[3] == genuine[3] || received[3].starts_with(genuine[3] + ",");
    require(!verified || (received[1] == genuine[1] && is_signed));
    require(verified || received[1] != genuine[1] || received[3] != genuine[3]);
    return 0;
}
