#include "protocol/crypto.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <type_traits>

#include <gtest/gtest.h>

namespace {

struct watched {
    unsigned char value;
};

bool was_wiped = false;

} // namespace

// Where wiping_allocator<watched> gives its memory back: looks at what is still in it.
template <>
struct std::allocator<watched> {
    using value_type = watched;

    watched* allocate(std::size_t count) { return static_cast<watched*>(::operator new(count)); }
    void deallocate(watched* memory, std::size_t count) noexcept {
        was_wiped = std::all_of(memory, memory + count, [](watched const& each) { return each.value == 0; });
        ::operator delete(memory);
    }
};

namespace {

using namespace pgwire::protocol;

std::string hex(std::span<std::byte const> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::byte const byte : bytes) {
        text += digits[std::to_integer<std::size_t>(byte >> 4)];
        text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
    return text;
}

TEST(Crypto, sha256_of_fips_180_examples) {
    sha256_digest digest;
    ASSERT_TRUE(sha256(bytes_of("abc"), digest));
    EXPECT_EQ(hex(digest), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ASSERT_TRUE(sha256({}, digest));
    EXPECT_EQ(hex(digest), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Crypto, md5_of_rfc_1321_examples) {
    md5_digest digest;
    ASSERT_TRUE(md5(bytes_of("message digest"), digest));
    EXPECT_EQ(hex(digest), "f96b697d7cb7938d525a2f31aaf161d0");
    ASSERT_TRUE(md5({}, digest));
    EXPECT_EQ(hex(digest), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(Crypto, hmac_sha256_of_rfc_4231_test_case_2) {
    sha256_digest digest;
    ASSERT_TRUE(hmac_sha256(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"), digest));
    EXPECT_EQ(hex(digest), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Crypto, hmac_sha256_takes_an_empty_key) {
    sha256_digest digest;
    ASSERT_TRUE(hmac_sha256({}, {}, digest));
    EXPECT_EQ(hex(digest), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Crypto, pbkdf2_hmac_sha256_of_rfc_7914_section_11) {
    sha256_digest derived;
    ASSERT_TRUE(pbkdf2_hmac_sha256(bytes_of("passwd"), bytes_of("salt"), 1, derived));
    EXPECT_EQ(hex(derived), "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
    ASSERT_TRUE(pbkdf2_hmac_sha256(bytes_of("Password"), bytes_of("NaCl"), 80000, derived));
    EXPECT_EQ(hex(derived), "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
}

TEST(Crypto, pbkdf2_refuses_counts_that_openssl_cannot_take) {
    sha256_digest derived;
    EXPECT_FALSE(pbkdf2_hmac_sha256(bytes_of("p"), bytes_of("s"), 0, derived));
    EXPECT_FALSE(pbkdf2_hmac_sha256(bytes_of("p"), bytes_of("s"), 0x8000'0000, derived));
}

TEST(Crypto, random_bytes_differ_each_time) {
    std::set<std::array<std::byte, 16>> seen;
    for (int i = 0; i < 100; ++i) {
        std::array<std::byte, 16> bytes{};
        ASSERT_TRUE(random_bytes(bytes));
        EXPECT_TRUE(seen.insert(bytes).second);
    }
}

TEST(Crypto, constant_time_equal_compares_lengths_and_every_byte) {
    EXPECT_TRUE(constant_time_equal(bytes_of("abc"), bytes_of("abc")));
    EXPECT_TRUE(constant_time_equal({}, {}));
    EXPECT_FALSE(constant_time_equal(bytes_of("abc"), bytes_of("abcd")));
    EXPECT_FALSE(constant_time_equal(bytes_of(""), bytes_of("a")));
    for (std::size_t i = 0; i < 3; ++i) {
        std::string other = "abc";
        other[i] = '\0';
        EXPECT_FALSE(constant_time_equal(bytes_of("abc"), bytes_of(other)));
    }
}

TEST(Crypto, secure_wipe_leaves_zeros) {
    std::string text = "password";
    secure_wipe(text.data(), text.size());
    EXPECT_EQ(text, std::string(8, '\0'));
}

TEST(Crypto, secret_digest_is_wiped_at_its_end) {
    alignas(secret_digest) std::array<std::byte, sizeof(secret_digest)> memory;
    auto* const key = new (memory.data()) secret_digest;
    key->value.fill(std::byte{0xAA});
    key->~secret_digest();
    EXPECT_TRUE(std::all_of(memory.begin(), memory.end(), [](std::byte byte) { return byte == std::byte{0}; }));
}

TEST(Crypto, wiping_allocator_wipes_when_a_vector_ends_grows_or_is_assigned) {
    auto password = std::optional<secret_vector<watched>>(std::in_place, 8, watched{0xAA});
    was_wiped = false;
    password->reserve(100);
    EXPECT_TRUE(was_wiped);

    was_wiped = false;
    *password = secret_vector<watched>(8, watched{0xAA});
    EXPECT_TRUE(was_wiped);

    was_wiped = false;
    password->clear();
    password.reset();
    EXPECT_TRUE(was_wiped);
}

TEST(Secret, is_not_copied_by_accident) {
    static_assert(!std::is_copy_constructible_v<secret> && !std::is_copy_assignable_v<secret>);
    static_assert(!std::is_copy_constructible_v<secret_digest> && !std::is_copy_assignable_v<secret_digest>);
    static_assert(!std::is_convertible_v<std::string_view, secret>);
    secret const original("password");
    EXPECT_EQ(original.clone().view(), "password");
}

TEST(Secret, moved_from_holds_nothing) {
    secret from("password");
    auto const* const block = from.view().data();
    secret to(std::move(from));
    EXPECT_TRUE(from.empty());
    EXPECT_EQ(to.view(), "password");
    EXPECT_EQ(to.view().data(), block) << "the characters were copied: one copy stays behind";

    secret assigned("other");
    assigned = std::move(to);
    EXPECT_TRUE(to.empty());
    EXPECT_EQ(assigned.view().data(), block);
}

TEST(Secret, moved_from_digest_is_wiped) {
    secret_digest from;
    from.value.fill(std::byte{0xAA});
    secret_digest to(std::move(from));
    EXPECT_EQ(from.value, sha256_digest{});
    EXPECT_EQ(to.value[31], std::byte{0xAA});
    from = std::move(to);
    EXPECT_EQ(to.value, sha256_digest{});
    EXPECT_EQ(from.value[0], std::byte{0xAA});
}

} // namespace
