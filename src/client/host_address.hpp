#pragma once

#include "net/socket.hpp"

#include <pgwire/config.hpp>
#include <pgwire/error.hpp>
#include <pgwire/result.hpp>

#include <optional>
#include <string_view>
#include <system_error>

namespace pgwire::client {

/// Where a host is, if nobody needs to be asked: a Unix socket's folder, or a numeric address.
/// Fails where such a socket's path is too long.
result<std::optional<net::endpoint>> address_without_lookup(host const& server);

// Why there is no connection to a host; each names it.
error lookup_failed(host const& server, std::string_view why);
error connect_failed(host const& server, net::endpoint const& address, std::error_code why);
error connect_timed_out(host const& server);

} // namespace pgwire::client
