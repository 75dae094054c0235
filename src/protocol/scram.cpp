#include "protocol/scram.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>
#include <vector>

#include "protocol/base64.hpp"
#include "protocol/saslprep.hpp"

namespace pgwire::protocol {
namespace {

constexpr std::string_view binding_type = "p=tls-server-end-point";
constexpr std::string_view verifier_scheme = "SCRAM-SHA-256$";

// Walks "a=value,b=value" in the order that the grammar of RFC 5802 section 7 prescribes.
class attribute_reader {
public:
    explicit attribute_reader(std::string_view message) : rest_(message) {}

    // The value of the next attribute if it has this name.
    std::optional<std::string_view> take(char name) {
        if (!next_is(name)) {
            return std::nullopt;
        }
        auto const comma = rest_->find(',');
        auto const value = rest_->substr(2, comma == std::string_view::npos ? comma : comma - 2);
        rest_ = comma == std::string_view::npos ? std::nullopt : std::optional(rest_->substr(comma + 1));
        return value;
    }

    bool next_is(char name) const { return rest_ && rest_->size() >= 2 && (*rest_)[0] == name && (*rest_)[1] == '='; }

    // Whatever follows must be extensions, which are ignored; the names that SCRAM itself uses are not such.
    bool only_extensions_follow() {
        while (rest_) {
            char const name = rest_->empty() ? '\0' : rest_->front();
            bool const is_letter = (name >= 'a' && name <= 'z') || (name >= 'A' && name <= 'Z');
            if (!is_letter || std::string_view("amnrscipve").find(name) != std::string_view::npos) {
                return false;
            }
            auto const value = take(name);
            if (!value || value->empty() || value->find('\0') != std::string_view::npos) {
                return false;
            }
        }
        return true;
    }

private:
    std::optional<std::string_view> rest_; // nothing once the last attribute is taken; empty after a trailing comma
};

std::string to_text(std::span<std::byte const> bytes) {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

bool is_valid_nonce(std::string_view nonce) {
    auto const is_printable = [](char c) { return c > ' ' && c < 0x7F && c != ','; };
    return !nonce.empty() && std::all_of(nonce.begin(), nonce.end(), is_printable);
}

// 18 bytes make 24 characters without padding; PostgreSQL's nonces are as long.
bool make_nonce(std::string& nonce) {
    std::array<std::byte, 18> random;
    if (!random_bytes(random)) {
        return false;
    }
    nonce = base64_encode(random);
    return true;
}

bool decode_digest(std::string_view text, sha256_digest& digest) {
    auto bytes = base64_decode(text);
    if (!bytes || bytes->size() != digest.size()) {
        return false;
    }
    std::copy(bytes->begin(), bytes->end(), digest.begin());
    secure_wipe(bytes->data(), bytes->size());
    return true;
}

// RFC 5802: saslname, in which ',' and '=' are escaped.
std::string encode_user(std::string_view user) {
    std::string encoded;
    for (char const c : user) {
        encoded += c == '=' ? "=3D" : c == ',' ? "=2C" : std::string(1, c);
    }
    return encoded;
}

std::optional<std::string> decode_user(std::string_view encoded) {
    std::string user;
    for (std::size_t i = 0; i < encoded.size(); ++i) {
        if (encoded[i] == '\0') {
            return std::nullopt;
        }
        if (encoded[i] != '=') {
            user += encoded[i];
            continue;
        }
        auto const escape = encoded.substr(i, 3);
        if (escape != "=2C" && escape != "=3D") {
            return std::nullopt;
        }
        user += escape == "=2C" ? ',' : '=';
        i += 2;
    }
    return user;
}

// posit-number: no sign, no leading zero. Numbers beyond 32 bits count as the largest, so that they exceed any limit.
std::optional<std::uint32_t> parse_iterations(std::string_view text) {
    std::uint32_t iterations = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), iterations);
    if (text.empty() || text.front() < '1' || text.front() > '9' || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return error == std::errc::result_out_of_range ? UINT32_MAX : iterations;
}

void exclusive_or(sha256_digest& target, sha256_digest const& other) {
    for (std::size_t i = 0; i < target.size(); ++i) {
        target[i] ^= other[i];
    }
}

bool derive(secret const& prepared_password, std::string_view salt, std::uint32_t iterations, secret_digest& client_key,
            secret_digest& server_key) {
    secret_digest salted_password;
    return pbkdf2_hmac_sha256(prepared_password.bytes(), bytes_of(salt), iterations, salted_password.value) &&
           hmac_sha256(salted_password.value, bytes_of("Client Key"), client_key.value) &&
           hmac_sha256(salted_password.value, bytes_of("Server Key"), server_key.value);
}

// c=: the header of the client's first message once more, with the binding data where the header announces them.
std::string channel_binding_input(std::string_view gs2_header, std::string_view data) {
    std::string input(gs2_header);
    if (gs2_header.starts_with('p')) {
        input += data;
    }
    return base64_encode(bytes_of(input));
}

} // namespace

std::string_view to_string(scram_error error) noexcept {
    switch (error) {
    case scram_error::none: return "no error";
    case scram_error::malformed_message: return "malformed SCRAM message";
    case scram_error::message_too_long: return "SCRAM message is too long";
    case scram_error::mandatory_extension: return "SCRAM message requires an extension that is not supported";
    case scram_error::invalid_user_name: return "user name cannot be used for SCRAM";
    case scram_error::authorization_identity: return "SCRAM authorization identity is not supported";
    case scram_error::invalid_nonce: return "SCRAM nonce is empty or not printable";
    case scram_error::foreign_nonce: return "SCRAM nonce is not the one of this exchange";
    case scram_error::nonce_not_extended: return "server added nothing to the client's SCRAM nonce";
    case scram_error::invalid_salt: return "SCRAM salt is empty or not base64";
    case scram_error::invalid_iteration_count: return "SCRAM iteration count is not a positive number";
    case scram_error::too_few_iterations: return "SCRAM iteration count is below the configured minimum";
    case scram_error::too_many_iterations: return "SCRAM iteration count is above the configured maximum";
    case scram_error::missing_channel_binding_data: return "no data to bind the SCRAM exchange to the TLS channel";
    case scram_error::channel_binding_mismatch: return "SCRAM channel binding does not match";
    case scram_error::wrong_proof: return "SCRAM proof is wrong: the client does not know the password";
    case scram_error::invalid_server_signature: return "SCRAM server signature is not a base64 SHA-256 digest";
    case scram_error::wrong_server_signature: return "SCRAM server signature is wrong: it does not know the password";
    case scram_error::rejected_by_server: return "server rejected the SCRAM exchange";
    case scram_error::out_of_sequence: return "SCRAM message out of sequence";
    case scram_error::crypto_failure: return "cryptographic provider failed";
    }
    return "unknown SCRAM error";
}

scram_client::scram_client(std::string_view password, scram_client_options options)
    : options_(std::move(options)), password_(prepare_password(password)) {}

scram_error scram_client::fail(scram_error error) noexcept {
    if (error != scram_error::none) {
        state_ = state::failed;
        password_ = secret();
        keys_.reset();
    }
    return error;
}

scram_step scram_client::client_first() {
    if (state_ != state::start) {
        return {fail(scram_error::out_of_sequence), {}};
    }
    if (options_.user.find('\0') != std::string::npos) {
        return {fail(scram_error::invalid_user_name), {}};
    }
    switch (options_.channel_binding) {
    case scram_channel_binding::unsupported: gs2_header_ = "n,,"; break;
    case scram_channel_binding::not_offered: gs2_header_ = "y,,"; break;
    case scram_channel_binding::tls_server_end_point:
        // A certificate without a hash function must not end in a connection without binding.
        if (options_.channel_binding_data.empty()) {
            return {fail(scram_error::missing_channel_binding_data), {}};
        }
        gs2_header_ = std::string(binding_type) + ",,";
    }

    nonce_ = options_.nonce;
    if (nonce_.empty() && !make_nonce(nonce_)) {
        return {fail(scram_error::crypto_failure), {}};
    }
    auth_message_ = "n=" + encode_user(options_.user) + ",r=" + nonce_;
    state_ = state::first_sent;
    return {scram_error::none, gs2_header_ + auth_message_};
}

scram_step scram_client::client_final(std::string_view server_first) {
    if (auto const error = read_server_first(server_first); error != scram_error::none) {
        return {error, {}};
    }
    if (auto const error = derive_keys(); error != scram_error::none) {
        return {error, {}};
    }
    return client_final();
}

scram_error scram_client::read_server_first(std::string_view server_first) {
    if (state_ != state::first_sent) {
        return fail(scram_error::out_of_sequence);
    }
    if (auto const error = parse_server_first(server_first); error != scram_error::none) {
        return fail(error);
    }
    (auth_message_ += ',') += server_first;
    state_ = state::first_read;
    return scram_error::none;
}

scram_error scram_client::parse_server_first(std::string_view server_first) {
    if (server_first.size() > options_.limits.max_message_size) {
        return scram_error::message_too_long;
    }
    attribute_reader reader(server_first);
    if (auto const reason = reader.take('e')) {
        return reject(*reason);
    }
    if (reader.next_is('m')) {
        return scram_error::mandatory_extension;
    }

    auto const nonce = reader.take('r');
    auto const salt_text = reader.take('s');
    auto const iterations_text = reader.take('i');
    if (!nonce || !salt_text || !iterations_text || !reader.only_extensions_follow()) {
        return scram_error::malformed_message;
    }

    if (!is_valid_nonce(*nonce)) {
        return scram_error::invalid_nonce;
    }
    if (!nonce->starts_with(nonce_)) {
        return scram_error::foreign_nonce;
    }
    if (nonce->size() == nonce_.size()) {
        return scram_error::nonce_not_extended;
    }

    auto const salt = base64_decode(*salt_text);
    if (!salt || salt->empty()) {
        return scram_error::invalid_salt;
    }

    auto const iterations = parse_iterations(*iterations_text);
    if (!iterations) {
        return scram_error::invalid_iteration_count;
    }
    if (*iterations < options_.limits.min_iterations) {
        return scram_error::too_few_iterations;
    }
    if (*iterations > options_.limits.max_iterations) {
        return scram_error::too_many_iterations;
    }

    nonce_ = *nonce;
    salt_ = to_text(*salt);
    iterations_ = *iterations;
    return scram_error::none;
}

scram_error scram_client::derive_keys() {
    if (state_ != state::first_read) {
        return fail(scram_error::out_of_sequence);
    }
    auto const& cached = options_.cached_keys;
    if (cached && cached->salt == salt_ && cached->iterations == iterations_) {
        keys_ = cached;
    } else {
        auto keys = std::make_shared<scram_keys>();
        keys->salt = salt_;
        keys->iterations = iterations_;
        if (!derive(password_, salt_, iterations_, keys->client_key, keys->server_key)) {
            return fail(scram_error::crypto_failure);
        }
        keys_ = std::move(keys);
    }
    options_.cached_keys.reset();
    password_ = secret();
    state_ = state::keys_ready;
    return scram_error::none;
}

scram_step scram_client::client_final() {
    if (state_ != state::keys_ready) {
        return {fail(scram_error::out_of_sequence), {}};
    }
    std::string message = "c=" + channel_binding_input(gs2_header_, options_.channel_binding_data) + ",r=" + nonce_;
    (auth_message_ += ',') += message;

    sha256_digest stored_key;
    sha256_digest proof; // the client's signature, turned into the proof by its key
    if (!sha256(keys_->client_key.value, stored_key) || !hmac_sha256(stored_key, bytes_of(auth_message_), proof)) {
        return {fail(scram_error::crypto_failure), {}};
    }
    exclusive_or(proof, keys_->client_key.value);
    message += ",p=" + base64_encode(proof);
    state_ = state::final_sent;
    return {scram_error::none, std::move(message)};
}

scram_error scram_client::verify(std::string_view server_final) {
    if (state_ != state::final_sent) {
        return fail(scram_error::out_of_sequence);
    }
    if (auto const error = parse_server_final(server_final); error != scram_error::none) {
        return fail(error);
    }
    state_ = state::verified;
    return scram_error::none;
}

scram_error scram_client::parse_server_final(std::string_view server_final) {
    if (server_final.size() > options_.limits.max_message_size) {
        return scram_error::message_too_long;
    }
    attribute_reader reader(server_final);
    if (auto const reason = reader.take('e')) {
        return reject(*reason);
    }
    auto const signature_text = reader.take('v');
    if (!signature_text || !reader.only_extensions_follow()) {
        return scram_error::malformed_message;
    }

    sha256_digest signature;
    if (!decode_digest(*signature_text, signature)) {
        return scram_error::invalid_server_signature;
    }
    sha256_digest expected;
    if (!hmac_sha256(keys_->server_key.value, bytes_of(auth_message_), expected)) {
        return scram_error::crypto_failure;
    }
    return constant_time_equal(signature, expected) ? scram_error::none : scram_error::wrong_server_signature;
}

// The reason comes from a peer that has proved nothing, and goes into error messages and logs.
scram_error scram_client::reject(std::string_view reason) {
    server_reason_ = reason;
    std::replace_if(server_reason_.begin(), server_reason_.end(), [](char c) { return c < ' ' || c >= 0x7F; }, '?');
    return scram_error::rejected_by_server;
}

std::optional<scram_verifier> scram_verifier::from_password(std::string_view password, std::string salt,
                                                            std::uint32_t iterations) {
    scram_verifier verifier;
    secret_digest client_key;
    if (!derive(prepare_password(password), salt, iterations, client_key, verifier.server_key) ||
        !sha256(client_key.value, verifier.stored_key)) {
        return std::nullopt;
    }
    verifier.salt = std::move(salt);
    verifier.iterations = iterations;
    return verifier;
}

std::optional<scram_verifier> scram_verifier::parse(std::string_view text) {
    if (!text.starts_with(verifier_scheme)) {
        return std::nullopt;
    }
    // Takes up to the separator; the last field has none.
    text.remove_prefix(verifier_scheme.size());
    auto const take_until = [&text](char separator) {
        auto const field = text.substr(0, text.find(separator));
        text.remove_prefix(std::min(field.size() + 1, text.size()));
        return field;
    };
    auto const iterations = parse_iterations(take_until(':'));
    auto const salt = base64_decode(take_until('$'));
    auto const stored_key = take_until(':');

    scram_verifier verifier;
    if (!iterations || *iterations > INT32_MAX || !salt || salt->empty() ||
        !decode_digest(stored_key, verifier.stored_key) || !decode_digest(text, verifier.server_key.value)) {
        return std::nullopt;
    }
    verifier.salt = to_text(*salt);
    verifier.iterations = *iterations;
    return verifier;
}

std::string scram_verifier::to_string() const {
    return std::string(verifier_scheme) + std::to_string(iterations) + ':' + base64_encode(bytes_of(salt)) + '$' +
           base64_encode(stored_key) + ':' + base64_encode(server_key.value);
}

scram_server::scram_server(std::shared_ptr<scram_verifier const> verifier, scram_server_options options)
    : verifier_(std::move(verifier)), options_(std::move(options)) {}

scram_step scram_server::fail(scram_error error) {
    state_ = state::failed;
    return {error, {}};
}

scram_step scram_server::first(std::string_view client_first) {
    if (state_ != state::start) {
        return fail(scram_error::out_of_sequence);
    }
    if (auto const error = parse_client_first(client_first); error != scram_error::none) {
        return fail(error);
    }
    std::string own_nonce = options_.nonce;
    if (own_nonce.empty() && !make_nonce(own_nonce)) {
        return fail(scram_error::crypto_failure);
    }
    nonce_ += own_nonce;
    std::string message = "r=" + nonce_ + ",s=" + base64_encode(bytes_of(verifier_->salt)) +
                          ",i=" + std::to_string(verifier_->iterations);
    (auth_message_ += ',') += message;
    state_ = state::first_sent;
    return {scram_error::none, std::move(message)};
}

scram_error scram_server::parse_client_first(std::string_view client_first) {
    if (client_first.size() > options_.max_message_size) {
        return scram_error::message_too_long;
    }
    auto const flag_end = client_first.find(',');
    auto const header_end = flag_end == std::string_view::npos ? flag_end : client_first.find(',', flag_end + 1);
    if (header_end == std::string_view::npos) {
        return scram_error::malformed_message;
    }
    auto const flag = client_first.substr(0, flag_end);
    bool const binds = flag.starts_with("p=");
    if (flag != "n" && flag != "y" && !binds) {
        return scram_error::malformed_message;
    }
    // "y" says that no -PLUS was seen: if one was offered, someone took it out on the way.
    if (binds != options_.plus_selected || (binds && flag != binding_type) || (flag == "y" && options_.plus_offered)) {
        return scram_error::channel_binding_mismatch;
    }
    if (binds && options_.channel_binding_data.empty()) {
        return scram_error::missing_channel_binding_data;
    }
    if (header_end != flag_end + 1) {
        return scram_error::authorization_identity;
    }

    auto const bare = client_first.substr(header_end + 1);
    attribute_reader reader(bare);
    if (reader.next_is('m')) {
        return scram_error::mandatory_extension;
    }
    auto const encoded_user = reader.take('n');
    auto const nonce = reader.take('r');
    if (!encoded_user || !nonce || !reader.only_extensions_follow()) {
        return scram_error::malformed_message;
    }
    auto user = decode_user(*encoded_user);
    if (!user) {
        return scram_error::invalid_user_name;
    }
    if (!is_valid_nonce(*nonce)) {
        return scram_error::invalid_nonce;
    }
    user_ = std::move(*user);
    nonce_ = *nonce;
    gs2_header_ = client_first.substr(0, header_end + 1);
    auth_message_ = bare;
    return scram_error::none;
}

scram_step scram_server::final(std::string_view client_final) {
    if (state_ != state::first_sent) {
        return fail(scram_error::out_of_sequence);
    }
    if (auto const error = parse_client_final(client_final); error != scram_error::none) {
        return fail(error);
    }
    sha256_digest signature;
    if (!hmac_sha256(verifier_->server_key.value, bytes_of(auth_message_), signature)) {
        return fail(scram_error::crypto_failure);
    }
    state_ = state::authenticated;
    return {scram_error::none, "v=" + base64_encode(signature)};
}

scram_error scram_server::parse_client_final(std::string_view client_final) {
    if (client_final.size() > options_.max_message_size) {
        return scram_error::message_too_long;
    }
    // The proof comes last, so that it can be over all that is before it.
    auto const proof_start = client_final.rfind(",p=");
    if (proof_start == std::string_view::npos) {
        return scram_error::malformed_message;
    }
    auto const without_proof = client_final.substr(0, proof_start);
    attribute_reader reader(without_proof);
    auto const binding = reader.take('c');
    auto const nonce = reader.take('r');
    if (!binding || !nonce || !reader.only_extensions_follow()) {
        return scram_error::malformed_message;
    }
    if (*binding != channel_binding_input(gs2_header_, options_.channel_binding_data)) {
        return scram_error::channel_binding_mismatch;
    }
    if (*nonce != nonce_) {
        return scram_error::foreign_nonce;
    }
    (auth_message_ += ',') += without_proof;
    return check_proof(client_final.substr(proof_start + 3));
}

scram_error scram_server::check_proof(std::string_view proof) {
    secret_digest client_key; // the proof, turned into the client's key by its signature
    if (!decode_digest(proof, client_key.value)) {
        return scram_error::malformed_message;
    }
    sha256_digest client_signature;
    sha256_digest stored_key;
    if (!hmac_sha256(verifier_->stored_key, bytes_of(auth_message_), client_signature)) {
        return scram_error::crypto_failure;
    }
    exclusive_or(client_key.value, client_signature);
    if (!sha256(client_key.value, stored_key)) {
        return scram_error::crypto_failure;
    }
    return constant_time_equal(stored_key, verifier_->stored_key) ? scram_error::none : scram_error::wrong_proof;
}

} // namespace pgwire::protocol
