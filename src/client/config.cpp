#include "client/connection_string.hpp"
#include "protocol/crypto.hpp"

#include <pgwire/config.hpp>

#include <pgwire/detail/error_builder.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <initializer_list>
#include <limits>
#include <optional>
#include <vector>

#include <pwd.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace pgwire {

void secret_text::wipe(std::string& text) noexcept {
    protocol::secure_wipe(text.data(), text.size());
    text.clear();
}
namespace {

using protocol::authentication_method;
using protocol::authentication_methods;

constexpr auto npos = std::string_view::npos;
constexpr std::uint16_t default_port = 5432; // iris-pgwire listens there too
constexpr std::uint32_t smallest_message_limit = 30'000;

// A configuration while its options come in.
struct draft : config {
    std::string host_list;
    std::string port_list;
    std::string fallback_application_name;
    bool has_max_protocol_version = false;
};

// What is wrong with a value; it stands in the message after the option's name, and the value itself does not.
struct refusal {
    errc code = errc::ok;
    std::string_view why;
};

constexpr refusal accepted;
constexpr refusal invalid(std::string_view why) noexcept { return {errc::invalid_config, why}; }
constexpr refusal unsupported(std::string_view why) noexcept { return {errc::unsupported_option, why}; }

std::vector<std::string_view> split_list(std::string_view list) {
    std::vector<std::string_view> items;
    for (std::size_t comma = 0; comma != npos; list.remove_prefix(comma == npos ? list.size() : comma + 1)) {
        comma = list.find(',');
        items.push_back(list.substr(0, comma));
    }
    return items;
}

// As C's strtol and libpq: spaces around and a sign are fine.
std::optional<std::int64_t> to_number(std::string_view text) noexcept {
    constexpr std::string_view spaces = " \t\n\v\f\r";
    text.remove_prefix(std::min(text.find_first_not_of(spaces), text.size()));
    text = text.substr(0, text.find_last_not_of(spaces) + 1);
    if (text.size() > 1 && text[0] == '+' && text[1] != '-')
        text.remove_prefix(1);
    std::int64_t number = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::optional<std::int64_t> to_number(std::string_view text, std::int64_t least, std::int64_t most) noexcept {
    auto const number = to_number(text);
    return number && *number >= least && *number <= most ? number : std::nullopt;
}

template <class Value>
struct named {
    std::string_view name;
    Value value;
};

template <class Value, std::size_t N>
std::optional<Value> find(named<Value> const (&values)[N], std::string_view name) noexcept {
    auto const* const found = std::ranges::find(values, name, &named<Value>::name);
    return found != std::end(values) ? std::optional(found->value) : std::nullopt;
}

template <class Value, std::size_t N>
std::string_view name_of(named<Value> const (&values)[N], Value value) noexcept {
    return std::ranges::find(values, value, &named<Value>::value)->name;
}

constexpr named<ssl_mode> ssl_modes[] = {
    {"disable", ssl_mode::disable}, {"allow", ssl_mode::allow},         {"prefer", ssl_mode::prefer},
    {"require", ssl_mode::require}, {"verify-ca", ssl_mode::verify_ca}, {"verify-full", ssl_mode::verify_full},
};

constexpr named<protocol::version> protocol_versions[] = {
    {"3.0", protocol::version::v3_0},
    {"3.2", protocol::version::v3_2},
    {"latest", protocol::version::v3_2},
};

constexpr named<authentication_method> methods[] = {
    {"none", authentication_method::none},   {"password", authentication_method::password},
    {"md5", authentication_method::md5},     {"scram-sha-256", authentication_method::scram_sha_256},
    {"gss", authentication_method::gss},     {"sspi", authentication_method::sspi},
    {"oauth", authentication_method::oauth},
};

refusal refuse_ssl_mode(ssl_mode mode) noexcept {
    return mode < ssl_mode::require ? accepted : unsupported("demands TLS, which this release does not have");
}

// The setters of options.

template <auto Member>
refusal keep(draft& d, std::string_view value) {
    d.*Member = value;
    return accepted;
}

refusal set_connect_timeout(draft& d, std::string_view value) {
    auto const seconds = to_number(value, std::numeric_limits<int>::min(), std::numeric_limits<int>::max());
    if (!seconds)
        return invalid("must be a number of seconds");
    d.connect_timeout = std::chrono::seconds(std::max<std::int64_t>(*seconds, 0)); // as in libpq, negative: no limit
    return accepted;
}

refusal set_sslmode(draft& d, std::string_view value) {
    auto const mode = find(ssl_modes, value);
    if (!mode)
        return invalid("must be disable, allow, prefer, require, verify-ca or verify-full");
    d.sslmode = *mode;
    return refuse_ssl_mode(*mode);
}

refusal set_require_auth(draft& d, std::string_view value) {
    if (value.empty())
        return accepted;
    bool const negated = value[0] == '!';
    authentication_methods listed;
    for (std::string_view const item : split_list(value)) {
        bool const without = !item.empty() && item[0] == '!';
        if (without != negated)
            return invalid("cannot mix methods with and without \"!\"");
        auto const method = find(methods, item.substr(without ? 1 : 0));
        if (!method)
            return invalid(
                "must list none, password, md5, scram-sha-256, gss, sspi or oauth, all or none of them with \"!\"");
        if (listed.contains(*method))
            return invalid("names a method twice");
        listed.insert(*method);
    }
    for (auto const& method : methods)
        if (listed.contains(method.value) == negated)
            d.require_auth.erase(method.value);
    return accepted;
}

refusal set_min_protocol_version(draft& d, std::string_view value) {
    auto const version = find(protocol_versions, value);
    if (!version)
        return invalid("must be 3.0, 3.2 or latest");
    d.min_protocol_version = *version;
    return accepted;
}

refusal set_max_protocol_version(draft& d, std::string_view value) {
    auto const version = find(protocol_versions, value);
    if (!version)
        return invalid("must be 3.0, 3.2 or latest");
    d.max_protocol_version = *version;
    d.has_max_protocol_version = true;
    return accepted;
}

// All texts are UTF-8, which is what a session asks for anyway.
refusal check_client_encoding(draft&, std::string_view value) {
    std::string plain;
    for (char const c : value)
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            plain += c;
        else if (c >= 'A' && c <= 'Z')
            plain += static_cast<char>(c - 'A' + 'a');
    return plain.empty() || plain == "utf8" || plain == "unicode" || plain == "auto"
               ? accepted
               : unsupported("must be UTF8: this library speaks nothing else");
}

refusal set_scram_max_iterations(draft& d, std::string_view value) {
    auto const number = to_number(value, 1, std::numeric_limits<std::int32_t>::max());
    if (!number)
        return invalid("must be a number from 1 to 2147483647");
    d.scram_max_iterations = static_cast<std::uint32_t>(*number);
    return accepted;
}

refusal set_max_message_size(draft& d, std::string_view value) {
    auto const number = to_number(value, smallest_message_limit, std::numeric_limits<std::int32_t>::max());
    if (!number)
        return invalid("must be a number of bytes from 30000 to 2147483647");
    d.max_message_size = static_cast<std::uint32_t>(*number);
    return accepted;
}

struct option {
    std::string_view name;
    char const* variable = nullptr; // of the environment
    refusal (*set)(draft&, std::string_view) = nullptr;
    // Without a setter: the values that ask for nothing we do not do.
    std::string_view harmless = {};
};

// Every option of libpq 18, and ours.
constexpr option known_options[] = {
    {"host", "PGHOST", keep<&draft::host_list>},
    {"port", "PGPORT", keep<&draft::port_list>},
    {"user", "PGUSER", keep<&config::user>},
    {"password", "PGPASSWORD", keep<&config::password>},
    {"dbname", "PGDATABASE", keep<&config::database>},
    {"options", "PGOPTIONS", keep<&config::options>},
    {"application_name", "PGAPPNAME", keep<&config::application_name>},
    {"fallback_application_name", nullptr, keep<&draft::fallback_application_name>},
    {"client_encoding", "PGCLIENTENCODING", check_client_encoding},
    {"connect_timeout", "PGCONNECT_TIMEOUT", set_connect_timeout},
    {"sslmode", "PGSSLMODE", set_sslmode},
    {"require_auth", "PGREQUIREAUTH", set_require_auth},
    {"min_protocol_version", "PGMINPROTOCOLVERSION", set_min_protocol_version},
    {"max_protocol_version", "PGMAXPROTOCOLVERSION", set_max_protocol_version},

    {"scram_max_iterations", nullptr, set_scram_max_iterations},
    {"max_message_size", nullptr, set_max_message_size},

    {"service", "PGSERVICE"},
    {"passfile", "PGPASSFILE"},
    {"hostaddr", "PGHOSTADDR"},
    {"target_session_attrs", "PGTARGETSESSIONATTRS", nullptr, "any"},
    {"load_balance_hosts", "PGLOADBALANCEHOSTS", nullptr, "disable"},
    {"keepalives"},
    {"keepalives_idle"},
    {"keepalives_interval"},
    {"keepalives_count"},
    {"tcp_user_timeout"},
    {"replication"},
    {"requirepeer", "PGREQUIREPEER"},
    {"channel_binding", "PGCHANNELBINDING", nullptr, "disable,prefer"},
    {"scram_client_key"},
    {"scram_server_key"},
    {"sslnegotiation", "PGSSLNEGOTIATION", nullptr, "postgres"},
    {"sslcompression", "PGSSLCOMPRESSION", nullptr, "0"},
    {"sslcert", "PGSSLCERT"},
    {"sslkey", "PGSSLKEY"},
    {"sslpassword"},
    {"sslcertmode", "PGSSLCERTMODE", nullptr, "disable,allow"},
    {"sslrootcert", "PGSSLROOTCERT"},
    {"sslcrl", "PGSSLCRL"},
    {"sslcrldir", "PGSSLCRLDIR"},
    {"sslsni", "PGSSLSNI", nullptr, "0,1"},
    {"sslkeylogfile"},
    {"ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"},
    {"ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"},
    {"gssencmode", "PGGSSENCMODE", nullptr, "disable,prefer"},
    {"gssdelegation", "PGGSSDELEGATION", nullptr, "0"},
    {"gsslib", "PGGSSLIB"},
    {"krbsrvname", "PGKRBSRVNAME"},
    {"oauth_issuer"},
    {"oauth_client_id"},
    {"oauth_client_secret"},
    {"oauth_scope"},
};

refusal apply(option const& o, draft& d, std::string_view value) {
    if (o.set != nullptr)
        return o.set(d, value);
    auto const harmless = split_list(o.harmless);
    if (value.empty() || std::ranges::find(harmless, value) != harmless.end())
        return accepted;
    return unsupported(o.harmless.empty() ? "is not supported by this release"
                                          : "has a value that this release does not support");
}

error refuse(refusal const& why, std::string_view name, std::string_view place) {
    std::string message = "option \"";
    message.append(name).append("\"");
    if (!place.empty())
        message.append(" (").append(place).append(")");
    return detail::error_builder(why.code, message.append(" ").append(why.why)).build();
}

std::string place_of(detail::setting const& s) { return "character " + std::to_string(s.place); }

// A name that could be a piece of a badly quoted password is not repeated.
bool looks_like_a_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= 40 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    });
}

// An option's value, and where it comes from.
struct given {
    std::string_view value;
    std::string place;
};

std::optional<given> look_up(option const& o, std::vector<detail::setting> const& settings) {
    auto const last = std::ranges::find(settings.rbegin(), settings.rend(), o.name, &detail::setting::name);
    if (last != settings.rend())
        return given{last->value, place_of(*last)};
    // NOLINTNEXTLINE(concurrency-mt-unsafe): config::parse says so
    char const* const variable = o.variable != nullptr ? std::getenv(o.variable) : nullptr;
    if (variable != nullptr)
        return given{variable, std::string("environment variable ") + o.variable};
    return std::nullopt;
}

std::string user_of_process() {
    passwd entry{};
    passwd* found = nullptr;
    std::vector<char> storage(16'384); // more than any sysconf(_SC_GETPW_R_SIZE_MAX)
    if (getpwuid_r(geteuid(), &entry, storage.data(), storage.size(), &found) != 0 || found == nullptr)
        return {};
    return found->pw_name;
}

// libpq has one directory built in, which differs between distributions; a socket shows which one it is.
std::string default_host(std::uint16_t port, server_kind kind) {
    if (kind != server_kind::iris) {
        for (char const* const directory : {"/var/run/postgresql", "/tmp"}) {
            struct stat status{};
            if (stat(host{directory, port}.socket_path().c_str(), &status) == 0 && S_ISSOCK(status.st_mode))
                return directory;
        }
    }
    return "localhost";
}

std::optional<refusal> place_hosts(draft& d) {
    auto const names = split_list(d.host_list);
    auto const ports = split_list(d.port_list);
    if (ports.size() != 1 && ports.size() != names.size())
        return invalid("must list one port for all hosts, or one for each");
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::string_view const text = ports[ports.size() == 1 ? 0 : i];
        auto const port = text.empty() ? default_port : to_number(text, 1, 65535);
        if (!port)
            return invalid("must be a number from 1 to 65535");
        auto const number = static_cast<std::uint16_t>(*port);
        d.hosts.push_back({names[i].empty() ? default_host(number, d.server) : std::string(names[i]), number});
    }
    return std::nullopt;
}

std::optional<refusal> find_wrong_host(host const& h) {
    if (h.name.empty())
        return invalid("must not be empty");
    if (h.is_local() && h.socket_path().size() >= sizeof(sockaddr_un::sun_path))
        return invalid("names a directory that is too long for a Unix-domain socket");
    return std::nullopt;
}

// As the server's own options parser wants it: spaces and backslashes escaped.
std::string option_of(std::string_view name, std::string_view value) {
    std::string text("-c ");
    for (char const c : std::string(name) + "=" + std::string(value)) {
        if (c == '\\' || c == ' ' || (c >= '\t' && c <= '\r'))
            text += '\\';
        text += c;
    }
    return text;
}

std::string quoted(std::string_view value) {
    std::string text("'");
    for (char const c : value) {
        if (c == '\'' || c == '\\')
            text += '\\';
        text += c;
    }
    return text += '\'';
}

} // namespace

result<config> config::parse(std::string_view text) {
    auto const split = detail::split_connection_string(text);
    if (!split)
        return split.error();
    for (auto const& s : split->settings) {
        bool const known = std::ranges::find(known_options, s.name, &option::name) != std::end(known_options);
        if (!known && looks_like_a_name(s.name))
            return refuse(invalid("is unknown"), s.name, place_of(s));
        if (!known)
            return detail::error_builder(errc::invalid_config, place_of(s) + ": the name of an option is expected")
                .build();
    }

    draft d;
    if (split->is_iris)
        d.server = server_kind::iris;
    std::string port_place;
    for (option const& o : known_options) {
        auto const found = look_up(o, split->settings);
        if (!found)
            continue;
        if (o.name == "port")
            port_place = found->place;
        if (refusal const why = apply(o, d, found->value); why.code != errc::ok)
            return refuse(why, o.name, found->place);
    }

    if (auto const wrong = place_hosts(d))
        return refuse(*wrong, "port", port_place);
    if (d.user.empty())
        d.user = user_of_process();
    if (d.database.empty())
        d.database = d.user;
    if (d.application_name.empty())
        d.application_name = d.fallback_application_name;
    if (!d.has_max_protocol_version)
        d.max_protocol_version = std::max(d.max_protocol_version, d.min_protocol_version);
    if (auto const checked = d.check(); !checked)
        return checked.error();
    return config(std::move(d));
}

result<void> config::check() const {
    auto const wrong = [](refusal const& why, std::string_view name) { return refuse(why, name, {}); };
    if (hosts.empty())
        return wrong(invalid("must name a host"), "host");
    for (host const& h : hosts) {
        if (auto const why = find_wrong_host(h))
            return wrong(*why, "host");
        if (h.port == 0)
            return wrong(invalid("must be a number from 1 to 65535"), "port");
    }
    if (user.empty())
        return wrong(invalid("must not be empty"), "user");
    if (auto const why = refuse_ssl_mode(sslmode); why.code != errc::ok)
        return wrong(why, "sslmode");
    if (require_auth.empty())
        return wrong(invalid("must leave a method"), "require_auth");
    if (connect_timeout.count() < 0)
        return wrong(invalid("must not be negative"), "connect_timeout");
    if (min_protocol_version > max_protocol_version)
        return wrong(invalid("must not be above max_protocol_version"), "min_protocol_version");
    if (scram_max_iterations == 0)
        return wrong(invalid("must not be 0"), "scram_max_iterations");
    if (max_message_size < smallest_message_limit || max_message_size > std::numeric_limits<std::int32_t>::max())
        return wrong(invalid("must be a number of bytes from 30000 to 2147483647"), "max_message_size");

    // A NUL would end the text on the wire, and what follows it would be read as parameters (S-28).
    auto const nul_in = [](std::string_view text) { return text.find('\0') != npos; };
    constexpr refusal nul{errc::embedded_nul, "holds one"};
    for (host const& h : hosts)
        if (nul_in(h.name))
            return wrong(nul, "host");
    for (auto const& [name, text] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{{"user", user},
                                                                              {"password", password.reveal()},
                                                                              {"dbname", database},
                                                                              {"application_name", application_name},
                                                                              {"options", options}})
        if (nul_in(text))
            return wrong(nul, name);
    for (auto const& [name, value] : parameters) {
        if (name.empty() || name == "user" || name == "database")
            return wrong(invalid("must be named, and neither user nor database, which have members of their own"),
                         "parameters");
        if (nul_in(name) || nul_in(value))
            return wrong(nul, "parameters");
    }
    return {};
}

std::string to_string(config const& settings) {
    std::string text;
    auto const add = [&text](std::string_view name, std::string_view value) {
        if (!value.empty())
            text.append(text.empty() ? "" : " ").append(name).append("=").append(quoted(value));
    };
    std::string names;
    std::string ports;
    for (host const& h : settings.hosts) {
        names.append(names.empty() ? "" : ",").append(h.name);
        ports.append(ports.empty() ? "" : ",").append(std::to_string(h.port));
    }
    std::string all_options = settings.options;
    for (auto const& [name, value] : settings.parameters)
        all_options.append(all_options.empty() ? "" : " ").append(option_of(name, value));
    std::string allowed;
    for (auto const& method : methods)
        if (settings.require_auth.contains(method.value))
            allowed.append(allowed.empty() ? "" : ",").append(method.name);

    config const standard;
    add("host", names);
    add("port", ports);
    add("user", settings.user);
    add("password", settings.password.empty() ? "" : "***");
    add("dbname", settings.database);
    add("application_name", settings.application_name);
    add("options", all_options);
    add("connect_timeout",
        settings.connect_timeout.count() == 0 ? "" : std::to_string(settings.connect_timeout.count()));
    add("sslmode", name_of(ssl_modes, settings.sslmode));
    if (settings.require_auth != standard.require_auth)
        add("require_auth", allowed);
    add("min_protocol_version", name_of(protocol_versions, settings.min_protocol_version));
    add("max_protocol_version", name_of(protocol_versions, settings.max_protocol_version));
    if (settings.scram_max_iterations != standard.scram_max_iterations)
        add("scram_max_iterations", std::to_string(settings.scram_max_iterations));
    if (settings.max_message_size != standard.max_message_size)
        add("max_message_size", std::to_string(settings.max_message_size));
    return text;
}

} // namespace pgwire
