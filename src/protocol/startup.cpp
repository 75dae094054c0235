#include "protocol/startup.hpp"

#include "protocol/md5_password.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <algorithm>
#include <string_view>

namespace pgwire::protocol {

namespace {

using backend::authentication_code;

constexpr std::string_view scram_mechanism = "SCRAM-SHA-256";

std::string printable(char byte) {
    auto const code = static_cast<unsigned char>(byte);
    if (code >= 0x20 && code < 0x7f)
        return {'\'', byte, '\''};
    constexpr std::string_view digits = "0123456789abcdef";
    return {'0', 'x', digits[code >> 4], digits[code & 0xf]};
}

std::string to_string(version v) {
    auto const code = static_cast<std::uint32_t>(v);
    return std::to_string(code >> 16) + "." + std::to_string(code & 0xffff);
}

} // namespace

void startup::begin() {
    std::vector<frontend::startup_parameter> parameters{{"user", options_.user}};
    if (!options_.database.empty())
        parameters.push_back({"database", options_.database});
    for (auto const& [name, value] : options_.parameters)
        parameters.push_back({name, value});
    send(frontend::startup{options_.wanted_version, std::span<frontend::startup_parameter const>(parameters)});
}

std::size_t startup::receive(bytes_view input) {
    std::size_t used = 0;
    while ((phase_ == phase::authenticating || phase_ == phase::authenticated) && used < input.size()) {
        bytes_view const rest = input.subspan(used);
        if (phase_ == phase::authenticating) {
            char const first = static_cast<char>(rest[0]);
            if (!answered_ && std::string_view("RENv").find(first) == std::string_view::npos) {
                fail(errc::not_postgresql,
                     "the server is not PostgreSQL: its answer begins with " + printable(first)); // S-13
                break;
            }
            if (read_error_without_length(rest, false))
                break;
        }
        frame message;
        errc refused = errc::ok;
        switch (next_frame(rest, limits::before_authentication(), peer::backend, message, refused)) {
        case framing::complete:
            used += message.size();
            answered_ = true;
            handle(message);
            break;
        case framing::incomplete: return used;
        case framing::refused:
            fail(refused, "message " + printable(static_cast<char>(rest[0])) + " during startup");
            break;
        }
    }
    return used;
}

void startup::ended(bytes_view input) {
    if (failure_ || (phase_ == phase::authenticating && read_error_without_length(input, true)))
        return;
    if (input.empty())
        fail(errc::connection_closed, "the server closed the connection during startup");
    else
        fail(errc::connection_closed_mid_message, "the server closed the connection during startup");
}

/// Servers older than the protocol, and postmasters that cannot fork, answer 'E', a text and NUL, without a length
/// (S-12). Whether it is one shows by its first letter, which no length within the limits begins with. 0x7f and 0xff
/// begin no text but lengths gone wrong, INT32_MAX and those below 0 (F-01, F-02).
bool startup::read_error_without_length(bytes_view input, bool at_end) {
    if (input.size() < 2 || static_cast<char>(input[0]) != 'E')
        return false;
    if (auto const letter = std::to_integer<unsigned char>(input[1]); letter < 0x20 || letter == 0x7f || letter == 0xff)
        return false;
    std::string_view text = as_text(input.subspan(1));
    std::size_t const nul = text.find('\0');
    if (nul == std::string_view::npos && !at_end && text.size() < limits::before_authentication().texts)
        return true; // the rest is to come
    text = text.substr(0, std::min<std::size_t>({nul, text.size(), limits::before_authentication().texts}));
    while (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    fail(errc::connect_failed, "the server refused the connection: " + std::string(text));
    return true;
}

void startup::handle(frame const& message) {
    switch (message.type) {
    case backend::error_response::type:
        return fail(pgwire::detail::error_builder::from_response_body(message.body).connection_lost().build());
    case backend::notice_response::type:
        return events_.notice(pgwire::detail::error_builder::from_response_body(message.body).build()); // S-17
    case backend::authentication::type:
        if (phase_ != phase::authenticating)
            return fail_unexpected(message.type);
        return handle_authentication(message.body);
    case backend::negotiate_protocol_version::type:
        if (phase_ != phase::authenticating || negotiated_ || method_)
            return fail_unexpected(message.type); // S-20
        return handle_negotiation(message.body);
    default: break;
    }
    if (phase_ != phase::authenticated)
        return fail_unexpected(message.type);

    if (message.type == backend::backend_key_data::type) {
        handle_key(message.body);
    } else if (message.type == backend::parameter_status::type) {
        if (auto const parameter = decode<backend::parameter_status>(message.body))
            events_.parameter_changed(parameter->name, parameter->value);
        else
            fail(errc::malformed_message, "ParameterStatus during startup");
    } else if (message.type == backend::ready_for_query::type) {
        auto const ready = decode<backend::ready_for_query>(message.body);
        if (!ready)
            return fail(message.body.size() == 1 ? errc::invalid_transaction_status : errc::malformed_message,
                        "ReadyForQuery during startup"); // S-24
        status_ = ready->status;
        phase_ = phase::ready;
    } else {
        fail_unexpected(message.type); // S-27
    }
}

void startup::handle_negotiation(bytes_view body) {
    auto const negotiation = decode<backend::negotiate_protocol_version>(body);
    if (!negotiation)
        return fail(errc::malformed_message, "NegotiateProtocolVersion");
    negotiated_ = true;
    // Some servers send the minor version alone, as the documentation of the message once said.
    auto const given = static_cast<std::uint32_t>(negotiation->version);
    auto const offered = static_cast<version>(given >> 16 == 0 ? 0x0003'0000 | given : given);
    if (offered > options_.wanted_version || (offered != version::v3_0 && offered != version::v3_2))
        return fail(errc::malformed_message, "NegotiateProtocolVersion: asked for " +
                                                 to_string(options_.wanted_version) + ", the server offers " +
                                                 to_string(offered)); // S-20
    if (offered < options_.minimum_version)
        return fail(errc::protocol_version_unsupported, "the server offers only " + to_string(offered) +
                                                            ", below the required " +
                                                            to_string(options_.minimum_version));
    version_ = offered;
    for (std::string_view const option : negotiation->unrecognized_options)
        unrecognized_options_.emplace_back(option);
}

void startup::handle_key(bytes_view body) {
    auto const key = decode<backend::backend_key_data>(body);
    if (!key)
        return fail(errc::malformed_message, "BackendKeyData"); // S-22
    if (!cancel_key_.empty())
        return fail_unexpected(backend::backend_key_data::type);
    backend_pid_ = key->pid;
    cancel_key_.assign(key->key.begin(), key->key.end());
}

void startup::handle_authentication(bytes_view body) {
    auto const request = decode<backend::authentication>(body);
    if (!request)
        return fail(errc::malformed_message, "authentication request");
    switch (request->code) {
    case authentication_code::ok:
        if (!request->contents.empty())
            return fail(errc::malformed_message, "AuthenticationOk");
        return accept();
    case authentication_code::cleartext_password:
        if (!request->contents.empty())
            return fail(errc::malformed_message, "AuthenticationCleartextPassword");
        return send_password();
    case authentication_code::md5_password: return send_md5(body);
    case authentication_code::sasl: return begin_sasl(body);
    case authentication_code::sasl_continue: return continue_sasl(request->contents);
    case authentication_code::sasl_final: return finish_sasl(request->contents);
    case authentication_code::kerberos_v5:
        return fail(errc::authentication_method_unsupported, "the server asks for Kerberos 5");
    case authentication_code::crypt_password:
        return fail(errc::authentication_method_unsupported, "the server asks for a crypt() password");
    case authentication_code::scm_credential:
        return fail(errc::authentication_method_unsupported, "the server asks for SCM credentials");
    case authentication_code::gss:
    case authentication_code::gss_continue:
        return fail(errc::authentication_method_unsupported, "the server asks for GSSAPI");
    case authentication_code::sspi: return fail(errc::authentication_method_unsupported, "the server asks for SSPI");
    }
    fail(errc::authentication_method_unsupported,
         "the server asks for authentication method " +
             std::to_string(static_cast<std::int32_t>(request->code)));
}

bool startup::may_begin(authentication_method method, std::string_view name) {
    if (method_) {
        fail(errc::unexpected_message, "the server asks for authentication a second time");
    } else if (!options_.accepted_methods.contains(method)) {
        fail(errc::authentication_method_refused, "the server asks for " + std::string(name));
    } else if (options_.password.empty()) {
        fail(errc::password_missing, "the server asks for " + std::string(name));
    } else {
        method_ = method;
        return true;
    }
    return false;
}

void startup::send_password() {
    if (may_begin(authentication_method::password, "the password in clear text"))
        send(frontend::password{options_.password.view()});
}

void startup::send_md5(bytes_view body) {
    auto const request = decode<backend::authentication_md5_password>(body);
    if (!request)
        return fail(errc::malformed_message, "AuthenticationMD5Password");
    if (!may_begin(authentication_method::md5, "an MD5 password"))
        return;
    auto const answer = md5_password(options_.password.view(), options_.user, request->salt);
    if (!answer)
        return fail(errc::crypto_failed, "MD5 is not available here");
    send(frontend::password{*answer});
}

void startup::begin_sasl(bytes_view body) {
    auto const request = decode<backend::authentication_sasl>(body);
    if (!request)
        return fail(errc::malformed_message, "AuthenticationSASL");
    std::string offered;
    bool scram_offered = false;
    for (std::string_view const mechanism : request->mechanisms) {
        scram_offered = scram_offered || mechanism == scram_mechanism;
        offered.append(offered.empty() ? "" : ", ").append(mechanism);
    }
    if (!scram_offered)
        return fail(errc::authentication_method_unsupported,
                    "the server offers " + (offered.empty() ? "no SASL mechanism" : "only " + offered));
    if (!may_begin(authentication_method::scram_sha_256, scram_mechanism))
        return;
    scram_.emplace(options_.password.view(), scram_client_options{.limits = options_.scram});
    scram_step const first = scram_->client_first();
    if (!first)
        return fail(errc::crypto_failed, std::string(to_string(first.error)));
    send(frontend::sasl_initial_response{scram_mechanism, as_bytes(first.message)});
}

void startup::continue_sasl(bytes_view data) {
    if (!scram_ || scram_continued_)
        return fail(errc::unexpected_message, "AuthenticationSASLContinue nobody waits for");
    scram_continued_ = true;
    scram_step const final = scram_->client_final(as_text(data));
    if (!final)
        return fail_scram(errc::authentication_failed, final.error);
    send(frontend::sasl_response{as_bytes(final.message)});
}

void startup::finish_sasl(bytes_view data) {
    if (!scram_ || !scram_continued_ || scram_->is_verified())
        return fail(errc::unexpected_message, "AuthenticationSASLFinal nobody waits for");
    scram_error const wrong = scram_->verify(as_text(data));
    if (wrong == scram_error::none)
        return;
    fail_scram(wrong == scram_error::rejected_by_server ? errc::authentication_failed : errc::server_not_authenticated,
               wrong);
}

void startup::fail_scram(errc code, scram_error wrong) {
    std::string why(to_string(wrong));
    if (!scram_->server_reason().empty())
        why += ": " + scram_->server_reason();
    fail(wrong == scram_error::crypto_failure ? errc::crypto_failed : code, std::move(why));
}

void startup::accept() {
    if (scram_ && !scram_->is_verified())
        return fail(errc::server_not_authenticated,
                    "the server did not prove that it knows the password");
    if (!method_ && !options_.accepted_methods.contains(authentication_method::none))
        return fail(errc::authentication_method_refused, "the server asks for no proof of who we are");
    if (!negotiated_)
        version_ = options_.wanted_version;
    options_.password = secret();
    scram_.reset();
    phase_ = phase::authenticated;
}

template <class Message>
void startup::send(Message const& message) {
    if (errc const refused = append(output_, message); refused != errc::ok)
        fail(refused, "in what the configuration says to the server");
}

void startup::fail(errc code, std::string message) {
    fail(pgwire::detail::error_builder(code, std::move(message)).connection_lost().build());
}

void startup::fail(error why) {
    if (!failure_)
        failure_ = std::move(why);
    phase_ = phase::failed;
    options_.password = secret();
    scram_.reset();
}

void startup::fail_unexpected(char type) {
    fail(errc::unexpected_message, "message " + printable(type) + " during startup");
}

} // namespace pgwire::protocol
