#include "protocol/caret.hpp"

#include <pgwire/detail/error_builder.hpp>
#include <pgwire/error.hpp>

#include <algorithm>
#include <string>

namespace pgwire {
namespace {

constexpr std::size_t caret_width = 78;

protocol::place place_of(error const& e) noexcept {
    if (protocol::place const at(e.statement(), e.position()); at.somewhere())
        return at;
    return {e.internal_query(), e.internal_position()};
}

std::string headline(error const& e) {
    std::string text(e.severity());
    if (!text.empty())
        text += ": ";
    text += e.message();
    if (sqlstate const state = e.sqlstate(); state != sqlstate::successful_completion) {
        text += " (" + to_string(state);
        if (std::string_view const known = name(state); !known.empty())
            text.append(" ").append(known);
        text += ')';
    }
    return text;
}

// The connection failed, and another may not: unlike refused credentials, or a peer that is no PostgreSQL server.
bool is_transient_loss(error const& e) noexcept {
    if (e.kind() == error_kind::connection && e.code().category() != error_category())
        return true; // the operating system's
    return e == errc::connect_failed || e == errc::resolve_failed || e == errc::connection_closed ||
           e == errc::connection_closed_mid_message || e == sqlstate::admin_shutdown || e == sqlstate::crash_shutdown;
}

} // namespace

error::error(std::error_code code) : error(detail::error_builder(code).build()) {}

detail::error_details const& error::details() const noexcept {
    static detail::error_details const nothing;
    return details_ ? *details_ : nothing;
}

error_kind error::kind() const noexcept { return details().kind; }
sqlstate error::sqlstate() const noexcept { return details().sqlstate; }

std::string_view error::severity() const noexcept { return details().severity; }
std::string_view error::message() const noexcept { return details().message; }
std::string_view error::detail() const noexcept { return details().detail; }
std::string_view error::hint() const noexcept { return details().hint; }
std::size_t error::position() const noexcept { return details().position; }
std::size_t error::internal_position() const noexcept { return details().internal_position; }
std::string_view error::internal_query() const noexcept { return details().internal_query; }
std::string_view error::where() const noexcept { return details().where; }
std::string_view error::schema() const noexcept { return details().schema; }
std::string_view error::table() const noexcept { return details().table; }
std::string_view error::column() const noexcept { return details().column; }
std::string_view error::data_type() const noexcept { return details().data_type; }
std::string_view error::constraint() const noexcept { return details().constraint; }
std::string_view error::file() const noexcept { return details().file; }
std::size_t error::line_number() const noexcept { return details().line_number; }
std::string_view error::routine() const noexcept { return details().routine; }

std::string_view error::statement() const noexcept { return details().statement; }
std::size_t error::line() const noexcept { return place_of(*this).line(); }
std::string error::caret() const {
    auto const at = place_of(*this);
    return at.somewhere() ? at.draw("", caret_width) : std::string();
}

std::optional<std::size_t> error::index() const noexcept { return details().index; }
std::uint64_t error::copy_line() const noexcept { return details().copy_line; }
error const* error::attached() const noexcept {
    auto const& second = details().attached;
    return second ? &*second : nullptr;
}

bool error::is_retryable() const noexcept {
    if (outcome_unknown() || kind() == error_kind::cancelled || kind() == error_kind::deadline)
        return false;
    switch (sqlstate()) {
    case pgwire::sqlstate::serialization_failure:
    case pgwire::sqlstate::deadlock_detected:
    case pgwire::sqlstate::cannot_connect_now:
    case pgwire::sqlstate::too_many_connections: return true;
    default: break;
    }
    return nothing_was_sent() && is_transient_loss(*this);
}
bool error::nothing_was_sent() const noexcept { return details().nothing_was_sent; }
bool error::outcome_unknown() const noexcept { return details().outcome_unknown; }
bool error::connection_lost() const noexcept { return details().connection_lost; }
bool error::is_fatal() const noexcept { return severity() == "FATAL" || severity() == "PANIC"; }

std::string summary(error const& e) {
    std::string text = headline(e);
    std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

std::string to_string(error const& e) {
    std::string text = headline(e);
    auto const add = [&text](std::string_view label, std::string_view content) {
        if (!content.empty())
            text.append("\n").append(label).append(content);
    };
    if (auto const at = place_of(e); at.somewhere())
        add("", at.draw("LINE " + std::to_string(at.line()) + ": ", caret_width));
    add("DETAIL: ", e.detail());
    add("HINT: ", e.hint());
    add("QUERY: ", e.internal_query());
    add("CONTEXT: ", e.where());
    if (error const* const second = e.attached())
        add("", to_string(*second));
    return text;
}

} // namespace pgwire
