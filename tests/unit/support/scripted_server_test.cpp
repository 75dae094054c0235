#include "support/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

// A client as plain as can be, so that the tool which the other tests trust is tested without them.
namespace {

using namespace pgwire::protocol;
using namespace std::string_view_literals;
using pgwire::test::greet;
using pgwire::test::peer;
using pgwire::test::scripted_server;
using testing::HasSubstr;

class plain_client {
public:
    explicit plain_client(scripted_server const& server) {
        sockaddr_in tcp{};
        sockaddr_un local{};
        if (server.host().starts_with('/')) {
            local.sun_family = AF_UNIX;
            (server.host() + "/.s.PGSQL.5432").copy(local.sun_path, sizeof local.sun_path - 1);
            open(local);
        } else {
            tcp.sin_family = AF_INET;
            tcp.sin_port = htons(server.port());
            tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            open(tcp);
        }
    }
    ~plain_client() { ::close(socket_); }
    plain_client(plain_client const&) = delete;
    plain_client& operator=(plain_client const&) = delete;

    void send(std::string_view bytes) const {
        EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    }
    template <pgwire::test::encodable Message>
    void send(Message const& message) const {
        send(std::string_view(peer::encode(message)));
    }
    /// Everything up to the end, and the error with which it ended.
    std::pair<std::string, int> read_to_end() const {
        std::string all;
        std::array<char, 4096> piece;
        for (;;) {
            ssize_t const size = ::recv(socket_, piece.data(), piece.size(), 0);
            if (size <= 0)
                return {all, size == 0 ? 0 : errno};
            all.append(piece.data(), static_cast<std::size_t>(size));
        }
    }
    void shut() const { ::shutdown(socket_, SHUT_WR); }
    [[nodiscard]] bool connected() const { return connected_; }

private:
    template <class Address>
    void open(Address const& address) {
        socket_ = ::socket(address_family(address), SOCK_STREAM, 0);
        connected_ = ::connect(socket_, reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0;
    }
    static int address_family(sockaddr_in const&) { return AF_INET; }
    static int address_family(sockaddr_un const&) { return AF_UNIX; }

    int socket_ = -1;
    bool connected_ = false;
};

std::string startup_message() {
    frontend::startup_parameter const parameters[] = {{"user", "alice"}, {"database", "shop"}};
    return peer::encode(frontend::startup{version::v3_2, parameters});
}

TEST(ScriptedServer, greets_and_speaks_over_both_transports) {
    for (auto const over : {pgwire::test::transport::tcp, pgwire::test::transport::unix_socket}) {
        scripted_server server(
            [](peer& p) {
                auto const startup = greet(p);
                EXPECT_EQ(startup.version, version::v3_2);
                EXPECT_EQ(startup.parameter("database"), "shop");
                EXPECT_EQ(startup.parameter("nothing"), "");
                auto const message = p.read_message('Q');
                EXPECT_EQ(message.as<frontend::query>().text, "select 1");
                EXPECT_EQ(p.read_to_sync().size(), 2U);
                p.send(backend::command_complete{"SELECT 1"}, backend::ready_for_query{});
                p.send_bytewise("tail");
            },
            over);
        plain_client client(server);
        client.send(frontend::ssl_request{});
        client.send(startup_message());
        client.send(frontend::query{"select 1"});
        client.send(frontend::flush{});
        client.send(frontend::sync{});
        auto const [bytes, error] = client.read_to_end();
        server.finish();
        EXPECT_EQ(error, 0);
        EXPECT_TRUE(bytes.starts_with("NR")) << bytes;
        EXPECT_TRUE(
            bytes.ends_with(peer::encode(backend::command_complete{"SELECT 1"}, backend::ready_for_query{}) + "tail"));
        EXPECT_EQ(server.received(0),
                  peer::encode(frontend::ssl_request{}) + startup_message() +
                      peer::encode(frontend::query{"select 1"}, frontend::flush{}, frontend::sync{}));
    }
}

TEST(ScriptedServer, serves_a_cancel_request_while_the_first_connection_waits) {
    scripted_server server({[](peer& p) { p.wait_for_eof(); },
                            [](peer& p) {
                                EXPECT_EQ(p.read_cancel(), (pgwire::test::received_cancel{4711, "key!"}));
                                p.wait_for_eof();
                            }});
    plain_client first(server);
    plain_client second(server);
    second.send(frontend::cancel_request{4711, as_bytes("key!")});
    second.shut();
    EXPECT_EQ(second.read_to_end(), std::pair(std::string(), 0));
    first.shut();
    server.finish();
}

TEST(ScriptedServer, ends_a_connection_by_fin_or_rst) {
    scripted_server server({[](peer& p) {
                                p.read_packet();
                                p.close();
                            },
                            [](peer& p) {
                                p.read_packet();
                                p.reset();
                            },
                            [](peer& p) {
                                p.half_close();
                                EXPECT_EQ(p.read_packet(), "more");
                            }});
    std::array<int, 3> const errors{0, ECONNRESET, 0};
    for (int const expected : errors) {
        plain_client client(server);
        client.send("\0\0\0\x08more"sv);
        EXPECT_EQ(client.read_to_end(), std::pair(std::string(), expected));
    }
    server.finish();
}

TEST(ScriptedServer, a_failing_script_reaches_the_test) {
    scripted_server server([](peer& p) { p.read_message('Q'); });
    plain_client client(server);
    client.send(frontend::sync{});
    try {
        server.finish();
        FAIL() << "it must throw";
    } catch (std::runtime_error const& e) {
        EXPECT_THAT(e.what(), HasSubstr("script 0: while the script waited for a message 'Q': the client sent 'S'"));
    }
    server.finish(); // once
}

TEST(ScriptedServer, a_client_that_goes_away_is_a_failure_of_the_script) {
    scripted_server server([](peer& p) { p.read_message(); });
    {
        plain_client client(server);
        client.send("Q");
    }
    EXPECT_THROW(server.finish(), std::runtime_error);
}

TEST(ScriptedServer, a_failure_that_nobody_asked_for_is_reported) {
    EXPECT_NONFATAL_FAILURE(
        {
            scripted_server server([](peer&) { throw std::runtime_error("unheard"); });
            plain_client client(server);
            client.read_to_end();
        },
        "unheard");
}

TEST(ScriptedServer, the_destructor_ends_what_still_runs) {
    auto const begin = std::chrono::steady_clock::now();
    {
        scripted_server waits_for_a_client([](peer&) { FAIL(); });
        scripted_server waits_for_bytes([](peer& p) { p.read_message(); });
        plain_client client(waits_for_bytes);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST(ScriptedServer, further_connections_are_refused) {
    scripted_server server([](peer& p) { p.wait_for_eof(); });
    plain_client first(server);
    first.shut();
    server.finish();
    EXPECT_FALSE(plain_client(server).connected());
}

} // namespace
