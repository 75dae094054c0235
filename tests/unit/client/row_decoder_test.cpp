#include <pgwire/detail/row_decoder.hpp>
#include <pgwire/types/all.hpp>

#include "support/backend_messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

using namespace std::string_view_literals;

namespace decoded {
struct order {
    int id = 0;
    std::optional<std::string> note;
    double total = 0;
};
struct renamed {
    int id = 0;
    int customer = 0;
};
} // namespace decoded

template <>
inline constexpr auto pgwire::columns<decoded::renamed> = std::array{"id"sv, "customer id"sv};

namespace {

using namespace pgwire;
using detail::row_decoder;
using testing::HasSubstr;

std::string int4(std::int32_t value) { return wire::int32(static_cast<std::uint32_t>(value)); }

/// A result's columns and its decoder.
template <class T>
class decoding {
public:
    explicit decoding(std::initializer_list<says::column> columns, bool by_position = false, bool types_known = true)
        : bytes_(says::columns(columns)) {
        auto const description =
            protocol::decode<protocol::backend::row_description>(protocol::as_bytes(bytes_).subspan(5));
        wrong = decoder.describe({*description, std::nullopt, types_known}, by_position);
    }

    errc row(std::initializer_list<says::value> values) { return raw(says::row(values).substr(7)); }
    /// What stands behind the number of columns. On the heap, so that a sanitizer sees the first byte too far.
    errc raw(std::string_view values) {
        std::vector<char> const exact(values.begin(), values.end());
        return decoder.decode(protocol::as_bytes({exact.data(), exact.size()}), object);
    }

    row_decoder<T> decoder;
    std::optional<error> wrong;
    T object{};

private:
    std::string bytes_;
};

constexpr auto binary = format::binary;

TEST(row_decoder, by_name_in_any_order) {
    decoding<decoded::order> d({{"total", 701}, {"id", 23}, {"note", 25}});
    ASSERT_FALSE(d.wrong);
    EXPECT_EQ(d.row({"2.5", "7", "abc"}), errc::ok);
    EXPECT_EQ(d.object.id, 7);
    EXPECT_EQ(d.object.note, "abc");
    EXPECT_EQ(d.object.total, 2.5);
    EXPECT_EQ(d.row({"3.5", "8", {}}), errc::ok);
    EXPECT_EQ(d.object.note, std::nullopt) << "an object that is used again forgets";
    EXPECT_EQ(d.object.total, 3.5);
}

TEST(row_decoder, further_columns_are_ignored) {
    decoding<decoded::order> d({{"x", 16}, {"note", 25}, {"y", 25}, {"id", 23}, {"z", 25}, {"total", 701}, {"x", 25}});
    ASSERT_FALSE(d.wrong) << d.wrong->message();
    EXPECT_EQ(d.row({{}, "n", "junk", "7", {}, "2.5", "x"}), errc::ok);
    EXPECT_EQ(d.object.id, 7);
    EXPECT_EQ(d.object.note, "n");
    EXPECT_EQ(d.object.total, 2.5);
}

TEST(row_decoder, columns_of_the_specialisation) {
    decoding<decoded::renamed> d({{"customer id", 23}, {"customer", 25}, {"id", 23}});
    ASSERT_FALSE(d.wrong);
    EXPECT_EQ(d.row({"5", "x", "6"}), errc::ok);
    EXPECT_EQ(d.object.id, 6);
    EXPECT_EQ(d.object.customer, 5);
}

TEST(row_decoder, by_position) {
    decoding<decoded::order> d({{"a", 23}, {"id", 25}, {"c", 701}, {"d", 25}}, true);
    ASSERT_FALSE(d.wrong);
    EXPECT_EQ(d.row({"7", "note", "2.5", "more"}), errc::ok);
    EXPECT_EQ(d.object.id, 7);
    EXPECT_EQ(d.object.note, "note");
    EXPECT_EQ(d.object.total, 2.5);
}

TEST(row_decoder, tuples_and_single_values) {
    decoding<std::tuple<int, std::optional<std::string>>> tuple({{"same", 23}, {"same", 25}, {"more", 25}});
    ASSERT_FALSE(tuple.wrong);
    EXPECT_EQ(tuple.row({"1", {}, "x"}), errc::ok);
    EXPECT_EQ(tuple.object, std::tuple(1, std::nullopt));
    decoding<std::pair<int, bool>> pair({{"a", 23, binary}, {"b", 16, binary}});
    EXPECT_EQ(pair.row({int4(1), "\1"}), errc::ok);
    EXPECT_EQ(pair.object, std::pair(1, true));
    decoding<int> single({{"whatever", 23}});
    EXPECT_EQ(single.row({"5"}), errc::ok);
    EXPECT_EQ(single.object, 5);
    decoding<std::optional<int>> optional({{"whatever", 23}});
    EXPECT_EQ(optional.row({std::nullopt}), errc::ok);
    EXPECT_EQ(optional.object, std::nullopt);
}

TEST(row_decoder, F22_format_of_each_column) { // F-22
    decoding<std::tuple<int, int>> d({{"a", 23, format::text}, {"b", 23, binary}});
    EXPECT_EQ(d.row({"258", int4(258)}), errc::ok);
    EXPECT_EQ(d.object, std::tuple(258, 258));
}

TEST(row_decoder, types_that_are_not_known_are_read_from_the_text) {
    decoding<std::tuple<int, double>> d({{"a", 1043}, {"b", 1043}}, false, false);
    ASSERT_FALSE(d.wrong);
    EXPECT_EQ(d.row({"17", "2.5"}), errc::ok);
    EXPECT_EQ(d.object, std::tuple(17, 2.5));
    EXPECT_EQ(d.row({"seventeen", "2.5"}), errc::malformed_value);
}

TEST(row_decoder, Q06_null_and_empty_differ) {
    decoding<std::tuple<std::optional<std::string>, std::optional<std::string>>> d({{"a", 25}, {"b", 25}});
    EXPECT_EQ(d.row({"", {}}), errc::ok);
    EXPECT_EQ(std::get<0>(d.object), "");
    EXPECT_EQ(std::get<1>(d.object), std::nullopt);
    EXPECT_EQ(d.row({{}, ""}), errc::ok);
    EXPECT_EQ(std::get<0>(d.object), std::nullopt);
    EXPECT_EQ(std::get<1>(d.object), "");
}

// ---------------------------------------------------------------- descriptions that do not fit

template <class T>
void expect_wrong(std::initializer_list<says::column> columns, errc code, std::initializer_list<std::string_view> said,
                  bool by_position = false) {
    decoding<T> const d(columns, by_position);
    ASSERT_TRUE(d.wrong);
    EXPECT_TRUE(*d.wrong == code) << d.wrong->message();
    EXPECT_EQ(d.wrong->kind(), error_kind::mapping);
    for (auto const text : said)
        EXPECT_THAT(std::string(d.wrong->message()), HasSubstr(std::string(text)));
}

TEST(row_decoder, missing_columns_are_named) {
    expect_wrong<decoded::order>({{"id", 23}, {"Total", 701}, {"note", 25}}, errc::missing_column,
                                 {"\"total\"", "id, Total, note"});
    expect_wrong<decoded::order>({}, errc::missing_column, {"none"});
    expect_wrong<decoded::renamed>({{"id", 23}, {"customer", 23}}, errc::missing_column, {"\"customer id\""});
}

TEST(row_decoder, ambiguous_columns_are_named) {
    expect_wrong<decoded::order>({{"id", 23}, {"total", 701}, {"note", 25}, {"id", 23}}, errc::ambiguous_column,
                                 {"\"id\""});
}

TEST(row_decoder, too_few_columns) {
    expect_wrong<std::tuple<int, int>>({{"only", 23}}, errc::too_few_columns, {"2", "1", "only"});
    expect_wrong<decoded::order>({{"id", 23}, {"note", 25}}, errc::too_few_columns, {"3", "2"}, true);
    expect_wrong<int>({}, errc::too_few_columns, {"none"});
}

TEST(row_decoder, types_that_do_not_fit_are_named) {
    expect_wrong<decoded::order>({{"id", 25}, {"total", 701}, {"note", 25}}, errc::type_mismatch, {"\"id\"", "25"});
    expect_wrong<decoded::order>({{"id", 23}, {"total", 16}, {"note", 25}}, errc::type_mismatch, {"\"total\"", "16"});
    expect_wrong<std::tuple<int, bool>>({{"a", 23}, {"b", 23}}, errc::type_mismatch, {"\"b\"", "23"});
}

// ---------------------------------------------------------------- rows that do not fit

TEST(row_decoder, null_into_what_is_not_optional) {
    decoding<decoded::order> d({{"note", 25}, {"total", 701}, {"id", 23}});
    EXPECT_EQ(d.row({"n", {}, "7"}), errc::unexpected_null);
    auto const why = d.decoder.failure(errc::unexpected_null);
    EXPECT_TRUE(why == errc::unexpected_null);
    EXPECT_EQ(why.column(), "total");
    EXPECT_THAT(std::string(why.message()), HasSubstr("column 2"));
    EXPECT_EQ(d.row({"n", {}, {}}), errc::unexpected_null) << "the first one counts";
    EXPECT_EQ(d.decoder.failure(errc::unexpected_null).column(), "total");
}

TEST(row_decoder, values_that_are_none) {
    decoding<decoded::order> d({{"note", 25}, {"total", 701}, {"id", 23}});
    EXPECT_EQ(d.row({"n", "2.5", "x"}), errc::malformed_value);
    auto const why = d.decoder.failure(errc::malformed_value);
    EXPECT_TRUE(why == errc::malformed_value);
    EXPECT_EQ(why.column(), "id");
    EXPECT_THAT(std::string(why.message()), HasSubstr("column 3"));
    EXPECT_EQ(d.row({"n", "2.5", "7"}), errc::ok) << "the next row may fit";
}

// A row that is none wins over a value that does not fit: then nothing in it can be trusted.
template <class T>
void expect_every_truncation_refused(decoding<T>& d, std::initializer_list<says::value> values) {
    std::string const right = says::row(values).substr(7);
    ASSERT_EQ(d.raw(right), errc::ok);
    for (std::size_t cut = 0; cut < right.size(); ++cut)
        EXPECT_EQ(d.raw(std::string_view(right).substr(0, cut)), errc::malformed_message) << cut;
    EXPECT_EQ(d.raw(right + "x"), errc::malformed_message) << "F-10";
    EXPECT_EQ(d.raw(right + int4(-1)), errc::malformed_message) << "F-06";
}

TEST(row_decoder, F06_to_F11_malformed_rows) { // F-06, F-07, F-08, F-09, F-10, F-11
    decoding<decoded::order> by_name({{"x", 25}, {"note", 25}, {"id", 23, binary}, {"total", 701}, {"y", 25}});
    expect_every_truncation_refused(by_name, {"x", {}, int4(7), "2.5", "last"});
    decoding<std::tuple<int, std::string>> tuple({{"a", 23}, {"b", 25}, {"c", 25}});
    expect_every_truncation_refused(tuple, {"1", "text", {}});
    decoding<int> single({{"a", 23}});
    expect_every_truncation_refused(single, {"1"});

    for (std::int32_t const size :
         {-2, std::numeric_limits<std::int32_t>::min(), 5, std::numeric_limits<std::int32_t>::max()}) {
        EXPECT_EQ(single.raw(int4(size) + "1234"), errc::malformed_message) << "F-08, F-09: " << size;
        EXPECT_EQ(tuple.raw(int4(1) + "1" + int4(0) + int4(size)), errc::malformed_message)
            << "in a column nobody wants";
    }
    EXPECT_EQ(tuple.raw(int4(1) + "x" + int4(0)), errc::malformed_message) << "and a bad value before that";
    EXPECT_EQ(tuple.raw({}), errc::malformed_message);
}

TEST(row_decoder, is_row) {
    auto const is_row = [](std::string_view values, std::size_t count) {
        return detail::is_row(protocol::as_bytes(values), count);
    };
    std::string const two = int4(1) + "x" + int4(-1);
    EXPECT_TRUE(is_row(two, 2));
    EXPECT_TRUE(is_row("", 0));
    for (std::size_t cut = 0; cut < two.size(); ++cut)
        EXPECT_FALSE(is_row(two.substr(0, cut), 2));
    EXPECT_FALSE(is_row(two, 1));
    EXPECT_FALSE(is_row(two, 3));
    EXPECT_FALSE(is_row(int4(-2), 1));
}

} // namespace
