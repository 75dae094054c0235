#include "client/host_address.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <asio/ip/address.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>

#include <cstring>
#include <string>

#include <sys/un.h>

namespace pgwire::client {

using detail::error_builder;

namespace {

constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;

std::string describe(host const& server) {
    if (server.is_local())
        return "socket \"" + server.socket_path() + '"';
    return "host \"" + server.name + "\", port " + std::to_string(server.port);
}

} // namespace

result<std::optional<net::endpoint>> address_without_lookup(host const& server) {
    if (server.is_local()) {
        std::string path = server.socket_path();
        if (path.size() > longest_socket_path)
            return error_builder(errc::invalid_config, describe(server) + ": a socket's path has at most " +
                                                           std::to_string(longest_socket_path) + " bytes")
                .build();
        if (path.starts_with('@'))
            path[0] = '\0'; // Linux: a name that is not in the file system
        return std::optional(net::endpoint(asio::local::stream_protocol::endpoint(path)));
    }
    std::error_code not_numeric;
    auto const address = asio::ip::make_address(server.name, not_numeric);
    if (not_numeric)
        return std::optional<net::endpoint>();
    return std::optional(net::endpoint(asio::ip::tcp::endpoint(address, server.port)));
}

error lookup_failed(host const& server, std::string_view why) {
    return error_builder(errc::resolve_failed, describe(server) + ": " + std::string(why)).build();
}

error connect_failed(host const& server, net::endpoint const& address, std::error_code why) {
    std::string where = describe(server);
    if (!server.is_local()) {
        asio::ip::tcp::endpoint numeric;
        numeric.resize(address.size());
        std::memcpy(numeric.data(), address.data(), address.size());
        where += " (" + numeric.address().to_string() + ')';
    }
    return error_builder(errc::connect_failed, where + ": " + why.message()).build();
}

error connect_timed_out(host const& server) {
    return error_builder(errc::deadline_exceeded, "while connecting to " + describe(server)).connection_lost().build();
}

} // namespace pgwire::client
