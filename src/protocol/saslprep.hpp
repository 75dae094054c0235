#pragma once

#include <optional>
#include <string_view>

#include "protocol/crypto.hpp"

namespace pgwire::protocol {

// SASLprep (RFC 4013) of UTF-8 text, step by step as PostgreSQL does it. Nothing if the text cannot be prepared:
// invalid UTF-8, empty once mapped, prohibited or unassigned code points, mixed directions.
std::optional<secret> saslprep(std::string_view text);

// The bytes that PostgreSQL hashes for a password: prepared if it can be, else as given.
secret prepare_password(std::string_view password);

// Normalization form KC over the code points of Unicode 3.2.
secret_vector<char32_t> normalize_nfkc(secret_vector<char32_t> const& text);

} // namespace pgwire::protocol
