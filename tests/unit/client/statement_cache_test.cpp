#include "client/statement_cache.hpp"

#include "support/backend_messages.hpp"

#include <pgwire/types/all.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>

namespace {

using namespace pgwire;
using namespace pgwire::literals;
using client::cached_statement;
using client::statement_cache;

// A pointer: GCC 14 takes a reference for one into the temporary statement.
cached_statement* insert(statement_cache& cache, statement const& what) {
    std::optional<std::string> evicted;
    cached_statement& entry = cache.insert(what, evicted);
    EXPECT_FALSE(evicted);
    return &entry;
}

TEST(statement_cache, finds_by_text) {
    statement_cache cache(8);
    EXPECT_EQ(cache.find("select 1"_sql), nullptr);
    cached_statement const& one = *insert(cache, "select 1"_sql);
    cached_statement const& two = *insert(cache, "select 2"_sql);
    EXPECT_EQ(cache.find("select 1"_sql), &one);
    EXPECT_EQ(cache.find("select 2"_sql), &two);
    EXPECT_EQ(cache.find(sql("select 2")), &two) << "made at run time";
    EXPECT_EQ(cache.find("select 3"_sql), nullptr);
    EXPECT_EQ(cache.find("select 22"_sql), nullptr);
    EXPECT_EQ(cache.size(), 2U);
}

TEST(statement_cache, C10_finds_by_declared_types) { // C-10
    statement_cache cache(8);
    cached_statement const& of_int = *insert(cache, sql("select $1", 1));
    EXPECT_EQ(cache.find(sql("select $1", 2)), &of_int) << "values do not matter";
    EXPECT_EQ(cache.find(sql("select $1", std::int64_t{1})), nullptr);
    cached_statement const& of_long = *insert(cache, sql("select $1", std::int64_t{1}));
    EXPECT_EQ(cache.find(sql("select $1", 1)), &of_int);
    EXPECT_EQ(cache.find(sql("select $1", std::int64_t{1})), &of_long);
}

TEST(statement_cache, same_hash_is_not_the_same_text) {
    statement_cache cache(8);
    statement const one("select 1", 42, {});
    statement const two("select 2", 42, {});
    cached_statement const& entry = *insert(cache, one);
    EXPECT_EQ(cache.find(two), nullptr);
    cached_statement const& other = *insert(cache, two);
    EXPECT_EQ(cache.find(one), &entry);
    EXPECT_EQ(cache.find(two), &other);
    cache.erase(entry);
    EXPECT_EQ(cache.find(one), nullptr);
    EXPECT_EQ(cache.find(two), &other);
}

TEST(statement_cache, the_least_recently_used_goes_first) {
    statement_cache cache(2);
    insert(cache, "select 1"_sql)->parsed = true;
    insert(cache, "select 2"_sql)->parsed = true;
    ASSERT_NE(cache.find("select 1"_sql), nullptr); // used again
    std::string const name = cache.find("select 2"_sql)->name;
    ASSERT_NE(cache.find("select 1"_sql), nullptr);
    std::optional<std::string> evicted;
    cache.insert("select 3"_sql, evicted);
    EXPECT_EQ(evicted, name);
    EXPECT_EQ(cache.size(), 2U);
    EXPECT_EQ(cache.find("select 2"_sql), nullptr);
    EXPECT_NE(cache.find("select 1"_sql), nullptr);
}

TEST(statement_cache, what_was_never_parsed_has_nothing_to_close) {
    statement_cache cache(1);
    insert(cache, "select 1"_sql);
    std::optional<std::string> evicted;
    cache.insert("select 2"_sql, evicted);
    EXPECT_FALSE(evicted);
}

TEST(statement_cache, names_are_never_used_again) {
    statement_cache cache(2);
    std::set<std::string> names;
    for (int i = 0; i < 20; ++i) {
        std::optional<std::string> evicted;
        names.insert(cache.insert(sql("select " + std::to_string(i)), evicted).name);
        if (i == 10)
            cache.clear();
        if (i == 15)
            cache.erase(*cache.find(sql("select 15")));
    }
    EXPECT_EQ(names.size(), 20U);
}

TEST(statement_cache, erases_and_clears) {
    statement_cache cache(8);
    cached_statement const& one = *insert(cache, "select 1"_sql);
    insert(cache, "select 2"_sql);
    cache.erase(one);
    EXPECT_EQ(cache.find("select 1"_sql), nullptr);
    EXPECT_EQ(cache.size(), 1U);
    cache.clear();
    EXPECT_EQ(cache.size(), 0U);
    EXPECT_EQ(cache.find("select 2"_sql), nullptr);
}

TEST(cached_statement, remembers_what_it_returns) {
    cached_statement entry;
    EXPECT_FALSE(entry.described);
    {
        std::string const bytes = says::columns({{"first", 23}, {"", 25}, {"third", 16}});
        auto const columns = protocol::decode<protocol::backend::row_description>(protocol::as_bytes(bytes).subspan(5));
        ASSERT_TRUE(columns);
        entry.remember(*columns);
        entry.remember(*columns); // again, as after a new Describe
    } // the bytes are gone
    EXPECT_TRUE(entry.described);
    EXPECT_TRUE(entry.returns_rows);
    auto const description = entry.description();
    ASSERT_EQ(description.fields.size(), 3U);
    std::string all;
    for (auto const& column : description.fields)
        all.append(column.name).append(":").append(std::to_string(column.type)).append(" ");
    EXPECT_EQ(all, "first:23 :25 third:16 ");
}

TEST(cached_statement, remembers_that_it_returns_nothing) {
    cached_statement entry;
    entry.remember_no_rows();
    EXPECT_TRUE(entry.described);
    EXPECT_FALSE(entry.returns_rows);
}

} // namespace
