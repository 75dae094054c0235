#include "net/socket.hpp"

#include "net/machine.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace pgwire::net {

error handling_failed() {
    return detail::error_builder(errc::connection_closed, "a handler threw while the server's messages were read")
        .connection_lost()
        .build();
}

void set_tcp_options(int descriptor, endpoint const& peer) noexcept {
    if (peer.protocol().family() == AF_UNIX)
        return;
    int const on = 1;
    // What cannot be set only costs speed.
    (void)::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)::setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

sending send_now(int descriptor, protocol::buffer& output) noexcept {
    while (!output.empty()) {
        auto const bytes = output.unread();
        // A send of our own: async_write costs an epoll_wait more for each query.
        ssize_t const count = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0)
            output.consume(static_cast<std::size_t>(count));
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return sending::would_block;
        else if (errno != EINTR)
            return sending::broken;
    }
    return sending::done;
}

} // namespace pgwire::net
