#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/error.hpp>

#include <exception>
#include <memory>
#include <string>
#include <system_error>

namespace pgwire {

/// Any failed operation. `code()` is the error's; `what()` its `summary`.
class PGWIRE_API exception : public std::system_error {
public:
    explicit exception(pgwire::error error);
    ~exception() override;

    /// Lives as long as the exception; copies as long as they like.
    [[nodiscard]] pgwire::error const& error() const noexcept { return error_; }
    [[nodiscard]] char const* what() const noexcept override;

private:
    pgwire::error error_;
    std::shared_ptr<std::string const> what_; // exceptions must be copied without throwing
};

/// The server reported an error: `error_kind::server`.
class PGWIRE_API sql_error : public exception {
public:
    using exception::exception;
    ~sql_error() override;
};

/// Connecting, authenticating or the connection itself failed: `error_kind::connection`.
class PGWIRE_API connection_error : public exception {
public:
    using exception::exception;
    ~connection_error() override;
};

/// Throws `sql_error`, `connection_error` or `exception`, by the error's kind; where the error stands for a foreign
/// exception (see `error_from`), that one.
[[noreturn]] PGWIRE_API void throw_error(error const& e);

/// What `throw_error` throws.
PGWIRE_API std::exception_ptr make_exception_ptr(error const& e);

/// The error that an exception carries. A foreign exception becomes an error too, which stands for it: a
/// std::system_error gives its code, anything else `std::errc::interrupted`, and `message()` its `what()`. No error for
/// null.
PGWIRE_API error error_from(std::exception_ptr const& thrown);

} // namespace pgwire
