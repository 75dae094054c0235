#include <pgwire/command_tag.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace pgwire {

namespace {

std::optional<std::uint64_t> parse_count(std::string_view digits) {
    std::uint64_t count = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size())
        return std::nullopt;
    return count;
}

constexpr std::array<std::string_view, 8> counting_verbs{"SELECT", "UPDATE", "DELETE", "MERGE",
                                                         "MOVE",   "FETCH",  "COPY",   "INSERT 0"};

} // namespace

std::optional<std::uint64_t> command_tag::rows() const noexcept {
    std::string_view const text = text_;
    std::size_t const space = text.rfind(' ');
    if (space == std::string_view::npos ||
        std::ranges::find(counting_verbs, text.substr(0, space)) == counting_verbs.end())
        return std::nullopt;
    return parse_count(text.substr(space + 1));
}

} // namespace pgwire
