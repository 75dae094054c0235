#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pgwire::protocol {

// The answer to AuthenticationMD5Password: "md5" + hex(md5(hex(md5(password + user)) + salt)), over the bytes as they
// are, whatever their encoding. Nothing where MD5 is not to be had, as in FIPS mode.
std::optional<std::string> md5_password(std::string_view password, std::string_view user,
                                        std::array<std::byte, 4> const& salt);

} // namespace pgwire::protocol
