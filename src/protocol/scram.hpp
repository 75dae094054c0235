#pragma once

// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677) as two state machines without I/O: SASL messages go in and
// come out as text. What a peer does wrong is a value, never an exception.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/crypto.hpp"

namespace pgwire::protocol {

enum class scram_error : std::uint8_t {
    none,
    malformed_message,
    message_too_long,
    mandatory_extension,
    invalid_user_name,
    authorization_identity,
    invalid_nonce,
    foreign_nonce,
    nonce_not_extended,
    invalid_salt,
    invalid_iteration_count,
    too_few_iterations,
    too_many_iterations,
    missing_channel_binding_data,
    channel_binding_mismatch,
    wrong_proof,
    invalid_server_signature,
    wrong_server_signature,
    rejected_by_server,
    out_of_sequence,
    crypto_failure,
};

std::string_view to_string(scram_error error) noexcept;

// The next message to send, or why there is none.
struct scram_step {
    scram_error error = scram_error::none;
    std::string message;

    explicit operator bool() const noexcept { return error == scram_error::none; }
};

// The client's side of channel binding: the first letter of what it sends.
enum class scram_channel_binding : std::uint8_t {
    unsupported,          // n: this client cannot bind, as on a connection without TLS
    not_offered,          // y: it could, but the server offered no -PLUS; a server that did offer it must then fail
    tls_server_end_point, // p: RFC 5929, the hash of the server's certificate
};

struct scram_limits {
    std::uint32_t min_iterations = 1;
    std::uint32_t max_iterations = 1'000'000; // under a second's work; a hostile server asks for 2^31
    std::size_t max_message_size = 2'000;     // as in libpq; PostgreSQL's are about 100 bytes
};

// What is left of a password after the costly key derivation: as good as the password for this salt and count.
struct scram_keys {
    std::string salt; // bytes
    std::uint32_t iterations = 0;
    secret_digest client_key;
    secret_digest server_key;
};

struct scram_client_options {
    // PostgreSQL ignores it, so libpq leaves it empty; IRIS demands it (IQ-34).
    std::string user{};

    scram_channel_binding channel_binding = scram_channel_binding::unsupported;
    std::string channel_binding_data{}; // bytes, for tls_server_end_point
    scram_limits limits{};

    // From an earlier connection with this very password; used if the server's salt and count still fit.
    std::shared_ptr<scram_keys const> cached_keys{};

    // For tests; random if empty.
    std::string nonce{};
};

// client_first() → send; client_final(server's first message) → send; verify(server's final message).
// Only then has the server proved that it knows the password: AuthenticationOk without is_verified() is a lie.
class scram_client {
public:
    explicit scram_client(std::string_view password, scram_client_options options = {});

    scram_step client_first();
    scram_step client_final(std::string_view server_first);
    scram_error verify(std::string_view server_final);

    // The parts of client_final(server_first), for a caller that wants the only slow one, derive_keys(), on another
    // thread.
    scram_error read_server_first(std::string_view server_first);
    scram_error derive_keys();
    scram_step client_final();

    bool is_verified() const noexcept { return state_ == state::verified; }

    // After rejected_by_server: the server's own reason, such as "invalid-proof", as printable ASCII.
    std::string const& server_reason() const noexcept { return server_reason_; }

    // For the next connection with the same password; null before is_verified().
    std::shared_ptr<scram_keys const> keys() const { return is_verified() ? keys_ : nullptr; }

private:
    enum class state : std::uint8_t { start, first_sent, first_read, keys_ready, final_sent, verified, failed };

    scram_error fail(scram_error error) noexcept;
    scram_error parse_server_first(std::string_view server_first);
    scram_error parse_server_final(std::string_view server_final);
    scram_error reject(std::string_view reason);

    scram_client_options options_;
    secret password_; // until the keys are ready
    state state_ = state::start;
    std::string gs2_header_;
    std::string auth_message_; // grows by each message
    std::string nonce_;        // client's, then both parts
    std::string salt_;
    std::uint32_t iterations_ = 0;
    std::shared_ptr<scram_keys const> keys_;
    std::string server_reason_;
};

// What a server stores instead of a password; PostgreSQL's pg_authid.rolpassword.
struct scram_verifier {
    std::string salt; // bytes
    std::uint32_t iterations = 0;
    sha256_digest stored_key{};
    secret_digest server_key;

    // Nothing if the cryptographic provider refuses.
    static std::optional<scram_verifier> from_password(std::string_view password, std::string salt,
                                                       std::uint32_t iterations = 4096);

    // "SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>"
    static std::optional<scram_verifier> parse(std::string_view text);
    std::string to_string() const;
};

struct scram_server_options {
    bool plus_offered = false;          // SCRAM-SHA-256-PLUS was among the mechanisms
    bool plus_selected = false;         // and the client chose it
    std::string channel_binding_data{}; // bytes, where offered
    std::size_t max_message_size = 2'000;
    std::string nonce{}; // for tests, the server's part; random if empty
};

// first(client's first message) → send; final(client's final message) → send, and the client is who it says.
// For a user that does not exist, give a verifier made up in the same way each time, and the client learns nothing.
class scram_server {
public:
    explicit scram_server(std::shared_ptr<scram_verifier const> verifier, scram_server_options options = {});

    scram_step first(std::string_view client_first);
    scram_step final(std::string_view client_final);

    bool is_authenticated() const noexcept { return state_ == state::authenticated; }

    // The client's n=, decoded. PostgreSQL ignores it and goes by the startup message.
    std::string const& user() const noexcept { return user_; }

private:
    enum class state : std::uint8_t { start, first_sent, authenticated, failed };

    scram_step fail(scram_error error);
    scram_error parse_client_first(std::string_view client_first);
    scram_error parse_client_final(std::string_view client_final);
    scram_error check_proof(std::string_view proof);

    std::shared_ptr<scram_verifier const> verifier_;
    scram_server_options options_;
    state state_ = state::start;
    std::string user_;
    std::string gs2_header_;
    std::string nonce_;
    std::string auth_message_;
};

} // namespace pgwire::protocol
