#include "protocol/md5_password.hpp"

#include "protocol/crypto.hpp"

namespace pgwire::protocol {
namespace {

template <typename Container>
void append_hex(Container& text, md5_digest const& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (std::byte const byte : digest) {
        text.push_back(digits[std::to_integer<std::size_t>(byte >> 4)]);
        text.push_back(digits[std::to_integer<std::size_t>(byte & std::byte{0x0F})]);
    }
}

} // namespace

std::optional<std::string> md5_password(std::string_view password, std::string_view user,
                                        std::array<std::byte, 4> const& salt) {
    secret_vector<char> input;
    input.reserve(password.size() + user.size());
    input.insert(input.end(), password.begin(), password.end());
    input.insert(input.end(), user.begin(), user.end());

    md5_digest digest;
    if (!md5(std::as_bytes(std::span(input)), digest)) {
        return std::nullopt;
    }

    // What pg_authid stores: it opens the account as the password does, so it is wiped like it.
    secret_vector<char> stored;
    append_hex(stored, digest);
    secure_wipe(digest.data(), digest.size());
    for (std::byte const byte : salt) {
        stored.push_back(static_cast<char>(byte));
    }
    if (!md5(std::as_bytes(std::span(stored)), digest)) {
        return std::nullopt;
    }

    std::string answer = "md5";
    append_hex(answer, digest);
    return answer;
}

} // namespace pgwire::protocol
