#pragma once

#include "protocol/conversation.hpp"
#include "support/backend_messages.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Scripts for a conversation: requests of some receivers, then a server's bytes, then what everybody heard.
namespace conversation_fixture {

using namespace pgwire::protocol;
using pgwire::errc;
using pgwire::sqlstate;
using calls = std::vector<std::string>;

inline std::string name_of(pgwire::error const& e) {
    std::string name = e.code().category() == pgwire::error_category() ? std::string(e.message().substr(0, 4))
                                                                       : to_string(e.sqlstate());
    if (e == errc::unexpected_copy)
        name = "unexpected_copy";
    else if (e == errc::connection_closed)
        name = "closed";
    else if (e.kind() == pgwire::error_kind::protocol)
        name = "protocol";
    return name + (e.is_fatal() ? "!" : "") + (e.outcome_unknown() ? "?" : "");
}

/// Keeps what it hears, as "a.row 1,NULL".
class recorder final : public receiver {
public:
    recorder(std::string name, calls& heard) : name_(std::move(name)), heard_(&heard) {}

    void parsed() override { hear("parsed"); }
    void parameters_described(sequence<std::uint32_t> const& types) override {
        std::string text = "parameters";
        for (auto const type : types)
            text += " " + std::to_string(type);
        hear(text);
    }
    void described(backend::row_description const& columns) override {
        std::string text = "described";
        for (auto const& column : columns.fields)
            text.append(" ").append(column.name);
        hear(text);
    }
    void no_data() override { hear("no_data"); }
    errc row(bytes_view body) override {
        auto const decoded = decode<backend::data_row>(body);
        if (!decoded)
            return errc::malformed_message;
        std::string text = "row";
        for (auto const& value : decoded->values)
            text.append(" ").append(value ? as_text(*value) : "NULL");
        hear(text);
        return errc::ok;
    }
    void completed(std::string_view tag) override { hear("completed " + std::string(tag)); }
    void empty_query() override { hear("empty_query"); }
    void suspended() override { hear("suspended"); }
    void function_result(nullable_bytes const& value) override {
        hear("function_result " + (value ? std::string(as_text(*value)) : "NULL"));
    }
    void failed(pgwire::error const& why) override { hear("failed " + name_of(why)); }
    void aborted(pgwire::error const& why) override { hear("aborted " + name_of(why)); }
    void settled(backend::transaction_status status) override {
        hear(std::string("settled ") + static_cast<char>(status));
    }
    void lost(pgwire::error const& why) override { hear("lost " + name_of(why)); }

private:
    void hear(std::string const& what) { heard_->push_back(name_ + "." + what); }

    std::string name_;
    calls* heard_;
};

/// One run of a script.
class session final : session_events {
public:
    session() = default;

    void receives(std::string_view bytes) {
        input_.append(bytes);
        if (machine.broken() == errc::ok)
            input_.erase(0, machine.receive(as_bytes(input_)));
        broken = machine.broken();
    }
    /// What an engine does once the server can say no more.
    void ends() {
        auto const why = broken != errc::ok ? broken : errc::connection_closed;
        machine.lost(pgwire::detail::error_builder(why).connection_lost().build());
    }
    std::string sent() {
        std::string types = says::types_of(as_text(output.unread()));
        output.clear();
        return types;
    }

    void notice(pgwire::error const& what) override { events.push_back("notice " + std::string(what.message())); }
    void parameter_changed(std::string_view name, std::string_view value) override {
        events.push_back(std::string(name) + "=" + std::string(value));
    }
    void notified(backend::notification_response const& what) override {
        events.push_back("notified " + std::string(what.channel) + " " + std::string(what.payload));
    }

    buffer output;
    limits bounds;
    conversation machine{output, *this, bounds};
    calls heard;
    calls events;
    errc broken = errc::ok;
    recorder a{"a", heard}, b{"b", heard}, c{"c", heard};

    // Requests, as short as a script needs them.

    void statement(receiver& who, std::string_view text = "select") {
        EXPECT_EQ(machine.parse({"", text, {}}, &who), errc::ok);
        EXPECT_EQ(machine.bind({}, &who), errc::ok);
        EXPECT_EQ(machine.describe({}, &who), errc::ok);
        EXPECT_EQ(machine.execute({}, &who), errc::ok);
    }
    void sync(receiver& who) { EXPECT_EQ(machine.sync(&who), errc::ok); }
    void query(receiver& who) { EXPECT_EQ(machine.query({"select"}, &who), errc::ok); }

private:
    std::string input_;
};

using requests = std::function<void(session&)>;
enum class then { nothing, end };

/// What a script comes to. It is played with the server's bytes whole, cut at every offset and byte by byte, and must come
/// to the same each time (F-04).
struct result {
    calls heard;
    calls events;
    std::string sent; // since the requests
    errc broken = errc::ok;
    bool idle = false;
    char status = 0;
    bool operator==(result const&) const = default;
};

inline result play_in_parts(requests const& ask, std::vector<std::string_view> const& parts, then after) {
    session s;
    ask(s);
    s.sent();
    for (std::string_view const part : parts)
        s.receives(part);
    if (after == then::end || s.broken != errc::ok)
        s.ends();
    return {s.heard, s.events, s.sent(), s.broken, s.machine.idle(), static_cast<char>(s.machine.status())};
}

inline result play(requests const& ask, std::string_view bytes, then after = then::nothing) {
    result const whole = play_in_parts(ask, {bytes}, after);
    for (std::size_t i = 1; i < bytes.size(); ++i)
        EXPECT_EQ(play_in_parts(ask, {bytes.substr(0, i), bytes.substr(i)}, after), whole) << "cut at " << i;
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        single.push_back(bytes.substr(i, 1));
    EXPECT_EQ(play_in_parts(ask, single, after), whole) << "byte by byte";
    return whole;
}

inline void PrintTo(result const& r, std::ostream* out) {
    for (auto const* list : {&r.heard, &r.events})
        for (auto const& line : *list)
            *out << line << '\n';
    *out << "sent " << r.sent << ", broken " << static_cast<int>(r.broken) << ", idle " << r.idle << ", status "
         << r.status;
}

} // namespace conversation_fixture
