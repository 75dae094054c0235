#pragma once

#include <pgwire/as_result.hpp>
#include <pgwire/detail/asio.hpp>
#include <pgwire/error.hpp>
#include <pgwire/exception.hpp>
#include <pgwire/result.hpp>

#include <exception>
#include <type_traits>
#include <utility>

/// How Asio completes an operation that was given `as_result(token)`.
namespace pgwire::detail {

/// Hands a result on. Our own operations give one; those of others, such as asio::cancel_after between us and the caller,
/// give an exception.
template <class Handler, class T>
struct as_result_handler {
    Handler handler;

    void operator()(result<T> outcome) { std::move(handler)(std::move(outcome)); }

    void operator()(std::exception_ptr failure)
        requires std::is_void_v<T>
    {
        std::move(handler)(failure ? result<T>(error_from(std::move(failure))) : result<T>());
    }

    template <class Value = T>
    void operator()(std::exception_ptr failure, Value value) {
        std::move(handler)(failure ? result<T>(error_from(std::move(failure))) : result<T>(std::move(value)));
    }
};

template <class Handler>
inline constexpr bool takes_result = false;
template <class Handler, class T>
inline constexpr bool takes_result<as_result_handler<Handler, T>> = true;

template <class Initiation, class T>
struct as_result_initiation_base {
    Initiation initiation;
};

// asio::cancel_after asks an initiation for its executor.
template <class Initiation, class T>
    requires requires(Initiation const& i) { i.get_executor(); }
struct as_result_initiation_base<Initiation, T> {
    Initiation initiation;

    using executor_type = typename Initiation::executor_type;
    [[nodiscard]] executor_type get_executor() const noexcept { return initiation.get_executor(); }
};

template <class Initiation, class T>
struct as_result_initiation : as_result_initiation_base<Initiation, T> {
    template <class Handler, class... Args>
    void operator()(Handler&& handler, Args&&... args) {
        std::move(this->initiation)(as_result_handler<std::decay_t<Handler>, T>{std::forward<Handler>(handler)},
                                    std::forward<Args>(args)...);
    }
};

template <class Token, class T>
struct as_result_around {
    template <class Initiation, class Around, class... Args>
    static auto initiate(Initiation&& initiation, Around&& around, Args&&... args) {
        using wrapped = as_result_initiation<std::decay_t<Initiation>, T>;
        Token inner(std::forward<Around>(around).inner);
        return asio::async_initiate<Token, void(result<T>)>(wrapped{{std::forward<Initiation>(initiation)}}, inner,
                                                            std::forward<Args>(args)...);
    }
};

template <class T>
struct as_result_alone {
    template <class Initiation, class Alone, class... Args>
    static auto initiate(Initiation&& initiation, Alone&&, Args&&... args) {
        return as_result_around<asio::use_awaitable_t<>, T>::initiate(
            std::forward<Initiation>(initiation), as_result_t<asio::use_awaitable_t<>>{}, std::forward<Args>(args)...);
    }
};

} // namespace pgwire::detail

template <template <class, class> class Associator, class Handler, class T, class Default>
struct asio::associator<Associator, pgwire::detail::as_result_handler<Handler, T>, Default>
    : Associator<Handler, Default> {
    static auto get(pgwire::detail::as_result_handler<Handler, T> const& h) noexcept {
        return Associator<Handler, Default>::get(h.handler);
    }
    static auto get(pgwire::detail::as_result_handler<Handler, T> const& h, Default const& d) noexcept {
        return Associator<Handler, Default>::get(h.handler, d);
    }
};

template <class Token, class T>
struct asio::async_result<pgwire::as_result_t<Token>, void(std::exception_ptr, T)>
    : pgwire::detail::as_result_around<Token, T> {};
template <class Token>
struct asio::async_result<pgwire::as_result_t<Token>, void(std::exception_ptr)>
    : pgwire::detail::as_result_around<Token, void> {};
template <class T>
struct asio::async_result<pgwire::as_result_fn, void(std::exception_ptr, T)> : pgwire::detail::as_result_alone<T> {};
template <>
struct asio::async_result<pgwire::as_result_fn, void(std::exception_ptr)> : pgwire::detail::as_result_alone<void> {};
