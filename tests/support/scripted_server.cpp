#include "support/scripted_server.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace pgwire::test {

namespace {

namespace backend = protocol::backend;
namespace frontend = protocol::frontend;

/// The test is over: not a failure.
struct stopped {};

int checked(int result, char const* call) {
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), call);
    return result;
}

/// Whether `fd` became ready before `until`; throws `stopped` if the server is being stopped.
bool wait_for(int fd, short events, int stop, std::chrono::steady_clock::time_point until) {
    for (;;) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return false;
        std::array<pollfd, 2> watched{{{fd, events, 0}, {stop, POLLIN, 0}}};
        int const ready = ::poll(watched.data(), watched.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR)
            checked(ready, "poll");
        if (ready > 0 && watched[1].revents != 0)
            throw stopped();
        if (ready > 0 && watched[0].revents != 0)
            return true;
    }
}

template <class Address>
int listening_socket(int family, Address const& address) {
    int const listener = checked(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
    checked(::bind(listener, reinterpret_cast<sockaddr const*>(&address), sizeof address), "bind");
    checked(::listen(listener, 16), "listen");
    return listener;
}

} // namespace

std::string received_startup::parameter(std::string_view name) const {
    for (auto const& [known, value] : parameters)
        if (known == name)
            return value;
    return {};
}

void peer::fail(std::string_view what, std::string_view why) const {
    throw std::runtime_error("while the script waited for " + std::string(what) + ": " + std::string(why) + "; " +
                             std::to_string(received_.size()) + " bytes had come");
}

void peer::await(short events, clock::time_point until, std::string_view what) const {
    if (socket_ < 0)
        fail(what, "the script has closed the connection");
    if (!wait_for(socket_, events, stop_, until))
        fail(what, "nothing happened for " + std::to_string(scripted_server::patience.count()) + " s");
}

/// False at the end of the client's stream.
bool peer::read_some() {
    await(POLLIN, clock::now() + scripted_server::patience, "the client's bytes");
    std::array<char, 65536> bytes;
    ssize_t const size = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (size < 0)
        fail("the client's bytes", std::generic_category().message(errno));
    received_.append(bytes.data(), static_cast<std::size_t>(size));
    return size > 0;
}

std::string peer::take(std::size_t size) {
    while (received_.size() - taken_ < size)
        if (!read_some())
            fail(std::to_string(size) + " bytes", "the client closed the connection");
    return received_.substr(std::exchange(taken_, taken_ + size), size);
}

std::string peer::read_packet() {
    std::string const length = take(4);
    auto const size = protocol::load_big_endian<std::uint32_t>(protocol::as_bytes(length).data());
    if (size < 4)
        fail("a packet", "its length is " + std::to_string(size));
    return take(size - 4);
}

received_startup peer::read_startup() {
    for (;;) {
        std::string const packet = read_packet();
        auto const bytes = protocol::as_bytes(packet);
        if (protocol::decode<frontend::ssl_request>(bytes) || protocol::decode<frontend::gssenc_request>(bytes)) {
            send(std::string_view("N"));
            continue;
        }
        auto const message = protocol::decode<frontend::startup>(bytes);
        if (!message)
            fail("a StartupMessage", "it is malformed");
        received_startup startup{message->version, {}};
        for (auto const& [name, value] : message->parameters)
            startup.parameters.emplace_back(name, value);
        return startup;
    }
}

received_cancel peer::read_cancel() {
    std::string const packet = read_packet();
    auto const request = protocol::decode<frontend::cancel_request>(protocol::as_bytes(packet));
    if (!request)
        fail("a CancelRequest", "another packet came");
    return {request->pid, std::string(protocol::as_text(request->key))};
}

received_message peer::read_message() {
    std::string const type = take(1);
    return {type[0], read_packet()};
}

received_message peer::read_message(char type) {
    received_message message = read_message();
    if (message.type != type)
        fail(std::string("a message '") + type + '\'', std::string("the client sent '") + message.type + '\'');
    return message;
}

std::vector<received_message> peer::read_to_sync() {
    std::vector<received_message> messages;
    do
        messages.push_back(read_message());
    while (messages.back().type != frontend::sync::type);
    return messages;
}

void peer::wait_for_eof() {
    while (read_some()) {}
}

void peer::send(std::string_view bytes) {
    auto const until = clock::now() + scripted_server::patience;
    while (!bytes.empty()) {
        await(POLLOUT, until, "the client to read");
        ssize_t const size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(size));
        else if (errno != EAGAIN && errno != EINTR)
            fail("the client to read", std::generic_category().message(errno));
    }
}

void peer::send_bytewise(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        send(bytes.substr(i, 1));
}

void peer::half_close() { checked(::shutdown(socket_, SHUT_WR), "shutdown"); }

void peer::close() noexcept {
    if (socket_ < 0)
        return;
    // The kernel would send RST if anything were unread.
    std::array<char, 4096> unread;
    while (::recv(socket_, unread.data(), unread.size(), MSG_DONTWAIT) > 0) {}
    ::close(std::exchange(socket_, -1));
}

void peer::reset() {
    linger const at_once{1, 0};
    checked(::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), "setsockopt");
    close();
}

received_startup greet(peer& peer, greeting const& greeting) {
    auto startup = peer.read_startup();
    peer.send(backend::authentication_ok{}, backend::parameter_status{"server_version", greeting.server_version},
              backend::parameter_status{"client_encoding", "UTF8"}, backend::parameter_status{"DateStyle", "ISO, MDY"},
              backend::parameter_status{"TimeZone", "Etc/UTC"}, backend::parameter_status{"integer_datetimes", "on"},
              backend::parameter_status{"standard_conforming_strings", "on"},
              backend::backend_key_data{greeting.pid, protocol::as_bytes(greeting.key)}, backend::ready_for_query{});
    return startup;
}

scripted_server::scripted_server(std::vector<script> scripts, transport over)
    : scripts_(std::move(scripts)), received_(scripts_.size()) {
    stop_ = checked(::eventfd(0, EFD_CLOEXEC), "eventfd");
    if (over == transport::tcp)
        listen_on_tcp();
    else
        listen_on_unix_socket();
    acceptor_ = std::thread([this] { run(); });
}

void scripted_server::listen_on_tcp() {
    host_ = "127.0.0.1";
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener_ = listening_socket(AF_INET, address);
    socklen_t size = sizeof address;
    checked(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    port_ = ntohs(address.sin_port);
}

void scripted_server::listen_on_unix_socket() {
    std::string folder = "/tmp/pgwire-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "mkdtemp");
    host_ = folder;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string const path = folder + "/.s.PGSQL." + std::to_string(port_);
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = listening_socket(AF_UNIX, address);
}

void scripted_server::run() {
    std::vector<std::thread> serving;
    try {
        for (std::size_t number = 0; number < scripts_.size(); ++number) {
            if (!wait_for(listener_, POLLIN, stop_, std::chrono::steady_clock::now() + patience))
                throw std::runtime_error("connection " + std::to_string(number) + " did not come within " +
                                         std::to_string(patience.count()) + " s");
            int const socket = checked(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC), "accept");
            int const yes = 1;
            ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes); // a Unix socket has none
            serving.emplace_back([this, number, socket] { serve(number, socket); });
        }
    } catch (stopped const&) {
    } catch (...) {
        keep_failure("accepting");
    }
    ::close(std::exchange(listener_, -1)); // more are not expected: they are refused
    for (auto& thread : serving)
        thread.join();
}

void scripted_server::serve(std::size_t number, int socket) {
    peer peer(socket, stop_);
    try {
        scripts_[number](peer);
    } catch (stopped const&) {
    } catch (...) {
        keep_failure("script " + std::to_string(number));
    }
    std::lock_guard const lock(mutex_);
    received_[number] = peer.received();
}

void scripted_server::keep_failure(std::string_view where) {
    std::lock_guard const lock(mutex_);
    if (failure_)
        return;
    try {
        throw;
    } catch (std::exception const& e) {
        failure_ =
            std::make_exception_ptr(std::runtime_error("scripted_server, " + std::string(where) + ": " + e.what()));
    } catch (...) {
        failure_ = std::current_exception();
    }
}

void scripted_server::join() {
    if (acceptor_.joinable())
        acceptor_.join();
}

void scripted_server::finish() {
    join();
    if (failure_)
        std::rethrow_exception(std::exchange(failure_, nullptr));
}

std::string scripted_server::received(std::size_t connection) const {
    std::lock_guard const lock(mutex_);
    return received_.at(connection);
}

void scripted_server::stop() noexcept {
    std::uint64_t const one = 1;
    [[maybe_unused]] auto const written = ::write(stop_, &one, sizeof one);
}

scripted_server::~scripted_server() {
    stop();
    join();
    try {
        finish();
    } catch (std::exception const& e) {
        ADD_FAILURE() << e.what();
    } catch (...) {
        ADD_FAILURE() << "scripted_server: a script threw something";
    }
    ::close(stop_);
    if (!host_.starts_with('/'))
        return;
    ::unlink((host_ + "/.s.PGSQL." + std::to_string(port_)).c_str());
    ::rmdir(host_.c_str());
}

} // namespace pgwire::test
