#include "protocol/saslprep.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace {

using namespace pgwire::protocol;

std::optional<std::string> prepared(std::string_view text) {
    auto const result = saslprep(text);
    return result ? std::optional<std::string>(result->view()) : std::nullopt;
}

std::string for_postgresql(std::string_view password) { return std::string(prepare_password(password).view()); }

secret_vector<char32_t> characters(std::u32string_view text) { return {text.begin(), text.end()}; }

constexpr std::pair<std::u32string_view, std::u32string_view> nfkc_vectors[] = {
#include "nfkc_vectors.inc"
};

TEST(Saslprep, nfkc_agrees_with_pythons_unicodedata) {
    for (auto const& [text, normalized] : nfkc_vectors) {
        EXPECT_EQ(normalize_nfkc(characters(text)), characters(normalized));
    }
}

TEST(Saslprep, nfkc_orders_marks_before_it_composes) {
    EXPECT_EQ(normalize_nfkc(characters(U"q\u0307\u0323")), characters(U"q\u0323\u0307"));
    EXPECT_EQ(normalize_nfkc(characters(U"a\u0301\u0323")), characters(U"\u1EA1\u0301"));
}

TEST(Saslprep, nfkc_does_not_compose_over_a_blocking_mark) {
    EXPECT_EQ(normalize_nfkc(characters(U"a\u0305\u0301")), characters(U"a\u0305\u0301"));
    // Unicode Corrigendum #5: a starter blocks too.
    EXPECT_EQ(normalize_nfkc(characters(U"\u0B47\u0300\u0B3E")), characters(U"\u0B47\u0300\u0B3E"));
    EXPECT_EQ(normalize_nfkc(characters(U"\u1100\u0300\u1161")), characters(U"\u1100\u0300\u1161"));
}

TEST(Saslprep, nfkc_leaves_composition_exclusions_apart) {
    EXPECT_EQ(normalize_nfkc(characters(U"\u0958")), characters(U"\u0915\u093C"));
    EXPECT_EQ(normalize_nfkc(characters(U"\uFB2C")), characters(U"\u05E9\u05BC\u05C1"));
}

TEST(Saslprep, nfkc_composes_hangul) {
    EXPECT_EQ(normalize_nfkc(characters(U"\u1112\u1161\u11AB")), characters(U"\uD55C"));
    EXPECT_EQ(normalize_nfkc(characters(U"\uD558\u11AB")), characters(U"\uD55C"));
    EXPECT_EQ(normalize_nfkc(characters(U"\uD55C\u11AB")), characters(U"\uD55C\u11AB"));
    EXPECT_EQ(normalize_nfkc(characters(U"\uAC00\u11A7")), characters(U"\uAC00\u11A7")) << "U+11A7 is no trailing jamo";
}

TEST(Saslprep, rfc_4013_examples) {
    EXPECT_EQ(prepared("I\u00ADX"), "IX");
    EXPECT_EQ(prepared("user"), "user");
    EXPECT_EQ(prepared("USER"), "USER");
    EXPECT_EQ(prepared("\u00AA"), "a");
    EXPECT_EQ(prepared("\u2168"), "IX");
    EXPECT_EQ(prepared("\u0627\u0031"), std::nullopt);
}

TEST(Saslprep, A16_roman_numeral_and_soft_hyphen_are_prepared) {
    EXPECT_EQ(for_postgresql("\u2168"), "IX");
    EXPECT_EQ(for_postgresql("I\u00ADX"), "IX");
}

TEST(Saslprep, A16_other_spaces_become_a_space) {
    EXPECT_EQ(for_postgresql("a\u00A0b\u3000c\u2009d"), "a b c d");
    EXPECT_EQ(for_postgresql("a\u200Bb"), "a b") << "in both of RFC 3454's tables; PostgreSQL makes it a space";
}

TEST(Saslprep, A16_unassigned_code_points_leave_the_password_as_it_is) {
    EXPECT_EQ(prepared("\u0221\u00AD"), std::nullopt);
    EXPECT_EQ(for_postgresql("\u0221\u00AD"), "\u0221\u00AD");
    EXPECT_EQ(for_postgresql("\U0001F511\u2168"), "\U0001F511\u2168") << "assigned since Unicode 6.0, not in 3.2";
}

TEST(Saslprep, A16_prohibited_code_points_leave_the_password_as_it_is) {
    constexpr std::string_view one_of_each_table[] = {
        "\x01",       "\x7F",       // C.2.1
        "\u0085",     "\u2028",     // C.2.2
        "\uE000",     "\U00100000", // C.3
        "\uFDD0",     "\U0001FFFE", // C.4
        "\uFFFD",                   // C.6
        "\u2FF0",                   // C.7
        "\u202E",     "\u0340",     // C.8
        "\U000E0041",               // C.9
    };
    for (auto const code_point : one_of_each_table) {
        std::string const password = "\u2168" + std::string(code_point);
        EXPECT_EQ(prepared(password), std::nullopt) << code_point;
        EXPECT_EQ(for_postgresql(password), password);
    }
}

TEST(Saslprep, A16_mixed_directions_leave_the_password_as_it_is) {
    for (std::string const password : {"\u05D0a\u05D0", "\u05D0\u00E9", "1\u05D0", "\u05D01", "\u0627a\u0628"}) {
        EXPECT_EQ(prepared(password), std::nullopt) << password;
        EXPECT_EQ(for_postgresql(password), password);
    }
    EXPECT_EQ(prepared("\u06271\u0628"), "\u06271\u0628");
    EXPECT_EQ(prepared("\u05D0"), "\u05D0");
}

TEST(Saslprep, A16_is_checked_before_normalization_as_postgresql_does) {
    // ALEF SYMBOL reads left to right, and becomes the Hebrew letter: RFC 3454 would see mixed directions.
    EXPECT_EQ(prepared("a\u2135"), "a\u05D0");
    // COMBINING GRAVE TONE MARK is prohibited, though normalization would make it U+0300.
    EXPECT_EQ(prepared("e\u0340"), std::nullopt);
    // Unicode Corrigendum #4, made after 3.2.
    EXPECT_EQ(prepared("\U0002F868"), "\u36FC");
}

TEST(Saslprep, A16_invalid_utf8_leaves_the_password_as_it_is) {
    constexpr std::string_view invalid[] = {
        "\x80",
        "\xBF",
        "\xC3",
        "\xC3(",
        "\xC0\xAF",
        "\xC1\xBF",
        "\xE0\x81\x81",
        "\xE2\x82",
        "\xE2(\xA1",
        "\xE2\x82(",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x82\x82\xAC",
        "\xF0\x9F\x94",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFE",
        "\xFF",
        "\xF8\x88\x80\x80\x80",
    };
    for (auto const text : invalid) {
        std::string const password = "\u2168" + std::string(text);
        EXPECT_EQ(prepared(password), std::nullopt);
        EXPECT_EQ(for_postgresql(password), password);
        EXPECT_EQ(prepared(std::string(text) + "\u2168"), std::nullopt);
    }
}

TEST(Saslprep, A16_reads_no_further_than_the_password) {
    for (std::string_view const whole : {"\u00E9", "\u0901", "\U00010300"}) {
        for (std::size_t length = 1; length < whole.size(); ++length) {
            EXPECT_EQ(prepared(whole.substr(0, length)), std::nullopt);
        }
    }
}

TEST(Saslprep, A16_utf8_of_every_length_is_read_and_written) {
    EXPECT_EQ(prepared("\u00E9\u0901\U00010300\U0002A6D6"), "\u00E9\u0901\U00010300\U0002A6D6");
}

TEST(Saslprep, A16_nothing_left_means_the_password_as_it_is) {
    EXPECT_EQ(prepared("\u00AD\u200D"), std::nullopt);
    EXPECT_EQ(for_postgresql("\u00AD\u200D"), "\u00AD\u200D");
}

TEST(Saslprep, A16_ascii_is_taken_as_it_is) {
    EXPECT_EQ(prepared(""), "");
    EXPECT_EQ(prepared("\x01\x7F \t~"), "\x01\x7F \t~");
}

} // namespace
