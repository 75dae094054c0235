#include <pgwire/mapping.hpp>
#include <pgwire/types/all.hpp>

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using namespace std::string_view_literals;

namespace mapped {

struct one {
    int id;
};
struct order {
    int id;
    std::string customer_name;
    std::optional<double> total_;
    std::vector<int> items2;
};
struct renamed {
    int id;
    int customer;
};
struct with_defaults {
    int a = 1;
    std::string text = "x";
};
struct wide { // as many as fit
    int f00, f01, f02, f03, f04, f05, f06, f07, f08, f09, f10, f11, f12, f13, f14, f15;
    int f16, f17, f18, f19, f20, f21, f22, f23, f24, f25, f26, f27, f28, f29, f30, f31;
    int f32, f33, f34, f35, f36, f37, f38, f39, f40, f41, f42, f43, f44, f45, f46, f47;
    int f48, f49, f50, f51, f52, f53, f54, f55, f56, f57, f58, f59, f60, f61, f62, f63;
};

} // namespace mapped

template <>
inline constexpr auto pgwire::columns<mapped::renamed> = std::array{"id"sv, "customer id"sv};

namespace {

using namespace pgwire::detail;

static_assert(field_count<mapped::one> == 1);
static_assert(field_count<mapped::order> == 4);
static_assert(field_count<mapped::with_defaults> == 2);
static_assert(field_count<mapped::wide> == 64);

template <class T, std::size_t... I>
std::vector<std::string_view> names(std::index_sequence<I...>) {
    return {field_name<T, I>...};
}
template <class T>
std::vector<std::string_view> shape_names() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return std::vector<std::string_view>{row_shape<T>::template name<I>...};
    }(std::make_index_sequence<row_shape<T>::size>{});
}

TEST(mapping, names_of_fields) {
    EXPECT_EQ(names<mapped::one>(std::make_index_sequence<1>{}), std::vector{"id"sv});
    EXPECT_EQ(names<mapped::order>(std::make_index_sequence<4>{}),
              (std::vector{"id"sv, "customer_name"sv, "total_"sv, "items2"sv}));
    auto const all = names<mapped::wide>(std::make_index_sequence<64>{});
    EXPECT_EQ(all.front(), "f00");
    EXPECT_EQ(all[9], "f09");
    EXPECT_EQ(all.back(), "f63");
}

static_assert(std::is_same_v<field_type<mapped::order, 0>, int>);
static_assert(std::is_same_v<field_type<mapped::order, 1>, std::string>);
static_assert(std::is_same_v<field_type<mapped::order, 2>, std::optional<double>>);
static_assert(std::is_same_v<field_type<mapped::order, 3>, std::vector<int>>);

TEST(mapping, references_to_fields) {
    mapped::order object{1, "Ada", 2.5, {3}};
    auto const fields = tie_fields(object);
    std::get<0>(fields) = 7;
    std::get<1>(fields) = "Grace";
    EXPECT_EQ(object.id, 7);
    EXPECT_EQ(object.customer_name, "Grace");
    mapped::wide wide{};
    std::get<63>(tie_fields(wide)) = 63;
    std::get<0>(tie_fields(wide)) = 1;
    EXPECT_EQ(wide.f63, 63);
    EXPECT_EQ(wide.f00, 1);
}

TEST(mapping, names_of_columns) {
    EXPECT_EQ(shape_names<mapped::order>(), (std::vector{"id"sv, "customer_name"sv, "total_"sv, "items2"sv}));
    EXPECT_EQ(shape_names<mapped::renamed>(), (std::vector{"id"sv, "customer id"sv}));
    static_assert(row_shape<mapped::renamed>::by_name);
}

TEST(mapping, shapes) {
    static_assert(row_shape<int>::size == 1 && !row_shape<int>::by_name);
    static_assert(row_shape<std::optional<std::string>>::size == 1);
    static_assert(row_shape<std::vector<int>>::size == 1 && !row_shape<std::vector<int>>::by_name);
    using tuple = std::tuple<int, std::optional<std::string>, double>;
    static_assert(row_shape<tuple>::size == 3 && !row_shape<tuple>::by_name);
    static_assert(std::is_same_v<row_shape<tuple>::part<1>, std::optional<std::string>>);
    static_assert(row_shape<std::pair<int, bool>>::size == 2);
    std::pair<int, bool> pair{};
    row_shape<std::pair<int, bool>>::get<1>(pair) = true;
    EXPECT_TRUE(pair.second);
}

struct viewing {
    int id;
    std::string_view name;
};
static_assert(refers_to_the_row<std::string_view>());
static_assert(refers_to_the_row<std::optional<std::string_view>>());
static_assert(refers_to_the_row<pgwire::protocol::bytes_view>());
static_assert(refers_to_the_row<std::tuple<int, std::optional<std::string_view>>>());
static_assert(refers_to_the_row<viewing>());
static_assert(!refers_to_the_row<std::string>());
static_assert(!refers_to_the_row<mapped::order>());
static_assert(!refers_to_the_row<std::tuple<int, std::string>>());

} // namespace
