#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/errc.hpp>
#include <pgwire/sqlstate.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace pgwire {

namespace detail {
struct error_details;
class error_builder;
} // namespace detail

/// Who or what ended an operation.
enum class error_kind : std::uint8_t {
    server,     ///< The server said so; `sqlstate()` says why.
    connection, ///< Connecting, authenticating, or the connection itself failed.
    deadline,   ///< `within` or `until` was over.
    cancelled,  ///< The caller cancelled it.
    mapping,    ///< The result does not fit what was asked for.
    usage,      ///< The library was used wrongly.
    protocol,   ///< The peer broke the protocol; the connection is closed.
};

/// The kind of the library's own errors.
PGWIRE_API error_kind kind_of(errc code) noexcept;

/// What went wrong: a code to compare with and everything that is known about it. Cheap to copy and to move; copies
/// share what they know.
///
/// Every text is UTF-8 (what the server sent in anything else has U+FFFD in its place) and empty where unknown: a
/// server need not send any of its fields. All views live as long as any copy of the error. None of the texts that this
/// library makes holds an argument or a password; a server may quote values in its own.
class PGWIRE_API error {
public:
    /// No error: a zero code and empty texts.
    error() noexcept = default;

    /// An error of which no more than its code is known.
    explicit error(std::error_code code);

    /// An `errc`, a `sqlstate`, or an operating system's. An ErrorResponse without a valid SQLSTATE has
    /// `errc::server_error`. A notice has its SQLSTATE, which may be success.
    [[nodiscard]] std::error_code code() const noexcept { return code_; }
    [[nodiscard]] error_kind kind() const noexcept;
    /// What the server sent; `sqlstate::successful_completion` where it sent none. An operation ended by its deadline
    /// may carry the server's `query_canceled` beside `errc::deadline_exceeded`.
    [[nodiscard]] pgwire::sqlstate sqlstate() const noexcept;

    // The fields of the server's report ("Error and Notice Message Fields").

    /// "ERROR", "FATAL" or "PANIC"; in a notice "WARNING", "NOTICE", "DEBUG", "INFO" or "LOG". Not localized, except by
    /// servers before 9.6 and IRIS, which send only a localized one. Empty for our own errors.
    [[nodiscard]] std::string_view severity() const noexcept;
    /// The primary message. Our own errors give `errc`'s text and then what is known beyond it; never empty for an
    /// error.
    [[nodiscard]] std::string_view message() const noexcept;
    [[nodiscard]] std::string_view detail() const noexcept;
    [[nodiscard]] std::string_view hint() const noexcept;
    /// Where in `statement()`, counted in characters from 1; 0 if unknown.
    [[nodiscard]] std::size_t position() const noexcept;
    /// Where in `internal_query()`, counted in characters from 1; 0 if unknown.
    [[nodiscard]] std::size_t internal_position() const noexcept;
    /// The statement that the server made itself, in a function for instance, and that failed.
    [[nodiscard]] std::string_view internal_query() const noexcept;
    /// The context: a call stack of functions and internal queries, one a line, the innermost first.
    [[nodiscard]] std::string_view where() const noexcept;
    [[nodiscard]] std::string_view schema() const noexcept;
    [[nodiscard]] std::string_view table() const noexcept;
    /// The column that the server names; for a mapping error the result's column.
    [[nodiscard]] std::string_view column() const noexcept;
    [[nodiscard]] std::string_view data_type() const noexcept;
    [[nodiscard]] std::string_view constraint() const noexcept;
    /// Where in the server's source the error was reported, for those who debug the server.
    [[nodiscard]] std::string_view file() const noexcept;
    [[nodiscard]] std::size_t line_number() const noexcept;
    [[nodiscard]] std::string_view routine() const noexcept;

    // The place in the statement.

    /// The text of the statement that failed, without its arguments; empty if it concerned none.
    [[nodiscard]] std::string_view statement() const noexcept;
    /// The line, counted from 1, at which `position()` points in `statement()`, or else `internal_position()` in
    /// `internal_query()`; 0 if neither does. Lines end with LF, CR LF or CR, as in psql.
    [[nodiscard]] std::size_t line() const noexcept;
    /// That line, cut to at most 78 columns around the place, LF, and below it a ^ under the place; empty if `line()`
    /// is 0. Tabs and other control characters are shown as a space, bytes that are not UTF-8 as U+FFFD; wide East
    /// Asian characters count as two columns.
    [[nodiscard]] std::string caret() const;

    // The place among several.

    /// Which request of a pipeline, or which row of a bulk operation, counted from 0.
    [[nodiscard]] std::optional<std::size_t> index() const noexcept;
    /// Which line of a COPY's data, counted from 1; 0 if unknown. Taken from `where()`, as long as that is in English.
    [[nodiscard]] std::uint64_t copy_line() const noexcept;
    /// A second error that the server sent about the same request, before it was ready again; null if there was
    /// none. Lives as long as any copy of this one.
    [[nodiscard]] error const* attached() const noexcept;

    // What to do now.

    /// Whether the same work, a whole transaction at that, may succeed if tried again, and nothing of it has happened
    /// yet: serialization_failure and deadlock_detected, cannot_connect_now and too_many_connections (which a server
    /// says instead of accepting a connection), and a connection that could not be made or broke before anything was
    /// sent. Never what was cancelled, ran into its deadline or has an unknown outcome.
    [[nodiscard]] bool is_retryable() const noexcept;
    /// Surely nothing of the operation reached the server.
    [[nodiscard]] bool nothing_was_sent() const noexcept;
    /// It may have taken effect: it was sent, and then the connection broke or the wait ended before the server had
    /// answered.
    [[nodiscard]] bool outcome_unknown() const noexcept;
    /// The connection cannot be used any more.
    [[nodiscard]] bool connection_lost() const noexcept;
    /// The server has given up the session: severity FATAL or PANIC.
    [[nodiscard]] bool is_fatal() const noexcept;

    /// `error == sqlstate::unique_violation`: what the server said, whoever ended the operation.
    friend bool operator==(error const& e, pgwire::sqlstate state) noexcept {
        return e.code_ == make_error_code(state) ||
               (state != pgwire::sqlstate::successful_completion && e.sqlstate() == state);
    }
    /// `error == errc::busy`.
    friend bool operator==(error const& e, std::error_code code) noexcept { return e.code_ == code; }
    /// `error == std::errc::timed_out` is true for a deadline, `std::errc::operation_canceled` for a cancelled
    /// operation.
    friend bool operator==(error const& e, std::error_condition const& condition) noexcept {
        return e.code_ == condition;
    }

private:
    friend class detail::error_builder;

    [[nodiscard]] detail::error_details const& details() const noexcept;

    error(std::error_code code, std::shared_ptr<detail::error_details const> details) noexcept
        : code_(code), details_(std::move(details)) {}

    std::error_code code_;
    std::shared_ptr<detail::error_details const> details_; // null: no error
};

/// The whole report for people, several lines without a final LF, much as psql prints it: severity, message and
/// SQLSTATE, the line and the caret, detail, hint, internal query, context, and an attached error.
PGWIRE_API std::string to_string(error const& e);

/// The same in one line, without the statement: `ERROR: relation "t" does not exist (42P01 undefined_table)`.
PGWIRE_API std::string summary(error const& e);

} // namespace pgwire
