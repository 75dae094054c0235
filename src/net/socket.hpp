#pragma once

#include <pgwire/protocol/buffer.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/generic/stream_protocol.hpp>

namespace pgwire::net {

/// TCP and Unix sockets are the same to whoever reads and writes them.
using stream = asio::generic::stream_protocol;
using endpoint = stream::endpoint;
using socket = asio::basic_stream_socket<stream, asio::any_io_executor>;

/// No delay for small packets, and dead peers noticed in the end. Nothing for Unix sockets.
void set_tcp_options(int descriptor, endpoint const& peer) noexcept;

enum class sending { done, would_block, broken };

/// Sends and consumes as much of `output` as goes without waiting.
sending send_now(int descriptor, protocol::buffer& output) noexcept;

} // namespace pgwire::net
