#include <pgwire/result.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <type_traits>

namespace {

using pgwire::errc;
using pgwire::error;
using pgwire::result;

struct no_default {
    explicit no_default(int n) : value(n) {}
    int value;
};

static_assert(std::is_default_constructible_v<result<no_default>>);
static_assert(std::is_nothrow_move_constructible_v<result<std::string>>);
static_assert(std::is_move_constructible_v<result<std::unique_ptr<int>>>);
static_assert(!std::is_copy_constructible_v<result<std::unique_ptr<int>>>);
static_assert(!std::is_convertible_v<result<int>, bool>);

TEST(result, holds_a_value) {
    result<std::string> r = std::string("abc");
    ASSERT_TRUE(r);
    EXPECT_EQ(r.value(), "abc");
    EXPECT_EQ(*r, "abc");
    EXPECT_EQ(r->size(), 3U);
    r->push_back('d');
    std::string const taken = std::move(r).value();
    EXPECT_EQ(taken, "abcd");
}

TEST(result, holds_an_error) {
    result<int> const r = error(errc::busy);
    ASSERT_FALSE(r.has_value());
    EXPECT_TRUE(r.error() == errc::busy);
    EXPECT_EQ(r.value_or(7), 7);
    EXPECT_THROW(static_cast<void>(r.value()), pgwire::exception);
}

TEST(result, value_throws_by_the_kind_of_error) {
    EXPECT_THROW(static_cast<void>(result<int>(error(pgwire::sqlstate::unique_violation)).value()), pgwire::sql_error);
    EXPECT_THROW(result<void>(error(errc::connect_failed)).value(), pgwire::connection_error);
}

TEST(result, by_default_is_no_value) {
    result<no_default> const r;
    EXPECT_FALSE(r);
    EXPECT_FALSE(r.error().code());
}

TEST(result, holds_what_can_only_be_moved) {
    result<std::unique_ptr<int>> r = std::make_unique<int>(5);
    auto const moved = std::move(r);
    EXPECT_EQ(**moved, 5);
    auto const taken = result(std::make_unique<int>(6)).map([](std::unique_ptr<int> p) { return *p; });
    EXPECT_EQ(*taken, 6);
}

TEST(result, maps) {
    result<int> const good = 20;
    result<int> const bad = error(errc::no_rows);
    EXPECT_EQ(*good.map([](int n) { return std::to_string(n); }), "20");
    EXPECT_TRUE(bad.map([](int n) { return std::to_string(n); }).error() == errc::no_rows);
    int seen = 0;
    EXPECT_TRUE(good.map([&seen](int n) { seen = n; }));
    EXPECT_EQ(seen, 20);
    auto const half = [](int n) -> result<double> { return n / 2.0; };
    EXPECT_EQ(*good.and_then(half), 10.0);
    EXPECT_TRUE(bad.and_then(half).error() == errc::no_rows);
    EXPECT_TRUE(good.and_then([](int) -> result<void> { return error(errc::busy); }).error() == errc::busy);
}

TEST(result, of_void_is_success_or_an_error) {
    result<void> const good;
    EXPECT_TRUE(good);
    EXPECT_NO_THROW(good.value());
    EXPECT_EQ(*good.map([] { return 3; }), 3);
    EXPECT_EQ(*good.and_then([]() -> result<int> { return 4; }), 4);
    result<void> const bad = error(errc::cancelled);
    EXPECT_FALSE(bad);
    EXPECT_TRUE(bad.error() == std::errc::operation_canceled);
    EXPECT_TRUE(bad.map([] { return 3; }).error() == errc::cancelled);
}

} // namespace
