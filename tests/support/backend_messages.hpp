#pragma once

#include "unit/protocol/wire.hpp"

#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/framing.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// A server's messages as bytes, short enough that a test's script fits a line.
namespace says {

namespace backend = pgwire::protocol::backend;
using pgwire::protocol::as_bytes;

inline std::string const parsed = wire::of(backend::parse_complete{});
inline std::string const bound = wire::of(backend::bind_complete{});
inline std::string const closed = wire::of(backend::close_complete{});
inline std::string const no_data = wire::of(backend::no_data{});
inline std::string const suspended = wire::of(backend::portal_suspended{});
inline std::string const empty_query = wire::of(backend::empty_query_response{});
inline std::string const copy_done = wire::of(backend::copy_done{});

inline std::string ready(char status = 'I') { return wire::raw('Z', std::string_view(&status, 1)); }

inline std::string complete(std::string_view tag) { return wire::of(backend::command_complete{tag}); }

struct column {
    std::string_view name;
    std::uint32_t type = 23;
    pgwire::protocol::format format = pgwire::protocol::format::text;
};

inline std::string columns(std::initializer_list<column> of) {
    std::vector<backend::field> fields;
    for (auto const& [name, type, format] : of)
        fields.push_back({.name = name, .type = type, .type_size = -1, .format = format});
    return wire::of(backend::row_description{std::span<backend::field const>(fields)});
}

inline std::string parameters(std::initializer_list<std::uint32_t> types) {
    return wire::of(backend::parameter_description{std::span(types.begin(), types.size())});
}

using value = std::optional<std::string>;

inline std::string row(std::initializer_list<value> values) {
    std::vector<pgwire::protocol::nullable_bytes> bytes;
    for (auto const& one : values)
        bytes.push_back(one ? pgwire::protocol::nullable_bytes(as_bytes(*one)) : std::nullopt);
    return wire::of(backend::data_row{std::span<pgwire::protocol::nullable_bytes const>(bytes)});
}

inline std::string error(std::string_view state, std::string_view severity = "ERROR", std::string_view message = "no") {
    backend::response_field const fields[] = {{'S', severity}, {'V', severity}, {'C', state}, {'M', message}};
    return wire::of(backend::error_response{fields});
}
inline std::string fatal(std::string_view state) { return error(state, "FATAL"); }

inline std::string notice(std::string_view message) {
    backend::response_field const fields[] = {{'S', "NOTICE"}, {'V', "NOTICE"}, {'C', "00000"}, {'M', message}};
    return wire::of(backend::notice_response{fields});
}
inline std::string parameter(std::string_view name, std::string_view setting) {
    return wire::of(backend::parameter_status{name, setting});
}
inline std::string notification(std::string_view channel, std::string_view payload = {}) {
    return wire::of(backend::notification_response{17, channel, payload});
}

inline std::string function_result(value const& result) {
    return wire::of(
        backend::function_call_response{result ? pgwire::protocol::nullable_bytes(as_bytes(*result)) : std::nullopt});
}

inline std::string copy_in() { return wire::of(backend::copy_in_response{}); }
inline std::string copy_out() { return wire::of(backend::copy_out_response{}); }
inline std::string copy_both() { return wire::of(backend::copy_both_response{}); }
inline std::string copy_data(std::string_view data) { return wire::of(backend::copy_data{as_bytes(data)}); }

/// Well-formed messages, each for itself; what does not make a whole one stays away.
inline std::vector<std::string> messages(std::string_view bytes,
                                         pgwire::protocol::peer from = pgwire::protocol::peer::backend) {
    std::vector<std::string> cut;
    pgwire::protocol::frame message;
    pgwire::errc refused{};
    while (next_frame(as_bytes(bytes), {}, from, message, refused) == pgwire::protocol::framing::complete) {
        cut.emplace_back(bytes.substr(0, message.size()));
        bytes.remove_prefix(message.size());
    }
    return cut;
}

/// The types of a client's messages, "PBDES" for instance; throws if there are bytes that are none.
inline std::string types_of(std::string_view bytes) {
    std::string types;
    std::size_t size = 0;
    for (std::string const& message : messages(bytes, pgwire::protocol::peer::frontend)) {
        types += message.front();
        size += message.size();
    }
    if (size != bytes.size())
        throw std::logic_error("the client has sent half a message");
    return types;
}

} // namespace says
