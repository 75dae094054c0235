#include "client/server_version.hpp"

#include <array>
#include <charconv>
#include <cstddef>

namespace pgwire::client {

int server_version_number(std::string_view text) noexcept {
    std::array<int, 3> parts{};
    std::size_t count = 0;
    char const* at = text.data();
    char const* const end = at + text.size();
    while (count < parts.size()) {
        auto const [behind, error] = std::from_chars(at, end, parts[count]);
        if (error != std::errc{} || parts[count] < 0 || parts[count] > 9999)
            break;
        ++count;
        if (behind == end || *behind != '.')
            break;
        at = behind + 1;
    }
    if (count == 0)
        return 0;
    // From 10 on the second number is the minor one.
    return parts[0] >= 10 ? parts[0] * 10000 + parts[1] : parts[0] * 10000 + parts[1] * 100 + parts[2];
}

} // namespace pgwire::client
