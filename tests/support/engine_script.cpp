#include "support/engine_script.hpp"

#include <pgwire/detail/error_builder.hpp>
#include <pgwire/row.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <sstream>

namespace pgwire::test {

using namespace std::chrono_literals;
namespace backend = protocol::backend;
namespace frontend = protocol::frontend;

std::string show(rowset const& rows) {
    std::string text;
    for (auto const& row : rows) {
        text += text.empty() ? "" : ";";
        for (std::size_t i = 0; i < row.size(); ++i)
            text.append(i == 0 ? "" : "|").append(row[i].is_null() ? "NULL" : row[i].text());
    }
    return text + "(" + std::string(rows.tag().text()) + ")";
}

std::string journal::text() const {
    if (outcome)
        return "error: " + summary(*outcome);
    return mapping ? "error: " + summary(*mapping) : result;
}

std::string greeting(std::string_view server_version, std::string_view key) {
    std::string text = wire::of(backend::authentication_ok{}) + says::parameter("server_version", server_version);
    if (!key.empty())
        text += wire::of(backend::backend_key_data{backend_pid, protocol::as_bytes(key)});
    return text + says::ready();
}

client::engine_options engine_options() {
    client::engine_options options;
    options.startup.user = "alice";
    return options;
}

std::string bytes_of(sending const& how, statement const& what) {
    auto const& arguments = what.arguments();
    protocol::buffer bytes;
    if (how.parse)
        append(bytes, frontend::parse{how.name, what.text(),
                                      protocol::sequence<oid>::encoded(arguments.count(), arguments.types())});
    std::int16_t const binary[] = {1};
    frontend::bind bind{"", how.name, {}, {}, {}};
    bind.parameter_formats = protocol::sequence<std::int16_t>::encoded(arguments.count(), arguments.formats());
    bind.parameters = protocol::sequence<protocol::nullable_bytes>::encoded(arguments.count(), arguments.values());
    if (how.results == format::binary)
        bind.result_formats = binary;
    append(bytes, bind);
    if (how.describe)
        append(bytes, frontend::describe{});
    append(bytes, frontend::execute{});
    append(bytes, frontend::sync{});
    return std::string(protocol::as_text(bytes.unread()));
}

// ---------------------------------------------------------------- the bench

bench& bench::start(std::string_view greeted) {
    engine.begin();
    sent();
    return receives(greeted);
}

bench::asked bench::ask(make_execution const& make, time_point deadline) {
    auto& kept = *journals_.emplace_back(std::make_unique<journal>());
    detail::execution* const one = make(kept, deadline);
    engine.submit(*one);
    engine.deliver();
    return {one, &kept};
}

std::string bench::sent() {
    std::string const bytes(protocol::as_text(engine.output().unread()));
    engine.output().consume(bytes.size());
    return bytes;
}

bench& bench::receives(std::string_view bytes) {
    input_.append(bytes);
    input_.erase(0, engine.receive(protocol::as_bytes(input_)));
    engine.deliver();
    return *this;
}

bench& bench::ends(std::error_code why) {
    engine.ended(detail::error_builder(why).build(), protocol::as_bytes(input_));
    engine.deliver();
    return *this;
}

bench& bench::expires(time_point now) {
    engine.expire(now);
    engine.deliver();
    return *this;
}

bench& bench::cancels(asked const& one) {
    engine.cancel(*one.execution);
    engine.deliver();
    return *this;
}

std::string bench::cancel_request() {
    if (!engine.wants_cancel_request())
        return {};
    protocol::buffer request;
    engine.take_cancel_request(request);
    return std::string(protocol::as_text(request.unread()));
}

bench& bench::cancel_sent() {
    engine.cancel_sent();
    engine.deliver();
    return *this;
}

// ---------------------------------------------------------------- playing a script

namespace {

bool is_extended(exchange const& one) { return one.sends.find('S') != std::string::npos && one.sends.front() != 'Q'; }

bool contains(std::vector<std::string> const& messages, char type) {
    return std::ranges::any_of(messages, [type](std::string const& m) { return m.front() == type; });
}

enum class how { deadline, cancel };
enum class server { goes_on, cancels, is_silent, goes_away };
enum class request { closes_first, closes_last, is_never_made };

} // namespace

/// One run, all statements asked at its beginning.
class engine_script::play {
public:
    explicit play(engine_script const& script, std::size_t victim = none)
        : exchanges_(script.exchanges_), victim_(victim) {
        all_ = greeting();
        for (auto const& one : exchanges_)
            all_ += one.answer;
        for (std::size_t i = 0; i < exchanges_.size(); ++i)
            asked_.push_back(bench_.ask(exchanges_[i].make, i == victim ? victims_deadline : time_point::max()));
        bench_.engine.begin();
        bench_.sent();
    }

    [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }

    /// A server answers no statement before it has come, so that no segment reaches beyond an answer.
    void feed(std::size_t count) {
        std::size_t const goal = fed_ + count;
        for (std::size_t i = 0; fed_ < goal; ++i) {
            std::size_t const edge = i < exchanges_.size() ? begin_of(i) : all_.size();
            if (edge <= fed_)
                continue;
            std::size_t const end = std::min(edge, goal);
            bench_.receives(std::string_view(all_).substr(fed_, end - fed_));
            fed_ = end;
        }
    }
    void feed_to(std::size_t offset) { feed(offset - fed_); }
    std::string sent() { return bench_.sent(); }

    [[nodiscard]] std::size_t begin_of(std::size_t i) const {
        std::size_t at = greeting().size();
        for (std::size_t before = 0; before < i; ++before)
            at += exchanges_[before].answer.size();
        return at;
    }
    [[nodiscard]] std::size_t end_of(std::size_t i) const { return begin_of(i) + exchanges_[i].answer.size(); }

    void end(std::error_code why) {
        was_in_transaction_ = bench_.engine.status() == backend::transaction_status::in_transaction;
        bench_.ends(why);
        check_lost(fed_, true);
    }

    void interrupt(how by, server then, request order);

    void check_text(std::size_t i) const { EXPECT_EQ(asked_[i]->text(), exchanges_[i].expected); }
    void check_done(std::size_t i) const {
        journal const& kept = *asked_[i];
        EXPECT_EQ(kept.completed, 1);
        check_text(i);
        if (kept.outcome) {
            EXPECT_FALSE(kept.outcome->nothing_was_sent());
            EXPECT_FALSE(kept.outcome->outcome_unknown());
            EXPECT_FALSE(kept.outcome->connection_lost());
        }
    }
    void check_all_done() const {
        for (std::size_t i = 0; i < exchanges_.size(); ++i)
            check_done(i);
    }
    void check_aftermath();

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    static inline time_point const victims_deadline = client::engine::clock::now() + 1h;

private:
    /// What the server says to those behind the victim.
    void answer_the_rest() {
        for (std::size_t i = victim_ + 1; i < exchanges_.size(); ++i)
            bench_.receives(exchanges_[i].answer);
    }
    /// The connection ended when the server had said `offset` bytes.
    void check_lost(std::size_t offset, bool victim_is_like_others);
    void check_lost_at_work(std::size_t i, std::size_t offset) const;
    void check_victim_at_work(how by, server then);
    [[nodiscard]] std::vector<std::string> answered(std::size_t i, std::size_t offset) const {
        return says::messages(std::string_view(all_).substr(begin_of(i), offset - begin_of(i)));
    }

    std::vector<exchange> const& exchanges_;
    std::size_t victim_;
    std::string all_;
    std::size_t fed_ = 0;
    bench bench_;
    std::vector<bench::asked> asked_;
    bool was_in_transaction_ = false;
};

void engine_script::play::check_lost(std::size_t offset, bool victim_is_like_others) {
    EXPECT_TRUE(bench_.engine.finished());
    for (std::size_t i = 0; i < exchanges_.size(); ++i) {
        SCOPED_TRACE("statement " + std::to_string(i));
        journal const& kept = *asked_[i];
        EXPECT_EQ(kept.completed, 1);
        if (i == victim_ && !victim_is_like_others)
            continue;
        if (offset >= end_of(i)) {
            check_done(i);
        } else if (offset >= begin_of(i)) {
            check_lost_at_work(i, offset);
        } else {
            ASSERT_TRUE(kept.outcome);
            EXPECT_TRUE(kept.outcome->nothing_was_sent());
            EXPECT_FALSE(kept.outcome->outcome_unknown());
            EXPECT_TRUE(kept.outcome->connection_lost());
        }
    }
}

void engine_script::play::check_lost_at_work(std::size_t i, std::size_t offset) const {
    journal const& kept = *asked_[i];
    auto const heard = answered(i, offset);
    //
    if (was_in_transaction_ && is_extended(exchanges_[i]) &&
        heard.size() + 1 == says::messages(exchanges_[i].answer).size())
        return check_text(i);
    ASSERT_TRUE(kept.outcome);
    EXPECT_FALSE(kept.outcome->nothing_was_sent());
    EXPECT_TRUE(kept.outcome->connection_lost());
    bool const refused = contains(heard, 'E') || contains(heard, 'G') || contains(heard, 'H');
    EXPECT_EQ(kept.outcome->outcome_unknown(), !refused);
    if (refused)
        check_text(i);
}

void engine_script::play::check_victim_at_work(how by, server then) {
    journal const& kept = *asked_[victim_];
    auto const heard = answered(victim_, std::min(fed_, end_of(victim_)));
    bool const refused = contains(heard, 'E') || contains(heard, 'G') || contains(heard, 'H');
    EXPECT_EQ(kept.completed, 1);
    if (then == server::goes_on || refused || heard.size() == says::messages(exchanges_[victim_].answer).size())
        return check_text(victim_);
    bool const lost = then != server::cancels;
    if (lost && was_in_transaction_ && is_extended(exchanges_[victim_]) &&
        heard.size() + 1 == says::messages(exchanges_[victim_].answer).size())
        return check_text(victim_);
    ASSERT_TRUE(kept.outcome);
    EXPECT_TRUE(*kept.outcome == (by == how::deadline ? errc::deadline_exceeded : errc::cancelled)) << kept.text();
    EXPECT_EQ(*kept.outcome == sqlstate::query_canceled, !lost);
    EXPECT_EQ(kept.outcome->connection_lost(), lost);
    EXPECT_EQ(kept.outcome->outcome_unknown(), lost);
    EXPECT_FALSE(kept.outcome->nothing_was_sent());
}

void engine_script::play::interrupt(how by, server then, request order) {
    bool const was_over = asked_[victim_]->over();
    bool const at_work = fed_ >= begin_of(victim_) && fed_ < end_of(victim_);
    EXPECT_EQ(was_over, fed_ >= end_of(victim_));
    was_in_transaction_ = bench_.engine.status() == backend::transaction_status::in_transaction;
    bench_.sent();
    if (by == how::deadline)
        bench_.expires(victims_deadline);
    else if (!was_over)
        bench_.cancels(asked_[victim_]);

    if (was_over) {
        check_done(victim_);
        feed(all_.size() - fed_);
        check_all_done();
        return check_aftermath();
    }
    if (!at_work) { // it leaves the queue, and nobody else notices
        journal const& kept = *asked_[victim_];
        EXPECT_EQ(kept.completed, 1);
        ASSERT_TRUE(kept.outcome);
        EXPECT_TRUE(*kept.outcome == (by == how::deadline ? errc::deadline_exceeded : errc::cancelled));
        EXPECT_TRUE(kept.outcome->nothing_was_sent());
        EXPECT_FALSE(kept.outcome->outcome_unknown());
        EXPECT_FALSE(kept.outcome->connection_lost());
        EXPECT_EQ(bench_.cancel_request(), "");
        feed_to(begin_of(victim_));
        answer_the_rest();
        for (std::size_t i = 0; i < exchanges_.size(); ++i)
            if (i != victim_)
                check_done(i);
        return check_aftermath();
    }

    if (order != request::is_never_made) {
        EXPECT_EQ(bench_.cancel_request(),
                  wire::of(frontend::cancel_request{backend_pid, protocol::as_bytes(cancel_key)}));
        EXPECT_EQ(bench_.cancel_request(), "") << "once is enough";
    }
    if (order == request::closes_first)
        bench_.cancel_sent();
    EXPECT_FALSE(asked_[victim_]->over()) << "an outcome needs an answer";
    EXPECT_EQ(bench_.sent(), "") << "the next statement waits for it";

    if (then == server::is_silent || then == server::goes_away) {
        if (then == server::goes_away)
            bench_.ends();
        else
            bench_.expires(client::engine::clock::now() + 1min);
        check_victim_at_work(by, then);
        check_lost(fed_, false);
        if (order == request::closes_last)
            bench_.cancel_sent();
        EXPECT_EQ(bench_.cancel_request(), "");
        return check_aftermath();
    }
    if (then == server::goes_on) {
        feed_to(end_of(victim_));
    } else {
        std::size_t boundary = begin_of(victim_);
        bool refused = false;
        for (auto const& message : says::messages(exchanges_[victim_].answer)) {
            if (boundary >= fed_)
                break;
            refused = refused || message.front() == 'E';
            boundary += message.size();
        }
        feed_to(boundary);
        if (fed_ < end_of(victim_))
            bench_.receives((refused ? "" : says::error("57014")) +
                            says::ready(static_cast<char>(bench_.engine.status()))); // fed_ stays
    }
    check_victim_at_work(by, then);
    std::string const meanwhile = bench_.sent();
    std::string const next = victim_ + 1 < exchanges_.size() ? exchanges_[victim_ + 1].sends : std::string();
    bool const still_open = order == request::closes_last;
    EXPECT_TRUE(meanwhile == (still_open ? "" : next) ||
                meanwhile == exchanges_[victim_].meanwhile + (still_open ? "" : next))
        << "X-01: " << says::types_of(meanwhile);
    if (order == request::closes_last) {
        bench_.cancel_sent();
        EXPECT_EQ(bench_.sent(), next);
    }
    answer_the_rest();
    for (std::size_t i = 0; i < exchanges_.size(); ++i)
        if (i != victim_)
            check_done(i);
    check_aftermath();
}

void engine_script::play::check_aftermath() {
    auto const probe = [&] {
        return bench_.ask(to_query<std::string>(sql("select $1", std::string("probe")).unnamed()));
    };
    for (auto const& one : asked_) {
        EXPECT_EQ(one->completed, 1);
        EXPECT_EQ(one->destroyed, 0);
    }
    EXPECT_TRUE(bench_.engine.idle());
    EXPECT_FALSE(bench_.engine.something_to_deliver());
    EXPECT_FALSE(bench_.engine.deadline()) << "nothing is under way that could be late";
    EXPECT_EQ(bench_.cancel_request(), "");
    bench_.sent();
    if (bench_.engine.finished()) {
        ASSERT_TRUE(bench_.engine.end());
        auto const late = probe();
        ASSERT_TRUE(late->outcome);
        EXPECT_TRUE(late->outcome->nothing_was_sent());
        EXPECT_EQ(late->outcome->code(), bench_.engine.end()->code());
        EXPECT_EQ(bench_.sent(), "");
        return;
    }
    auto const next = probe();
    EXPECT_EQ(bench_.sent_types(), "PBDES");
    bench_.receives(says::parsed + says::bound + says::columns({{"t", 25, format::binary}}) + says::row({"probe"}) +
                    says::complete("SELECT 1") + says::ready());
    EXPECT_TRUE(next->ok()) << next->text();
    EXPECT_EQ(next->result, "probe");
    EXPECT_FALSE(bench_.engine.finished());
}

engine_script::engine_script(std::vector<exchange> exchanges) : exchanges_(std::move(exchanges)) {}

void engine_script::check() const {
    check_parts();
    check_ends();
    check_interruptions();
}

void engine_script::check_parts() const {
    std::string all_sent;
    for (auto const& one : exchanges_)
        all_sent += one.sends + one.meanwhile;
    {
        SCOPED_TRACE("whole, answer by answer");
        play run(*this);
        run.feed_to(run.begin_of(0));
        for (std::size_t i = 0; i < exchanges_.size(); ++i) {
            EXPECT_EQ(run.sent(), (i == 0 ? "" : exchanges_[i - 1].meanwhile) + exchanges_[i].sends)
                << "statement " << i;
            run.feed_to(run.end_of(i));
        }
        EXPECT_EQ(run.sent(), exchanges_.back().meanwhile);
        run.check_all_done();
        run.check_aftermath();
    }
    std::size_t const size = play(*this).size();
    for (std::size_t cut = 0; cut <= size; ++cut) {
        SCOPED_TRACE("cut at " + std::to_string(cut));
        play run(*this);
        run.feed(cut);
        run.feed(size - cut);
        EXPECT_EQ(run.sent(), all_sent);
        run.check_all_done();
        run.check_aftermath();
        if (testing::Test::HasFailure())
            return; // hundreds more would say the same
    }
    SCOPED_TRACE("byte by byte");
    play run(*this);
    for (std::size_t i = 0; i < size; ++i)
        run.feed(1);
    EXPECT_EQ(run.sent(), all_sent);
    run.check_all_done();
    run.check_aftermath();
}

void engine_script::check_ends() const {
    std::size_t const size = play(*this).size();
    for (std::size_t at = 0; at <= size; ++at)
        for (std::error_code const why :
             {make_error_code(errc::connection_closed), make_error_code(std::errc::connection_reset)}) {
            SCOPED_TRACE("ended at " + std::to_string(at));
            play run(*this);
            run.feed(at);
            run.end(why);
            run.check_aftermath();
            if (testing::Test::HasFailure())
                return;
        }
}

void engine_script::check_interruptions() const {
    std::vector<std::size_t> places{0};
    std::string all = greeting();
    for (auto const& one : exchanges_)
        all += one.answer;
    for (auto const& message : says::messages(all)) {
        std::size_t const at = places.back();
        places.push_back(at + message.size() / 2);
        places.push_back(at + message.size());
    }
    for (std::size_t const at : places)
        for (std::size_t victim = 0; victim < exchanges_.size(); ++victim)
            for (how const by : {how::deadline, how::cancel})
                for (server const then : {server::goes_on, server::cancels, server::is_silent, server::goes_away})
                    for (request const order : {request::closes_first, request::closes_last, request::is_never_made}) {
                        std::ostringstream trace;
                        trace << (by == how::deadline ? "deadline" : "cancel") << " of " << victim << " at " << at
                              << ", server " << static_cast<int>(then) << ", request " << static_cast<int>(order);
                        SCOPED_TRACE(trace.str());
                        play run(*this, victim);
                        run.feed(at);
                        run.interrupt(by, then, order);
                        if (testing::Test::HasFailure())
                            return;
                    }
}

} // namespace pgwire::test
