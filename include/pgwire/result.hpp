#pragma once

#include <pgwire/error.hpp>
#include <pgwire/exception.hpp>

#include <cassert>
#include <concepts>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace pgwire {

template <class T>
class result;

namespace detail {

template <class T>
struct is_result : std::false_type {};
template <class T>
struct is_result<result<T>> : std::true_type {};

} // namespace detail

/// What an operation gives, or why it failed, without an exception. `operator bool` asks which; `value()` throws the
/// error. T need not be default-constructible. References live as long as the result.
template <class T>
class [[nodiscard]] result {
    static_assert(!std::is_reference_v<T> && !std::is_same_v<T, pgwire::error>,
                  "pgwire: a result holds a value, not an error");

public:
    using value_type = T;

    /// Neither a value nor yet an error: `error().code()` is zero. Asio needs it where an operation fails.
    result() noexcept = default;
    result(T value) noexcept(std::is_nothrow_move_constructible_v<T>)
        : state_(std::in_place_index<1>, std::move(value)) {}
    result(pgwire::error error) noexcept : state_(std::in_place_index<0>, std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return state_.index() == 1; }
    explicit operator bool() const noexcept { return has_value(); }

    /// The value, or `throw_error(error())`.
    T& value() & {
        require_value();
        return **this;
    }
    T const& value() const& { // NOLINT(modernize-use-nodiscard): also called for its exception
        require_value();
        return **this;
    }
    T&& value() && {
        require_value();
        return *std::move(*this);
    }

    /// The value, which must be there.
    T& operator*() & noexcept { return *pointer(); }
    T const& operator*() const& noexcept { return *pointer(); }
    T&& operator*() && noexcept { return std::move(*pointer()); }
    T* operator->() noexcept { return pointer(); }
    T const* operator->() const noexcept { return pointer(); }

    /// The error, which must be there: ask `has_value` first.
    [[nodiscard]] pgwire::error const& error() const noexcept {
        auto const* const found = std::get_if<0>(&state_);
        assert(found != nullptr);
        return *found;
    }

    template <class U>
    T value_or(U&& otherwise) const& {
        return has_value() ? **this : static_cast<T>(std::forward<U>(otherwise));
    }
    template <class U>
    T value_or(U&& otherwise) && {
        return has_value() ? *std::move(*this) : static_cast<T>(std::forward<U>(otherwise));
    }

    /// A result of what `f` makes of the value; an error passes by.
    template <std::invocable<T const&> F>
    auto map(F&& f) const& {
        return map(*this, std::forward<F>(f));
    }
    template <std::invocable<T> F>
    auto map(F&& f) && {
        return map(std::move(*this), std::forward<F>(f));
    }

    /// The result that `f` makes of the value; an error passes by.
    template <std::invocable<T const&> F>
    auto and_then(F&& f) const& {
        return and_then(*this, std::forward<F>(f));
    }
    template <std::invocable<T> F>
    auto and_then(F&& f) && {
        return and_then(std::move(*this), std::forward<F>(f));
    }

private:
    void require_value() const {
        if (!has_value())
            throw_error(error());
    }
    T* pointer() noexcept {
        auto* const found = std::get_if<1>(&state_);
        assert(found != nullptr);
        return found;
    }
    [[nodiscard]] T const* pointer() const noexcept {
        auto const* const found = std::get_if<1>(&state_);
        assert(found != nullptr);
        return found;
    }

    template <class Self, class F>
    static auto map(Self&& self, F&& f) {
        using mapped = std::remove_cvref_t<std::invoke_result_t<F, decltype(*std::forward<Self>(self))>>;
        if (!self.has_value())
            return result<mapped>(self.error());
        if constexpr (std::is_void_v<mapped>) {
            std::invoke(std::forward<F>(f), *std::forward<Self>(self));
            return result<mapped>();
        } else {
            return result<mapped>(std::invoke(std::forward<F>(f), *std::forward<Self>(self)));
        }
    }
    template <class Self, class F>
    static auto and_then(Self&& self, F&& f) {
        using next = std::remove_cvref_t<std::invoke_result_t<F, decltype(*std::forward<Self>(self))>>;
        static_assert(detail::is_result<next>::value, "pgwire: and_then needs a function that returns a result");
        if (!self.has_value())
            return next(self.error());
        return next(std::invoke(std::forward<F>(f), *std::forward<Self>(self)));
    }

    std::variant<pgwire::error, T> state_;
};

/// Success, or why there is none.
template <>
class [[nodiscard]] result<void> {
public:
    using value_type = void;

    /// Success.
    result() noexcept = default;
    result(pgwire::error error) noexcept : error_(std::move(error)) {}

    [[nodiscard]] bool has_value() const noexcept { return !error_; }
    explicit operator bool() const noexcept { return has_value(); }

    /// Nothing, or `throw_error(error())`.
    void value() const {
        if (error_)
            throw_error(*error_);
    }
    void operator*() const noexcept { assert(has_value()); }

    /// The error, which must be there: ask `has_value` first.
    [[nodiscard]] pgwire::error const& error() const noexcept {
        assert(error_);
        return *error_;
    }

    /// A result of what `f()` gives; an error passes by.
    template <std::invocable F>
    auto map(F&& f) const {
        using mapped = std::remove_cvref_t<std::invoke_result_t<F>>;
        if (error_)
            return result<mapped>(*error_);
        if constexpr (std::is_void_v<mapped>) {
            std::invoke(std::forward<F>(f));
            return result<mapped>();
        } else {
            return result<mapped>(std::invoke(std::forward<F>(f)));
        }
    }

    /// The result of `f()`; an error passes by.
    template <std::invocable F>
    auto and_then(F&& f) const {
        using next = std::remove_cvref_t<std::invoke_result_t<F>>;
        static_assert(detail::is_result<next>::value, "pgwire: and_then needs a function that returns a result");
        if (error_)
            return next(*error_);
        return next(std::invoke(std::forward<F>(f)));
    }

private:
    std::optional<pgwire::error> error_;
};

} // namespace pgwire
