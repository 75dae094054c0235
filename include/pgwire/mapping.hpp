#pragma once

#include <pgwire/detail/fields.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/field.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace pgwire {

namespace detail {
struct named_by_fields {};
} // namespace detail

/// The columns of an aggregate whose fields are not called like them, all of them in the order of the fields:
///
///     template <>
///     inline constexpr auto pgwire::columns<order> = std::array{"id"sv, "customer_name"sv};
template <class T>
inline constexpr auto columns = detail::named_by_fields{};

namespace detail {

template <class T>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;

/// What fills one column: a type with a codec, or an optional of one.
template <class T>
concept column_value = has_codec<nullable_value<T>>;

/// How an object of T is made from a row: its parts, and whether they go by name.
template <class T>
struct row_shape;

template <column_value T>
struct row_shape<T> {
    static constexpr std::size_t size = 1;
    static constexpr bool by_name = false;
    template <std::size_t>
    using part = T;
    template <std::size_t>
    static constexpr std::string_view name = "the value";
    template <std::size_t>
    static T& get(T& object) {
        return object;
    }
};

template <class T>
    requires is_tuple<T>
struct row_shape<T> {
    static constexpr std::size_t size = std::tuple_size_v<T>;
    static constexpr bool by_name = false;
    template <std::size_t I>
    using part = std::tuple_element_t<I, T>;
    template <std::size_t>
    static constexpr std::string_view name = "an element of the tuple";
    template <std::size_t I>
    static part<I>& get(T& object) {
        return std::get<I>(object);
    }
};

template <class T>
    requires(!column_value<T> && !is_tuple<T>)
struct row_shape<T> {
    static_assert(
        std::is_aggregate_v<T>,
        "pgwire: a row becomes a value with a codec, a tuple or a plain aggregate; this type is none of them");
    static constexpr std::size_t size = field_count<T>;
    static_assert(size > 0 && size <= max_fields, "pgwire: an aggregate for rows has 1 to 64 fields");
    static constexpr bool by_name = true;
    template <std::size_t I>
    using part = field_type<T, I>;

    template <std::size_t I>
    static constexpr std::string_view column_name() {
        if constexpr (std::is_same_v<std::remove_const_t<decltype(columns<T>)>, named_by_fields>) {
            return field_name<T, I>;
        } else {
            static_assert(columns<T>.size() == size, "pgwire: columns<T> names as many columns as T has fields");
            return columns<T>[I];
        }
    }
    template <std::size_t I>
    static constexpr std::string_view name = column_name<I>();
    template <std::size_t I>
    static part<I>& get(T& object) {
        return std::get<I>(tie_fields(object));
    }
};

/// Whether an object of T refers to the bytes it was decoded from, which are gone when an operation completes.
template <class T>
constexpr bool refers_to_the_row() {
    using value = nullable_value<T>;
    if constexpr (column_value<T>) {
        return std::is_same_v<value, std::string_view> || std::is_same_v<value, protocol::bytes_view>;
    } else {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (refers_to_the_row<typename row_shape<T>::template part<I>>() || ...);
        }(std::make_index_sequence<row_shape<T>::size>{});
    }
}

} // namespace detail

} // namespace pgwire
