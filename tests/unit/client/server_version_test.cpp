#include "client/server_version.hpp"

#include <gtest/gtest.h>

namespace {

using pgwire::client::server_version_number;

TEST(server_version, as_postgresql_counts) {
    EXPECT_EQ(server_version_number("18.6 (Debian 18.6-1.pgdg12+1)"), 180006);
    EXPECT_EQ(server_version_number("15.20"), 150020);
    EXPECT_EQ(server_version_number("10.0"), 100000);
    EXPECT_EQ(server_version_number("17beta1"), 170000);
    EXPECT_EQ(server_version_number("18rc2"), 180000);
    EXPECT_EQ(server_version_number("19devel"), 190000);
    EXPECT_EQ(server_version_number("16"), 160000);
    EXPECT_EQ(server_version_number("9.6.24"), 90624);
    EXPECT_EQ(server_version_number("9.6"), 90600);
    EXPECT_EQ(server_version_number("8.4.22"), 80422);
    EXPECT_EQ(server_version_number("16.0 (InterSystems IRIS)"), 160000);
    EXPECT_EQ(server_version_number("14.7.3"), 140007) << "from 10 on there are two numbers";
}

TEST(server_version, is_none) {
    for (auto const* text : {"", "x", "PostgreSQL 16", ".5", "-1", "99999", "99999999999999999999", " 16"})
        EXPECT_EQ(server_version_number(text), 0) << text;
}

TEST(server_version, ends_where_the_number_does) {
    EXPECT_EQ(server_version_number("16."), 160000);
    EXPECT_EQ(server_version_number("16.x"), 160000);
    EXPECT_EQ(server_version_number("16.4.x"), 160004);
}

} // namespace
