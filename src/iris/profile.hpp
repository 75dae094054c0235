#pragma once

#include <string_view>

namespace pgwire::iris {

/// Whether a server is iris-pgwire, by what it says as `server_version`: "16.0 (InterSystems IRIS)".
inline bool speaks(std::string_view server_version) noexcept {
    return server_version.find("IRIS") != std::string_view::npos;
}

} // namespace pgwire::iris
