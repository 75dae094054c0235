#include "protocol/caret.hpp"
#include "protocol/utf8.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <vector>

namespace pgwire::protocol {
namespace {

struct range {
    char32_t first;
    char32_t last;
};

constexpr auto holds = [](auto const& ranges, char32_t code) {
    return std::ranges::any_of(ranges, [code](range const& r) { return code >= r.first && code <= r.last; });
};

// The main ranges of what terminals draw two columns wide (Unicode's East Asian Width W and F, and emoji) and of what
// adds no column. Rare scripts are left out: their caret may be a column off.
constexpr range wide[] = {{0x1100, 0x115f},  {0x2e80, 0x303e},   {0x3041, 0xa4cf},   {0xa960, 0xa97f},
                          {0xac00, 0xd7a3},  {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
                          {0xffe0, 0xffe6},  {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
                          {0x20000, 0x3fffd}};
constexpr range combining[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x64b, 0x65f},
                               {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
// Would reorder the line, and so move the place away from its caret, or hide what is there.
constexpr range bidirectional[] = {{0x200e, 0x200f}, {0x202a, 0x202e}, {0x2066, 0x2069}};

// A character as it is shown.
struct cell {
    std::string_view bytes;
    std::size_t width;
};

cell show(std::string_view text, utf8_character const& character) noexcept {
    char32_t const code = character.code;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) // tabs too: how wide they are depends on where the line begins
        return {" ", 1};
    if (!character.valid || holds(bidirectional, code))
        return {replacement_character, 1};
    return {text.substr(0, character.size), holds(combining, code) ? 0U : holds(wide, code) ? 2U : 1U};
}

std::size_t width_of(std::string_view text) noexcept {
    std::size_t width = 0;
    while (!text.empty()) {
        auto const character = first_character(text);
        width += show(text, character).width;
        text.remove_prefix(character.size);
    }
    return width;
}

// What may be shown of a line.
struct row {
    std::vector<cell> cells;
    std::size_t marked = 0; // the cell at the place, or one past the last
    bool cut_before = false;
    bool cut_behind = false;
};

constexpr bool continues_character(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// The cells within `width` of a place; a line may be as long as a statement, and most of it need not be looked at.
row row_around(std::string_view line, std::size_t place, std::size_t width) {
    std::size_t const reach = 4 * width; // a character has up to four bytes
    std::size_t begin = place - std::min(place, reach);
    while (begin != 0 && begin < place && continues_character(line[begin]))
        ++begin;
    std::size_t end = std::min(line.size(), place + reach);
    while (end > place && end < line.size() && continues_character(line[end]))
        --end;

    row made;
    made.cut_before = begin != 0;
    made.cut_behind = end != line.size();
    line = line.substr(0, end);
    while (begin < end) {
        if (begin == place)
            made.marked = made.cells.size();
        auto const character = first_character(line.substr(begin));
        made.cells.push_back(show(line.substr(begin), character));
        begin += character.size;
    }
    if (place == end)
        made.marked = made.cells.size();
    return made;
}

constexpr bool ends_line(char c) noexcept { return c == '\n' || c == '\r'; }

} // namespace

place::place(std::string_view statement, std::size_t character) noexcept {
    if (character == 0)
        return;
    std::size_t line = 1;
    std::size_t begin = 0;
    std::size_t at = 0;
    for (std::size_t left = character - 1; left != 0; --left) {
        if (at == statement.size())
            return; // points beyond the end: not into this text
        char const c = statement[at];
        at += first_character(statement.substr(at)).size;
        bool const cr_of_crlf = c == '\r' && at < statement.size() && statement[at] == '\n';
        if (ends_line(c) && !cr_of_crlf) {
            ++line;
            begin = at;
        }
    }
    std::string_view const rest = statement.substr(begin);
    auto const end = static_cast<std::size_t>(std::ranges::find_if(rest, ends_line) - rest.begin());
    text_ = rest.substr(0, end);
    offset_ = std::min(at - begin, end);
    line_ = line;
}

std::string place::draw(std::string_view prefix, std::size_t width) const {
    constexpr std::string_view ellipsis = "\xE2\x80\xA6"; // one column
    constexpr std::size_t both_ellipses = 2;

    std::size_t const room = std::max(width, width_of(prefix) + both_ellipses + 2) - width_of(prefix);
    row const line = row_around(text_, offset_, room);
    auto const& cells = line.cells;
    std::size_t first = 0;
    std::size_t last = cells.size(); // one past
    // At the end of the line the caret stands where no character is.
    std::size_t const at_place = line.marked == last ? 1 : cells[line.marked].width;
    std::size_t const whole = std::accumulate(cells.begin(), cells.end(), line.marked == last ? at_place : 0,
                                              [](std::size_t sum, cell const& c) { return sum + c.width; });
    if (line.cut_before || line.cut_behind || whole > room) {
        // Grows from the place, by a character at either side in turn, until the room is used up.
        first = line.marked;
        last = std::min(line.marked + 1, last);
        std::size_t left = room - both_ellipses - at_place;
        for (bool grown = true; grown;) {
            grown = false;
            if (last < cells.size() && cells[last].width <= left) {
                left -= cells[last++].width;
                grown = true;
            }
            if (first > 0 && cells[first - 1].width <= left) {
                left -= cells[--first].width;
                grown = true;
            }
        }
    }

    std::string drawn(prefix);
    std::string below(width_of(prefix), ' ');
    if (first != 0 || line.cut_before) {
        drawn += ellipsis;
        below += ' ';
    }
    for (std::size_t i = first; i < last; ++i) {
        drawn += cells[i].bytes;
        if (i < line.marked)
            below.append(cells[i].width, ' ');
    }
    if (last != cells.size() || line.cut_behind)
        drawn += ellipsis;
    return drawn + '\n' + below + '^';
}

} // namespace pgwire::protocol
