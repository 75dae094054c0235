#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/error.hpp>
#include <pgwire/protocol/backend.hpp>
#include <pgwire/types/codec.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace pgwire::detail {

/// What the rows of a result look like.
struct result_columns {
    protocol::backend::row_description const& description;
    /// What Bind asked for, where the description was made for another one (F-22).
    std::optional<format> bound_format;
    /// False for a server that sends types as it guesses them (IRIS): then they are 0, and the text decides.
    bool types_known = true;

    [[nodiscard]] std::size_t size() const noexcept { return description.fields.size(); }
    [[nodiscard]] oid type_of(protocol::backend::field const& field) const noexcept {
        return types_known ? field.type : 0;
    }
    [[nodiscard]] format format_of(protocol::backend::field const& field) const noexcept {
        return bound_format.value_or(field.format);
    }
};

/// Where the rows of a request go. Templates end here: behind it everything is compiled once.
class PGWIRE_API row_sink {
public:
    /// The format to ask for.
    [[nodiscard]] virtual format wanted_format() const noexcept = 0;

    /// A result begins. Errors are kept, and its rows ignored.
    virtual void describe(result_columns const& columns) = 0;

    /// A row: what stands behind the number of columns, which is the described one. `errc::malformed_message` if it does not
    /// hold exactly that many values; what does not fit its object is an error of the sink's.
    virtual errc row(protocol::bytes_view values) = 0;

    /// A result ends.
    virtual void complete(std::string_view) {}

    [[nodiscard]] std::optional<error> const& failure() const noexcept { return failure_; }

protected:
    ~row_sink() = default;

    void fail(error why) {
        if (!failure_)
            failure_ = std::move(why);
    }

private:
    std::optional<error> failure_;
};

/// Whether `values` hold exactly `count` of them, for rows that nobody decodes.
[[nodiscard]] PGWIRE_API bool is_row(protocol::bytes_view values, std::size_t count) noexcept;

} // namespace pgwire::detail
