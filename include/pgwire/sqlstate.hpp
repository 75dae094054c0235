#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace pgwire {

namespace detail {

/// Five characters [0-9A-Z] as a number in base 36, so that "00000", success, is 0 and any other fits a
/// std::error_code.
constexpr std::uint32_t pack_sqlstate(std::string_view characters) noexcept {
    std::uint32_t packed = 0;
    for (char const c : characters)
        packed = packed * 36 + static_cast<std::uint32_t>(c <= '9' ? c - '0' : c - 'A' + 10);
    return packed;
}

} // namespace detail

/// The code of a server's error. Every condition of PostgreSQL 18's appendix "Error Codes" (and `snapshot_too_old`,
/// which older servers send) stands here by its name there; any other five characters, an extension's or another
/// product's, can be held too: see `sqlstate_from`.
///
/// Five names stand for two codes in the appendix. `null_value_not_allowed` and `string_data_right_truncation` are
/// those of class 22; the others have their class in front: `warning_string_data_right_truncation`,
/// `sql_routine_modifying_sql_data_not_permitted` (2F002), `external_routine_modifying_sql_data_not_permitted` (38002),
/// `external_routine_invocation_null_value_not_allowed` (39004) and so on.
///
/// The underlying value is the five characters read as a number in base 36.
enum class sqlstate : std::uint32_t {
#define PGWIRE_SQLSTATE(name, code) name = detail::pack_sqlstate(code),
#include <pgwire/detail/api.hpp>
#include <pgwire/detail/sqlstates.inc>
#undef PGWIRE_SQLSTATE
};

/// The SQLSTATE with these characters; none unless there are exactly five of [0-9A-Z].
constexpr std::optional<sqlstate> sqlstate_from(std::string_view characters) noexcept {
    if (characters.size() != 5)
        return std::nullopt;
    for (char const c : characters)
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')))
            return std::nullopt;
    // NOLINTNEXTLINE(clang-analyzer-optin.core.EnumCastOutOfRange): it holds more than its enumerators
    return static_cast<sqlstate>(detail::pack_sqlstate(characters));
}

/// Whether `state` belongs to a class, given by its two characters: "23" has all violations of integrity constraints.
/// False for anything that is not two of [0-9A-Z].
constexpr bool in_class(sqlstate state, std::string_view two_characters) noexcept {
    if (two_characters.size() != 2)
        return false;
    for (char const c : two_characters)
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')))
            return false;
    return static_cast<std::uint32_t>(state) / (36 * 36 * 36) == detail::pack_sqlstate(two_characters);
}

/// Its five characters: "23505".
PGWIRE_API std::string to_string(sqlstate state);

/// Its enumerator: "unique_violation"; empty for a code that the appendix does not have. Lives for ever.
PGWIRE_API std::string_view name(sqlstate state) noexcept;

/// The category of `sqlstate`; its name is "pgwire.sqlstate" and its messages read "unique_violation (23505)".
PGWIRE_API std::error_category const& sqlstate_category() noexcept;

inline std::error_code make_error_code(sqlstate state) noexcept {
    return {static_cast<int>(state), sqlstate_category()};
}

} // namespace pgwire

template <>
struct std::is_error_code_enum<pgwire::sqlstate> : std::true_type {};
