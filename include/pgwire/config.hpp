#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/protocol/authentication_method.hpp>
#include <pgwire/protocol/message.hpp>
#include <pgwire/result.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pgwire {

/// Text that must not be printed by mistake: it converts from text but not to it, and has no stream operator. Wiped when it
/// goes.
class PGWIRE_API secret_text {
public:
    secret_text() = default;
    secret_text(std::string_view text) : text_(text) {}
    secret_text(char const* text) : text_(text) {}
    /// Takes it over, and wipes what it was taken from.
    secret_text(std::string text) : text_(text) { wipe(text); }
    secret_text(secret_text const&) = default;
    secret_text(secret_text&& other) : text_(other.text_) { wipe(other.text_); }
    secret_text& operator=(secret_text other) noexcept {
        text_.swap(other.text_);
        return *this;
    }
    ~secret_text() { wipe(text_); }

    /// Lives until the object is changed or destroyed.
    [[nodiscard]] std::string_view reveal() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
    bool operator==(secret_text const&) const = default;

private:
    static void wipe(std::string& text) noexcept;

    std::string text_;
};

/// Whether the connection is encrypted and the server's certificate verified, as in libpq.
///
/// This release has no TLS: `disable`, `allow` and `prefer` connect without, the stronger ones are refused with
/// `errc::unsupported_option`.
enum class ssl_mode : std::uint8_t { disable, allow, prefer, require, verify_ca, verify_full };

/// What answers at the other end.
enum class server_kind : std::uint8_t {
    automatic, ///< PostgreSQL, or whatever the server turns out to be.
    iris,      ///< iris-pgwire in front of InterSystems IRIS: `iris://`.
};

/// One server to try.
struct host {
    /// A host name or an address; or, where it begins with '/' or '@' (Linux's abstract names), the directory of a
    /// Unix-domain socket.
    std::string name;
    /// 1 to 65535; also a part of the socket's name.
    std::uint16_t port = 5432;

    [[nodiscard]] bool is_local() const noexcept { return !name.empty() && (name[0] == '/' || name[0] == '@'); }
    /// The Unix-domain socket: "/var/run/postgresql/.s.PGSQL.5432". Only for one that `is_local`.
    [[nodiscard]] std::string socket_path() const { return name + "/.s.PGSQL." + std::to_string(port); }

    bool operator==(host const&) const = default;
};

/// How to connect. Fill it from text with `parse`, member by member, or both.
/// (No aggregate, since GCC 12 destroys those twice when they are written inside co_await.)
struct PGWIRE_API config {
    config() = default;

    /// Tried in this order until one accepts; at least one.
    std::vector<host> hosts{};
    std::string user{};
    secret_text password{};
    /// Empty: the server takes the user's name.
    std::string database{};
    /// What pg_stat_activity and the log show. Empty: none.
    std::string application_name{};
    /// Command-line options for the session: "-c search_path=app -c statement_timeout=5s".
    std::string options{};
    /// Further run-time parameters to start with: {{"search_path", "app"}}.
    std::map<std::string, std::string> parameters{};

    /// For each host, the whole way to a usable session: name, connection, authentication. 0: no limit.
    std::chrono::seconds connect_timeout{0};
    ssl_mode sslmode = ssl_mode::prefer;
    /// The authentication methods that the server may ask for; all by default.
    protocol::authentication_methods require_auth = protocol::authentication_methods::all();
    /// The oldest and newest version of the protocol to agree on. As in libpq 18 the newest is 3.0 unless asked for:
    /// some servers and proxies do not answer 3.2 properly.
    protocol::version min_protocol_version = protocol::version::v3_0;
    protocol::version max_protocol_version = protocol::version::v3_0;
    /// A SCRAM server that asks for more work than this is refused.
    std::uint32_t scram_max_iterations = 1'000'000;
    /// A longer message from the server ends the connection, in bytes, 30 000 to 2³¹−1.
    std::uint32_t max_message_size = 1U << 30;
    server_kind server = server_kind::automatic;

    /// Reads a connection string as libpq 18 does: `postgresql://`, `postgres://` or `iris://` URIs, or key=value
    /// pairs.
    ///
    ///     postgresql://user:password@host1:5432,host2/database?connect_timeout=5
    ///     postgresql:///database?host=/var/run/postgresql
    ///     iris://_SYSTEM:SYS@localhost/USER
    ///     host=localhost user='a name' password='it\'s'
    ///
    /// What the text does not say comes from the environment (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE,
    /// PGAPPNAME, PGOPTIONS, PGCONNECT_TIMEOUT, PGSSLMODE, PGREQUIREAUTH, PGMINPROTOCOLVERSION, PGMAXPROTOCOLVERSION
    /// …), and then from libpq's defaults: the operating system's user; a database of the user's name; port 5432, also
    /// for `iris://`. Without a host it is the Unix-domain socket in /var/run/postgresql or /tmp, whichever is there,
    /// else (and for `iris://`) localhost. An empty text is therefore the environment's configuration. Not to be called
    /// while another thread changes the environment.
    ///
    /// Options of our own: `scram_max_iterations`, `max_message_size`.
    ///
    /// Errors, which name the option and its place but show no value, since a password badly quoted may be anywhere:
    /// `errc::invalid_config`; `errc::unsupported_option` for an option or value of libpq's that is not supported, even
    /// if it comes from the environment (nothing is ignored: ignoring a demand for TLS would be a downgrade);
    /// `errc::embedded_nul`.
    static result<config> parse(std::string_view text);

    /// Whether one can connect with this; `connect` asks before anything is sent. `errc::invalid_config` for a missing
    /// host or user, an empty `require_auth` and numbers out of range, `errc::unsupported_option` for an sslmode that
    /// demands TLS, `errc::embedded_nul` for a NUL in any text.
    [[nodiscard]] result<void> check() const;

    bool operator==(config const&) const = default;
};

/// All of it as key=value pairs that `parse` reads, except that a password is shown as `***`. `parameters` stand there
/// as `options`.
PGWIRE_API std::string to_string(config const& settings);

} // namespace pgwire
