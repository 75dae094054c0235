#include <pgwire/types/array.hpp>

#include <charconv>
#include <limits>
#include <system_error>

namespace pgwire::detail {

namespace {

constexpr std::string_view spaces = " \t\n\v\f\r"; // array_isspace, utils/adt/arrayfuncs.c

bool is_null_word(std::string_view text) noexcept {
    constexpr std::string_view null = "null";
    return std::ranges::equal(text, null, [](char a, char b) { return (a | 0x20) == b; });
}

bool needs_quotes(std::string_view element) noexcept {
    return element.empty() || is_null_word(element) || element.find_first_of("\"\\{},") != std::string_view::npos ||
           element.find_first_of(spaces) != std::string_view::npos;
}

} // namespace

binary_array_reader::binary_array_reader(protocol::bytes_view value) noexcept : in_(value) {
    auto const dimensions = in_.integer<std::int32_t>();
    auto const flags = in_.integer<std::int32_t>();
    element_type_ = in_.integer<oid>();
    if (dimensions < 0 || dimensions > 1 || (flags != 0 && flags != 1))
        in_.fail();
    if (!in_.ok() || dimensions == 0)
        return;
    auto const size = in_.integer<std::int32_t>();
    lower_bound_ = in_.integer<std::int32_t>();
    // Each element has a length at least, so a lying count is found here and takes no memory. PostgreSQL, too, wants
    // the upper bound to be an Int32.
    if (size < 0 || static_cast<std::size_t>(size) > in_.remaining() / sizeof(std::int32_t) ||
        std::int64_t{lower_bound_} + size - 1 > std::numeric_limits<std::int32_t>::max())
        in_.fail();
    if (in_.ok())
        size_ = static_cast<std::size_t>(size);
}

nullable_view binary_array_reader::next() noexcept {
    auto const size = in_.integer<std::int32_t>();
    if (size == -1)
        return std::nullopt;
    if (size < 0) {
        in_.fail();
        return std::nullopt;
    }
    return in_.bytes(static_cast<std::size_t>(size));
}

text_array_reader::text_array_reader(std::string_view literal) noexcept : left_(literal) {
    if (left_.starts_with('['))
        read_bounds();
    if (!failed_ && !take('{'))
        fail();
    else if (take('}'))
        ended_ = true;
}

void text_array_reader::read_bounds() noexcept {
    std::int32_t bounds[2]{};
    char const before[2]{'[', ':'};
    for (int i = 0; i < 2; ++i) {
        bool const there = take(before[i]);
        auto const [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), bounds[i]);
        if (!there || error != std::errc{}) {
            fail();
            return;
        }
        left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    }
    wanted_ = std::int64_t{bounds[1]} - bounds[0] + 1;
    if (wanted_ < 1 || !take(']') || !take('='))
        fail();
}

bool text_array_reader::fail() noexcept {
    failed_ = true;
    return false;
}

bool text_array_reader::take(char c) noexcept {
    if (!left_.starts_with(c))
        return false;
    left_.remove_prefix(1);
    return true;
}

bool text_array_reader::next(nullable_view& element) {
    if (failed_ || ended_)
        return false;
    element_.clear();
    if (take('"')) {
        if (!read_quoted())
            return fail();
        element = protocol::as_bytes(element_);
    } else {
        if (!read_bare())
            return fail();
        element = is_null_word(element_) ? std::nullopt : nullable_view(protocol::as_bytes(element_));
    }
    ++count_;
    if (take('}'))
        ended_ = true;
    else if (!take(','))
        return fail();
    return true;
}

bool text_array_reader::finish() const noexcept {
    return !failed_ && ended_ && left_.empty() && (wanted_ == -1 || wanted_ == count_);
}

/// What follows the opening quote, up to and with the closing one.
bool text_array_reader::read_quoted() {
    for (;;) {
        std::size_t const plain = left_.find_first_of("\"\\");
        if (plain == std::string_view::npos)
            return false;
        element_ += left_.substr(0, plain);
        left_.remove_prefix(plain);
        if (take('"'))
            return true;
        left_.remove_prefix(1);
        if (left_.empty())
            return false;
        element_ += left_.front();
        left_.remove_prefix(1);
    }
}

/// Without quotes there is nothing in it that would have needed them.
bool text_array_reader::read_bare() {
    std::size_t const end = left_.find_first_of(",}");
    if (end == std::string_view::npos)
        return false;
    element_ = left_.substr(0, end);
    left_.remove_prefix(end);
    return is_null_word(element_) || !needs_quotes(element_);
}

void array_literal::add(std::string_view element) {
    text_ += text_.empty() ? '{' : ',';
    if (!needs_quotes(element)) {
        text_ += element;
        return;
    }
    text_ += '"';
    for (char const c : element) {
        if (c == '"' || c == '\\')
            text_ += '\\';
        text_ += c;
    }
    text_ += '"';
}

void array_literal::add_null() {
    text_ += text_.empty() ? '{' : ',';
    text_ += "NULL";
}

std::string array_literal::finish() {
    if (text_.empty())
        text_ += '{';
    text_ += '}';
    return std::move(text_);
}

} // namespace pgwire::detail
