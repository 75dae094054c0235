#include "contenders.hpp"

#include <pgwire/pgwire.hpp>
#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/framing.hpp>
#include <pgwire/protocol/frontend.hpp>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <libpq-fe.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pgwire::bench {

namespace {

using namespace std::chrono_literals;
using namespace pgwire::literals;

constexpr char const* text = "select $1::int4";

void check(bool fine, char const* what) {
    if (!fine)
        throw std::runtime_error(what);
}

/// Bind, Execute and Sync in one send, one recv for the replies: nobody can ask for less.
class raw_socket final : public contender {
public:
    explicit raw_socket(config const& how) {
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(how.hosts.at(0).port);
        check(::inet_pton(AF_INET, how.hosts[0].name.c_str(), &address.sin_addr) == 1,
              "raw socket: need a numeric IPv4 host");
        check(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "raw socket: connect");
        int const on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        protocol::buffer out;
        std::array<protocol::frontend::startup_parameter, 2> const hello{
            {{"user", how.user}, {"database", how.database}}};
        protocol::append(out,
                         protocol::frontend::startup{protocol::version::v3_0,
                                                     std::span<protocol::frontend::startup_parameter const>(hello)});
        send(out);
        read_until_ready();
        std::array<std::uint32_t, 1> const types{oids::int4};
        protocol::append(out, protocol::frontend::parse{"s", text, std::span<std::uint32_t const>(types)});
        protocol::append(out, protocol::frontend::sync{});
        send(out);
        read_until_ready();
    }
    ~raw_socket() override { ::close(socket_); }

    std::string name() const override { return "raw socket"; }
    int backend_pid() const override { return pid_; }

    void ask(int count, std::function<void()> const& answered) override {
        std::array<std::int16_t, 1> const binary{1};
        std::array<std::byte, 4> number{};
        std::array<protocol::nullable_bytes, 1> const values{number};
        protocol::buffer out;
        for (int i = 0; i < count; ++i) {
            out.clear();
            protocol::append(out, protocol::frontend::bind{"", "s", std::span<std::int16_t const>(binary),
                                                           std::span<protocol::nullable_bytes const>(values),
                                                           std::span<std::int16_t const>(binary)});
            protocol::append(out, protocol::frontend::execute{});
            protocol::append(out, protocol::frontend::sync{});
            auto const bytes = out.unread();
            check(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()),
                  "send");
            ssize_t const size = ::recv(socket_, input_.data(), input_.size(), 0);
            check(size > 6 && input_[static_cast<std::size_t>(size) - 6] == std::byte{'Z'}, "recv");
            answered();
        }
    }

private:
    void send(protocol::buffer& out) {
        auto const bytes = out.unread();
        check(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()), "send");
        out.clear();
    }
    void read_until_ready() {
        protocol::buffer in;
        for (;;) {
            auto const room = in.prepare(8192);
            ssize_t const size = ::recv(socket_, room.data(), room.size(), 0);
            check(size > 0, "raw socket: the server closed");
            in.commit(static_cast<std::size_t>(size));
            protocol::frame message;
            errc error{};
            while (protocol::next_frame(in.unread(), {}, protocol::peer::backend, message, error) ==
                   protocol::framing::complete) {
                if (message.type == 'K')
                    pid_ = static_cast<int>(protocol::decode<protocol::backend::backend_key_data>(message.body)->pid);
                check(message.type != 'E', "raw socket: the server reports an error");
                bool const ready = message.type == 'Z';
                in.consume(message.size());
                if (ready)
                    return;
            }
        }
    }

    int socket_;
    int pid_ = 0;
    std::array<std::byte, 8192> input_{};
};

class libpq final : public contender {
public:
    explicit libpq(std::string const& uri) : connection_(PQconnectdb(uri.c_str())) {
        check(PQstatus(connection_) == CONNECTION_OK, PQerrorMessage(connection_));
        Oid const type = oids::int4;
        PQclear(PQprepare(connection_, "s", text, 1, &type));
    }
    ~libpq() override { PQfinish(connection_); }

    std::string name() const override { return "libpq, blocking"; }
    int backend_pid() const override { return PQbackendPID(connection_); }

    void ask(int count, std::function<void()> const& answered) override {
        int const length = 4;
        int const binary = 1;
        for (int i = 0; i < count; ++i) {
            std::uint32_t const number = htonl(static_cast<std::uint32_t>(i));
            char const* const values[]{reinterpret_cast<char const*>(&number)};
            PGresult* const result = PQexecPrepared(connection_, "s", 1, values, &length, &binary, 1);
            check(PQntuples(result) == 1 && std::memcmp(PQgetvalue(result, 0, 0), &number, 4) == 0, "libpq");
            PQclear(result);
            answered();
        }
    }

private:
    PGconn* connection_;
};

class blocking_facade final : public contender {
public:
    explicit blocking_facade(std::string const& uri) : db_(blocking::connection::connect(uri)) {}

    std::string name() const override { return "pgwire, blocking"; }
    int backend_pid() const override { return static_cast<int>(db_.backend_pid()); }

    void ask(int count, std::function<void()> const& answered) override {
        for (int i = 0; i < count; ++i) {
            check(db_.query_one<int>("select $1::int4"_sql(i)) == i, "pgwire, blocking");
            answered();
        }
    }

private:
    blocking::connection db_;
};

/// What the asynchronous ones have in common: a connection on an io_context that this thread runs.
class asynchronous : public contender {
public:
    explicit asynchronous(std::string const& uri) {
        connection::connect(context_.get_executor(), uri, [&](std::exception_ptr failed, connection c) {
            if (failed)
                std::rethrow_exception(failed);
            db_ = std::move(c);
            context_.stop();
        });
        context_.run();
    }
    int backend_pid() const override { return static_cast<int>(db_.backend_pid()); }

protected:
    void run() {
        context_.restart();
        context_.run();
    }

    asio::io_context context_;
    connection db_;
};

class callbacks final : public asynchronous {
public:
    using asynchronous::asynchronous;
    std::string name() const override { return "pgwire, callback"; }

    void ask(int count, std::function<void()> const& answered) override {
        left_ = count;
        answered_ = &answered;
        ask_one();
        run();
    }

private:
    void ask_one() {
        db_.query_one<int>("select $1::int4"_sql(left_), [this](std::exception_ptr failed, int n) {
            check(!failed && n == left_, "pgwire, callback");
            (*answered_)();
            if (--left_ > 0)
                ask_one();
            else
                context_.stop();
        });
    }

    int left_ = 0;
    std::function<void()> const* answered_ = nullptr;
};

class coroutine final : public asynchronous {
public:
    coroutine(std::string const& uri, bool with_deadline) : asynchronous(uri), with_deadline_(with_deadline) {}
    std::string name() const override { return with_deadline_ ? "pgwire, coroutine, deadline" : "pgwire, coroutine"; }

    void ask(int count, std::function<void()> const& answered) override {
        asio::co_spawn(
            context_,
            [&]() -> asio::awaitable<void> { // asio::awaitable<T> means any_io_executor
                for (int i = 0; i < count; ++i) {
                    int const n = with_deadline_ ? co_await db_.query_one<int>("select $1::int4"_sql(i).within(10s))
                                                 : co_await db_.query_one<int>("select $1::int4"_sql(i));
                    check(n == i, "pgwire, coroutine");
                    answered();
                }
                context_.stop();
            },
            [](std::exception_ptr failed) {
                if (failed)
                    std::rethrow_exception(failed);
            });
        run();
    }

private:
    bool with_deadline_;
};

} // namespace

std::vector<std::unique_ptr<contender>> make_contenders(std::string const& uri) {
    std::vector<std::unique_ptr<contender>> all;
    all.push_back(std::make_unique<raw_socket>(config::parse(uri).value()));
    all.push_back(std::make_unique<libpq>(uri));
    all.push_back(std::make_unique<callbacks>(uri));
    all.push_back(std::make_unique<coroutine>(uri, false));
    all.push_back(std::make_unique<coroutine>(uri, true));
    all.push_back(std::make_unique<blocking_facade>(uri));
    return all;
}

} // namespace pgwire::bench
