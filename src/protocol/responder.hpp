#pragma once

#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/buffer.hpp>
#include <pgwire/sqlstate.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pgwire::protocol {

/// What an ErrorResponse or NoticeResponse says; a field that is empty or 0 is left out.
struct report {
    std::string_view severity = "ERROR";
    pgwire::sqlstate code = pgwire::sqlstate::internal_error;
    std::string_view message;
    std::string_view detail{};
    std::string_view hint{};
    /// In the statement, counted in characters from 1.
    std::size_t position = 0;
};

/// Appends an ErrorResponse or a NoticeResponse. A text ends at its first NUL, so that an error can always be sent.
void append_error(buffer& output, report const& what);
void append_notice(buffer& output, report const& what);

/// Writes a server's replies: a function for each backend message of the query cycle but ReadyForQuery, which is
/// `server_conversation`'s. A reply that cannot be encoded is refused and leaves no trace.
class responder {
public:
    explicit responder(buffer& output) noexcept : output_(output) {}

    errc parse_complete() { return append(output_, backend::parse_complete{}); }
    errc bind_complete() { return append(output_, backend::bind_complete{}); }
    errc close_complete() { return append(output_, backend::close_complete{}); }
    errc parameter_description(std::span<std::uint32_t const> types) {
        return append(output_, backend::parameter_description{types});
    }
    errc row_description(std::span<backend::field const> fields) {
        return append(output_, backend::row_description{fields});
    }
    errc no_data() { return append(output_, backend::no_data{}); }
    errc data_row(std::span<nullable_bytes const> values) { return append(output_, backend::data_row{values}); }
    errc command_complete(std::string_view tag) { return append(output_, backend::command_complete{tag}); }
    errc empty_query_response() { return append(output_, backend::empty_query_response{}); }
    errc portal_suspended() { return append(output_, backend::portal_suspended{}); }
    errc function_call_response(nullable_bytes const& value) {
        return append(output_, backend::function_call_response{value});
    }

    /// The client's data comes from now on, as `copy_data` and then `copy_done` or `copy_fail`.
    errc copy_in_response(format format, std::span<std::int16_t const> column_formats) {
        errc const refused = append(output_, backend::copy_in_response{format, column_formats});
        copying_in_ = copying_in_ || refused == errc::ok;
        return refused;
    }
    errc copy_out_response(format format, std::span<std::int16_t const> column_formats) {
        return append(output_, backend::copy_out_response{format, column_formats});
    }
    errc copy_data(bytes_view data) { return append(output_, backend::copy_data{data}); }
    errc copy_done() { return append(output_, backend::copy_done{}); }

    /// Ends the request: nothing else may be said about it. "FATAL" as its severity ends the session.
    void error(report const& what);

    void notice(report const& what) { append_notice(output_, what); }
    errc parameter_status(std::string_view name, std::string_view value) {
        return append(output_, backend::parameter_status{name, value});
    }
    errc notification_response(std::uint32_t pid, std::string_view channel, std::string_view payload) {
        return append(output_, backend::notification_response{pid, channel, payload});
    }

private:
    friend class server_conversation;

    buffer& output_;
    // What server_conversation has to know about the request that is being answered.
    bool failed_ = false;
    bool fatal_ = false;
    bool copying_in_ = false;
};

} // namespace pgwire::protocol
