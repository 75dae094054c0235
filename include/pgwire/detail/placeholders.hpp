#pragma once

#include <cstddef>
#include <string_view>

/// Where the parameters $1, $2 … stand in a statement, by PostgreSQL's lexical rules (documentation, "Lexical Structure";
/// scan.l): not in literals, quoted names, dollar quotes or comments, and not inside a name such as foo$1.
namespace pgwire::detail {

struct placeholder {
    std::size_t begin = 0; // of the dollar sign
    std::size_t end = 0;   // behind the last digit
    std::size_t number = 0;
};

/// Walks over a statement's placeholders; usable at compile time.
class placeholder_scanner {
public:
    constexpr explicit placeholder_scanner(std::string_view text) : text_(text) {}

    /// Finds the next one; false at the end.
    constexpr bool next(placeholder& found) {
        while (at_ < text_.size()) {
            char const c = text_[at_];
            if (c == '\'') {
                skip_quoted('\'', false);
            } else if (c == '"') {
                skip_quoted('"', false);
            } else if (c == '-' && peek(1) == '-') {
                skip_line();
            } else if (c == '/' && peek(1) == '*') {
                skip_comment();
            } else if (c == '$' && is_digit(peek(1))) {
                found = read_placeholder();
                return true;
            } else if (c == '$') {
                skip_dollar_quote();
            } else if (begins_name(c)) {
                skip_name();
            } else if (is_digit(c)) {
                skip_number();
            } else {
                ++at_;
            }
        }
        return false;
    }

private:
    static constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
    static constexpr bool ends_line(char c) { return c == '\n' || c == '\r'; }
    static constexpr bool begins_name(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    }
    static constexpr bool continues_name(char c) { return begins_name(c) || is_digit(c) || c == '$'; }

    constexpr char peek(std::size_t ahead) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    /// A doubled quote ends one quoted part and begins the next, which needs care only where backslashes escape in both.
    constexpr void skip_quoted(char quote, bool backslash_escapes) {
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\\' && backslash_escapes)
                ++at_;
            else if (text_[at_] == quote && !(backslash_escapes && skip_to_next_part()))
                break;
        }
        ++at_;
    }

    /// From a quote to the one that goes on with the same literal: the next character, or behind white space with a line's
    /// end in it, which may have comments (scan.l, `quotecontinue`).
    constexpr bool skip_to_next_part() {
        std::size_t next = at_ + 1;
        bool line_ended = false;
        for (; next < text_.size() && text_[next] != '\''; ++next) {
            char const c = text_[next];
            if (c == '-' && next + 1 < text_.size() && text_[next + 1] == '-')
                while (next + 1 < text_.size() && !ends_line(text_[next + 1]))
                    ++next;
            else if (ends_line(c))
                line_ended = true;
            else if (c != ' ' && c != '\t' && c != '\f' && c != '\v')
                return false;
        }
        if (next == text_.size() || !(line_ended || next == at_ + 1))
            return false;
        at_ = next;
        return true;
    }

    constexpr void skip_line() {
        while (at_ < text_.size() && !ends_line(text_[at_]))
            ++at_;
    }

    /// Comments nest.
    constexpr void skip_comment() {
        std::size_t depth = 0;
        do {
            if (text_[at_] == '/' && peek(1) == '*') {
                ++depth;
                at_ += 2;
            } else if (text_[at_] == '*' && peek(1) == '/') {
                --depth;
                at_ += 2;
            } else {
                ++at_;
            }
        } while (depth > 0 && at_ < text_.size());
    }

    constexpr void skip_dollar_quote() {
        std::size_t end = at_ + 1;
        if (end < text_.size() && begins_name(text_[end]))
            while (end < text_.size() && continues_name(text_[end]) && text_[end] != '$')
                ++end;
        if (end >= text_.size() || text_[end] != '$') {
            ++at_;
            return;
        }
        std::size_t const begin = at_;
        std::size_t const size = end + 1 - begin;
        for (at_ = end + 1; at_ < text_.size() && !repeats(begin, size);)
            ++at_;
        at_ += at_ < text_.size() ? size : 0;
    }

    /// Whether the `size` characters from `begin` stand here again. By hand: GCC 12 with -fsanitize=undefined cannot run
    /// std::string_view::find when it compiles.
    constexpr bool repeats(std::size_t begin, std::size_t size) const {
        for (std::size_t i = 0; i < size; ++i)
            if (peek(i) != text_[begin + i])
                return false;
        return true;
    }

    /// Also the prefixes of literals: only after E do backslashes escape.
    constexpr void skip_name() {
        std::size_t const begin = at_;
        while (at_ < text_.size() && continues_name(text_[at_]))
            ++at_;
        bool const escape = at_ - begin == 1 && (text_[begin] == 'e' || text_[begin] == 'E');
        if (escape && peek(0) == '\'')
            skip_quoted('\'', true);
    }

    /// 1_000, 0x1f, 1e5: letters that follow digits begin no name, but a dollar sign after them is a parameter's.
    constexpr void skip_number() {
        while (at_ < text_.size() && (is_digit(text_[at_]) || begins_name(text_[at_])))
            ++at_;
    }

    constexpr placeholder read_placeholder() {
        placeholder found{at_, at_ + 1, 0};
        for (; found.end < text_.size() && is_digit(text_[found.end]); ++found.end)
            if (found.number < 1'000'000)
                found.number = found.number * 10 + static_cast<std::size_t>(text_[found.end] - '0');
        at_ = found.end;
        return found;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// The highest n of all $n, which is the number of arguments that the statement takes.
constexpr std::size_t highest_placeholder(std::string_view text) {
    std::size_t highest = 0;
    placeholder_scanner scanner(text);
    for (placeholder found; scanner.next(found);)
        highest = found.number > highest ? found.number : highest;
    return highest;
}

} // namespace pgwire::detail
