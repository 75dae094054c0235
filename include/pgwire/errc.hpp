#pragma once

#include <pgwire/detail/api.hpp>

#include <system_error>
#include <type_traits>

namespace pgwire {

/// The library's own error codes; those of a server are `sqlstate`s. Values are not stable between releases, names are.
enum class errc {
    ok = 0,

    // How an operation was ended by its caller. Equal to std::errc::operation_canceled and std::errc::timed_out.
    cancelled,
    deadline_exceeded,

    // Used wrongly; nothing was sent.
    busy,
    not_connected,
    invalid_config,
    unsupported_option,
    message_too_long,
    embedded_nul,
    too_many_parameters,
    wrong_number_of_arguments,
    unexpected_copy,
    no_rows,
    too_many_rows,
    several_results,
    encoding_failed,

    // The connection.
    connection_closed,
    connection_closed_mid_message,
    not_postgresql,
    resolve_failed,
    connect_failed,
    server_error,

    // Authentication.
    authentication_method_unsupported,
    authentication_method_refused,
    password_missing,
    authentication_failed,
    server_not_authenticated,
    protocol_version_unsupported,

    // The peer broke the protocol; the connection is closed.
    invalid_message_length,
    message_over_limit,
    unknown_message,
    malformed_message,
    unexpected_message,
    invalid_transaction_status,
    crypto_failed,

    // A row does not fit the type it was asked into.
    missing_column,
    ambiguous_column,
    too_few_columns,
    unexpected_null,
    type_mismatch,
    malformed_value,

    // The statement was not run because an earlier one of its pipeline failed.
    pipeline_aborted,
};

/// The category of `errc`; its name is "pgwire".
PGWIRE_API std::error_category const& error_category() noexcept;

inline std::error_code make_error_code(errc code) noexcept { return {static_cast<int>(code), error_category()}; }

} // namespace pgwire

template <>
struct std::is_error_code_enum<pgwire::errc> : std::true_type {};
