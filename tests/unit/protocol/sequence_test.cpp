#include <pgwire/protocol/sequence.hpp>

#include "golden.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <ranges>

// clang-format off: it would give each field's literal a line of its own.

namespace {

using namespace pgwire::protocol;
using namespace std::string_literals;
using pgwire::errc;

static_assert(std::ranges::input_range<sequence<std::uint32_t>>);
static_assert(std::input_iterator<sequence<std::string_view>::iterator>);

std::string_view const names[] = {"a", "", "two words"};
std::uint32_t const numbers[] = {0, 1, 0xffffffff};
nullable_bytes const values[] = {as_bytes("x"), std::nullopt, bytes_view(), as_bytes("yz")};

// The bytes of `list`, without a count.
template <class T>
std::string encoded(sequence<T> const& list) {
    buffer out;
    writer w(out);
    list.encode(w);
    EXPECT_EQ(w.finish(), errc::ok);
    return std::string(as_text(out.unread().subspan(4)));
}

template <class T>
void expect_same_from_objects_and_from_bytes(sequence<T> const& objects, std::string const& bytes) {
    EXPECT_EQ(encoded(objects), bytes);
    auto const decoded = sequence<T>::encoded(objects.size(), as_bytes(bytes));
    EXPECT_EQ(decoded.size(), objects.size());
    EXPECT_EQ(decoded.empty(), objects.empty());
    EXPECT_EQ(golden::elements(decoded).size(), objects.size());
    EXPECT_TRUE(golden::same(decoded, objects));
    EXPECT_EQ(encoded(decoded), bytes);
    EXPECT_EQ(as_text(decoded.encoding()), bytes);
}

TEST(Sequence, is_the_same_over_objects_and_over_bytes) {
    expect_same_from_objects_and_from_bytes(sequence<std::string_view>(names), "a\0" "\0" "two words\0"s);
    expect_same_from_objects_and_from_bytes(sequence<std::uint32_t>(numbers),
                                            "\0\0\0\0" "\0\0\0\1" "\xff\xff\xff\xff"s);
    expect_same_from_objects_and_from_bytes(sequence<nullable_bytes>(values),
                                            "\0\0\0\1" "x" "\xff\xff\xff\xff" "\0\0\0\0" "\0\0\0\2" "yz"s);
    expect_same_from_objects_and_from_bytes(sequence<std::int16_t>(), "");
}

TEST(Sequence, iterates_objects_in_place) {
    sequence<std::string_view> const list(names);
    EXPECT_EQ(&*list.begin(), names);
    EXPECT_EQ(list.begin()->size(), 1U);
    EXPECT_TRUE(list.encoding().empty());
}

TEST(Sequence, can_be_walked_again_and_from_a_copied_iterator) {
    auto const bytes = "a\0" "\0" "two words\0"s;
    auto const list = sequence<std::string_view>::encoded(3, as_bytes(bytes));
    EXPECT_TRUE(golden::same(list, sequence<std::string_view>(names)));
    EXPECT_TRUE(golden::same(list, sequence<std::string_view>(names)));
    auto it = list.begin();
    ++it;
    auto const second = it;
    it++;
    EXPECT_EQ(*it, "two words");
    EXPECT_EQ(*second, "");
    EXPECT_EQ(second->size(), 0U);
    EXPECT_EQ(++it, list.end());
}

TEST(Sequence, null_behind_a_value_is_null) {
    auto const bytes = "\0\0\0\1" "x" "\xff\xff\xff\xff"s;
    auto const list = sequence<nullable_bytes>::encoded(2, as_bytes(bytes));
    auto it = list.begin();
    EXPECT_TRUE(it->has_value());
    ++it;
    EXPECT_FALSE(it->has_value()) << "an iterator decodes into what held the element before";
}

TEST(Sequence, decodes_as_many_as_counted) {
    auto const body = "\0\2" "a\0" "b\0" "behind"s;
    reader in(as_bytes(body));
    auto const list = sequence<std::string_view>::decode_counted<std::int16_t>(in);
    std::string_view const expected[] = {"a", "b"};
    EXPECT_TRUE(golden::same(list, sequence<std::string_view>(expected)));
    EXPECT_EQ(as_text(list.encoding()), "a\0" "b\0"s);
    EXPECT_EQ(as_text(in.rest()), "behind");
}

TEST(Sequence, F11_count_without_elements_is_refused) {
    auto const refused = []<class Count>(Count, std::string const& body) {
        reader in(as_bytes(body));
        auto const list = sequence<std::string_view>::decode_counted<Count>(in);
        EXPECT_FALSE(in.ok()) << golden::in_hex(body);
        EXPECT_TRUE(list.empty()) << "nothing to walk";
        EXPECT_EQ(list.begin(), list.end());
    };
    refused(std::int16_t{}, "\0\3" "a\0" "b\0"s);
    refused(std::int16_t{}, "\0\2" "a\0" "b"s);
    refused(std::int16_t{}, "\xff\xff" "a\0"s);
    refused(std::int16_t{}, "\0"s);
    refused(std::uint16_t{}, "\xff\xff" "a\0"s);
    refused(std::int32_t{}, "\x7f\xff\xff\xff" "a\0"s);
    refused(std::int32_t{}, "\x80\0\0\0"s);
}

TEST(Sequence, decodes_up_to_the_terminator) {
    auto const body = "a\0" "bc\0" "\0" "behind"s;
    reader in(as_bytes(body));
    auto const list = sequence<std::string_view>::decode_terminated(in);
    std::string_view const expected[] = {"a", "bc"};
    EXPECT_TRUE(golden::same(list, sequence<std::string_view>(expected)));
    EXPECT_EQ(as_text(list.encoding()), "a\0" "bc\0"s);
    EXPECT_EQ(as_text(in.rest()), "behind");
}

TEST(Sequence, list_without_a_terminator_is_refused) {
    for (auto const& body : {""s, "a"s, "a\0"s, "a\0" "b"s}) {
        reader in(as_bytes(body));
        EXPECT_TRUE(sequence<std::string_view>::decode_terminated(in).empty());
        EXPECT_FALSE(in.ok()) << golden::in_hex(body);
    }
}

TEST(Sequence, count_over_its_type_is_refused_with_the_given_error) {
    std::vector<std::int16_t> const many(65536);
    auto const refusal = [&]<class Count>(Count, std::size_t size, errc too_many) {
        buffer out;
        writer w(out);
        sequence<std::int16_t>(std::span(many).first(size)).encode_counted<Count>(w, too_many);
        return w.finish();
    };
    EXPECT_EQ(refusal(std::uint16_t{}, 65535, errc::too_many_parameters), errc::ok);
    EXPECT_EQ(refusal(std::uint16_t{}, 65536, errc::too_many_parameters), errc::too_many_parameters);
    EXPECT_EQ(refusal(std::int16_t{}, 32767, errc::message_too_long), errc::ok);
    EXPECT_EQ(refusal(std::int16_t{}, 32768, errc::message_too_long), errc::message_too_long);
}

} // namespace
