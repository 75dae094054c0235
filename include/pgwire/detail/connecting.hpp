#pragma once

#include <pgwire/config.hpp>
#include <pgwire/detail/api.hpp>
#include <pgwire/detail/completion.hpp>
#include <pgwire/result.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace pgwire::client {
class async_connection;
} // namespace pgwire::client

namespace pgwire::detail {

/// Whoever waits for a connection.
class PGWIRE_API connecting {
public:
    connecting() = default;
    connecting(connecting const&) = delete;
    connecting& operator=(connecting const&) = delete;
    virtual ~connecting() = default;

    /// Called once, on the executor given to `connect`, never from inside it.
    virtual void complete(result<std::shared_ptr<client::async_connection>> outcome) = 0;
};

/// Ends the attempt early; no effect once it is over. Copies end the same one.
class PGWIRE_API stop_connecting {
public:
    explicit stop_connecting(std::weak_ptr<void> connector) noexcept : connector_(std::move(connector)) {}
    void operator()() const;

private:
    std::weak_ptr<void> connector_;
};

/// Connects to the first host that can be connected to.
PGWIRE_API stop_connecting connect(asio::any_io_executor const& executor, result<config> how,
                                   std::unique_ptr<connecting> waits);

} // namespace pgwire::detail
