// Every method that a real server can be made to ask for, over TCP and Unix sockets, right and wrong.

#include "support/run.hpp"
#include "support/servers.hpp"

#include <pgwire/pgwire.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using namespace pgwire::literals;
using pgwire::test::run;

class Authentication : public testing::TestWithParam<pgwire::test::real_server> {
protected:
    static pgwire::result<std::string> user_of(std::string uri) {
        pgwire::result<std::string> user;
        run([&]() -> asio::awaitable<void> {
            auto db = co_await pgwire::connection::connect(uri, pgwire::as_result);
            if (!db) {
                user = db.error();
                co_return;
            }
            user = co_await db->query_one<std::string>("select session_user"_sql);
            co_await db->close();
        });
        return user;
    }

    /// Over TCP and the Unix socket.
    static std::vector<std::string> ways(std::string_view role, std::string_view password) {
        return {GetParam().uri(role, password), GetParam().local_uri(role, password)};
    }
};

INSTANTIATE_TEST_SUITE_P(PostgreSQL, Authentication, testing::ValuesIn(pgwire::test::postgresql_servers()),
                         pgwire::test::server_name());

TEST_P(Authentication, every_method_accepts_the_right_password) {
    for (auto const* role : {"trust_user", "password_user", "md5_user", "scram_user"})
        for (auto const& uri : ways(role, "secret")) {
            auto const user = user_of(uri);
            ASSERT_TRUE(user) << role << ": " << to_string(user.error());
            EXPECT_EQ(*user, role);
        }
}

TEST_P(Authentication, every_method_refuses_the_wrong_password) {
    for (auto const* role : {"password_user", "md5_user", "scram_user"})
        for (auto const& uri : ways(role, "wrong")) {
            auto const user = user_of(uri);
            ASSERT_FALSE(user) << role;
            EXPECT_EQ(user.error(), pgwire::sqlstate::invalid_password) << role;
            EXPECT_EQ(to_string(user.error()).find("wrong"), std::string::npos) << "the password is shown";
        }
}

TEST_P(Authentication, A16_passwords_are_prepared_as_the_server_does) {
    // U+2168 ROMAN NUMERAL NINE is IX after SASLprep, U+00AD SOFT HYPHEN nothing at all.
    EXPECT_TRUE(user_of(GetParam().uri("scram_unicode_user", "%E2%85%A8")));
    EXPECT_TRUE(user_of(GetParam().uri("scram_unicode_user", "IX")));
    EXPECT_TRUE(user_of(GetParam().uri("scram_odd_user", "I%C2%ADX")));
    EXPECT_TRUE(user_of(GetParam().uri("scram_odd_user", "IX")));
    EXPECT_FALSE(user_of(GetParam().uri("scram_unicode_user", "VIIII")));
}

TEST_P(Authentication, A17_an_empty_password_is_refused_before_it_is_sent) {
    for (auto const* role : {"password_user", "md5_user", "scram_user"}) {
        auto const user = user_of(GetParam().uri(role));
        ASSERT_FALSE(user) << role;
        EXPECT_EQ(user.error(), pgwire::errc::password_missing) << role;
    }
}

TEST_P(Authentication, A02_A19_require_auth_is_kept) {
    auto const with = [&](std::string_view role, std::string_view methods) {
        return user_of(GetParam().uri(role, "secret") + "?require_auth=" + std::string(methods));
    };
    EXPECT_TRUE(with("scram_user", "scram-sha-256"));
    EXPECT_TRUE(with("md5_user", "md5,scram-sha-256"));
    EXPECT_TRUE(with("trust_user", "none"));
    for (auto const& refused : {with("password_user", "scram-sha-256"), with("md5_user", "!md5"),
                                with("trust_user", "scram-sha-256"), with("scram_user", "!scram-sha-256")}) {
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error(), pgwire::errc::authentication_method_refused);
    }
}

TEST_P(Authentication, S15_the_servers_reason_reaches_the_caller) {
    auto const rejected = user_of(GetParam().uri("reject_user", "secret"));
    ASSERT_FALSE(rejected);
    EXPECT_EQ(rejected.error(), pgwire::sqlstate::invalid_authorization_specification);
    EXPECT_EQ(rejected.error().severity(), "FATAL");
    EXPECT_TRUE(rejected.error().connection_lost());
    auto const nowhere =
        user_of("postgresql://trust_user@" + GetParam().host + ":" + GetParam().port + "/no_such_database");
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error(), pgwire::sqlstate::invalid_catalog_name);
}

TEST_P(Authentication, S18_protocol_3_2_is_asked_for_and_a_lower_one_accepted) {
    EXPECT_TRUE(user_of(GetParam().uri() + "?max_protocol_version=3.2"));
    auto const only_3_2 = user_of(GetParam().uri() + "?min_protocol_version=3.2&max_protocol_version=3.2");
    if (GetParam().name == "postgresql-18") {
        EXPECT_TRUE(only_3_2);
    } else {
        ASSERT_FALSE(only_3_2);
        EXPECT_EQ(only_3_2.error(), pgwire::errc::protocol_version_unsupported);
    }
}

TEST_P(Authentication, the_next_host_is_tried) {
    std::string const uri =
        "postgresql://trust_user@127.0.0.1:1," + GetParam().host + ":" + GetParam().port + "/pgwire";
    EXPECT_TRUE(user_of(uri));
    auto const nobody = user_of("postgresql://trust_user@127.0.0.1:1/pgwire");
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error(), pgwire::errc::connect_failed);
    EXPECT_TRUE(nobody.error().nothing_was_sent());
}

} // namespace
