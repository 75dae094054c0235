#include <pgwire/protocol/buffer.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <new>
#include <string>
#include <utility>

namespace {

using namespace pgwire::protocol;

buffer holding(std::string_view text) {
    buffer b;
    b.append(as_bytes(text));
    return b;
}

// Bytes that tell their position, so that a wrong move shows.
std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>(i * 7 + i / 251);
    return text;
}

TEST(Buffer, new_one_is_empty_and_owns_nothing) {
    buffer b;
    EXPECT_TRUE(b.empty());
    EXPECT_EQ(b.size(), 0U);
    EXPECT_EQ(b.capacity(), 0U);
    EXPECT_TRUE(b.unread().empty());
    b.append({});
    b.shrink(0);
    b.wipe();
    EXPECT_EQ(b.capacity(), 0U);
}

TEST(Buffer, appends_at_the_end_and_consumes_at_the_front) {
    buffer b = holding("one");
    b.append(as_bytes("two"));
    EXPECT_EQ(as_text(b.unread()), "onetwo");
    b.consume(2);
    EXPECT_EQ(as_text(b.unread()), "etwo");
    b.append(as_bytes("!"));
    EXPECT_EQ(as_text(b.unread()), "etwo!");
    EXPECT_EQ(b.size(), 5U);
    b.consume(5);
    EXPECT_TRUE(b.empty());
}

TEST(Buffer, prepared_room_counts_once_it_is_committed) {
    buffer b = holding("a");
    auto const room = b.prepare(100);
    EXPECT_GE(room.size(), 100U);
    EXPECT_EQ(b.size(), 1U);
    room[0] = std::byte{'b'};
    room[1] = std::byte{'c'};
    b.commit(2);
    EXPECT_EQ(as_text(b.unread()), "abc");
}

TEST(Buffer, keeps_the_content_while_it_grows) {
    for (std::size_t const step : {1U, 3U, 1000U, 1024U, 1025U, 100'000U}) {
        std::string const text = pattern(300'000);
        buffer b;
        for (std::size_t at = 0; at < text.size(); at += step)
            b.append(as_bytes(std::string_view(text).substr(at, step)));
        EXPECT_EQ(as_text(b.unread()), text) << step;
    }
}

TEST(Buffer, keeps_the_content_while_it_grows_and_is_consumed) {
    std::string const text = pattern(100'000);
    buffer b;
    std::string read;
    for (std::size_t at = 0, step = 1; at < text.size(); at += step, step = step % 977 + 13) {
        b.append(as_bytes(std::string_view(text).substr(at, step)));
        std::size_t const size = b.size() - b.size() / 3;
        read += as_text(b.unread().first(size));
        b.consume(size);
    }
    read += as_text(b.unread());
    EXPECT_EQ(read, text);
}

TEST(Buffer, grows_by_doubling) {
    buffer b;
    std::size_t growths = 0;
    for (std::size_t capacity = 0; b.size() < (1U << 20); b.append(as_bytes("x"))) {
        growths += b.capacity() != capacity ? 1 : 0;
        capacity = b.capacity();
    }
    EXPECT_LE(growths, 11U);
    EXPECT_LE(b.capacity(), 2U << 20);
}

TEST(Buffer, does_not_grow_while_what_comes_is_consumed) {
    buffer b = holding(std::string(600, 'x'));
    std::size_t const capacity = b.capacity();
    for (int i = 0; i < 10'000; ++i) {
        b.consume(b.size() - 100);
        b.append(as_bytes(std::string(300, 'y')));
    }
    EXPECT_EQ(b.capacity(), capacity);
}

TEST(Buffer, grows_where_moving_to_the_front_would_free_little) {
    buffer b = holding(std::string(1000, 'x'));
    std::size_t const capacity = b.capacity();
    b.consume(100);
    b.append(as_bytes(std::string(capacity - 1000 + 1, 'y')));
    EXPECT_GT(b.capacity(), capacity) << "else a stream that is read slowly would be moved at every read";
}

TEST(Buffer, refuses_room_that_no_address_space_has) {
    buffer b = holding("kept");
    EXPECT_THROW(b.prepare(SIZE_MAX), std::bad_alloc);
    EXPECT_THROW(b.prepare(SIZE_MAX / 2), std::bad_alloc);
    EXPECT_EQ(as_text(b.unread()), "kept");
}

TEST(Buffer, truncates_at_the_end) {
    buffer b = holding("abcdef");
    b.consume(1);
    b.truncate(3);
    EXPECT_EQ(as_text(b.unread()), "bcd");
    b.append(as_bytes("!"));
    EXPECT_EQ(as_text(b.unread()), "bcd!");
    b.truncate(0);
    EXPECT_TRUE(b.empty());
}

TEST(Buffer, patches_counted_from_the_front) {
    buffer b = holding("abcdef");
    b.consume(2);
    *b.at(1) = std::byte{'!'};
    EXPECT_EQ(as_text(b.unread()), "c!ef");
}

TEST(Buffer, moves_and_leaves_an_empty_one) {
    buffer from = holding("abc");
    from.consume(1);
    auto const* const data = from.unread().data();
    buffer to(std::move(from));
    EXPECT_EQ(as_text(to.unread()), "bc");
    EXPECT_EQ(to.unread().data(), data);
    EXPECT_TRUE(from.empty()); // NOLINT(bugprone-use-after-move): that is what is tested
    EXPECT_EQ(from.capacity(), 0U);

    buffer assigned = holding("forgotten");
    assigned = std::move(to);
    EXPECT_EQ(as_text(assigned.unread()), "bc");
    EXPECT_TRUE(to.empty()); // NOLINT(bugprone-use-after-move)
    to.append(as_bytes("as new"));
    EXPECT_EQ(as_text(to.unread()), "as new");
}

TEST(Buffer, clear_keeps_the_memory) {
    buffer b = holding("abc");
    std::size_t const capacity = b.capacity();
    b.clear();
    EXPECT_TRUE(b.empty());
    EXPECT_EQ(b.capacity(), capacity);
}

TEST(Buffer, shrinks_once_it_is_empty) {
    buffer b = holding(std::string(5000, 'x'));
    std::size_t const capacity = b.capacity();
    b.shrink(1024);
    EXPECT_EQ(b.size(), 5000U) << "not while it holds something";
    b.consume(5000);
    b.shrink(capacity);
    EXPECT_EQ(b.capacity(), capacity) << "not what may be kept";
    b.shrink(1024);
    EXPECT_EQ(b.capacity(), 0U);
    b.append(as_bytes("again"));
    EXPECT_EQ(as_text(b.unread()), "again");
}

TEST(Buffer, wipes_what_was_consumed_too) {
    buffer b = holding("consumed, unread, taken back");
    auto const* const first = b.unread().data();
    b.consume(9);
    b.truncate(7);
    b.wipe();
    EXPECT_TRUE(b.empty());
    auto const memory = b.prepare(b.capacity());
    ASSERT_EQ(memory.data(), first);
    EXPECT_EQ(as_text(memory.first(28)), std::string(28, '\0'));
}

} // namespace
