#pragma once

#include <type_traits>
#include <utility>

namespace pgwire {

/// A completion token around another one; see `as_result`.
template <class Token>
struct as_result_t {
    Token inner;
};

struct as_result_fn {
    template <class Token>
    [[nodiscard]] constexpr as_result_t<std::decay_t<Token>> operator()(Token&& token) const {
        return {std::forward<Token>(token)};
    }
};

/// Errors as values: an operation called with `as_result(token)` completes with a `result<T>` where it would have thrown or
/// passed a std::exception_ptr; no exception is made. Alone it stands for `as_result(asio::use_awaitable)`; a blocking
/// connection takes it alone, too.
inline constexpr as_result_fn as_result{};

} // namespace pgwire
