#include "protocol/crypto.hpp"

#include <limits>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace pgwire::protocol {
namespace {

constexpr std::size_t int_max = static_cast<std::size_t>(std::numeric_limits<int>::max());

unsigned char* octets(std::byte* bytes) noexcept { return reinterpret_cast<unsigned char*>(bytes); }

// OpenSSL takes a null pointer to mean more than "empty" (HMAC: keep the last key), and an empty span may be null.
unsigned char const* octets(std::span<std::byte const> bytes) noexcept {
    static constexpr unsigned char nothing = 0;
    return bytes.empty() ? &nothing : reinterpret_cast<unsigned char const*>(bytes.data());
}

template <std::size_t size>
bool digest_with(EVP_MD const* algorithm, std::span<std::byte const> data,
                 std::array<std::byte, size>& digest) noexcept {
    unsigned int length = 0;
    return EVP_Digest(octets(data), data.size(), octets(digest.data()), &length, algorithm, nullptr) == 1 &&
           length == size;
}

} // namespace

bool sha256(std::span<std::byte const> data, sha256_digest& digest) noexcept {
    return digest_with(EVP_sha256(), data, digest);
}

bool hmac_sha256(std::span<std::byte const> key, std::span<std::byte const> data, sha256_digest& digest) noexcept {
    if (key.size() > int_max) {
        return false;
    }
    unsigned int length = 0;
    return HMAC(EVP_sha256(), octets(key), static_cast<int>(key.size()), octets(data), data.size(),
                octets(digest.data()), &length) != nullptr &&
           length == digest.size();
}

bool pbkdf2_hmac_sha256(std::span<std::byte const> password, std::span<std::byte const> salt, std::uint32_t iterations,
                        sha256_digest& derived) noexcept {
    if (password.size() > int_max || salt.size() > int_max || iterations < 1 || iterations > int_max) {
        return false;
    }
    return PKCS5_PBKDF2_HMAC(reinterpret_cast<char const*>(octets(password)), static_cast<int>(password.size()),
                             octets(salt), static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
                             static_cast<int>(derived.size()), octets(derived.data())) == 1;
}

bool md5(std::span<std::byte const> data, md5_digest& digest) noexcept { return digest_with(EVP_md5(), data, digest); }

bool random_bytes(std::span<std::byte> bytes) noexcept {
    return bytes.size() <= int_max && RAND_bytes(octets(bytes.data()), static_cast<int>(bytes.size())) == 1;
}

bool constant_time_equal(std::span<std::byte const> a, std::span<std::byte const> b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(octets(a), octets(b), a.size()) == 0;
}

void secure_wipe(void* memory, std::size_t size) noexcept { OPENSSL_cleanse(memory, size); }

} // namespace pgwire::protocol
