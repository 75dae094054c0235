#pragma once

#include <pgwire/command_tag.hpp>
#include <pgwire/detail/api.hpp>
#include <pgwire/detail/row_decoder.hpp>
#include <pgwire/detail/row_sink.hpp>
#include <pgwire/row.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// The row sinks of the operations. Each has the operation's result type and gives it with `take`.
namespace pgwire::detail {

PGWIRE_API error not_connected();
PGWIRE_API error no_rows();
PGWIRE_API error too_many_rows();

/// Decodes rows into objects of T; where they go is the derived sink's matter.
template <class T>
class typed_sink : public row_sink {
    static_assert(
        !refers_to_the_row<T>(),
        "pgwire: views of rows are gone when the operation completes; take std::string or pgwire::bytes, or use "
        "stream");

public:
    explicit typed_sink(bool by_position) noexcept : by_position_(by_position) {}

    [[nodiscard]] format wanted_format() const noexcept override { return format::binary; }

    void describe(result_columns const& columns) override {
        columns_ = columns.size();
        if (auto wrong = decoder_.describe(columns, by_position_))
            fail(std::move(*wrong));
    }

protected:
    errc decode(protocol::bytes_view values, T& object) {
        errc const wrong = decoder_.decode(values, object);
        if (wrong == errc::ok || wrong == errc::malformed_message)
            return wrong;
        fail(decoder_.failure(wrong));
        return errc::ok;
    }
    template <class Container>
    errc decode_into(protocol::bytes_view values, Container& rows) {
        if constexpr (std::is_same_v<decltype(rows.back()), T&>) {
            rows.emplace_back();
            return decode(values, rows.back());
        } else { // std::vector<bool>
            T object{};
            errc const wrong = decode(values, object);
            rows.push_back(std::move(object));
            return wrong;
        }
    }
    errc skip(protocol::bytes_view values) const noexcept {
        return is_row(values, columns_) ? errc::ok : errc::malformed_message;
    }

private:
    row_decoder<T> decoder_;
    std::size_t columns_ = 0;
    bool by_position_;
};

/// Into a container that outlives the operation.
template <class T, class Container>
class container_sink final : public typed_sink<T> {
public:
    using result_type = std::size_t;

    container_sink(bool by_position, Container& rows) : typed_sink<T>(by_position), rows_(&rows) { rows_->clear(); }

    errc row(protocol::bytes_view values) override {
        if (this->failure())
            return this->skip(values);
        return this->decode_into(values, *rows_);
    }
    std::size_t take() { return rows_->size(); }

private:
    Container* rows_;
};

template <class T>
class vector_sink final : public typed_sink<T> {
public:
    using result_type = std::vector<T>;

    using typed_sink<T>::typed_sink;

    errc row(protocol::bytes_view values) override {
        if (this->failure())
            return this->skip(values);
        return this->decode_into(values, rows_);
    }
    std::vector<T> take() { return std::move(rows_); }

private:
    std::vector<T> rows_;
};

/// Exactly one row for a T, at most one for an optional of it.
template <class T, bool Required>
class single_sink final : public typed_sink<T> {
public:
    using result_type = std::conditional_t<Required, T, std::optional<T>>;

    using typed_sink<T>::typed_sink;

    errc row(protocol::bytes_view values) override {
        ++rows_;
        if (this->failure() || rows_ > 1)
            return this->skip(values);
        if constexpr (Required)
            return this->decode(values, object_);
        else
            return this->decode(values, object_.emplace());
    }

    void complete(std::string_view) override {
        if (rows_ > 1)
            this->fail(too_many_rows());
        else if (Required && rows_ == 0)
            this->fail(no_rows());
    }

    result_type take() { return std::move(object_); }

private:
    result_type object_{};
    std::size_t rows_ = 0;
};

/// Rows do not matter, the tag does.
class tag_sink final : public row_sink {
public:
    using result_type = command_tag;

    [[nodiscard]] format wanted_format() const noexcept override { return format::text; }
    void describe(result_columns const& columns) override { columns_ = columns.size(); }
    errc row(protocol::bytes_view values) override {
        return is_row(values, columns_) ? errc::ok : errc::malformed_message;
    }
    void complete(std::string_view tag) override { tag_ = command_tag(std::string(tag)); }
    command_tag take() { return std::move(tag_); }

private:
    std::size_t columns_ = 0;
    command_tag tag_;
};

/// Every result as a rowset: one each.
class PGWIRE_API rowsets_sink : public row_sink {
public:
    using result_type = std::vector<rowset>;

    [[nodiscard]] format wanted_format() const noexcept override { return format::text; }
    void describe(result_columns const& columns) override;
    errc row(protocol::bytes_view values) override;
    void complete(std::string_view tag) override;
    std::vector<rowset> take() { return std::move(done_); }

protected:
    ~rowsets_sink() = default;

private:
    std::vector<rowset> done_;
    rowset current_;
};

class script_sink final : public rowsets_sink {};

class rowset_sink final : public rowsets_sink {
public:
    using result_type = rowset;

    rowset take() {
        std::vector<rowset> all = rowsets_sink::take();
        return all.empty() ? rowset() : std::move(all.front());
    }
};

} // namespace pgwire::detail
