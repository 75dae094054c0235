#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/detail/placeholders.hpp>
#include <pgwire/types/argument.hpp>
#include <pgwire/types/codec.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

namespace detail {

/// FNV-1a, to find a statement in the cache; at compile time for literals.
constexpr std::uint64_t hash_text(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
    for (char const c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01b3;
    return hash;
}

/// A statement's arguments, encoded: the types, then the formats, then the values, each as it stands in Parse and Bind.
class PGWIRE_API arguments {
public:
    arguments() = default;

    template <class... A>
    explicit arguments(std::in_place_t, A const&... a) : count_(sizeof...(A)) {
        encoder out(bytes_);
        (out.integer(argument_type<A>), ...);
        (out.integer(static_cast<std::int16_t>(argument_format<A>)), ...);
        (encode_argument(out, a), ...);
    }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] protocol::bytes_view types() const noexcept { return bytes_.view().first(4 * count_); }
    [[nodiscard]] protocol::bytes_view formats() const noexcept {
        return bytes_.view().subspan(4 * count_, 2 * count_);
    }
    [[nodiscard]] protocol::bytes_view values() const noexcept { return bytes_.view().subspan(6 * count_); }

    void append(arguments const& more);

private:
    encoder::storage bytes_;
    std::size_t count_ = 0;
};

} // namespace detail

/// A statement's text with its arguments, already encoded, and how it is to be run. An ordinary value: copy it, keep it, run
/// it as often as you like, on any connection. It owns its arguments; text made by `_sql` stands in the program.
class PGWIRE_API statement {
public:
    using clock = std::chrono::steady_clock;

    [[nodiscard]] std::string_view text() const noexcept { return owned_ ? std::string_view(*owned_) : literal_; }

    /// Gives up when this much time has passed since the operation began; the wait for a connection and for earlier
    /// operations counts. See `error::nothing_was_sent` and `error::outcome_unknown` for what became of it.
    [[nodiscard]] statement within(clock::duration limit) && {
        within_ = limit;
        return std::move(*this);
    }
    [[nodiscard]] statement within(clock::duration limit) const& { return statement(*this).within(limit); }

    /// Gives up at this time.
    [[nodiscard]] statement until(clock::time_point time) && {
        until_ = time;
        return std::move(*this);
    }
    [[nodiscard]] statement until(clock::time_point time) const& { return statement(*this).until(time); }

    /// Not kept by the server under a name: parsed and planned each time, in the same round trip.
    [[nodiscard]] statement unnamed() && {
        unnamed_ = true;
        return std::move(*this);
    }
    [[nodiscard]] statement unnamed() const& { return statement(*this).unnamed(); }

    /// The fields of an aggregate take the columns in their order, whatever their names.
    [[nodiscard]] statement by_position() && {
        by_position_ = true;
        return std::move(*this);
    }
    [[nodiscard]] statement by_position() const& { return statement(*this).by_position(); }

    /// Appends a fragment, whose $1, $2 … become the next numbers. Values never become text. Of its options, only a deadline
    /// that is earlier counts.
    statement& operator+=(statement const& fragment);

    // For the library.

    statement(std::string_view literal, std::uint64_t hash, detail::arguments arguments)
        : literal_(literal), hash_(hash), arguments_(std::move(arguments)) {}
    statement(std::string text, detail::arguments arguments);

    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
    /// Where the text stands in the program; null if it was made at run time.
    [[nodiscard]] char const* literal() const noexcept { return owned_ ? nullptr : literal_.data(); }
    [[nodiscard]] detail::arguments const& arguments() const noexcept { return arguments_; }
    [[nodiscard]] bool is_unnamed() const noexcept { return unnamed_; }
    [[nodiscard]] bool is_by_position() const noexcept { return by_position_; }
    /// When an operation that begins now has to end.
    [[nodiscard]] std::optional<clock::time_point> deadline() const;

private:
    std::string_view literal_;
    std::shared_ptr<std::string const> owned_;
    std::uint64_t hash_ = 0;
    detail::arguments arguments_;
    clock::duration within_ = clock::duration::max();
    clock::time_point until_ = clock::time_point::max();
    bool unnamed_ = false;
    bool by_position_ = false;
};

inline statement operator+(statement first, statement const& fragment) {
    first += fragment;
    return first;
}

namespace detail {

/// Throws `exception` (errc::wrong_number_of_arguments).
PGWIRE_API void check_argument_count(std::string_view text, std::size_t given);

template <std::size_t N>
struct fixed_string {
    char characters[N]{};
    consteval fixed_string(char const (&text)[N]) { std::copy_n(text, N, characters); }
    [[nodiscard]] constexpr std::string_view view() const { return {characters, N - 1}; }
};

/// What "…"_sql makes. Its type depends on the number of parameters only, so that few functions are made from it.
template <std::size_t Parameters>
struct statement_literal {
    std::string_view text;
    std::uint64_t hash = 0;

    template <class... A>
    [[nodiscard]] statement operator()(A const&... a) const {
        static_assert(sizeof...(A) == Parameters,
                      "pgwire: the number of arguments differs from the highest $n in the statement");
        return {text, hash, detail::arguments(std::in_place, a...)};
    }

    operator statement() const
        requires(Parameters == 0)
    {
        return (*this)();
    }

    [[nodiscard]] statement within(statement::clock::duration limit) const
        requires(Parameters == 0)
    {
        return (*this)().within(limit);
    }
    [[nodiscard]] statement until(statement::clock::time_point time) const
        requires(Parameters == 0)
    {
        return (*this)().until(time);
    }
    [[nodiscard]] statement unnamed() const
        requires(Parameters == 0)
    {
        return (*this)().unnamed();
    }
    [[nodiscard]] statement by_position() const
        requires(Parameters == 0)
    {
        return (*this)().by_position();
    }
};

} // namespace detail

inline namespace literals {

/// "select … $1"_sql(argument): a statement written in the program. Placeholders are counted when it is compiled; without
/// any, it converts to a statement by itself.
template <detail::fixed_string Text>
consteval auto operator""_sql() {
    return detail::statement_literal<detail::highest_placeholder(Text.view())>{Text.view(),
                                                                               detail::hash_text(Text.view())};
}

} // namespace literals

/// A statement whose text is made at run time. Throws `exception` (errc::wrong_number_of_arguments) unless there are as many
/// arguments as the highest $n in it.
///
/// Never put values into the text: write $1 and pass them. For names of tables and columns there is `identifier`.
template <class... A>
[[nodiscard]] statement sql(std::string text, A const&... a) {
    detail::check_argument_count(text, sizeof...(A));
    return {std::move(text), detail::arguments(std::in_place, a...)};
}

/// A fragment that is this name, quoted: `"select * from "_sql + identifier(table)`. Throws `exception`
/// (errc::embedded_nul) if there is a NUL in it.
[[nodiscard]] PGWIRE_API statement identifier(std::string_view name);

} // namespace pgwire
