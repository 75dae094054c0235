#include <pgwire/row.hpp>

#include <pgwire/detail/error_builder.hpp>
#include <pgwire/detail/row_decoder.hpp>
#include <pgwire/detail/sinks.hpp>
#include <pgwire/exception.hpp>

#include <stdexcept>

namespace pgwire {

namespace {

[[noreturn]] void refuse(errc code, column const& column, std::string_view what) {
    throw_error(detail::error_builder(code, "column \"" + column.name + "\" " + std::string(what)).build());
}

} // namespace

void field::refuse_null() const { refuse(errc::unexpected_null, *column_, "is NULL: ask for an optional"); }
void field::refuse_type() const {
    refuse(errc::type_mismatch, *column_, "of type " + std::to_string(type_) + " does not fit the type asked for");
}
void field::refuse_value() const {
    refuse(errc::malformed_value, *column_, "holds a value that the type asked for cannot be made of");
}

std::size_t row::size() const noexcept { return rows_->columns_.size(); }

field row::operator[](std::size_t column) const {
    if (column >= size())
        throw std::out_of_range("pgwire: column " + std::to_string(column) + " of a row of " + std::to_string(size()));
    auto const& [begin, length] = rows_->values_[index_ * size() + column];
    pgwire::column const& described = rows_->columns_[column];
    std::optional<std::string_view> text;
    if (length >= 0)
        text = std::string_view(rows_->text_).substr(begin, static_cast<std::size_t>(length));
    return {text, rows_->types_known_ ? described.type : 0, described};
}

field row::operator[](std::string_view name) const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < size(); ++i) {
        if (rows_->columns_[i].name != name)
            continue;
        if (found)
            throw_error(detail::ambiguous_column(name));
        found = i;
    }
    if (!found)
        throw_error(
            detail::error_builder(errc::missing_column, "there is no column \"" + std::string(name) + '"').build());
    return (*this)[*found];
}

class rowset_builder {
public:
    static void describe(rowset& rows, detail::result_columns const& columns) {
        rows.columns_.clear();
        for (auto const& described : columns.description.fields)
            rows.columns_.push_back({std::string(described.name), described.type, described.table, described.attribute,
                                     described.type_modifier});
        rows.types_known_ = columns.types_known;
    }

    static errc append(rowset& rows, protocol::bytes_view values) {
        if (!detail::is_row(values, rows.columns_.size()))
            return errc::malformed_message;
        auto const row = protocol::sequence<protocol::nullable_bytes>::encoded(rows.columns_.size(), values);
        for (auto const& value : row) {
            rows.values_.push_back({rows.text_.size(), value ? static_cast<std::int32_t>(value->size()) : -1});
            if (value)
                rows.text_.append(protocol::as_text(*value));
        }
        ++rows.rows_;
        return errc::ok;
    }

    static void complete(rowset& rows, std::string_view tag) { rows.tag_ = command_tag(std::string(tag)); }
};

namespace detail {

void rowsets_sink::describe(result_columns const& columns) { rowset_builder::describe(current_, columns); }

errc rowsets_sink::row(protocol::bytes_view values) { return rowset_builder::append(current_, values); }

void rowsets_sink::complete(std::string_view tag) {
    rowset_builder::complete(current_, tag);
    done_.push_back(std::exchange(current_, rowset()));
}

} // namespace detail

} // namespace pgwire
