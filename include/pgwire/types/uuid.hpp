#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/oids.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pgwire {

/// A UUID, of whatever version. Ordered by its bytes, as the server does.
struct PGWIRE_API uuid {
    std::array<std::byte, 16> bytes{};

    /// From 8-4-4-4-12 hexadecimal digits of either case; none for anything else.
    [[nodiscard]] static std::optional<uuid> parse(std::string_view text) noexcept;

    /// 8-4-4-4-12 digits in lower case, as the server writes it.
    [[nodiscard]] std::string to_string() const;

    auto operator<=>(uuid const&) const = default;
};

template <>
struct PGWIRE_API codec<uuid> {
    static constexpr oid type = oids::uuid;
    static constexpr oid array_type = oids::uuid_array;
    static constexpr format argument_format = format::binary;
    static void encode(encoder& out, uuid const& value) { out.bytes(value.bytes); }
    static decoder<uuid> decoder_for(oid column, format f) noexcept;
};

} // namespace pgwire
