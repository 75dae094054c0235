#include "protocol/utf8.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

namespace pgwire::detail {
namespace {

bool is_ours(std::error_code code) noexcept { return code.category() == error_category(); }
bool is_sqlstate(std::error_code code) noexcept { return code.category() == sqlstate_category(); }

error_kind kind_of_code(std::error_code code) noexcept {
    if (is_ours(code))
        return kind_of(static_cast<errc>(code.value()));
    if (is_sqlstate(code))
        return error_kind::server;
    return code == std::errc::operation_canceled ? error_kind::cancelled : error_kind::connection;
}

// Those that can only be found before anything of the operation is sent.
bool refused_before_sending(std::error_code code) noexcept {
    if (!is_ours(code))
        return false;
    switch (static_cast<errc>(code.value())) {
    case errc::busy:
    case errc::not_connected:
    case errc::invalid_config:
    case errc::unsupported_option:
    case errc::message_too_long:
    case errc::embedded_nul:
    case errc::too_many_parameters:
    case errc::wrong_number_of_arguments:
    case errc::encoding_failed:
    case errc::resolve_failed:
    case errc::connect_failed: return true;
    default: return false;
    }
}

bool ends_connection(std::error_code code) noexcept {
    return code == errc::connection_closed || code == errc::connection_closed_mid_message ||
           kind_of_code(code) == error_kind::protocol;
}

template <class Number>
Number number(std::string_view text) noexcept {
    Number value = 0;
    auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failed == std::errc{} && end == text.data() + text.size() ? value : Number{0};
}

// CopyFromErrorCallback: "COPY t, line 3, column b: …".
std::uint64_t copy_line_of(std::string_view context) noexcept {
    constexpr std::string_view copy = "COPY ";
    constexpr std::string_view line = ", line ";
    std::size_t const begin = context.substr(0, copy.size()) == copy ? 0 : context.find("\nCOPY ");
    if (begin == std::string_view::npos)
        return 0;
    context.remove_prefix(begin);
    context = context.substr(0, context.find('\n', 1));
    std::size_t const at = context.find(line);
    if (at == std::string_view::npos)
        return 0;
    context.remove_prefix(at + line.size());
    return number<std::uint64_t>(context.substr(0, context.find_first_not_of("0123456789")));
}

} // namespace

error_builder::error_builder(std::error_code code, std::string_view message) : code_(code) {
    details_.kind = kind_of_code(code);
    if (is_sqlstate(code))
        details_.sqlstate = static_cast<pgwire::sqlstate>(code.value());
    details_.nothing_was_sent = refused_before_sending(code);
    details_.connection_lost = ends_connection(code);
    std::string const said = protocol::valid_utf8(message);
    if (is_sqlstate(code)) // a message and a code are two fields there
        details_.message = said.empty() ? std::string(name(details_.sqlstate)) : said;
    else
        details_.message = code.message() + (said.empty() ? "" : ": ") + said;
}

error_builder::error_builder(error const& known) : code_(known.code()), details_(known.details()) {}

error_builder error_builder::from_response(protocol::sequence<protocol::backend::response_field> const& fields) {
    error_builder made;
    for (auto const& f : fields)
        made.field(f.code, f.text);
    return std::move(made).end_response();
}

error_builder error_builder::from_response_body(protocol::bytes_view body) {
    error_builder made;
    std::string_view rest = protocol::as_text(body);
    while (!rest.empty() && rest.front() != '\0') {
        std::string_view const text = rest.substr(1, rest.find('\0') - 1);
        made.field(rest.front(), text);
        rest.remove_prefix(std::min(rest.size(), 1 + text.size() + 1));
    }
    return std::move(made).end_response();
}

void error_builder::field(char letter, std::string_view text) {
    auto const keep = [text](std::string& to) {
        if (to.empty())
            to = protocol::valid_utf8(text);
    };
    auto const count = [text]<class Number>(Number& to) {
        if (to == 0)
            to = number<Number>(text);
    };
    switch (letter) {
    case 'S': return keep(localized_severity_);
    case 'V': return keep(details_.severity);
    case 'C':
        if (!state_)
            state_ = sqlstate_from(text);
        return;
    case 'M': return keep(details_.message);
    case 'D': return keep(details_.detail);
    case 'H': return keep(details_.hint);
    case 'P': return count(details_.position);
    case 'p': return count(details_.internal_position);
    case 'q': return keep(details_.internal_query);
    case 'W': return keep(details_.where);
    case 's': return keep(details_.schema);
    case 't': return keep(details_.table);
    case 'c': return keep(details_.column);
    case 'd': return keep(details_.data_type);
    case 'n': return keep(details_.constraint);
    case 'F': return keep(details_.file);
    case 'L': return count(details_.line_number);
    case 'R': return keep(details_.routine);
    default: return; // new ones may come (F-12)
    }
}

error_builder error_builder::end_response() && {
    if (details_.severity.empty())
        details_.severity = std::move(localized_severity_);
    auto const is_error = [severity = std::string_view(details_.severity)] {
        constexpr std::string_view notices[] = {"WARNING", "NOTICE", "DEBUG", "INFO", "LOG"};
        return std::ranges::find(notices, severity) == std::end(notices);
    };
    details_.sqlstate = state_.value_or(pgwire::sqlstate{});
    code_ = details_.sqlstate;
    if (!code_ && is_error())
        code_ = errc::server_error; // an error must not look like success
    if (details_.message.empty() && code_)
        details_.message = make_error_code(errc::server_error).message();
    details_.kind = error_kind::server;
    details_.connection_lost = details_.severity == "FATAL" || details_.severity == "PANIC";
    details_.copy_line = copy_line_of(details_.where);
    return std::move(*this);
}

error_builder& error_builder::kind(error_kind kind) {
    details_.kind = kind;
    return *this;
}
error_builder& error_builder::sqlstate(pgwire::sqlstate state) {
    details_.sqlstate = state;
    return *this;
}
error_builder& error_builder::detail(std::string_view text) {
    details_.detail = protocol::valid_utf8(text);
    return *this;
}
error_builder& error_builder::hint(std::string_view text) {
    details_.hint = protocol::valid_utf8(text);
    return *this;
}
error_builder& error_builder::column(std::string_view name) {
    details_.column = protocol::valid_utf8(name);
    return *this;
}
error_builder& error_builder::data_type(std::string_view name) {
    details_.data_type = protocol::valid_utf8(name);
    return *this;
}
error_builder& error_builder::statement(std::string_view text) {
    details_.statement = text;
    return *this;
}
error_builder& error_builder::position(std::size_t character) {
    details_.position = character;
    return *this;
}
error_builder& error_builder::index(std::size_t index) {
    details_.index = index;
    return *this;
}
error_builder& error_builder::copy_line(std::uint64_t line) {
    details_.copy_line = line;
    return *this;
}
error_builder& error_builder::nothing_was_sent(bool yes) {
    details_.nothing_was_sent = yes;
    return *this;
}
error_builder& error_builder::outcome_unknown(bool yes) {
    details_.outcome_unknown = yes;
    return *this;
}
error_builder& error_builder::connection_lost(bool yes) {
    details_.connection_lost = yes;
    return *this;
}
error_builder& error_builder::attach(error second) {
    if (!details_.attached)
        details_.attached = std::move(second);
    return *this;
}
error_builder& error_builder::cause(std::exception_ptr exception) {
    details_.cause = std::move(exception);
    return *this;
}

error error_builder::build() { return {code_, std::make_shared<error_details const>(std::move(details_))}; }

std::exception_ptr error_builder::cause_of(error const& known) noexcept { return known.details().cause; }

} // namespace pgwire::detail
