#include <pgwire/types/all.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "codec_test.hpp"

namespace pgwire::test {
namespace {

using namespace std::string_view_literals;

struct celsius {
    double degrees = 0;
    bool operator==(celsius const&) const = default;
};
struct reading { // by way of a type that has no codec by bytes itself
    celsius value;
    bool operator==(reading const&) const = default;
};

} // namespace
} // namespace pgwire::test

template <>
struct pgwire::codec<pgwire::test::celsius> {
    using through = double;
    static double to(test::celsius const& c) { return c.degrees; }
    static test::celsius from(double degrees) { return {degrees}; }
};
template <>
struct pgwire::codec<pgwire::test::reading> {
    using through = test::celsius;
    static test::celsius to(test::reading const& r) { return r.value; }
    static test::reading from(test::celsius c) { return {c}; }
};

namespace pgwire::test {
namespace {

template <class T>
std::string argument(T const& value) {
    encoder::storage bytes;
    encoder out(bytes);
    detail::encode_argument(out, value);
    return hex_of(bytes.view());
}

TEST(Argument, length_and_bytes) {
    EXPECT_EQ(argument(true), "0000000101");
    EXPECT_EQ(argument(std::int32_t{258}), "0000000400000102");
    EXPECT_EQ(argument(std::string()), "00000000");
    EXPECT_EQ(argument("ab"sv), "000000026162");
}

TEST(Argument, texts_of_c) {
    EXPECT_EQ(argument("ab"), "000000026162");
    EXPECT_EQ(argument(""), "00000000");
    char const* const text = "ab";
    EXPECT_EQ(argument(text), "000000026162");
    char changeable[]{'a', 'b', '\0', 'c'};
    EXPECT_EQ(argument(changeable), "000000026162");
    EXPECT_EQ(argument(&changeable[0]), "000000026162");
    char const unterminated[]{'a', 'b'};
    EXPECT_EQ(argument(unterminated), "000000026162");
    EXPECT_EQ(argument(static_cast<char const*>(nullptr)), "ffffffff");
    EXPECT_EQ(detail::argument_type<char[3]>, 0U);
    EXPECT_EQ(detail::argument_type<char const*>, 0U);
    EXPECT_EQ(detail::argument_format<char*>, format::text);
}

TEST(Argument, null) {
    EXPECT_EQ(argument(nullptr), "ffffffff");
    EXPECT_EQ(argument(std::nullopt), "ffffffff");
    EXPECT_EQ(argument(std::optional<int>()), "ffffffff");
    EXPECT_EQ(argument(std::optional<std::int16_t>(1)), "000000020001");
    EXPECT_EQ(detail::argument_type<std::nullptr_t>, 0U);
    EXPECT_EQ(detail::argument_type<std::nullopt_t>, 0U);
    EXPECT_EQ(detail::argument_type<std::optional<int>>, oids::int4);
    EXPECT_EQ(detail::argument_format<std::optional<int>>, format::binary);
}

TEST(Argument, through_other_types) {
    EXPECT_EQ(detail::argument_type<reading>, oids::float8);
    EXPECT_EQ(argument(reading{{1.5}}), "000000083ff8000000000000");
    EXPECT_EQ(argument(std::optional(celsius{1.5})), "000000083ff8000000000000");
    EXPECT_EQ(from_hex<reading>(oids::float8, "3ff8000000000000"), reading{{1.5}});
    EXPECT_EQ(from_text<reading>(oids::float4, "1.5"), reading{{1.5}});
    EXPECT_FALSE(from_text<reading>(oids::float4, "x"));
    EXPECT_FALSE(fits<reading>(oids::text, format::text));
    EXPECT_EQ(detail::argument_type<std::vector<reading>>, oids::float8_array);
    std::vector<celsius> const values{{1.5}, {2.5}};
    EXPECT_EQ(from_hex<std::vector<celsius>>(oids::float8_array, encoded_hex(values)), values);
    EXPECT_EQ(from_text<std::vector<celsius>>(oids::float8_array, "{1.5,2.5}"), values);
}

TEST(Argument, declared_by_their_types) {
    EXPECT_EQ(detail::argument_type<numeric>, oids::numeric);
    EXPECT_EQ(detail::argument_type<timestamptz>, oids::timestamptz);
    EXPECT_EQ(detail::argument_type<long>, oids::int8);
    EXPECT_EQ(detail::argument_type<long long>, oids::int8);
    EXPECT_EQ(detail::argument_type<bytes>, oids::bytea);
    EXPECT_EQ(detail::argument_type<protocol::bytes_view>, oids::bytea);
    EXPECT_EQ(detail::argument_type<std::vector<std::int32_t>>, oids::int4_array);
    EXPECT_EQ(detail::argument_type<std::vector<bytes>>, oids::bytea_array);
    EXPECT_EQ(detail::argument_type<std::vector<std::string>>, 0U);
}

TEST(Argument, F20_longer_than_a_length_can_say) {
    // Without memory for 2 GiB: the length is all that is looked at.
    struct counted {
        static std::size_t end(std::size_t size) {
            encoder::storage bytes;
            encoder out(bytes);
            out.begin_length();
            // A begin beyond the end makes the distance wrap around to a huge one.
            out.end_length(out.size() + size);
            return size;
        }
    };
    EXPECT_THROW(counted::end(1), std::length_error);
}

} // namespace
} // namespace pgwire::test
