#pragma once

#include <pgwire/error.hpp>
#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace pgwire::detail {

/// What an `error` knows beyond its code.
struct error_details {
    error_kind kind = error_kind::usage;
    pgwire::sqlstate sqlstate{};
    bool nothing_was_sent = false;
    bool outcome_unknown = false;
    bool connection_lost = false;
    std::optional<std::size_t> index;
    std::size_t position = 0;
    std::size_t internal_position = 0;
    std::size_t line_number = 0;
    std::uint64_t copy_line = 0;
    std::string severity;
    std::string message;
    std::string detail;
    std::string hint;
    std::string internal_query;
    std::string where;
    std::string schema;
    std::string table;
    std::string column;
    std::string data_type;
    std::string constraint;
    std::string file;
    std::string routine;
    std::string statement;
    std::optional<error> attached;
    std::exception_ptr cause;
};

/// Makes an `error`. Setters chain; `build` ends it.
class error_builder {
public:
    /// One of ours, or an operating system's: kind and flags are those of the code. `message` adds to the code's own
    /// text.
    explicit error_builder(std::error_code code, std::string_view message = {});

    /// A copy of an error, to say more about it.
    explicit error_builder(error const& known);

    /// What a server reported. Every field may be missing, unknown ones are ignored, and of one that comes twice the
    /// first counts (F-12, CVE-2026-6666). Text that is not UTF-8 has U+FFFD for each wrong byte (F-14). Without an
    /// SQLSTATE, or with one that is none, the code is `errc::server_error`: XX000 would put words into the server's
    /// mouth.
    static error_builder from_response(protocol::sequence<protocol::backend::response_field> const& fields);

    /// The same from the body of an ErrorResponse or NoticeResponse that may be malformed: what it still says is kept,
    /// and be it nothing (F-13).
    static error_builder from_response_body(protocol::bytes_view body);

    error_builder& kind(error_kind kind);
    /// What the server said beside our code.
    error_builder& sqlstate(pgwire::sqlstate state);
    error_builder& detail(std::string_view text);
    error_builder& hint(std::string_view text);
    error_builder& column(std::string_view name);
    error_builder& data_type(std::string_view name);
    /// The text alone, never arguments.
    error_builder& statement(std::string_view text);
    error_builder& position(std::size_t character);
    error_builder& index(std::size_t index);
    error_builder& copy_line(std::uint64_t line);
    error_builder& nothing_was_sent(bool yes = true);
    error_builder& outcome_unknown(bool yes = true);
    error_builder& connection_lost(bool yes = true);
    /// A further error about the same request. Only the first is kept, so that a server cannot pile them up.
    error_builder& attach(error second);
    /// The foreign exception that this error stands for; `throw_error` throws it again.
    error_builder& cause(std::exception_ptr exception);

    /// The error. The builder is used up.
    error build();

    /// The foreign exception behind an error; null if there is none.
    static std::exception_ptr cause_of(error const& known) noexcept;

private:
    error_builder() = default;
    void field(char letter, std::string_view text);
    error_builder end_response() &&;

    std::error_code code_;
    error_details details_;
    // Of a response that is being read.
    std::optional<pgwire::sqlstate> state_;
    std::string localized_severity_;
};

} // namespace pgwire::detail
