#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pgwire::protocol {

// One place in a statement, as the server gives it: the line that holds it, and where in that line.
class place {
public:
    // `character` counts from 1, over characters and not bytes; one past the last is the end. Anything else is nowhere.
    place(std::string_view statement, std::size_t character) noexcept;

    [[nodiscard]] bool somewhere() const noexcept { return line_ != 0; }
    // Counted from 1.
    [[nodiscard]] std::size_t line() const noexcept { return line_; }

    // `prefix` and the line, LF, and a caret below the place. Not wider than `width` columns: … stands for what is cut
    // off.
    [[nodiscard]] std::string draw(std::string_view prefix, std::size_t width) const;

private:
    std::string_view text_;  // the line, without its end
    std::size_t offset_ = 0; // in bytes from there
    std::size_t line_ = 0;
};

} // namespace pgwire::protocol
