#pragma once

#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/buffer.hpp>
#include <pgwire/protocol/frontend.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

/// Servers for tests that say, byte by byte, what a test wants them to say.
namespace pgwire::test {

template <class Message>
concept encodable = requires(Message const& message, protocol::writer& out) { message.encode(out); };

/// A message of the client's.
struct received_message {
    char type = 0;
    std::string body;

    /// Its fields, which refer to `body`; fails the script if it is not such a message.
    template <class Message>
    [[nodiscard]] Message as() const {
        auto const message = protocol::decode<Message>(protocol::as_bytes(body));
        if (type != Message::type || !message)
            throw std::runtime_error(std::string("the client's message '") + type + "' is not the '" + Message::type +
                                     "' that the script expects");
        return *message;
    }
};

/// The client's StartupMessage.
struct received_startup {
    protocol::version version{};
    std::vector<std::pair<std::string, std::string>> parameters;

    /// Empty if it was not given.
    [[nodiscard]] std::string parameter(std::string_view name) const;
};

struct received_cancel {
    std::uint32_t pid = 0;
    std::string key;

    bool operator==(received_cancel const&) const = default;
};

/// One connection, as its script sees it. Whatever the client does not do in time, or does instead, is an exception,
/// which ends the script and reaches the test in `scripted_server::finish`.
class peer {
public:
    peer(int socket, int stop) : socket_(socket), stop_(stop) {}
    ~peer() { close(); }
    peer(peer const&) = delete;
    peer& operator=(peer const&) = delete;

    // What the client sends.

    /// A packet without a type byte, its length taken off.
    std::string read_packet();
    /// Answers requests for encryption with 'N' until the StartupMessage comes.
    received_startup read_startup();
    received_cancel read_cancel();
    received_message read_message();
    /// A message that must be of this type.
    received_message read_message(char type);
    /// Messages up to a Sync, that one included.
    std::vector<received_message> read_to_sync();
    /// Until the client closes its side; drops what it sends.
    void wait_for_eof();

    // What the server sends.

    void send(std::string_view bytes);
    /// Several messages go out as one piece.
    template <encodable... Messages>
        requires(sizeof...(Messages) > 0)
    void send(Messages const&... messages) {
        send(std::string_view(encode(messages...)));
    }
    /// One byte at a time, as so many segments.
    void send_bytewise(std::string_view bytes);

    /// The bytes that `send` would send.
    template <encodable... Messages>
    static std::string encode(Messages const&... messages) {
        protocol::buffer bytes;
        if (((append(bytes, messages) != errc::ok) || ...))
            throw std::logic_error("a message of the script's cannot be encoded");
        return std::string(protocol::as_text(bytes.unread()));
    }

    // How it ends; at the end of the script by `close`.

    /// No more to send: the client reads EOF, and may still talk.
    void half_close();
    /// FIN, as long as the client sends nothing more.
    void close() noexcept;
    /// RST: the client's next read or write fails with ECONNRESET.
    void reset();

    /// Every byte that was read so far.
    [[nodiscard]] std::string const& received() const noexcept { return received_; }

private:
    using clock = std::chrono::steady_clock;

    bool read_some();
    std::string take(std::size_t size);
    void await(short events, clock::time_point until, std::string_view what) const;
    [[noreturn]] void fail(std::string_view what, std::string_view why) const;

    int socket_;
    int stop_;
    std::string received_;
    std::size_t taken_ = 0;
};

struct greeting {
    std::string server_version = "16.9";
    std::uint32_t pid = 4711;
    std::string key = "key!";
};

/// An everyday startup without a password, up to ReadyForQuery.
received_startup greet(peer& peer, greeting const& greeting = {});

enum class transport { tcp, unix_socket };

/// A server on a port of its own, or on a Unix socket in a folder of its own. It accepts as many connections as it has
/// scripts, the n-th for the n-th script, and runs each in a thread; further ones are refused.
///
/// Nothing in it waits longer than `patience`: a client that does not come or does not speak is an error of the test.
class scripted_server {
public:
    using script = std::function<void(peer&)>;
    static constexpr std::chrono::seconds patience{10};

    explicit scripted_server(script only, transport over = transport::tcp)
        : scripted_server(std::vector<script>{std::move(only)}, over) {}
    explicit scripted_server(std::vector<script> scripts, transport over = transport::tcp);

    /// Ends what still runs. A failure that `finish` has not shown is reported to GoogleTest.
    ~scripted_server();
    scripted_server(scripted_server const&) = delete;
    scripted_server& operator=(scripted_server const&) = delete;

    /// "127.0.0.1", or the folder of the Unix socket: what a client takes as its host.
    [[nodiscard]] std::string const& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// Waits until every script has run to its end, and throws what the first of them to fail threw.
    void finish();

    /// What the n-th connection has sent; complete after `finish`.
    [[nodiscard]] std::string received(std::size_t connection) const;

private:
    void listen_on_tcp();
    void listen_on_unix_socket();
    void run();
    void serve(std::size_t number, int socket);
    void keep_failure(std::string_view where);
    void join();
    void stop() noexcept;

    std::vector<script> scripts_;
    std::string host_;
    std::uint16_t port_ = 5432;
    int listener_ = -1;
    int stop_ = -1; // an eventfd: readable from `stop` on
    mutable std::mutex mutex_;
    std::vector<std::string> received_;
    std::exception_ptr failure_;
    std::thread acceptor_;
};

} // namespace pgwire::test
