#include "support/servers.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <map>
#include <ostream>
#include <stdexcept>

namespace pgwire::test {

namespace {

std::map<std::string, std::string> read_environment() {
    char const* const path = std::getenv("PGWIRE_TEST_SERVERS");
    if (path == nullptr)
        throw std::runtime_error("PGWIRE_TEST_SERVERS is not set: run this by ctest, or after scripts/servers start");
    std::ifstream file(path);
    std::map<std::string, std::string> values;
    for (std::string line; std::getline(file, line);)
        if (auto const equals = line.find('='); equals != std::string::npos)
            values[line.substr(0, equals)] = line.substr(equals + 1);
    return values;
}

std::vector<real_server> servers_of(std::string_view product) {
    static auto const environment = read_environment();
    std::vector<real_server> found;
    for (auto const& [key, port] : environment) {
        if (!key.starts_with(product) || !key.ends_with("_PORT"))
            continue;
        std::string const prefix = key.substr(0, key.size() - 5);
        std::string name = prefix;
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return c == '_' ? '-' : std::tolower(c); });
        auto const directory = environment.find(prefix + "_SOCKET_DIR");
        found.push_back({name, environment.at(prefix + "_HOST"), port,
                         directory == environment.end() ? std::string() : directory->second});
    }
    return found;
}

std::string credentials(std::string_view role, std::string_view password) {
    std::string text(role);
    if (!password.empty())
        text.append(":").append(password);
    return text;
}

} // namespace

std::string real_server::uri(std::string_view role, std::string_view password) const {
    if (name.starts_with("iris"))
        return "iris://_SYSTEM:SYS@" + host + ":" + port + "/USER";
    return "postgresql://" + credentials(role, password) + "@" + host + ":" + port + "/pgwire";
}

std::string real_server::local_uri(std::string_view role, std::string_view password) const {
    return "postgresql://" + credentials(role, password) + "@/pgwire?host=" + socket_directory + "&port=" + port;
}

void PrintTo(real_server const& s, std::ostream* out) { *out << s.name; }

std::vector<real_server> postgresql_servers() { return servers_of("POSTGRESQL"); }
std::vector<real_server> iris_servers() { return servers_of("IRIS"); }

std::string server_name::spelled(std::string name) {
    std::ranges::replace_if(name, [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
}

} // namespace pgwire::test
