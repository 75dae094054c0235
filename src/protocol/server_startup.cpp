#include "protocol/server_startup.hpp"

#include "protocol/md5_password.hpp"
#include "protocol/responder.hpp"

#include <pgwire/detail/error_builder.hpp>

namespace pgwire::protocol {

namespace {

/// MAX_STARTUP_PACKET_LENGTH of PostgreSQL's libpq/pqcomm.h, which does not count the length itself.
constexpr std::uint32_t max_packet = 10'000;
constexpr std::uint32_t length_size = sizeof(std::int32_t);
constexpr std::uint32_t code_size = sizeof(std::uint32_t);

constexpr std::string_view scram_mechanism = "SCRAM-SHA-256";
constexpr std::string_view protocol_option_prefix = "_pq_.";

std::string to_string(std::uint32_t version) {
    return std::to_string(version >> 16) + "." + std::to_string(version & 0xffff);
}

/// Made up once for the process; empty if there is no randomness.
std::string_view process_secret() {
    static std::string const made = [] {
        std::string bytes(32, '\0');
        return random_bytes(std::as_writable_bytes(std::span(bytes))) ? bytes : std::string();
    }();
    return made;
}

} // namespace

std::size_t server_startup::receive(bytes_view input) {
    std::size_t used = 0;
    while (phase_ < phase::authenticated) {
        bytes_view const rest = input.subspan(used);
        std::size_t const size = phase_ == phase::packets ? receive_packet(rest) : receive_answer(rest);
        if (size == 0)
            break;
        used += size;
    }
    return used;
}

/// Handles the packet at the front of `input`, which has no type byte; 0 while it is not whole, or if it never will be.
std::size_t server_startup::receive_packet(bytes_view input) {
    if (input.size() < length_size)
        return 0;
    auto const length = load_big_endian<std::uint32_t>(input.data());
    if (length < length_size + code_size || length > length_size + max_packet) {
        // Whatever this is, it would not understand an ErrorResponse; PostgreSQL closes without one too.
        end(errc::not_postgresql, "the client's first packet has an impossible length");
        return 0;
    }
    if (input.size() < length)
        return 0;
    bytes_view const packet = input.subspan(length_size, length - length_size);
    switch (load_big_endian<std::uint32_t>(packet.data())) {
    case frontend::ssl_request::code:
        handle_encryption_request(asked_for_tls_, "SSL", packet, input.subspan(length));
        break;
    case frontend::gssenc_request::code:
        handle_encryption_request(asked_for_gss_, "GSSAPI encryption", packet, input.subspan(length));
        break;
    case frontend::cancel_request::code: handle_cancel_request(packet); break;
    default: handle_startup(packet); break;
    }
    return length;
}

/// 'N': no encryption. 'S' and the handshake would take its place here. At most one request of each kind: each costs
/// the client nothing (CVE-2026-6479).
void server_startup::handle_encryption_request(bool& asked_before, std::string_view name, bytes_view packet,
                                               bytes_view behind) {
    if (asked_before || packet.size() != code_size)
        return refuse(sqlstate::protocol_violation, "unexpected " + std::string(name) + " request");
    // It waits for the answer, so what stands behind was put there by somebody else (CVE-2021-23214).
    if (!behind.empty())
        return refuse(sqlstate::protocol_violation,
                      "received unencrypted data after " + std::string(name) + " request");
    asked_before = true;
    constexpr std::byte no{'N'};
    output_.append({&no, 1});
}

void server_startup::handle_cancel_request(bytes_view packet) {
    auto const request = decode<frontend::cancel_request>(packet);
    if (!request)
        return end(errc::malformed_message, "CancelRequest");
    cancellation_.emplace(cancellation{request->pid, {request->key.begin(), request->key.end()}});
    phase_ = phase::over;
}

void server_startup::handle_startup(bytes_view packet) {
    auto const wanted = load_big_endian<std::uint32_t>(packet.data());
    if (wanted >> 16 != 3)
        return refuse(sqlstate::feature_not_supported,
                      "unsupported frontend protocol " + to_string(wanted) + ": server supports 3.0 to " +
                          to_string(static_cast<std::uint32_t>(options_.newest_version)));
    auto const message = decode<frontend::startup>(packet);
    if (!message)
        return refuse(sqlstate::protocol_violation, "invalid startup packet layout");
    if (!read_parameters(*message))
        return;
    std::vector<std::string_view> unrecognized_options;
    for (auto const& [name, value] : message->parameters)
        if (name.starts_with(protocol_option_prefix))
            unrecognized_options.push_back(name);
    negotiate(wanted, unrecognized_options);
    ask_for_proof();
}

bool server_startup::read_parameters(frontend::startup const& message) {
    for (auto const& [name, value] : message.parameters) {
        if (name.starts_with(protocol_option_prefix))
            continue;
        parameters_.emplace_back(name, value);
        if (name != "user" && name != "database")
            continue;
        std::string& known = name == "user" ? user_ : database_;
        if (!known.empty()) {
            // Who takes the first and who takes the last would speak of different users.
            refuse(sqlstate::protocol_violation, "invalid startup packet: user or database is given twice");
            return false;
        }
        known = value;
    }
    if (user_.empty()) {
        refuse(sqlstate::invalid_authorization_specification, "no PostgreSQL user name specified in startup packet");
        return false;
    }
    if (database_.empty())
        database_ = user_;
    return true;
}

void server_startup::negotiate(std::uint32_t wanted, std::span<std::string_view const> unrecognized_options) {
    // There is no 3.1.
    if (wanted >= static_cast<std::uint32_t>(version::v3_2) && options_.newest_version >= version::v3_2)
        version_ = version::v3_2;
    if (wanted != static_cast<std::uint32_t>(version_) || !unrecognized_options.empty())
        send(backend::negotiate_protocol_version{version_, unrecognized_options});
}

void server_startup::ask_for_proof() {
    credential_ = credentials_.find(user_, database_);
    switch (credential_.method) {
    case authentication_method::none: return accept();
    case authentication_method::password:
        phase_ = phase::password;
        return send(backend::authentication_cleartext_password{});
    case authentication_method::md5:
        if (!random_bytes(md5_salt_))
            return refuse(sqlstate::internal_error, "could not generate a random salt");
        phase_ = phase::md5;
        return send(backend::authentication_md5_password{md5_salt_});
    case authentication_method::scram_sha_256:
        phase_ = phase::sasl_initial_response;
        return send(backend::authentication_sasl{{std::span(&scram_mechanism, 1)}});
    default: return refuse(sqlstate::feature_not_supported, "authentication method is not supported");
    }
}

/// Handles the message at the front of `input`, which can only answer what was asked; 0 as in `receive_packet`.
std::size_t server_startup::receive_answer(bytes_view input) {
    if (input.empty())
        return 0;
    auto const type = static_cast<char>(input[0]);
    if (type != frontend::password::type) {
        refuse(sqlstate::protocol_violation,
               "expected password response, got message type " + std::to_string(static_cast<unsigned char>(type)));
        return 0;
    }
    frame message;
    errc error = errc::ok;
    switch (next_frame(input, limits::before_authentication(), peer::frontend, message, error)) {
    case framing::complete: handle_answer(message.body); return message.size();
    case framing::incomplete: break;
    case framing::refused: refuse(sqlstate::protocol_violation, "invalid message length"); break;
    }
    return 0;
}

void server_startup::handle_answer(bytes_view body) {
    switch (phase_) {
    case phase::password: return check_password(body);
    case phase::md5: return check_md5(body);
    case phase::sasl_initial_response: return begin_scram(body);
    default: return finish_scram(body);
    }
}

void server_startup::check_password(bytes_view body) {
    auto const answer = decode<frontend::password>(body);
    if (!answer)
        return refuse(sqlstate::protocol_violation, "invalid password packet");
    // An empty password would equal that of an unknown user.
    if (credential_.password.empty() || !constant_time_equal(as_bytes(answer->text), credential_.password.bytes()))
        return refuse_password();
    accept();
}

void server_startup::check_md5(bytes_view body) {
    auto const answer = decode<frontend::password>(body);
    if (!answer)
        return refuse(sqlstate::protocol_violation, "invalid password packet");
    auto const expected = md5_password(credential_.password.view(), user_, md5_salt_);
    if (!expected)
        return refuse(sqlstate::internal_error, "MD5 is not available here");
    if (credential_.password.empty() || !constant_time_equal(as_bytes(answer->text), as_bytes(*expected)))
        return refuse_password();
    accept();
}

void server_startup::begin_scram(bytes_view body) {
    auto const answer = decode<frontend::sasl_initial_response>(body);
    if (!answer || !answer->response)
        return refuse(sqlstate::protocol_violation, "invalid SASL initial response");
    if (answer->mechanism != scram_mechanism)
        return refuse(sqlstate::protocol_violation, "client selected an invalid SASL authentication mechanism");
    auto verifier = credential_.verifier ? credential_.verifier : mock_verifier();
    if (!verifier)
        return refuse_scram(scram_error::crypto_failure);
    scram_.emplace(std::move(verifier));
    scram_step const step = scram_->first(as_text(*answer->response));
    if (!step)
        return refuse_scram(step.error);
    phase_ = phase::sasl_response;
    send(backend::authentication_sasl_continue{as_bytes(step.message)});
}

void server_startup::finish_scram(bytes_view body) {
    scram_step const step = scram_->final(as_text(body));
    if (!step)
        return refuse_scram(step.error);
    if (!credential_.verifier)
        return refuse_password(); // nobody can prove anything against a mock
    send(backend::authentication_sasl_final{as_bytes(step.message)});
    accept();
}

/// For a user that does not exist, as in PostgreSQL's mock_scram_secret: what the client sees of it, salt and
/// iterations, looks like a real one and is the same each time.
std::shared_ptr<scram_verifier const> server_startup::mock_verifier() const {
    constexpr std::size_t salt_size = 16; // SCRAM_DEFAULT_SALT_LEN
    std::string_view const key = options_.mock_secret.empty() ? process_secret() : options_.mock_secret;
    auto mock = std::make_shared<scram_verifier>();
    sha256_digest digest;
    if (key.empty() || !hmac_sha256(as_bytes(key), as_bytes(user_), digest) || !random_bytes(mock->stored_key))
        return nullptr;
    mock->salt = as_text(bytes_view(digest).first(salt_size));
    mock->iterations = options_.mock_iterations;
    return mock;
}

void server_startup::accept() {
    forget_secrets();
    phase_ = phase::authenticated;
    send(backend::authentication_ok{});
}

void server_startup::welcome(std::uint32_t pid, std::span<backend::parameter_status const> parameters) {
    if (phase_ != phase::authenticated)
        return;
    cancel_key_.resize(version_ >= version::v3_2 ? 32 : 4);
    if (!random_bytes(cancel_key_))
        return refuse(sqlstate::internal_error, "could not generate a cancel key");
    backend_pid_ = pid;
    for (auto const& parameter : parameters)
        send(parameter);
    send(backend::backend_key_data{pid, cancel_key_});
    send(backend::ready_for_query{});
    if (!failure_)
        phase_ = phase::ready;
}

void server_startup::refuse_password() {
    refuse(sqlstate::invalid_password, "password authentication failed for user \"" + user_ + "\"");
}

void server_startup::refuse_scram(scram_error why) {
    if (why == scram_error::wrong_proof)
        refuse_password();
    else if (why == scram_error::crypto_failure)
        refuse(sqlstate::internal_error, to_string(why));
    else
        refuse(sqlstate::protocol_violation, to_string(why));
}

void server_startup::refuse(pgwire::sqlstate code, std::string_view message) {
    if (phase_ == phase::ready || phase_ == phase::over)
        return;
    append_error(output_, {.severity = "FATAL", .code = code, .message = message});
    end(code, message);
}

template <class Message>
void server_startup::send(Message const& message) {
    if (!failure_ && append(output_, message) != errc::ok)
        refuse(sqlstate::internal_error, "a message of the server's cannot be sent");
}

void server_startup::end(std::error_code code, std::string_view message) {
    failure_ = pgwire::detail::error_builder(code, message).connection_lost().build();
    phase_ = phase::over;
    forget_secrets();
}

void server_startup::forget_secrets() {
    credential_ = credential();
    scram_.reset();
}

} // namespace pgwire::protocol
