#include <pgwire/errc.hpp>
#include <pgwire/error.hpp>

#include <string>

namespace pgwire {
namespace {

char const* text(errc code) noexcept {
    switch (code) {
    case errc::ok: return "success";
    case errc::cancelled: return "the operation was cancelled";
    case errc::deadline_exceeded: return "the operation did not end before its deadline";
    case errc::busy: return "the connection is busy with a stream or COPY";
    case errc::not_connected: return "the connection is closed";
    case errc::invalid_config: return "the configuration is not valid";
    case errc::unsupported_option: return "the configuration has an option that is not supported";
    case errc::message_too_long: return "a message would be longer than the protocol allows";
    case errc::embedded_nul: return "a text holds a NUL character, which the protocol cannot carry";
    case errc::too_many_parameters: return "the statement has more parameters than the protocol allows";
    case errc::wrong_number_of_arguments: return "the number of arguments differs from the statement's parameters";
    case errc::unexpected_copy: return "the statement is a COPY, which needs an operation of its own";
    case errc::no_rows: return "one row was asked for and none came";
    case errc::too_many_rows: return "one row was asked for and more came";
    case errc::several_results: return "one statement was asked for and several gave results";
    case errc::encoding_failed: return "an argument could not be encoded";
    case errc::connection_closed: return "the connection was closed";
    case errc::connection_closed_mid_message: return "the connection was closed in the middle of a message";
    case errc::not_postgresql: return "the peer does not speak the PostgreSQL protocol";
    case errc::resolve_failed: return "the host name could not be resolved";
    case errc::connect_failed: return "no connection could be made";
    case errc::server_error: return "the server reported an error without a code";
    case errc::authentication_method_unsupported:
        return "the server asks for an authentication method that is not supported";
    case errc::authentication_method_refused:
        return "the server asks for an authentication method that is not allowed here";
    case errc::password_missing: return "the server asks for a password and none is given";
    case errc::authentication_failed: return "the authentication failed";
    case errc::server_not_authenticated: return "the server did not prove that it knows the password";
    case errc::protocol_version_unsupported: return "no protocol version suits both sides";
    case errc::invalid_message_length: return "a message has an impossible length";
    case errc::message_over_limit: return "a message is longer than the limit";
    case errc::unknown_message: return "a message has an unknown type";
    case errc::malformed_message: return "a message is malformed";
    case errc::unexpected_message: return "a message came that must not come now";
    case errc::invalid_transaction_status: return "a transaction status is none of idle, in transaction and failed";
    case errc::crypto_failed: return "the cryptographic library failed";
    case errc::missing_column: return "the result lacks a column";
    case errc::ambiguous_column: return "the result has several columns of one name";
    case errc::too_few_columns: return "the result has too few columns";
    case errc::unexpected_null: return "a NULL came where a value must be";
    case errc::type_mismatch: return "a column does not fit the type it is asked into";
    case errc::malformed_value: return "a value is malformed or out of its type's range";
    case errc::pipeline_aborted: return "the statement was not run because an earlier one of its pipeline failed";
    }
    return "unknown error";
}

class category final : public std::error_category {
public:
    [[nodiscard]] char const* name() const noexcept override { return "pgwire"; }
    [[nodiscard]] std::string message(int value) const override { return text(static_cast<errc>(value)); }
    [[nodiscard]] std::error_condition default_error_condition(int value) const noexcept override {
        switch (static_cast<errc>(value)) {
        case errc::cancelled: return std::errc::operation_canceled;
        case errc::deadline_exceeded: return std::errc::timed_out;
        default: return {value, *this};
        }
    }
};

} // namespace

std::error_category const& error_category() noexcept {
    static category const instance;
    return instance;
}

error_kind kind_of(errc code) noexcept {
    switch (code) {
    case errc::cancelled: return error_kind::cancelled;
    case errc::deadline_exceeded: return error_kind::deadline;
    case errc::ok:
    case errc::busy:
    case errc::not_connected:
    case errc::invalid_config:
    case errc::unsupported_option:
    case errc::message_too_long:
    case errc::embedded_nul:
    case errc::too_many_parameters:
    case errc::wrong_number_of_arguments:
    case errc::unexpected_copy:
    case errc::several_results:
    case errc::encoding_failed: return error_kind::usage;
    case errc::no_rows:
    case errc::too_many_rows:
    case errc::missing_column:
    case errc::ambiguous_column:
    case errc::too_few_columns:
    case errc::unexpected_null:
    case errc::type_mismatch:
    case errc::malformed_value: return error_kind::mapping;
    case errc::connection_closed:
    case errc::connection_closed_mid_message:
    case errc::not_postgresql:
    case errc::resolve_failed:
    case errc::connect_failed:
    case errc::authentication_method_unsupported:
    case errc::authentication_method_refused:
    case errc::password_missing:
    case errc::authentication_failed:
    case errc::server_not_authenticated:
    case errc::protocol_version_unsupported:
    case errc::crypto_failed: return error_kind::connection;
    case errc::invalid_message_length:
    case errc::message_over_limit:
    case errc::unknown_message:
    case errc::malformed_message:
    case errc::unexpected_message:
    case errc::invalid_transaction_status: return error_kind::protocol;
    case errc::server_error:
    case errc::pipeline_aborted: return error_kind::server;
    }
    return error_kind::usage;
}

} // namespace pgwire
