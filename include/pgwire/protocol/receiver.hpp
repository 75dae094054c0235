#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/error.hpp>
#include <pgwire/protocol/backend.hpp>

#include <string_view>

namespace pgwire::protocol {

/// Whom the replies to a request are for. Called while bytes are being parsed: it may keep what it is told, but must not
/// make requests or destroy the conversation from inside.
///
/// The receiver that a Sync, a Query or a FunctionCall was sent for hears exactly one of `settled` and `lost`, as the last
/// thing; of several requests before one Sync the others end with `completed`, `failed` or `aborted`, or all are `lost`. A
/// Sync belongs to the last request before it, or to a receiver of its own.
class PGWIRE_API receiver {
public:
    virtual void parsed() {}
    virtual void parameters_described(sequence<std::uint32_t> const&) {}
    virtual void described(backend::row_description const&) {}
    /// There will be no rows.
    virtual void no_data() {}
    /// The body of a DataRow. Anything but `errc::ok` says that it breaks the protocol, and ends the connection.
    virtual errc row(bytes_view body) = 0;
    virtual void completed(std::string_view tag) = 0;
    virtual void empty_query() {}
    virtual void suspended() {}
    virtual void function_result(nullable_bytes const&) {}

    /// The server's error, or one of ours about its replies (a COPY nobody asked for). More than one can come.
    virtual void failed(error const& why) = 0;
    /// Not run, because an earlier request before the same Sync failed with `why` (P-02).
    virtual void aborted(error const& why) = 0;

    /// ReadyForQuery: all replies have come.
    virtual void settled(backend::transaction_status status) = 0;
    /// The connection ended first.
    virtual void lost(error const& why) = 0;

protected:
    ~receiver() = default;
};

/// What a server says at any time, to nobody's request.
class PGWIRE_API session_events {
public:
    virtual void notice(error const& what) = 0;
    virtual void parameter_changed(std::string_view name, std::string_view value) = 0;
    virtual void notified(backend::notification_response const& what) = 0;

protected:
    ~session_events() = default;
};

} // namespace pgwire::protocol
