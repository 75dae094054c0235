#include <pgwire/detail/error_builder.hpp>
#include <pgwire/detail/row_decoder.hpp>
#include <pgwire/detail/sinks.hpp>

#include <string>

namespace pgwire::detail {

namespace {

std::string quoted(std::string_view name) { return '"' + std::string(name) + '"'; }

std::string list(result_columns const& columns) {
    std::string names;
    for (auto const& column : columns.description.fields)
        names.append(names.empty() ? "" : ", ").append(column.name);
    return names.empty() ? "none" : names;
}

} // namespace

error missing_column(std::string_view field, result_columns const& columns) {
    return error_builder(errc::missing_column, "no column for field " + quoted(field) + "; there are: " + list(columns))
        .column(field)
        .build();
}

error ambiguous_column(std::string_view field) {
    return error_builder(errc::ambiguous_column, "more than one column is called " + quoted(field))
        .column(field)
        .build();
}

error too_few_columns(std::size_t wanted, result_columns const& columns) {
    return error_builder(errc::too_few_columns, std::to_string(wanted) + " are needed, " +
                                                    std::to_string(columns.size()) + " there are: " + list(columns))
        .build();
}

error type_mismatch(std::string_view field, protocol::backend::field const& column, result_columns const& columns) {
    return error_builder(errc::type_mismatch, "column " + quoted(column.name) + " of type " +
                                                  std::to_string(columns.type_of(column)) + " does not fit " +
                                                  (field == column.name ? "its field" : std::string(field)))
        .column(column.name)
        .build();
}

error unexpected_null(std::string_view field, std::size_t column) {
    return error_builder(errc::unexpected_null, "column " + std::to_string(column + 1) + " is NULL, and " +
                                                    std::string(field) + " is not optional")
        .column(field)
        .build();
}

error malformed_value(std::string_view field, std::size_t column) {
    return error_builder(errc::malformed_value, "column " + std::to_string(column + 1) +
                                                    " holds a value that cannot be made into " + std::string(field))
        .column(field)
        .build();
}

error not_connected() { return error_builder(errc::not_connected).nothing_was_sent().build(); }
error no_rows() { return error_builder(errc::no_rows, {}).build(); }
error too_many_rows() { return error_builder(errc::too_many_rows, {}).build(); }

bool is_row(protocol::bytes_view values, std::size_t count) noexcept {
    protocol::reader in(values);
    protocol::nullable_bytes value;
    for (std::size_t i = 0; i < count; ++i)
        protocol::decode_element(in, value);
    return in.finish();
}

} // namespace pgwire::detail
