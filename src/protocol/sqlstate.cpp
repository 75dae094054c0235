#include <pgwire/sqlstate.hpp>

#include <algorithm>
#include <iterator>

namespace pgwire {
namespace {

struct condition {
    sqlstate code;
    std::string_view name;
};

constexpr condition conditions[] = {
#define PGWIRE_SQLSTATE(name, code) {sqlstate::name, #name},
#include <pgwire/detail/sqlstates.inc>
#undef PGWIRE_SQLSTATE
};

static_assert(std::ranges::is_sorted(conditions, {}, &condition::code));

class category final : public std::error_category {
public:
    [[nodiscard]] char const* name() const noexcept override { return "pgwire.sqlstate"; }
    [[nodiscard]] std::string message(int value) const override {
        auto const state = static_cast<sqlstate>(value);
        std::string const code = to_string(state);
        std::string_view const condition = pgwire::name(state);
        return condition.empty() ? "SQLSTATE " + code : std::string(condition) + " (" + code + ")";
    }
};

} // namespace

std::string to_string(sqlstate state) {
    std::string text(5, '0');
    auto rest = static_cast<std::uint32_t>(state);
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, rest /= 36)
        *digit = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % 36];
    return text;
}

std::string_view name(sqlstate state) noexcept {
    auto const* const found = std::ranges::lower_bound(conditions, state, {}, &condition::code);
    return found != std::end(conditions) && found->code == state ? found->name : std::string_view{};
}

std::error_category const& sqlstate_category() noexcept {
    static category const instance;
    return instance;
}

} // namespace pgwire
