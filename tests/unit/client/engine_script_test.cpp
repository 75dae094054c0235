#include "support/engine_script.hpp"

#include <gtest/gtest.h>

#include <pgwire/types/all.hpp>

// Conversations that hold whatever happens to them: `engine_script` cuts them everywhere, ends them everywhere, and
// interrupts them everywhere (F-04, Q-22, X-01, X-03, X-05). Their rows are tokens that occur once.
namespace {

using namespace pgwire;
using namespace pgwire::literals;
using namespace pgwire::test;
using says::ready;

std::string const begun = says::parsed + says::bound;

std::string int4(std::int32_t value) { return wire::int32(static_cast<std::uint32_t>(value)); }
std::string binary_column(std::string_view name = "n") { return says::columns({{name, 23, format::binary}}); }

exchange select(std::string_view name, std::int32_t token, char status = 'I') {
    statement const asked = sql("select $1 + " + std::to_string(token), token);
    return {to_query<int>(asked), bytes_of({name}, asked),
            begun + binary_column() + says::row({int4(token)}) + says::row({int4(token + 1)}) +
                says::complete("SELECT 2") + ready(status),
            std::to_string(token) + " / " + std::to_string(token + 1)};
}

exchange insert(std::string_view name, int token, char status = 'I') {
    statement const asked = sql("insert into t values ($1, " + std::to_string(token) + ")", std::string("text"));
    std::string const tag = "INSERT 0 " + std::to_string(token);
    return {to_execute(asked), bytes_of({name, format::text}, asked),
            begun + says::no_data + says::complete(tag) + ready(status), tag};
}

exchange failing(std::string_view name, int token) {
    statement const asked = sql("select 1/0 + " + std::to_string(token));
    return {to_query<int>(asked), bytes_of({name}, asked),
            begun + binary_column() + says::row({int4(token)}) + says::error("22012") + ready(),
            "error: ERROR: no (22012 division_by_zero)"};
}

exchange script(std::string_view token) {
    std::string const text = "select '" + std::string(token) + "'; set x = 1";
    return {to_script(text), wire::of(protocol::frontend::query{text}),
            says::columns({{"t", 25}}) + says::row({std::string(token)}) + says::complete("SELECT 1") +
                says::complete("SET") + ready(),
            std::string(token) + "(SELECT 1) / (SET)"};
}

std::string const copy_refused = "error: " + std::string(error(errc::unexpected_copy).message()) +
                                 ": COPY is not possible here: use copy_in or copy_out";

TEST(engine_script, extended_queries) {
    engine_script({select("pgwire_1", 100), insert("pgwire_2", 200), select("pgwire_3", 300)}).check();
}

TEST(engine_script, Q07_errors_between_queries) {
    engine_script({failing("pgwire_1", 100), select("pgwire_2", 200), failing("pgwire_3", 300)}).check();
}

TEST(engine_script, Q03_scripts_between_queries) {
    engine_script({script("one"), select("pgwire_1", 200), script("three")}).check();
}

TEST(engine_script, Q24_inside_a_transaction) {
    engine_script({insert("pgwire_1", 100, 'T'), select("pgwire_2", 200, 'T'), insert("pgwire_3", 300, 'I')}).check();
}

TEST(engine_script, Q27_Q28_asides_everywhere) {
    exchange between = select("pgwire_1", 100);
    std::string answer;
    for (auto const& message : says::messages(between.answer))
        answer += says::notice("aside") + says::parameter("TimeZone", "UTC") + message + says::notification("channel");
    // What stands behind ReadyForQuery is no part of the answer.
    between.answer = answer.substr(0, answer.size() - says::notification("channel").size());
    engine_script({between, select("pgwire_2", 200)}).check();
}

TEST(engine_script, Q16_copy_in_where_none_was_asked_for) {
    statement const copy = "copy t from stdin"_sql;
    auto const fail = wire::of(protocol::frontend::copy_fail{"COPY is not possible here: use copy_in or copy_out"});
    exchange const extended{to_execute(copy), bytes_of({"pgwire_1", format::text}, copy),
                            begun + says::no_data + says::copy_in() + says::error("57014") + ready(), copy_refused,
                            fail + wire::of(protocol::frontend::sync{})};
    exchange const simple{to_script("copy t from stdin"), wire::of(protocol::frontend::query{"copy t from stdin"}),
                          says::copy_in() + says::error("57014") + ready(), copy_refused, fail};
    engine_script({extended, select("pgwire_2", 200)}).check();
    engine_script({simple, select("pgwire_1", 200)}).check();
}

TEST(engine_script, Q17_copy_out_where_none_was_asked_for) {
    statement const copy = "copy t to stdout"_sql;
    std::string const data =
        says::copy_out() + says::copy_data("1\n") + says::copy_data("2\n") + says::copy_done + says::complete("COPY 2");
    exchange const extended{to_execute(copy), bytes_of({"pgwire_1", format::text}, copy),
                            begun + says::no_data + data + ready(), copy_refused};
    exchange const simple{to_script("copy t to stdout"), wire::of(protocol::frontend::query{"copy t to stdout"}),
                          data + ready(), copy_refused};
    engine_script({extended, simple, select("pgwire_2", 200)}).check();
}

// Where the server keeps a statement, what happens to one run must not harm the next; only cut, for an interruption changes
// what has to be sent.
TEST(engine_script, statements_that_the_server_keeps) {
    statement const asked = sql("select $1", 5);
    auto const answer = [](std::string const& before, std::int32_t token) {
        return before + says::row({int4(token)}) + says::complete("SELECT 1") + ready();
    };
    exchange const first{to_query<int>(asked), bytes_of({"pgwire_1"}, asked), answer(begun + binary_column(), 100),
                         "100"};
    exchange const again{to_query<int>(asked), bytes_of({"pgwire_1", format::binary, false, false}, asked),
                         answer(says::bound, 200), "200"};
    engine_script const script({first, again, select("pgwire_2", 300), again});
    script.check_parts();
    script.check_ends();
}

} // namespace
