#pragma once

#include "protocol/crypto.hpp"
#include "protocol/scram.hpp"
#include <pgwire/protocol/receiver.hpp>

#include <pgwire/error.hpp>
#include <pgwire/protocol/authentication_method.hpp>
#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/framing.hpp>
#include <pgwire/protocol/frontend.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgwire::protocol {

struct startup_options {
    std::string user;
    std::string database;
    /// Further run-time parameters.
    std::vector<std::pair<std::string, std::string>> parameters;
    secret password;
    version wanted_version = version::v3_0;
    version minimum_version = version::v3_0;
    /// What the server may ask for; it cannot be talked into anything else.
    authentication_methods accepted_methods = authentication_methods::all();
    scram_limits scram;
};

/// A client's side of the startup: from the StartupMessage to the first ReadyForQuery. No I/O, no clock.
///
/// A stranger talks until AuthenticationOk, so lengths are bounded tightly and every message must be one that may come
/// now. With SCRAM an AuthenticationOk counts only once the server has proved that it knows the password too.
class startup {
public:
    startup(startup_options options, buffer& output, session_events& events)
        : options_(std::move(options)), output_(output), events_(events) {}

    /// Writes the StartupMessage. Refuses what cannot be said in it (S-28).
    void begin();

    /// Handles every whole message up to the first ReadyForQuery and returns how many bytes they took.
    std::size_t receive(bytes_view input);

    /// The server has closed the connection; `input` is what it sent last and nobody could read.
    void ended(bytes_view input);

    [[nodiscard]] bool ready() const noexcept { return phase_ == phase::ready; }
    [[nodiscard]] std::optional<error> const& failure() const noexcept { return failure_; }

    // Known once ready.

    [[nodiscard]] backend::transaction_status status() const noexcept { return status_; }
    [[nodiscard]] version negotiated_version() const noexcept { return version_; }
    [[nodiscard]] std::vector<std::string> const& unrecognized_options() const noexcept {
        return unrecognized_options_;
    }
    /// 0, and an empty key, where the server gave none: then nothing can be cancelled (S-23).
    [[nodiscard]] std::uint32_t backend_pid() const noexcept { return backend_pid_; }
    [[nodiscard]] secret_vector<std::byte> const& cancel_key() const noexcept { return cancel_key_; }

private:
    enum class phase { authenticating, authenticated, ready, failed };

    void handle(frame const& message);
    void handle_authentication(bytes_view body);
    void handle_negotiation(bytes_view body);
    void handle_key(bytes_view body);
    void send_password();
    void send_md5(bytes_view body);
    void begin_sasl(bytes_view body);
    void continue_sasl(bytes_view data);
    void finish_sasl(bytes_view data);
    void accept();
    bool read_error_without_length(bytes_view input, bool at_end);
    bool may_begin(authentication_method method, std::string_view name);
    template <class Message>
    void send(Message const& message);
    void fail(errc code, std::string message);
    void fail_scram(errc code, scram_error wrong);
    void fail(error why);
    void fail_unexpected(char type);

    startup_options options_;
    buffer& output_;
    session_events& events_;
    phase phase_ = phase::authenticating;
    bool answered_ = false; // the server's first message came
    std::optional<error> failure_;
    std::optional<authentication_method> method_; // begun by the server, answered by us
    std::optional<scram_client> scram_;
    bool scram_continued_ = false;
    bool negotiated_ = false;
    version version_ = version::v3_0;
    std::vector<std::string> unrecognized_options_;
    std::uint32_t backend_pid_ = 0;
    secret_vector<std::byte> cancel_key_;
    backend::transaction_status status_ = backend::transaction_status::idle;
};

} // namespace pgwire::protocol
