#pragma once

// All the cryptography that authentication needs, behind one small interface: crypto.cpp alone knows OpenSSL.
// A function that returns bool says whether the cryptographic provider did the work; on false the output is worthless
// (MD5 in FIPS mode, an exhausted random source).

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire::protocol {

using sha256_digest = std::array<std::byte, 32>;
using md5_digest = std::array<std::byte, 16>;

[[nodiscard]] bool sha256(std::span<std::byte const> data, sha256_digest& digest) noexcept;
[[nodiscard]] bool hmac_sha256(std::span<std::byte const> key, std::span<std::byte const> data,
                               sha256_digest& digest) noexcept;
[[nodiscard]] bool pbkdf2_hmac_sha256(std::span<std::byte const> password, std::span<std::byte const> salt,
                                      std::uint32_t iterations, sha256_digest& derived) noexcept;
[[nodiscard]] bool md5(std::span<std::byte const> data, md5_digest& digest) noexcept;
[[nodiscard]] bool random_bytes(std::span<std::byte> bytes) noexcept;

// Takes as long for equal as for different content (CVE-2026-6478); only the lengths are no secret.
[[nodiscard]] bool constant_time_equal(std::span<std::byte const> a, std::span<std::byte const> b) noexcept;

// Overwrites in a way that the optimizer does not drop.
void secure_wipe(void* memory, std::size_t size) noexcept;

inline std::span<std::byte const> bytes_of(std::string_view text) noexcept {
    return std::as_bytes(std::span(text.data(), text.size()));
}

// Wipes whatever a container gives back: at its end, and also when it grows or is moved from.
template <typename T>
struct wiping_allocator {
    using value_type = T;

    wiping_allocator() = default;
    template <typename U>
    wiping_allocator(wiping_allocator<U> const&) noexcept {}

    T* allocate(std::size_t count) { return std::allocator<T>().allocate(count); }
    void deallocate(T* memory, std::size_t count) noexcept {
        secure_wipe(memory, count * sizeof(T));
        std::allocator<T>().deallocate(memory, count);
    }

    template <typename U>
    bool operator==(wiping_allocator<U> const&) const noexcept {
        return true;
    }
};

template <typename T>
using secret_vector = std::vector<T, wiping_allocator<T>>;

// A password or something as good as one. It lives in one heap block, never in a small-string buffer, so a move leaves
// no second copy behind.
class secret {
public:
    secret() = default;
    explicit secret(std::string_view text) : characters_(text.begin(), text.end()) {}
    explicit secret(secret_vector<char> characters) noexcept : characters_(std::move(characters)) {}

    secret(secret&&) noexcept = default;
    secret& operator=(secret&& other) noexcept {
        // Vector's own move assignment may keep the old block for later use; a swap surely hands it to the wiping end.
        secret(std::move(other)).characters_.swap(characters_);
        return *this;
    }
    secret(secret const&) = delete;
    secret& operator=(secret const&) = delete;

    secret clone() const { return secret(view()); }

    std::string_view view() const noexcept { return {characters_.data(), characters_.size()}; }
    std::span<std::byte const> bytes() const noexcept { return bytes_of(view()); }
    bool empty() const noexcept { return characters_.empty(); }

private:
    secret_vector<char> characters_;
};

// A secret of digest size, kept in place.
class secret_digest {
public:
    secret_digest() = default;
    ~secret_digest() { wipe(); }

    secret_digest(secret_digest&& other) noexcept : value(other.value) { other.wipe(); }
    secret_digest& operator=(secret_digest&& other) noexcept {
        if (this != &other) {
            value = other.value;
            other.wipe();
        }
        return *this;
    }
    secret_digest(secret_digest const&) = delete;
    secret_digest& operator=(secret_digest const&) = delete;

    sha256_digest value{};

private:
    void wipe() noexcept { secure_wipe(value.data(), value.size()); }
};

} // namespace pgwire::protocol
