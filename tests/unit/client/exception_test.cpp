#include <pgwire/detail/error_builder.hpp>
#include <pgwire/exception.hpp>

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace {

using pgwire::errc;
using pgwire::error;
using pgwire::error_kind;
using pgwire::sqlstate;

static_assert(std::is_base_of_v<std::system_error, pgwire::exception>);
static_assert(std::is_nothrow_copy_constructible_v<pgwire::sql_error>);

TEST(exception, its_class_follows_the_kind) {
    EXPECT_THROW(throw_error(error(sqlstate::unique_violation)), pgwire::sql_error);
    EXPECT_THROW(throw_error(error(errc::connect_failed)), pgwire::connection_error);
    try {
        throw_error(error(errc::busy));
    } catch (pgwire::sql_error const&) {
        FAIL();
    } catch (pgwire::connection_error const&) {
        FAIL();
    } catch (pgwire::exception const& e) {
        EXPECT_TRUE(e.error() == errc::busy);
    }
}

TEST(exception, is_a_system_error_with_a_line_of_text) {
    try {
        throw_error(error(sqlstate::unique_violation));
    } catch (std::system_error const& e) {
        EXPECT_TRUE(e.code() == sqlstate::unique_violation);
        EXPECT_STREQ(e.what(), "unique_violation (23505 unique_violation)");
    }
}

TEST(exception, gives_its_error_back) {
    auto const e = pgwire::detail::error_builder(errc::connect_failed, "refused").build();
    auto const back = pgwire::error_from(make_exception_ptr(e));
    EXPECT_TRUE(back == errc::connect_failed);
    EXPECT_EQ(back.message().data(), e.message().data());
    EXPECT_FALSE(pgwire::error_from(nullptr).code());
}

TEST(exception, an_error_stands_for_a_foreign_exception) {
    auto const thrown = std::make_exception_ptr(std::out_of_range("too far"));
    auto const e = pgwire::error_from(thrown);
    EXPECT_TRUE(e.code());
    EXPECT_EQ(e.kind(), error_kind::usage);
    EXPECT_NE(e.message().find("too far"), std::string_view::npos);
    EXPECT_THROW(throw_error(e), std::out_of_range);
    EXPECT_EQ(make_exception_ptr(e), thrown);
    EXPECT_THROW(throw_error(pgwire::error_from(std::make_exception_ptr(7))), int);
}

TEST(exception, a_foreign_system_error_keeps_its_code) {
    auto const reset = std::make_error_code(std::errc::connection_reset);
    auto const e = pgwire::error_from(std::make_exception_ptr(std::system_error(reset)));
    EXPECT_TRUE(e == reset);
    EXPECT_EQ(e.kind(), error_kind::connection);
    auto const cancelled = std::make_error_code(std::errc::operation_canceled);
    EXPECT_EQ(pgwire::error_from(std::make_exception_ptr(std::system_error(cancelled))).kind(), error_kind::cancelled);
    EXPECT_TRUE(pgwire::error_from(std::make_exception_ptr(std::bad_alloc())) == std::errc::not_enough_memory);
}

} // namespace
