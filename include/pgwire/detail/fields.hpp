#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// The fields of a plain aggregate, without a macro or a registration: how many, their references, their names.
namespace pgwire::detail {

inline constexpr std::size_t max_fields = 64;

// Some functions and objects here are named, but never used when the program runs, and have no definition.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif

/// Converts to every type but the aggregate itself, so that a copy does not count as a first field.
template <class Aggregate>
struct any_field {
    std::size_t ignored;
    template <class Field>
        requires(!std::is_same_v<Field, Aggregate>)
    operator Field() const noexcept;
};

template <class T, std::size_t... I>
constexpr bool takes_fields(std::index_sequence<I...>) {
    return requires { T{any_field<T>{I}...}; };
}

template <class T, std::size_t N = max_fields + 1>
constexpr std::size_t count_fields() {
    if constexpr (N == 0 || takes_fields<T>(std::make_index_sequence<N>{}))
        return N;
    else
        return count_fields<T, N - 1>();
}

/// How many fields the aggregate T has.
template <class T>
inline constexpr std::size_t field_count = count_fields<T>();

/// References to the fields of `object`, in their order.
template <class T>
constexpr auto tie_fields(T& object) noexcept {
    constexpr std::size_t count = field_count<std::remove_const_t<T>>;
#include <pgwire/detail/tie_fields.inc>
}

template <class T, std::size_t I>
using field_type = std::remove_cvref_t<std::tuple_element_t<I, decltype(tie_fields(std::declval<T&>()))>>;

// Only the address of its fields is ever used, when the program is compiled; there is no such object.
template <class T>
struct storage_never_made {
    T value;
};
template <class T>
extern storage_never_made<T> const never_made;

template <class Pointer>
struct pointer_holder {
    Pointer pointer;
};
template <class Pointer>
pointer_holder(Pointer) -> pointer_holder<Pointer>;

template <class T, std::size_t I>
consteval auto field_pointer() {
    auto* const pointer = &std::get<I>(tie_fields(never_made<T>.value));
#ifdef __clang__
    return pointer_holder{pointer}; // Clang names a subobject only inside a class type argument
#else
    return pointer;
#endif
}

#ifdef __clang__
#pragma clang diagnostic pop
#endif

/// Must return auto, or GCC appends the alias to the name.
template <auto Pointer>
consteval auto spelled() {
    return std::string_view(__PRETTY_FUNCTION__);
}

template <class T, std::size_t I>
consteval std::string_view read_field_name() {
    std::string_view text = spelled<field_pointer<T, I>()>();
    text = text.substr(0, text.find_last_not_of("])}; ") + 1);
    return text.substr(text.find_last_of(".:>") + 1);
}

/// The name of field I of T, as it is written in the program.
template <class T, std::size_t I>
inline constexpr std::string_view field_name = read_field_name<T, I>();

} // namespace pgwire::detail
