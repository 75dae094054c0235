#pragma once

#include <pgwire/command_tag.hpp>
#include <pgwire/detail/api.hpp>
#include <pgwire/mapping.hpp>
#include <pgwire/types/codec.hpp>
#include <pgwire/types/field.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgwire {

/// What a result says of one of its columns.
struct column {
    std::string name;
    oid type = 0;
    /// The table and its column's number, where it is simply one; else 0.
    oid table = 0;
    std::int16_t attribute = 0;
    /// Such as the n of varchar(n), in the type's own encoding; -1 if there is none.
    std::int32_t type_modifier = -1;
};

class rowset;

/// One value of an untyped result. Lives as long as its rowset.
class PGWIRE_API field {
public:
    [[nodiscard]] bool is_null() const noexcept { return !text_; }

    /// As the server wrote it; empty for NULL.
    [[nodiscard]] std::string_view text() const noexcept { return text_.value_or(std::string_view()); }

    /// As a T, which may be an optional. Throws `exception` (errc::unexpected_null, type_mismatch, malformed_value).
    template <class T>
    [[nodiscard]] T as() const {
        using value = detail::nullable_value<T>;
        if constexpr (detail::is_nullable<T>)
            if (is_null())
                return std::nullopt;
        if (is_null())
            refuse_null();
        auto const decode = detail::field_decoder_for<value>(type_, format::text);
        if (decode == nullptr)
            refuse_type();
        value object{};
        if (!detail::decode_field<value>(decode, protocol::as_bytes(*text_), object))
            refuse_value();
        return object;
    }

private:
    friend class row;

    field(std::optional<std::string_view> text, oid type, column const& column) noexcept
        : text_(text), type_(type), column_(&column) {}

    [[noreturn]] void refuse_null() const;
    [[noreturn]] void refuse_type() const;
    [[noreturn]] void refuse_value() const;

    std::optional<std::string_view> text_;
    oid type_;
    column const* column_;
};

/// One row of an untyped result. Lives as long as its rowset.
class PGWIRE_API row {
public:
    [[nodiscard]] std::size_t size() const noexcept;

    /// By place, from 0. Throws std::out_of_range.
    [[nodiscard]] field operator[](std::size_t column) const;
    /// By name. Throws `exception` (errc::missing_column, ambiguous_column).
    [[nodiscard]] field operator[](std::string_view name) const;

private:
    friend class rowset;
    row(rowset const& rows, std::size_t index) noexcept : rows_(&rows), index_(index) {}

    rowset const* rows_;
    std::size_t index_;
};

/// An untyped result: its columns (known even without rows), its rows as text, and the command's tag.
class rowset {
public:
    class iterator {
    public:
        using value_type = row;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;

        iterator() = default;
        iterator(rowset const& rows, std::size_t index) noexcept : rows_(&rows), index_(index) {}
        row operator*() const { return (*rows_)[index_]; }
        iterator& operator++() noexcept {
            ++index_;
            return *this;
        }
        iterator operator++(int) noexcept {
            iterator before = *this;
            ++index_;
            return before;
        }
        bool operator==(iterator const&) const = default;

    private:
        rowset const* rows_ = nullptr;
        std::size_t index_ = 0;
    };

    [[nodiscard]] std::vector<column> const& columns() const noexcept { return columns_; }
    [[nodiscard]] command_tag const& tag() const noexcept { return tag_; }

    [[nodiscard]] std::size_t size() const noexcept { return rows_; }
    [[nodiscard]] bool empty() const noexcept { return rows_ == 0; }
    [[nodiscard]] row operator[](std::size_t index) const noexcept { return {*this, index}; }
    [[nodiscard]] iterator begin() const noexcept { return {*this, 0}; }
    [[nodiscard]] iterator end() const noexcept { return {*this, rows_}; }

private:
    friend class row;
    friend class rowset_builder;

    struct value {
        std::size_t begin;
        std::int32_t size; // -1: NULL
    };

    std::vector<column> columns_;
    command_tag tag_;
    std::string text_; // of all values
    std::vector<value> values_;
    std::size_t rows_ = 0;
    bool types_known_ = true;
};

} // namespace pgwire
