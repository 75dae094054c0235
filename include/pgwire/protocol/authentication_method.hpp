#pragma once

#include <cstdint>
#include <initializer_list>

namespace pgwire::protocol {

/// How a client proves who it is, as `require_auth` names it.
enum class authentication_method : std::uint8_t {
    none, // AuthenticationOk at once (trust, peer, a certificate)
    password,
    md5,
    scram_sha_256,
    gss,
    sspi,
    oauth,
};

/// A set of methods.
class authentication_methods {
public:
    constexpr authentication_methods() = default;
    constexpr authentication_methods(std::initializer_list<authentication_method> methods) {
        for (auto const method : methods)
            insert(method);
    }

    static constexpr authentication_methods all() noexcept {
        using enum authentication_method;
        return {none, password, md5, scram_sha_256, gss, sspi, oauth};
    }

    constexpr void insert(authentication_method method) noexcept {
        bits_ = static_cast<std::uint8_t>(bits_ | bit(method));
    }
    constexpr void erase(authentication_method method) noexcept {
        bits_ = static_cast<std::uint8_t>(bits_ & ~bit(method));
    }
    [[nodiscard]] constexpr bool contains(authentication_method method) const noexcept {
        return (bits_ & bit(method)) != 0;
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
    bool operator==(authentication_methods const&) const = default;

private:
    static constexpr std::uint8_t bit(authentication_method method) noexcept {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(method));
    }

    std::uint8_t bits_ = 0;
};

} // namespace pgwire::protocol
