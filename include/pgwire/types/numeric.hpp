#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/oids.hpp>

#include <charconv>
#include <compare>
#include <concepts>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace pgwire {

/// An exact decimal number of up to 131072 digits before the point and 16383 after it, or NaN, Infinity or -Infinity
/// (infinities from PostgreSQL 14 on). It keeps its scale: 1.50 and 1.5 are equal, but are written as they are.
///
/// For calculating take a decimal library of your choice, by way of `text`.
class PGWIRE_API numeric {
public:
    /// 0.
    numeric() = default;

    /// Throws std::invalid_argument for what `parse` does not take.
    explicit numeric(std::string_view text);

    template <std::integral Int>
        requires(!std::same_as<Int, bool> && !std::same_as<Int, char>)
    explicit numeric(Int value) {
        char digits[std::numeric_limits<Int>::digits10 + 2];
        text_.assign(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    }

    /// Digits with at most one point among or around them, a sign before and an exponent (e-3) behind them if need be;
    /// or NaN, Infinity, inf in upper or lower case. None for anything else, and for more digits than PostgreSQL takes.
    [[nodiscard]] static std::optional<numeric> parse(std::string_view text);

    [[nodiscard]] static numeric nan() { return numeric("NaN"); }
    [[nodiscard]] static numeric infinity() { return numeric("Infinity"); }
    [[nodiscard]] static numeric minus_infinity() { return numeric("-Infinity"); }

    /// As the server writes it: -12.30, NaN, Infinity; never with an exponent.
    [[nodiscard]] std::string const& text() const noexcept { return text_; }

    /// How many digits stand after the point.
    [[nodiscard]] std::size_t scale() const noexcept;

    [[nodiscard]] bool is_nan() const noexcept { return text_ == "NaN"; }
    [[nodiscard]] bool is_finite() const noexcept { return text_.back() != 'N' && text_.back() != 'y'; }

    /// By value, as the server does: 1.0 equals 1.00, and NaN equals itself and is greater than all others.
    friend PGWIRE_API std::weak_ordering operator<=>(numeric const& a, numeric const& b) noexcept;
    friend bool operator==(numeric const& a, numeric const& b) noexcept { return (a <=> b) == 0; }

private:
    friend struct codec<numeric>;

    std::string text_ = "0";
};

/// numeric.
template <>
struct PGWIRE_API codec<numeric> {
    static constexpr oid type = oids::numeric;
    static constexpr oid array_type = oids::numeric_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, numeric const& value);
    static decoder<numeric> decoder_for(oid column, format f) noexcept;

private:
    static bool decode_binary(protocol::bytes_view bytes, numeric& value);
    static bool decode_text(protocol::bytes_view bytes, numeric& value);
};

} // namespace pgwire
