#pragma once

#include "protocol/crypto.hpp"
#include "protocol/scram.hpp"

#include <pgwire/error.hpp>
#include <pgwire/protocol/authentication_method.hpp>
#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/framing.hpp>
#include <pgwire/protocol/frontend.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace pgwire::protocol {

/// How a user has to prove who they are, and what it is checked with.
struct credential {
    /// none (trust), password, md5 or scram_sha_256.
    authentication_method method = authentication_method::none;
    /// For password and md5. An empty one is nobody's password.
    secret password{};
    /// For scram_sha_256.
    std::shared_ptr<scram_verifier const> verifier{};
};

/// Where a server knows its users from.
class credentials {
public:
    /// A user that does not exist has a method like the others, but neither password nor verifier: the exchange is then
    /// played to its end, so that a stranger cannot learn who exists.
    virtual credential find(std::string_view user, std::string_view database) = 0;

protected:
    ~credentials() = default;
};

struct server_startup_options {
    version newest_version = version::v3_2;
    /// What the salts of users that do not exist are made of. It must be the same for all connections, or a salt that
    /// changes tells that there is no such user; if empty, one is made up for the process.
    std::string mock_secret{};
    /// As many as the verifiers of users that do exist have.
    std::uint32_t mock_iterations = 4096;
};

/// A server's side of the startup: from the first byte to the first ReadyForQuery, or to a CancelRequest. No I/O, no
/// clock.
///
/// A stranger talks: lengths are bounded at the header, and whatever must not come now is refused. The buffer that the
/// input stands in has carried a password; its owner wipes it.
class server_startup {
public:
    struct cancellation {
        std::uint32_t pid = 0;
        /// To be compared in constant time.
        secret_vector<std::byte> key{};
    };

    server_startup(credentials& credentials, buffer& output, server_startup_options options = {})
        : credentials_(credentials), output_(output), options_(std::move(options)) {}

    /// Handles every whole message until the client is authenticated and returns how many bytes they took.
    std::size_t receive(bytes_view input);

    /// The client is who it says, and has been told so; `welcome` or `refuse` comes next.
    [[nodiscard]] bool authenticated() const noexcept { return phase_ == phase::authenticated; }

    /// Ends the startup: parameters, a key made up to cancel with, ReadyForQuery.
    void welcome(std::uint32_t pid, std::span<backend::parameter_status const> parameters);

    /// Ends the session with a FATAL error, whatever has been said so far: the database does not exist, there are too
    /// many connections.
    void refuse(pgwire::sqlstate code, std::string_view message);

    [[nodiscard]] bool ready() const noexcept { return phase_ == phase::ready; }
    /// What came was a CancelRequest. Nothing answers it: the connection is closed.
    [[nodiscard]] std::optional<cancellation> const& cancel_requested() const noexcept { return cancellation_; }
    /// Why the session does not come about: what is in the output is sent, then the connection is closed.
    [[nodiscard]] std::optional<error> const& failure() const noexcept { return failure_; }

    // Known once authenticated.

    [[nodiscard]] std::string const& user() const noexcept { return user_; }
    [[nodiscard]] std::string const& database() const noexcept { return database_; }
    /// All that the client said, `user` and `database` too, in its order, without protocol options.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> const& parameters() const noexcept {
        return parameters_;
    }
    [[nodiscard]] version negotiated_version() const noexcept { return version_; }

    // Known once ready.

    [[nodiscard]] std::uint32_t backend_pid() const noexcept { return backend_pid_; }
    [[nodiscard]] secret_vector<std::byte> const& cancel_key() const noexcept { return cancel_key_; }

private:
    enum class phase { packets, password, md5, sasl_initial_response, sasl_response, authenticated, ready, over };

    std::size_t receive_packet(bytes_view input);
    std::size_t receive_answer(bytes_view input);
    void handle_encryption_request(bool& asked_before, std::string_view name, bytes_view packet, bytes_view behind);
    void handle_cancel_request(bytes_view packet);
    void handle_startup(bytes_view packet);
    bool read_parameters(frontend::startup const& message);
    void negotiate(std::uint32_t wanted, std::span<std::string_view const> unrecognized_options);
    void ask_for_proof();
    void handle_answer(bytes_view body);
    void check_password(bytes_view body);
    void check_md5(bytes_view body);
    void begin_scram(bytes_view body);
    void finish_scram(bytes_view body);
    std::shared_ptr<scram_verifier const> mock_verifier() const;
    void accept();
    void refuse_password();
    void refuse_scram(scram_error why);
    template <class Message>
    void send(Message const& message);
    void end(std::error_code code, std::string_view message);
    void forget_secrets();

    credentials& credentials_;
    buffer& output_;
    server_startup_options options_;
    phase phase_ = phase::packets;
    bool asked_for_tls_ = false;
    bool asked_for_gss_ = false;
    std::optional<error> failure_;
    std::optional<cancellation> cancellation_;
    version version_ = version::v3_0;
    std::vector<std::pair<std::string, std::string>> parameters_;
    std::string user_;
    std::string database_;
    credential credential_;
    std::array<std::byte, 4> md5_salt_{};
    std::optional<scram_server> scram_;
    std::uint32_t backend_pid_ = 0;
    secret_vector<std::byte> cancel_key_;
};

} // namespace pgwire::protocol
