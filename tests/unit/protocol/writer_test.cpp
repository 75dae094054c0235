#include <pgwire/protocol/writer.hpp>

#include <gtest/gtest.h>

#include <string>

// clang-format off: it would give each field's literal a line of its own.

namespace {

using namespace pgwire::protocol;
using namespace std::string_literals;
using pgwire::errc;

TEST(Writer, writes_fields_and_patches_the_length) {
    buffer out;
    writer w(out, 'x');
    w.integer(std::uint8_t{1});
    w.integer(std::int16_t{-2});
    w.integer(std::uint32_t{0x01020304});
    w.integer(std::int64_t{0x0102030405060708});
    w.character('c');
    w.string("text");
    w.string("");
    w.bytes(as_bytes("raw"));
    w.bytes({});
    EXPECT_EQ(w.finish(), errc::ok);
    EXPECT_EQ(as_text(out.unread()),
              "x" "\0\0\0\x1d" "\1" "\xff\xfe" "\1\2\3\4" "\1\2\3\4\5\6\7\x08" "c" "text\0" "\0" "raw"s);
}

TEST(Writer, startup_packet_has_no_type) {
    buffer out;
    writer w(out);
    w.string("a");
    EXPECT_EQ(w.finish(), errc::ok);
    EXPECT_EQ(as_text(out.unread()), "\0\0\0\x06" "a\0"s);
}

TEST(Writer, patches_its_own_length_behind_other_messages) {
    buffer out;
    out.append(as_bytes("consumed and earlier"));
    out.consume(9);
    for (auto const* text : {"1", "22"}) {
        writer w(out, 'x');
        w.bytes(as_bytes(text));
        EXPECT_EQ(w.finish(), errc::ok);
    }
    EXPECT_EQ(as_text(out.unread()), "and earlier" "x\0\0\0\x05" "1" "x\0\0\0\x06" "22"s);
}

TEST(Writer, patches_its_length_in_memory_that_was_moved) {
    buffer out;
    writer w(out, 'x');
    std::string const large(100'000, 'y');
    w.bytes(as_bytes(large));
    EXPECT_EQ(w.finish(), errc::ok);
    EXPECT_EQ(as_text(out.unread()), "x" "\0\x01\x86\xa4"s + large);
}

TEST(Writer, first_failure_sticks_and_takes_the_message_back) {
    buffer out;
    out.append(as_bytes("earlier"));
    writer w(out, 'x');
    w.string("before");
    w.string("a\0b"s);
    std::size_t const size = out.size();
    w.fail(errc::too_many_parameters);
    w.string("behind");
    w.integer(std::int32_t{1});
    w.character('c');
    w.bytes(as_bytes("bytes"));
    EXPECT_EQ(out.size(), size) << "nothing is written behind a failure";
    EXPECT_EQ(w.finish(), errc::embedded_nul);
    EXPECT_EQ(as_text(out.unread()), "earlier");
}

TEST(Writer, message_that_is_not_finished_is_taken_back) {
    buffer out;
    out.append(as_bytes("earlier"));
    {
        writer w(out, 'x');
        w.string("half of it");
    }
    EXPECT_EQ(as_text(out.unread()), "earlier");
}

TEST(Writer, F20_value_longer_than_a_message_is_not_looked_at) {
    // No memory has this size; a byte of it read, or copied, would crash.
    bytes_view const huge(reinterpret_cast<std::byte const*>(8), std::size_t{1} << 40);
    buffer out;
    writer w(out, 'x');
    std::size_t const capacity = out.capacity();
    w.bytes(huge);
    EXPECT_EQ(w.finish(), errc::message_too_long);
    EXPECT_TRUE(out.empty());
    EXPECT_EQ(out.capacity(), capacity);
}

} // namespace
