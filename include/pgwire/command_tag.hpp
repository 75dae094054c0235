#pragma once

#include <pgwire/detail/api.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pgwire {

/// What the server said a command did, such as "INSERT 0 5". The server's own words, whatever they are (F-15).
class PGWIRE_API command_tag {
public:
    command_tag() = default;
    explicit command_tag(std::string text) : text_(std::move(text)) {}

    /// Lives as long as this tag.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }

    /// Rows inserted, updated, deleted, merged, selected, moved, fetched or copied. None where the server does not say (DDL,
    /// BEGIN …), or says it in a way that is not PostgreSQL's (IQ-60).
    [[nodiscard]] std::optional<std::uint64_t> rows() const noexcept;

private:
    std::string text_;
};

} // namespace pgwire
