#include "support/engine_script.hpp"

#include <pgwire/types/all.hpp>

#include <gtest/gtest.h>

// Which statements the server keeps for the engine, and that both agree about it.
namespace {

using namespace pgwire;
using namespace pgwire::literals;
using namespace pgwire::test;
using namespace std::string_literals;
using says::ready;
namespace frontend = protocol::frontend;

std::string const begun = says::parsed + says::bound;
std::string const done = says::no_data + says::complete("SET") + ready();

client::engine_options keeping(std::size_t statements) {
    auto options = engine_options();
    options.cached_statements = statements;
    return options;
}

std::string close(std::string_view name) { return wire::of(frontend::close{frontend::target::statement, name}); }
std::string first(std::string_view name, statement const& what) { return bytes_of({name, format::text}, what); }
std::string again(std::string_view name, statement const& what) {
    return bytes_of({name, format::text, false, false}, what);
}

statement const a = "set a = 1"_sql;
statement const b = "set b = 1"_sql;

class engine_cache : public testing::Test {
protected:
    explicit engine_cache(std::size_t statements = 256) : machine(keeping(statements)) { machine.start(); }

    /// What is sent for a statement that the server answers with this.
    std::string sent_for(statement const& what, std::string_view answer) {
        last = &*machine.ask(to_execute(what));
        std::string sent = machine.sent();
        machine.receives(answer);
        EXPECT_EQ(last->completed, 1);
        EXPECT_FALSE(machine.engine.finished());
        return sent;
    }
    void keep(statement const& what) {
        sent_for(what, begun + done);
        EXPECT_TRUE(last->ok()) << last->text();
    }

    bench machine;
    journal* last = nullptr;
};
class engine_cache_of_one : public engine_cache {
protected:
    engine_cache_of_one() : engine_cache(1) {}
};
class engine_cache_of_none : public engine_cache {
protected:
    engine_cache_of_none() : engine_cache(0) {}
};

TEST_F(engine_cache, parses_once_and_binds_again) {
    EXPECT_EQ(sent_for(a, begun + done), first("pgwire_1", a));
    EXPECT_EQ(sent_for(b, begun + done), first("pgwire_2", b));
    EXPECT_EQ(sent_for(a, says::bound + says::complete("SET") + ready()), again("pgwire_1", a));
    EXPECT_TRUE(last->ok());
    statement const same = sql("set b = 1"); // the text counts, not where it stands
    EXPECT_EQ(sent_for(same, says::bound + says::complete("SET") + ready()), again("pgwire_2", b));
}

TEST_F(engine_cache, C10_types_of_the_arguments_tell_statements_apart) { // C-10
    statement const of_int = sql("select $1", 1);
    statement const of_long = sql("select $1", std::int64_t{1});
    EXPECT_EQ(sent_for(of_int, begun + done), first("pgwire_1", of_int));
    EXPECT_EQ(sent_for(of_long, begun + done), first("pgwire_2", of_long));
    statement const other_value = sql("select $1", 2);
    EXPECT_EQ(sent_for(other_value, says::bound + says::complete("SET") + ready()), again("pgwire_1", other_value));
}

TEST_F(engine_cache, unnamed_is_parsed_each_time) {
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(sent_for(a.unnamed(), begun + done), first("", a));
    EXPECT_EQ(sent_for(a, begun + done), first("pgwire_1", a));
}

TEST_F(engine_cache_of_none, keeps_nothing) {
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(sent_for(a, begun + done), first("", a));
}

TEST_F(engine_cache_of_one, C08_the_evicted_is_closed) { // C-08
    keep(a);
    EXPECT_EQ(sent_for(b, says::closed + begun + done), close("pgwire_1") + first("pgwire_2", b));
    EXPECT_TRUE(last->ok()) << last->text();
    EXPECT_EQ(sent_for(a, says::closed + begun + done), close("pgwire_2") + first("pgwire_3", a));
}

TEST_F(engine_cache_of_one, what_was_never_parsed_needs_no_close) {
    sent_for(a, says::error("42601") + ready());
    EXPECT_EQ(sent_for(b, begun + done), first("pgwire_2", b));
}

TEST_F(engine_cache_of_one, a_refused_statement_does_not_swallow_the_close) {
    keep(a);
    EXPECT_EQ(sent_for(sql("set '\0'"s), ""), "");
    EXPECT_TRUE(*last->outcome == errc::embedded_nul);
    EXPECT_EQ(sent_for(b, says::closed + begun + done), close("pgwire_1") + first("pgwire_3", b));
}

TEST_F(engine_cache_of_one, a_script_does_not_swallow_the_close) {
    keep(a);
    sent_for(sql("set '\0'"s), "");
    machine.ask(to_script("select"));
    machine.sent();
    machine.receives(says::complete("SET") + ready());
    EXPECT_EQ(sent_for(b, says::closed + begun + done), close("pgwire_1") + first("pgwire_3", b));
}

TEST_F(engine_cache, C06_what_failed_to_parse_is_parsed_again) { // C-06
    EXPECT_EQ(sent_for(a, says::error("42601") + ready()), first("pgwire_1", a));
    EXPECT_EQ(sent_for(a, begun + done), first("pgwire_2", a));
    EXPECT_TRUE(last->ok());
}

TEST_F(engine_cache, C07_parsed_but_not_described) {            // C-07
    sent_for(a, says::parsed + says::error("22P02") + ready()); // the arguments were refused
    EXPECT_EQ(sent_for(a, says::bound + done), bytes_of({"pgwire_1", format::text, false, true}, a));
    EXPECT_TRUE(last->ok());
    EXPECT_EQ(sent_for(a, says::bound + says::complete("SET") + ready()), again("pgwire_1", a));
}

TEST_F(engine_cache, an_ordinary_error_keeps_it) {
    keep(a);
    sent_for(a, says::bound + says::error("22012") + ready());
    EXPECT_EQ(sent_for(a, says::bound + says::complete("SET") + ready()), again("pgwire_1", a));
}

TEST_F(engine_cache, C01_a_plan_that_has_changed_is_closed_and_parsed_again) { // C-01
    keep(a);
    sent_for(a, says::error("0A000") + ready());
    EXPECT_TRUE(*last->outcome == sqlstate::feature_not_supported);
    EXPECT_EQ(sent_for(a, says::closed + begun + done), close("pgwire_1") + first("pgwire_2", a));
    EXPECT_TRUE(last->ok());
}

TEST_F(engine_cache, C04_what_the_server_does_not_know_is_parsed_again) { // C-04
    keep(a);
    sent_for(a, says::error("26000") + ready());
    EXPECT_EQ(sent_for(a, begun + done), first("pgwire_2", a));
}

TEST_F(engine_cache, C04_tags_that_end_all_statements) { // C-04
    std::size_t number = 0;
    for (std::string const tag : {"DISCARD ALL", "DEALLOCATE ALL"}) {
        keep(a);
        sent_for(sql(tag), begun + says::no_data + says::complete(tag) + ready());
        number += 2;
        EXPECT_EQ(sent_for(a, begun + done), first("pgwire_" + std::to_string(++number), a)) << tag;
        machine.ask(to_script(tag + "; select 1/0")); // in a script too, and though it fails afterwards
        machine.receives(says::complete(tag) + says::error("22012") + ready());
        machine.sent();
    }
}

TEST_F(engine_cache, C04_tags_that_do_not) { // C-04
    keep(a);
    for (std::string const tag : {"DISCARD PLANS", "DISCARD TEMP", "DEALLOCATE"})
        sent_for(sql(tag).unnamed(), begun + says::no_data + says::complete(tag) + ready());
    EXPECT_EQ(sent_for(a, says::bound + says::complete("SET") + ready()), again("pgwire_1", a));
}

} // namespace
