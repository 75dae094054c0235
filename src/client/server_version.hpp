#pragma once

#include <string_view>

namespace pgwire::client {

/// "18.6 (Debian …)" as 180006, "9.6.24" as 90624, "17beta1" as 170000; 0 if it does not begin with a number.
int server_version_number(std::string_view text) noexcept;

} // namespace pgwire::client
