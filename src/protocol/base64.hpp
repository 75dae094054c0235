#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire::protocol {

std::string base64_encode(std::span<std::byte const> bytes);

// RFC 4648 section 4, strictly: every value has exactly one accepted spelling. White space, missing or surplus padding
// and bits set behind the last byte are refused, which OpenSSL's EVP_DecodeBlock does not do.
std::optional<std::vector<std::byte>> base64_decode(std::string_view text);

} // namespace pgwire::protocol
