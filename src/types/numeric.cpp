#include <pgwire/types/numeric.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <system_error>

namespace pgwire {

namespace {

// PostgreSQL's limits: NUMERIC_WEIGHT_MAX and NUMERIC_DSCALE_MAX, utils/adt/numeric.c.
constexpr std::size_t max_integral_digits = (32'767 + 1) * 4;
constexpr std::size_t max_scale = 16'383;

// What stands in the place of the sign, utils/adt/numeric.c.
constexpr std::uint16_t positive_sign = 0x0000;
constexpr std::uint16_t negative_sign = 0x4000;
constexpr std::uint16_t nan_sign = 0xC000;
constexpr std::uint16_t infinity_sign = 0xD000;
constexpr std::uint16_t minus_infinity_sign = 0xF000;
// With the infinities numeric_send sends this scale, which means nothing.
constexpr std::uint16_t infinity_scale = 0x20;

constexpr std::size_t group_digits = 4; // decimal digits in one digit of the wire, which has base 10000

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool equal_ignoring_case(std::string_view text, std::string_view lower) noexcept {
    return std::ranges::equal(text, lower, [](char a, char b) { return (a | 0x20) == b; });
}

std::string_view take_digits(std::string_view& text) noexcept {
    auto const end = std::ranges::find_if_not(text, is_digit);
    std::string_view const digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(digits.size());
    return digits;
}

/// The parts of a finite numeric's text.
struct parts {
    bool negative = false;
    std::string_view integral; // without leading zeros, so that 0.5 has none
    std::string_view fraction;
};

parts parts_of(std::string_view text) noexcept {
    parts p;
    if (text.front() == '-') {
        p.negative = true;
        text.remove_prefix(1);
    }
    std::size_t const point = std::min(text.find('.'), text.size());
    p.integral = text.substr(0, point);
    if (p.integral == "0")
        p.integral = {};
    if (point < text.size())
        p.fraction = text.substr(point + 1);
    return p;
}

/// Writes -integral.fraction in its one form into `text`: no leading zeros but for one before the point, no negative
/// zero.
void write(std::string& text, bool negative, std::string_view integral, std::string_view fraction) {
    integral.remove_prefix(std::min(integral.find_first_not_of('0'), integral.size()));
    bool const zero = integral.empty() && fraction.find_first_not_of('0') == std::string_view::npos;
    text.clear();
    if (negative && !zero)
        text += '-';
    if (integral.empty())
        text += '0';
    text += integral;
    if (!fraction.empty()) {
        text += '.';
        text += fraction;
    }
}

/// The special value that is spelled like this, in the spelling of the server; empty if there is none.
std::string_view special_value(std::string_view text) noexcept {
    if (equal_ignoring_case(text, "nan"))
        return "NaN";
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    if (equal_ignoring_case(text, "infinity") || equal_ignoring_case(text, "inf"))
        return negative ? "-Infinity" : "Infinity";
    return {};
}

/// Moves the point, which stands behind `integral` of the digits, by `exponent` places. False if that takes too many
/// digits.
bool shift_point(std::string& digits, std::size_t& integral, std::int64_t exponent) {
    auto const point = static_cast<std::int64_t>(integral) + exponent;
    auto const size = static_cast<std::int64_t>(digits.size());
    auto const leading_zeros = static_cast<std::int64_t>(std::min(digits.find_first_not_of('0'), digits.size()));
    if (point - std::min(leading_zeros, point) > static_cast<std::int64_t>(max_integral_digits) ||
        size - point > static_cast<std::int64_t>(max_scale))
        return false;
    if (point > size)
        digits.append(static_cast<std::size_t>(point - size), '0');
    if (point < 0)
        digits.insert(0, static_cast<std::size_t>(-point), '0');
    integral = static_cast<std::size_t>(std::max<std::int64_t>(point, 0));
    return true;
}

bool parse_into(std::string_view text, std::string& to) {
    if (std::string_view const special = special_value(text); !special.empty()) {
        to = special;
        return true;
    }
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    std::string_view const integral = take_digits(text);
    std::string_view fraction;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        fraction = take_digits(text);
    }
    if (integral.empty() && fraction.empty())
        return false;
    if (text.empty()) {
        std::size_t const leading_zeros = std::min(integral.find_first_not_of('0'), integral.size());
        if (integral.size() - leading_zeros > max_integral_digits || fraction.size() > max_scale)
            return false;
        write(to, negative, integral, fraction);
        return true;
    }

    if ((text.front() | 0x20) != 'e')
        return false;
    text.remove_prefix(1);
    if (text.starts_with('+') && text.size() > 1 && is_digit(text[1]))
        text.remove_prefix(1);
    std::int32_t exponent = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc{} || end != text.data() + text.size())
        return false;
    std::string digits(integral);
    digits += fraction;
    std::size_t point = integral.size();
    if (!shift_point(digits, point, exponent))
        return false;
    write(to, negative, std::string_view(digits).substr(0, point), std::string_view(digits).substr(point));
    return true;
}

/// The digits of the wire that stand for decimal digits: `integral` fills them from the right, `fraction` from the
/// left.
class groups {
public:
    explicit groups(parts const& p) noexcept
        : p_(p), integral_((p.integral.size() + group_digits - 1) / group_digits),
          fraction_((p.fraction.size() + group_digits - 1) / group_digits) {}

    [[nodiscard]] std::size_t size() const noexcept { return integral_ + fraction_; }
    /// How many of them stand before the point.
    [[nodiscard]] std::size_t integral() const noexcept { return integral_; }

    [[nodiscard]] std::uint16_t operator[](std::size_t i) const noexcept {
        unsigned value = 0;
        if (i < integral_) {
            std::size_t const missing = integral_ * group_digits - p_.integral.size();
            std::size_t const end = (i + 1) * group_digits - missing;
            for (std::size_t at = end > group_digits ? end - group_digits : 0; at < end; ++at)
                value = value * 10 + static_cast<unsigned>(p_.integral[at] - '0');
        } else {
            std::size_t const begin = (i - integral_) * group_digits;
            for (std::size_t at = begin; at < begin + group_digits; ++at)
                value = value * 10 + (at < p_.fraction.size() ? static_cast<unsigned>(p_.fraction[at] - '0') : 0);
        }
        return static_cast<std::uint16_t>(value);
    }

private:
    parts const& p_;
    std::size_t integral_;
    std::size_t fraction_;
};

void encode_header(encoder& out, std::size_t digits, std::int16_t weight, std::uint16_t sign, std::size_t scale) {
    out.integer(static_cast<std::uint16_t>(digits));
    out.integer(weight);
    out.integer(sign);
    out.integer(static_cast<std::uint16_t>(scale));
}

std::string_view special_value(std::uint16_t sign) noexcept {
    switch (sign) {
    case nan_sign: return "NaN";
    case infinity_sign: return "Infinity";
    case minus_infinity_sign: return "-Infinity";
    default: return {};
    }
}

/// NaN is greater than Infinity, and that than all finite ones.
int rank(numeric const& n) noexcept {
    if (n.is_finite())
        return 0;
    return n.is_nan() ? 2 : n.text().front() == '-' ? -1 : 1;
}

std::weak_ordering compare_magnitudes(parts const& a, parts const& b) noexcept {
    if (a.integral.size() != b.integral.size())
        return a.integral.size() <=> b.integral.size();
    if (int const order = a.integral.compare(b.integral); order != 0)
        return order <=> 0;
    auto const without_zeros = [](std::string_view s) { return s.substr(0, s.find_last_not_of('0') + 1); };
    return without_zeros(a.fraction).compare(without_zeros(b.fraction)) <=> 0;
}

} // namespace

numeric::numeric(std::string_view text) {
    if (!parse_into(text, text_))
        throw std::invalid_argument("pgwire: not a numeric: " + std::string(text.substr(0, 100)));
}

std::optional<numeric> numeric::parse(std::string_view text) {
    numeric n;
    return parse_into(text, n.text_) ? std::optional(std::move(n)) : std::nullopt;
}

std::size_t numeric::scale() const noexcept {
    std::size_t const point = text_.find('.');
    return point == std::string::npos ? 0 : text_.size() - point - 1;
}

std::weak_ordering operator<=>(numeric const& a, numeric const& b) noexcept {
    if (!a.is_finite() || !b.is_finite())
        return rank(a) <=> rank(b);
    parts const pa = parts_of(a.text_);
    parts const pb = parts_of(b.text_);
    if (pa.negative != pb.negative)
        return pa.negative ? std::weak_ordering::less : std::weak_ordering::greater;
    return pa.negative ? compare_magnitudes(pb, pa) : compare_magnitudes(pa, pb);
}

void codec<numeric>::encode(encoder& out, numeric const& value) {
    if (!value.is_finite()) {
        if (value.is_nan())
            return encode_header(out, 0, 0, nan_sign, 0);
        return encode_header(out, 0, 0, value.text_.front() == '-' ? minus_infinity_sign : infinity_sign,
                             infinity_scale);
    }
    parts const p = parts_of(value.text_);
    groups const all(p);
    std::size_t begin = 0;
    std::size_t end = all.size();
    while (begin < end && all[begin] == 0)
        ++begin;
    while (end > begin && all[end - 1] == 0)
        --end;
    auto const weight =
        begin == end ? 0 : static_cast<std::int64_t>(all.integral()) - 1 - static_cast<std::int64_t>(begin);
    encode_header(out, end - begin, static_cast<std::int16_t>(weight), p.negative ? negative_sign : positive_sign,
                  p.fraction.size());
    for (std::size_t i = begin; i < end; ++i)
        out.integer(all[i]);
}

bool codec<numeric>::decode_binary(protocol::bytes_view bytes, numeric& value) {
    protocol::reader in(bytes);
    std::size_t const size = in.integer<std::uint16_t>();
    int const weight = in.integer<std::int16_t>();
    auto const sign = in.integer<std::uint16_t>();
    std::size_t const scale = in.integer<std::uint16_t>();
    if (!in.ok() || in.remaining() != size * sizeof(std::uint16_t))
        return false;
    if (std::string_view const special = special_value(sign); !special.empty()) {
        value.text_ = special;
        return size == 0;
    }
    if ((sign != positive_sign && sign != negative_sign) || scale > max_scale)
        return false;

    // All digits in a row, four each, with zeros where a group is left out; the point stands behind the group of weight
    // 0.
    std::size_t const integral = size != 0 && weight >= 0 ? static_cast<std::size_t>(weight + 1) * group_digits : 0;
    std::size_t const left_out = size != 0 && weight < -1 ? static_cast<std::size_t>(-1 - weight) * group_digits : 0;
    std::size_t const total = integral + scale;
    std::string digits;
    digits.reserve(total);
    digits.append(std::min(left_out, total), '0');
    for (std::size_t i = 0; i < size; ++i) {
        unsigned const group = in.integer<std::uint16_t>();
        if (group > 9'999)
            return false;
        for (unsigned place = 1'000; place != 0; place /= 10) {
            char const digit = static_cast<char>('0' + group / place % 10);
            if (digits.size() < total)
                digits += digit;
            else if (digit != '0')
                return false; // a digit behind the last place: not a value that a server has
        }
    }
    digits.append(total - std::min(digits.size(), total), '0');
    write(value.text_, sign == negative_sign, std::string_view(digits).substr(0, integral),
          std::string_view(digits).substr(integral));
    return true;
}

bool codec<numeric>::decode_text(protocol::bytes_view bytes, numeric& value) {
    std::string text;
    if (!parse_into(protocol::as_text(bytes), text))
        return false;
    value.text_ = std::move(text);
    return true;
}

decoder<numeric> codec<numeric>::decoder_for(oid column, format f) noexcept {
    if (f == format::text)
        return column == oids::numeric || column == oids::unknown_to_server ? &decode_text : nullptr;
    return column == oids::numeric ? &decode_binary : nullptr;
}

} // namespace pgwire
