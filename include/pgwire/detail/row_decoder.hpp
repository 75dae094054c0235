#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/detail/row_sink.hpp>
#include <pgwire/mapping.hpp>
#include <pgwire/types/field.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pgwire::detail {

// What does not fit, named: column, type and field.
PGWIRE_API error missing_column(std::string_view field, result_columns const& columns);
PGWIRE_API error ambiguous_column(std::string_view field);
PGWIRE_API error too_few_columns(std::size_t wanted, result_columns const& columns);
PGWIRE_API error type_mismatch(std::string_view field, protocol::backend::field const& column,
                               result_columns const& columns);
PGWIRE_API error unexpected_null(std::string_view field, std::size_t column);
PGWIRE_API error malformed_value(std::string_view field, std::size_t column);

/// Makes objects of T from rows. What can be known from the description (which column fills which part, and how) is found
/// once per result.
template <class T>
class row_decoder {
    using shape = row_shape<T>;

public:
    std::optional<error> describe(result_columns const& columns, bool by_position) {
        return describe(columns, by_position || !shape::by_name, std::make_index_sequence<shape::size>{});
    }

    /// `errc::ok`; `malformed_message` if `values` are not a row; or `unexpected_null`, `malformed_value`: then `failure`
    /// says more.
    errc decode(protocol::bytes_view values, T& object) {
        std::byte const* at = values.data();
        std::byte const* const end = at + values.size();
        auto left = [&] { return static_cast<std::size_t>(end - at); };
        std::size_t column = 0;
        auto next = [&](std::optional<protocol::bytes_view>& value) {
            if (left() < sizeof(std::int32_t))
                return false;
            auto const size = protocol::load_big_endian<std::int32_t>(at);
            at += sizeof(std::int32_t);
            ++column;
            if (size == -1) {
                value.reset();
                return true;
            }
            if (size < 0 || static_cast<std::size_t>(size) > left())
                return false;
            value = protocol::bytes_view(at, static_cast<std::size_t>(size));
            at += size;
            return true;
        };

        errc result = errc::ok;
        std::optional<protocol::bytes_view> value;
        for (step const& s : steps_) {
            do {
                if (!next(value))
                    return errc::malformed_message;
            } while (column <= s.column);
            if (errc const wrong = s.assign(s.decode, value, object); wrong != errc::ok && result == errc::ok) {
                result = wrong;
                failed_ = &s;
            }
        }
        while (column < columns_)
            if (!next(value))
                return errc::malformed_message;
        return at == end ? result : errc::malformed_message;
    }

    /// What `decode` last said, in full.
    [[nodiscard]] error failure(errc why) const {
        std::string_view const field = names()[failed_->field];
        return why == errc::unexpected_null ? unexpected_null(field, failed_->column)
                                            : malformed_value(field, failed_->column);
    }

private:
    using any_decoder = void (*)();

    struct step {
        errc (*assign)(any_decoder, std::optional<protocol::bytes_view> const&, T&);
        any_decoder decode;
        std::uint32_t column;
        std::uint32_t field;
    };

    template <std::size_t I>
    static errc assign(any_decoder decode, std::optional<protocol::bytes_view> const& value, T& object) {
        using part = typename shape::template part<I>;
        using content = nullable_value<part>;
        auto const decode_content = reinterpret_cast<decoder<wire_type<content>>>(decode);
        part& to = shape::template get<I>(object);
        if constexpr (is_nullable<part>) {
            if (!value) {
                to.reset();
                return errc::ok;
            }
            return decode_field<content>(decode_content, *value, to ? *to : to.emplace()) ? errc::ok
                                                                                          : errc::malformed_value;
        } else {
            if (!value)
                return errc::unexpected_null;
            return decode_field<content>(decode_content, *value, to) ? errc::ok : errc::malformed_value;
        }
    }

    template <std::size_t... I>
    static constexpr std::array<std::string_view, shape::size> list_names(std::index_sequence<I...>) {
        return {shape::template name<I>...};
    }
    static constexpr std::array<std::string_view, shape::size> names() {
        return list_names(std::make_index_sequence<shape::size>{});
    }

    template <std::size_t... I>
    std::optional<error> describe(result_columns const& columns, bool by_position, std::index_sequence<I...>) {
        constexpr std::array assigners{&row_decoder::assign<I>...};
        using finder = any_decoder (*)(oid, format);
        constexpr std::array<finder, shape::size> decoders{+[](oid type, format f) {
            return reinterpret_cast<any_decoder>(
                field_decoder_for<nullable_value<typename shape::template part<I>>>(type, f));
        }...};
        constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

        if (by_position && columns.size() < shape::size)
            return too_few_columns(shape::size, columns);
        for (std::size_t i = 0; i < shape::size; ++i)
            steps_[i] = {assigners[i], nullptr, none, static_cast<std::uint32_t>(i)};
        std::uint32_t column = 0;
        for (auto const& described : columns.description.fields) {
            for (std::size_t i = 0; i < shape::size; ++i) {
                if (by_position ? column != i : described.name != names()[i])
                    continue;
                if (steps_[i].column != none)
                    return ambiguous_column(names()[i]);
                steps_[i].decode = decoders[i](columns.type_of(described), columns.format_of(described));
                if (steps_[i].decode == nullptr)
                    return type_mismatch(names()[i], described, columns);
                steps_[i].column = column;
            }
            ++column;
        }
        for (step const& s : steps_)
            if (s.column == none)
                return missing_column(names()[s.field], columns);
        if (!by_position)
            std::ranges::sort(steps_, {}, &step::column);
        columns_ = column;
        return std::nullopt;
    }

    std::array<step, shape::size> steps_{}; // in the order of the columns
    std::size_t columns_ = 0;
    step const* failed_ = nullptr;
};

} // namespace pgwire::detail
