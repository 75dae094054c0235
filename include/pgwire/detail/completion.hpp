#pragma once

#include <pgwire/detail/asio.hpp>
#include <pgwire/detail/asio_as_result.hpp>
#include <pgwire/error.hpp>
#include <pgwire/exception.hpp>
#include <pgwire/result.hpp>

#include <exception>
#include <type_traits>
#include <utility>

/// How operations complete, whatever the token: `void(std::exception_ptr, T)`, or `void(result<T>)` for `as_result`.
namespace pgwire::detail {

template <class T>
struct signature_of {
    using type = void(std::exception_ptr, T);
};
template <>
struct signature_of<void> {
    using type = void(std::exception_ptr);
};
template <class T>
using signature = typename signature_of<T>::type;

template <class Handler, class T>
void call(Handler&& handler, result<T>&& outcome) {
    if constexpr (takes_result<std::decay_t<Handler>>) {
        std::move(handler)(std::move(outcome));
    } else if constexpr (std::is_void_v<T>) {
        std::move(handler)(outcome ? std::exception_ptr() : make_exception_ptr(outcome.error()));
    } else {
        if (outcome)
            std::move(handler)(std::exception_ptr(), *std::move(outcome));
        else
            std::move(handler)(make_exception_ptr(outcome.error()), T());
    }
}

struct no_executor {};

/// Whether a handler of this type names an executor; those that do not run wherever the operation does.
template <class Handler>
inline constexpr bool has_executor = !std::is_same_v<asio::associated_executor_t<Handler, no_executor>, no_executor>;

/// Whether the handler runs on `here`.
template <class Handler>
bool runs_on(asio::any_io_executor const& here, Handler const& handler) noexcept {
    if constexpr (!has_executor<Handler>) {
        return true;
    } else {
        auto const executor = asio::get_associated_executor(handler, here);
        if constexpr (std::is_convertible_v<decltype(executor), asio::any_io_executor>)
            return asio::any_io_executor(executor) == here;
        else
            return false;
    }
}

/// Completes on the handler's own executor. Called on `here`, from a handler that Asio runs: where the two are the same, it
/// is called directly, for a dispatch through any_io_executor costs 4 % of a query (docs/performance.md).
template <class Handler, class T>
void complete_on(asio::any_io_executor const& here, bool direct, Handler&& handler, result<T>&& outcome) {
    if (direct)
        return call(std::move(handler), std::move(outcome));
    auto const executor = asio::get_associated_executor(handler, here);
    asio::dispatch(executor, [handler = std::move(handler), outcome = std::move(outcome)]() mutable {
        call(std::move(handler), std::move(outcome));
    });
}

/// Completes later: from inside the function that began the operation.
template <class Handler, class T>
void complete_later(Handler handler, result<T> outcome) {
    auto const executor = asio::get_associated_executor(handler);
    asio::post(executor, [handler = std::move(handler), outcome = std::move(outcome)]() mutable {
        call(std::move(handler), std::move(outcome));
    });
}

/// Keeps a handler's executor at work while something else is under way for it.
template <class Executor>
using tracked_executor =
    std::decay_t<decltype(asio::prefer(std::declval<Executor const&>(), asio::execution::outstanding_work.tracked))>;

} // namespace pgwire::detail
