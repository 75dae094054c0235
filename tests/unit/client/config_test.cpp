#include <pgwire/config.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>

#include <pwd.h>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using pgwire::config;
using pgwire::errc;
using pgwire::host;
using pgwire::server_kind;
using pgwire::ssl_mode;
using method = pgwire::protocol::authentication_method;
using pgwire::protocol::version;

static_assert(!std::is_aggregate_v<config>); // GCC 12 destroys those twice inside co_await
static_assert(!std::is_convertible_v<pgwire::secret_text, std::string_view>);

config usable() {
    config c;
    c.hosts = {{"h"}};
    c.user = "u";
    return c;
}

// The environment without any PG… variable but those that a test sets.
class config_test : public testing::Test {
protected:
    void SetUp() override {
        for (char** variable = environ; *variable != nullptr;) {
            std::string const name(*variable, std::string_view(*variable).find('='));
            if (name.substr(0, 2) != "PG") {
                ++variable;
                continue;
            }
            saved_[name] = std::getenv(name.c_str());
            unsetenv(name.c_str()); // moves the next one here
        }
    }
    void TearDown() override {
        for (auto const& name : set_)
            unsetenv(name.c_str());
        for (auto const& [name, value] : saved_)
            setenv(name.c_str(), value.c_str(), 1);
    }
    void set(char const* name, char const* value) {
        set_.emplace_back(name);
        setenv(name, value, 1);
    }

    static config parsed(std::string_view text) {
        auto const c = config::parse(text);
        EXPECT_TRUE(c) << text << ": " << to_string(c.error());
        return c ? *c : config{};
    }
    static void refused(std::string_view text, errc code, std::string_view named) {
        auto const c = config::parse(text);
        ASSERT_FALSE(c) << text;
        EXPECT_TRUE(c.error() == code) << text << ": " << to_string(c.error());
        EXPECT_NE(to_string(c.error()).find(named), std::string::npos) << text << ": " << to_string(c.error());
    }
    static std::string process_user() { return getpwuid(geteuid())->pw_name; }

private:
    std::map<std::string, std::string> saved_;
    std::vector<std::string> set_;
};

using hosts = std::vector<host>;

TEST_F(config_test, reads_a_uri) {
    auto const c = parsed("postgresql://me:secret@db.example:6432/app?connect_timeout=5&application_name=a%20b");
    EXPECT_EQ(c.hosts, (hosts{{"db.example", 6432}}));
    EXPECT_EQ(c.user, "me");
    EXPECT_EQ(c.password.reveal(), "secret");
    EXPECT_EQ(c.database, "app");
    EXPECT_EQ(c.connect_timeout, 5s);
    EXPECT_EQ(c.application_name, "a b");
    EXPECT_EQ(c.server, server_kind::automatic);
    EXPECT_EQ(parsed("postgres://h/d").database, "d");
}

TEST_F(config_test, reads_an_iris_uri) {
    auto const c = parsed("iris://_SYSTEM:SYS@localhost:5432/USER");
    EXPECT_EQ(c.hosts, (hosts{{"localhost", 5432}}));
    EXPECT_EQ(c.user, "_SYSTEM");
    EXPECT_EQ(c.password.reveal(), "SYS");
    EXPECT_EQ(c.database, "USER");
    EXPECT_EQ(c.server, server_kind::iris);
    EXPECT_EQ(parsed("iris://").hosts, (hosts{{"localhost", 5432}}));
}

TEST_F(config_test, reads_several_hosts_ports_and_addresses) {
    EXPECT_EQ(parsed("postgresql://a:1,b,[::1]:3,[fe80::1%25eth0]/d").hosts,
              (hosts{{"a", 1}, {"b", 5432}, {"::1", 3}, {"fe80::1%eth0", 5432}}));
    EXPECT_EQ(parsed("host=a,b port=7").hosts, (hosts{{"a", 7}, {"b", 7}}));
    EXPECT_EQ(parsed("host=a,b port=7,").hosts, (hosts{{"a", 7}, {"b", 5432}}));
    EXPECT_EQ(parsed("host=a,/sockets").hosts, (hosts{{"a", 5432}, {"/sockets", 5432}}));
}

TEST_F(config_test, reads_unix_socket_directories) {
    auto const percent = parsed("postgresql://%2Fvar%2Frun:6000/d");
    EXPECT_EQ(percent.hosts, (hosts{{"/var/run", 6000}}));
    EXPECT_TRUE(percent.hosts[0].is_local());
    EXPECT_EQ(percent.hosts[0].socket_path(), "/var/run/.s.PGSQL.6000");
    EXPECT_EQ(parsed("postgresql:///d?host=/tmp/s").hosts, (hosts{{"/tmp/s", 5432}}));
    EXPECT_TRUE(parsed("host=@abstract").hosts[0].is_local());
    refused("host=/" + std::string(100, 'x'), errc::invalid_config, "host");
}

TEST_F(config_test, reads_pairs_with_quotes_and_backslashes) {
    auto const c = parsed(R"(  host = localhost user='it\'s me'password='\\ x' dbname=a\ b application_name='')");
    EXPECT_EQ(c.user, "it's me");
    EXPECT_EQ(c.password.reveal(), "\\ x");
    EXPECT_EQ(c.database, "a b");
    EXPECT_EQ(c.application_name, "");
    EXPECT_EQ(parsed("host=h dbname=one dbname=two").database, "two");
}

TEST_F(config_test, refuses_what_is_no_connection_string) {
    for (auto const text : {"localhost", "host", "host=h user", "host=h =x", "postgresql:/h", "mysql://h", "host='h",
                            "postgresql://[::1", "postgresql://[]", "postgresql://[::1]x", "postgresql://h/%zz",
                            "postgresql://h/d%2", "postgresql://h?x", "postgresql://h?user=a=b", "postgresql://a b/"})
        refused(text, errc::invalid_config, "character ");
}

TEST_F(config_test, says_where) {
    refused("host=h user", errc::invalid_config, "character 12");
    refused("host=ä nope=1", errc::invalid_config, "\"nope\" (character 8)");
    refused("postgresql://h/d?nope=1", errc::invalid_config, "\"nope\" (character 18)");
    refused("host=h port=0", errc::invalid_config, "\"port\" (character 8)");
    set("PGPORT", "x");
    refused("host=h", errc::invalid_config, "environment variable PGPORT");
}

TEST_F(config_test, refuses_unknown_options_by_name) {
    refused("host=h frobnicate=1", errc::invalid_config, "frobnicate");
    refused("postgresql://h/d?search_path=x", errc::invalid_config, "search_path");
    refused("host=h HOST=g", errc::invalid_config, "HOST");
}

TEST_F(config_test, refuses_what_is_not_supported_by_name) {
    for (auto const name :
         {"service", "passfile", "hostaddr", "sslcert", "sslrootcert", "keepalives", "replication", "krbsrvname"})
        refused("host=h " + std::string(name) + "=x", errc::unsupported_option, name);
    refused("host=h target_session_attrs=read-write", errc::unsupported_option, "target_session_attrs");
    refused("host=h channel_binding=require", errc::unsupported_option, "channel_binding");
    refused("host=h client_encoding=LATIN1", errc::unsupported_option, "client_encoding");
    refused("host=h gssencmode=require", errc::unsupported_option, "gssencmode");
    parsed(
        "host=h target_session_attrs=any channel_binding=prefer gssencmode=disable client_encoding=utf-8 sslcert=''");
}

TEST_F(config_test, never_goes_without_tls_where_it_is_demanded) {
    EXPECT_EQ(parsed("host=h").sslmode, ssl_mode::prefer);
    EXPECT_EQ(parsed("host=h sslmode=disable").sslmode, ssl_mode::disable);
    for (auto const mode : {"require", "verify-ca", "verify-full"})
        refused("host=h sslmode=" + std::string(mode), errc::unsupported_option, "sslmode");
    refused("postgresql://h/d?ssl=true", errc::unsupported_option, "sslmode");
    refused("host=h requiressl=1", errc::unsupported_option, "sslmode");
    refused("host=h sslmode=on", errc::invalid_config, "sslmode");
    set("PGSSLMODE", "verify-full");
    refused("host=h", errc::unsupported_option, "PGSSLMODE");
    parsed("host=h sslmode=disable");

    config c = usable();
    c.sslmode = ssl_mode::require;
    EXPECT_TRUE(c.check().error() == errc::unsupported_option);
}

TEST_F(config_test, takes_the_environment_for_what_the_text_does_not_say) {
    set("PGHOST", "envhost,other");
    set("PGPORT", "1234");
    set("PGUSER", "envuser");
    set("PGPASSWORD", "envpassword");
    set("PGDATABASE", "envdatabase");
    set("PGAPPNAME", "envapp");
    set("PGCONNECT_TIMEOUT", "9");
    set("PGOPTIONS", "-c geqo=off");
    auto const c = parsed("");
    EXPECT_EQ(c.hosts, (hosts{{"envhost", 1234}, {"other", 1234}}));
    EXPECT_EQ(c.user, "envuser");
    EXPECT_EQ(c.password.reveal(), "envpassword");
    EXPECT_EQ(c.database, "envdatabase");
    EXPECT_EQ(c.application_name, "envapp");
    EXPECT_EQ(c.connect_timeout, 9s);
    EXPECT_EQ(c.options, "-c geqo=off");

    auto const given = parsed("postgresql://u@h:1/d");
    EXPECT_EQ(given.hosts, (hosts{{"h", 1}}));
    EXPECT_EQ(given.user, "u");
    EXPECT_EQ(given.database, "d");
}

TEST_F(config_test, has_defaults) {
    auto const c = parsed("host=h");
    EXPECT_EQ(c.hosts, (hosts{{"h", 5432}}));
    EXPECT_EQ(c.user, process_user());
    EXPECT_EQ(c.database, process_user());
    EXPECT_EQ(parsed("host=h user=u").database, "u");
    EXPECT_EQ(c.connect_timeout, 0s);
    EXPECT_EQ(c.require_auth, pgwire::protocol::authentication_methods::all());
    EXPECT_EQ(c.max_protocol_version, version::v3_0);
    EXPECT_EQ(parsed("host=h fallback_application_name=f").application_name, "f");
    EXPECT_EQ(parsed("host=h fallback_application_name=f application_name=a").application_name, "a");
}

TEST_F(config_test, without_a_host_takes_the_socket_that_is_there) {
    auto const c = parsed("port=1");
    ASSERT_EQ(c.hosts.size(), 1U);
    EXPECT_EQ(c.hosts[0], (host{"localhost", 1})); // no server listens on port 1
}

TEST_F(config_test, reads_numbers_as_libpq_does) {
    EXPECT_EQ(parsed("host=h connect_timeout=' +7 '").connect_timeout, 7s);
    EXPECT_EQ(parsed("host=h connect_timeout=-1").connect_timeout, 0s);
    for (auto const wrong : {"", "x", "1x", "5s", "99999999999", "0x10", "+-1", " "})
        refused("host=h connect_timeout='" + std::string(wrong) + "'", errc::invalid_config, "connect_timeout");
    for (auto const wrong : {"0", "65536", "-1", "x", "1;2"})
        refused("host=h port=" + std::string(wrong), errc::invalid_config, "port");
    refused("host=a,b,c port=1,2", errc::invalid_config, "port");
    refused("postgresql://h:port/d", errc::invalid_config, "port");
}

TEST_F(config_test, reads_protocol_versions) {
    EXPECT_EQ(parsed("host=h max_protocol_version=3.2").max_protocol_version, version::v3_2);
    EXPECT_EQ(parsed("host=h max_protocol_version=latest").max_protocol_version, version::v3_2);
    auto const newest = parsed("host=h min_protocol_version=3.2");
    EXPECT_EQ(newest.min_protocol_version, version::v3_2);
    EXPECT_EQ(newest.max_protocol_version, version::v3_2);
    refused("host=h min_protocol_version=3.2 max_protocol_version=3.0", errc::invalid_config, "min_protocol_version");
    refused("host=h max_protocol_version=3.1", errc::invalid_config, "max_protocol_version");
    set("PGMAXPROTOCOLVERSION", "latest");
    EXPECT_EQ(parsed("host=h").max_protocol_version, version::v3_2);
}

TEST_F(config_test, reads_require_auth) {
    auto const some = parsed("host=h require_auth=scram-sha-256,none").require_auth;
    EXPECT_TRUE(some.contains(method::scram_sha_256));
    EXPECT_TRUE(some.contains(method::none));
    EXPECT_FALSE(some.contains(method::md5));
    auto const negated = parsed("host=h require_auth=!password,!none").require_auth;
    EXPECT_FALSE(negated.contains(method::password));
    EXPECT_FALSE(negated.contains(method::none));
    EXPECT_TRUE(negated.contains(method::scram_sha_256));
    for (auto const wrong : {"scram", "md5,!none", "!md5,none", "md5,md5", "!md5,!md5", "md5,", ",", "!", "md5, none",
                             "!none,!password,!md5,!scram-sha-256,!gss,!sspi,!oauth"})
        refused("host=h require_auth='" + std::string(wrong) + "'", errc::invalid_config, "require_auth");
    set("PGREQUIREAUTH", "scram-sha-256");
    EXPECT_FALSE(parsed("host=h").require_auth.contains(method::none));
}

TEST_F(config_test, has_options_of_its_own) {
    EXPECT_EQ(parsed("host=h scram_max_iterations=5000").scram_max_iterations, 5000U);
    EXPECT_EQ(parsed("host=h max_message_size=30000").max_message_size, 30'000U);
    refused("host=h scram_max_iterations=0", errc::invalid_config, "scram_max_iterations");
    refused("host=h max_message_size=29999", errc::invalid_config, "max_message_size");
    refused("host=h max_message_size=2147483648", errc::invalid_config, "max_message_size");
}

TEST_F(config_test, S28_a_nul_is_refused) {
    refused("host=h user=a\0b"sv, errc::embedded_nul, "character 14");
    refused("postgresql://a%00b@h/d", errc::embedded_nul, "character 15");
    refused("postgresql://h/d?application_name=%00", errc::embedded_nul, "%00");

    config const good = usable();
    EXPECT_TRUE(good.check());
    std::string const bad("x\0y", 3);
    for (std::string config::* member :
         {&config::user, &config::database, &config::application_name, &config::options}) {
        config c = good;
        c.*member = bad;
        EXPECT_TRUE(c.check().error() == errc::embedded_nul);
    }
    config c = good;
    c.password = bad;
    EXPECT_TRUE(c.check().error() == errc::embedded_nul);
    c = good;
    c.hosts[0].name = bad;
    EXPECT_TRUE(c.check().error() == errc::embedded_nul);
    c = good;
    c.parameters["search_path"] = bad;
    EXPECT_TRUE(c.check().error() == errc::embedded_nul);
    c.parameters.clear();
    c.parameters[bad] = "x";
    EXPECT_TRUE(c.check().error() == errc::embedded_nul);
}

TEST_F(config_test, check_refuses_what_cannot_be_used) {
    EXPECT_TRUE(config{}.check().error() == errc::invalid_config);
    config only_a_host;
    only_a_host.hosts = {{"h"}};
    EXPECT_TRUE(only_a_host.check().error() == errc::invalid_config);
    config const good = usable();
    auto const is_refused = [&good](auto change) {
        config c = good;
        change(c);
        auto const checked = c.check();
        return !checked && checked.error() == errc::invalid_config;
    };
    EXPECT_TRUE(is_refused([](config& c) { c.hosts[0].port = 0; }));
    EXPECT_TRUE(is_refused([](config& c) { c.hosts[0].name.clear(); }));
    EXPECT_TRUE(is_refused([](config& c) { c.connect_timeout = -1s; }));
    EXPECT_TRUE(is_refused([](config& c) { c.min_protocol_version = version::v3_2; }));
    EXPECT_TRUE(is_refused([](config& c) { c.require_auth = {}; }));
    EXPECT_TRUE(is_refused([](config& c) { c.max_message_size = 4; }));
    EXPECT_TRUE(is_refused([](config& c) { c.scram_max_iterations = 0; }));
    EXPECT_TRUE(is_refused([](config& c) { c.parameters[""] = "ends the list"; }));
    EXPECT_TRUE(is_refused([](config& c) { c.parameters["user"] = "root"; }));
}

TEST_F(config_test, never_shows_a_password) {
    auto const c = parsed("postgresql://u:hunter2@h/d?options=-c%20geqo%3Doff");
    std::string const shown = to_string(c);
    EXPECT_EQ(shown.find("hunter2"), std::string::npos);
    EXPECT_NE(shown.find("password='***'"), std::string::npos);
    for (auto const text :
         {"host=h password=hunter2 port=x", "host=h password=hunter2 hunter2", "postgresql://u:hun/ter2@h/d",
          "postgresql://u:hunter2%@h", "postgresql://u:hunter2@h/d?password=hunter2&x", "host=h password='hunter2",
          "host=h password='it's hunter2'", "password=hun ter2!=x"}) {
        auto const failed = config::parse(text);
        ASSERT_FALSE(failed) << text;
        EXPECT_EQ(to_string(failed.error()).find("ter2"), std::string::npos) << to_string(failed.error());
    }
}

TEST_F(config_test, printed_can_be_read_again) {
    config c = parsed("host=a,/b port=1,2 user='it\\'s' dbname='a\\\\b c' connect_timeout=3 sslmode=allow "
                      "require_auth=scram-sha-256,md5 max_protocol_version=3.2 max_message_size=40000");
    EXPECT_EQ(parsed(to_string(c)), c);
    c.parameters = {{"search_path", "a b\\"}};
    EXPECT_EQ(parsed(to_string(c)).options, R"(-c search_path=a\ b\\)");
}

} // namespace
