#include <pgwire/detail/error_builder.hpp>
#include <pgwire/exception.hpp>

#include <new>
#include <utility>

namespace pgwire {

exception::exception(pgwire::error error)
    : std::system_error(error.code()), error_(std::move(error)),
      what_(std::make_shared<std::string const>(summary(error_))) {}

exception::~exception() = default;
sql_error::~sql_error() = default;
connection_error::~connection_error() = default;

char const* exception::what() const noexcept { return what_->c_str(); }

std::exception_ptr make_exception_ptr(error const& e) {
    if (auto foreign = detail::error_builder::cause_of(e))
        return foreign;
    switch (e.kind()) {
    case error_kind::server: return std::make_exception_ptr(sql_error(e));
    case error_kind::connection: return std::make_exception_ptr(connection_error(e));
    default: return std::make_exception_ptr(exception(e));
    }
}

void throw_error(error const& e) { std::rethrow_exception(make_exception_ptr(e)); }

error error_from(std::exception_ptr const& thrown) {
    if (!thrown)
        return {};
    auto const foreign = [&thrown](std::error_code code) { return detail::error_builder(code).cause(thrown); };
    try {
        std::rethrow_exception(thrown);
    } catch (exception const& e) {
        return e.error();
    } catch (std::system_error const& e) {
        return foreign(e.code()).build();
    } catch (std::bad_alloc const&) {
        return foreign(std::make_error_code(std::errc::not_enough_memory)).kind(error_kind::usage).build();
    } catch (std::exception const& e) {
        return detail::error_builder(std::make_error_code(std::errc::interrupted), e.what())
            .kind(error_kind::usage)
            .cause(thrown)
            .build();
    } catch (...) {
        return foreign(std::make_error_code(std::errc::interrupted)).kind(error_kind::usage).build();
    }
}

} // namespace pgwire
