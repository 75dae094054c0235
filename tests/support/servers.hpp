#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The real servers of this test run (scripts/servers).
namespace pgwire::test {

struct real_server {
    std::string name; // "postgresql-18", "iris-1.7.3"
    std::string host;
    std::string port;
    std::string socket_directory; // empty if it has none

    /// A connection string for one of the roles that scripts/servers makes, over TCP.
    [[nodiscard]] std::string uri(std::string_view role = "trust_user", std::string_view password = {}) const;
    /// The same over the Unix socket.
    [[nodiscard]] std::string local_uri(std::string_view role = "trust_user", std::string_view password = {}) const;

    friend void PrintTo(real_server const& s, std::ostream* out);
};

std::vector<real_server> postgresql_servers();
std::vector<real_server> iris_servers();

/// For INSTANTIATE_TEST_SUITE_P.
struct server_name {
    template <class Info>
    std::string operator()(Info const& info) const {
        return spelled(info.param.name);
    }
    static std::string spelled(std::string name);
};

} // namespace pgwire::test
