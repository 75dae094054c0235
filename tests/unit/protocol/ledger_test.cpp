#include "protocol/ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <random>
#include <vector>

namespace {

using namespace pgwire::protocol;
using pgwire::errc;
using testing::ElementsAre;
using testing::IsEmpty;

/// Somebody to be told apart from others.
struct nobody final : receiver {
    errc row(bytes_view) override { return errc::ok; }
    void completed(std::string_view) override {}
    void failed(pgwire::error const&) override {}
    void aborted(pgwire::error const&) override {}
    void settled(backend::transaction_status) override {}
    void lost(pgwire::error const&) override {}
};

class ledger_of_three : public testing::Test {
protected:
    void expect_statement(receiver* who) {
        book.expect(awaited::parse_complete, who);
        book.expect(awaited::bind_complete, who);
        book.expect(awaited::rows, who);
    }
    std::vector<receiver*> skip() {
        std::vector<receiver*> aborted;
        book.skip_to_ready([&](receiver& who) { aborted.push_back(&who); });
        return aborted;
    }
    void settle(std::size_t count) {
        while (count-- > 0)
            book.settle();
    }

    ledger book;
    nobody a, b, c;
};

TEST(ledger, begins_empty) {
    ledger const book;
    EXPECT_TRUE(book.empty());
    EXPECT_EQ(book.size(), 0U);
    EXPECT_EQ(book.head_progress, progress::none);
}

TEST_F(ledger_of_three, settles_in_the_order_of_requests) {
    book.expect(awaited::rows, &a, true);
    book.expect(awaited::ready, &b);
    EXPECT_EQ(book.head().who, &a);
    EXPECT_EQ(book.head().what, awaited::rows);
    EXPECT_TRUE(book.head().limited);
    EXPECT_EQ(book[1].what, awaited::ready);
    book.head_progress = progress::described;
    book.settle();
    EXPECT_EQ(book.head().who, &b);
    EXPECT_FALSE(book.head().limited);
    EXPECT_EQ(book.head_progress, progress::none) << "progress is the head's";
    book.settle();
    EXPECT_TRUE(book.empty());
}

// The ring against a queue that cannot be wrong: it grows while its first entry stands anywhere.
TEST_F(ledger_of_three, is_a_queue_however_long) {
    std::array<receiver*, 3> const who{&a, &b, &c};
    std::mt19937 random(7); // NOLINT(cert-msc51-cpp): the same every time
    std::deque<std::pair<receiver*, awaited>> model;
    for (int i = 0; i < 20'000; ++i) {
        if (model.empty() || random() % 100 < (i / 1000 % 2 == 0 ? 60U : 40U)) {
            model.emplace_back(who[random() % 3], static_cast<awaited>(random() % 9));
            book.expect(model.back().second, model.back().first);
        } else {
            model.pop_front();
            book.settle();
        }
        ASSERT_EQ(book.size(), model.size());
        if (!model.empty()) {
            ASSERT_EQ(book.head().who, model.front().first);
            ASSERT_EQ(book.head().what, model.front().second);
            ASSERT_EQ(book[model.size() - 1].who, model.back().first);
            ASSERT_EQ(book[model.size() - 1].what, model.back().second);
        }
    }
}

TEST_F(ledger_of_three, takes_back_the_newest) {
    settle((expect_statement(&a), 2)); // the first entry stands in the middle of the ring
    std::size_t const before = book.size();
    expect_statement(&b);
    book.truncate(before);
    EXPECT_EQ(book.size(), 1U);
    expect_statement(&c);
    settle(1);
    EXPECT_EQ(book.head().who, &c);
}

TEST_F(ledger_of_three, abandoned_keeps_its_places) {
    expect_statement(&a);
    expect_statement(&b);
    book.expect(awaited::ready, &a);
    book.abandon(a);
    EXPECT_EQ(book.size(), 7U);
    for (std::size_t const i : {0U, 1U, 2U, 6U})
        EXPECT_EQ(book[i].who, nullptr);
    for (std::size_t const i : {3U, 4U, 5U})
        EXPECT_EQ(book[i].who, &b);
    EXPECT_EQ(book[6].what, awaited::ready);
}

TEST_F(ledger_of_three, P03_skips_to_the_next_ready_only) { // P-03
    for (receiver* const who : {&a, &b, &c}) {
        expect_statement(who);
        book.expect(awaited::ready, who);
    }
    EXPECT_THAT(skip(), IsEmpty()) << "whoever failed is not aborted";
    EXPECT_EQ(book.size(), 9U);
    EXPECT_EQ(book.head().what, awaited::ready);
    EXPECT_EQ(book.head().who, &a);
    settle(1);
    EXPECT_EQ(book.head().who, &b);
}

TEST_F(ledger_of_three, P02_aborts_each_later_request_of_the_sync_once) { // P-02
    expect_statement(&a);
    expect_statement(&b);
    expect_statement(&c);
    book.expect(awaited::ready, &c);
    settle(1); // a fails at Bind
    EXPECT_THAT(skip(), ElementsAre(&b, &c));
    EXPECT_EQ(book.head().what, awaited::ready);
    EXPECT_EQ(book.head().who, &c);
}

TEST_F(ledger_of_three, P02_tells_the_owner_of_the_sync_who_made_nothing_else) { // P-02
    expect_statement(&a);
    book.expect(awaited::ready, &c);
    EXPECT_THAT(skip(), ElementsAre(&c));
}

TEST_F(ledger_of_three, P12_does_not_tell_those_who_have_gone) { // P-12
    expect_statement(&a);
    expect_statement(&b);
    expect_statement(&c);
    book.expect(awaited::ready, &c);
    book.abandon(b);
    EXPECT_THAT(skip(), ElementsAre(&c));
    book.abandon(c);
    EXPECT_EQ(book.head().who, nullptr);
    EXPECT_THAT(skip(), IsEmpty());
}

TEST_F(ledger_of_three, skips_everything_where_no_sync_was_sent_yet) {
    expect_statement(&a);
    expect_statement(&b);
    EXPECT_THAT(skip(), ElementsAre(&b));
    EXPECT_TRUE(book.empty());
}

TEST_F(ledger_of_three, clears) {
    expect_statement(&a);
    book.head_progress = progress::failed;
    book.clear();
    EXPECT_TRUE(book.empty());
    EXPECT_EQ(book.head_progress, progress::none);
    expect_statement(&b);
    EXPECT_EQ(book.head().who, &b);
}

} // namespace
