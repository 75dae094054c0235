// Any text is either refused with an error that tells why, or gives a configuration that can be used, printed and read
// again.

#include <pgwire/config.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using pgwire::config;
    auto const parsed = config::parse({reinterpret_cast<char const*>(data), size});
    if (!parsed) {
        if (!parsed.error().code() || to_string(parsed.error()).empty())
            std::abort();
        return 0;
    }
    if (!parsed->check())
        std::abort();
    auto again = config::parse(to_string(*parsed));
    if (!again || again->password.empty() != parsed->password.empty())
        std::abort();
    again->password = parsed->password;
    again->server = parsed->server; // only a URI's scheme says it
    if (*again != *parsed)
        std::abort();
    return 0;
}
