#include "protocol/md5_password.hpp"

#include <gtest/gtest.h>

namespace {

using pgwire::protocol::md5_password;

constexpr std::array<std::byte, 4> salt = {std::byte{0x93}, std::byte{0x00}, std::byte{0x6E}, std::byte{0xFF}};

// Expected values are of Python's hashlib.

TEST(Md5Password, answers_the_servers_salt) {
    EXPECT_EQ(md5_password("secret", "alice", salt), "md51fc997ad2c2e3020b237e932e3d45eb5");
}

TEST(Md5Password, salt_matters) {
    EXPECT_EQ(md5_password("secret", "alice", {}), "md5d5892e05ed854e3687f1ffefc3977bf9");
}

TEST(Md5Password, A17_user_and_password_are_taken_as_bytes) {
    EXPECT_EQ(md5_password("p\xE4ss", "\xFF\xFEuser", salt), "md5975c95bb2f4ebaed60c9ae068fe6c1e4");
}

} // namespace
