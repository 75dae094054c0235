#pragma once

#include "client/engine.hpp"
#include "support/backend_messages.hpp"

#include <pgwire/detail/execution.hpp>
#include <pgwire/detail/sinks.hpp>
#include <pgwire/statement.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// Conversations for the client's engine: bytes and time go in, bytes and events come out.
namespace pgwire::test {

// What an execution came to, as text.

template <class T>
    requires std::is_arithmetic_v<T>
std::string show(T const& value) {
    return std::to_string(value);
}
inline std::string show(std::string const& value) { return value; }
inline std::string show(command_tag const& tag) { return std::string(tag.text()); }
std::string show(rowset const& rows);
template <class T>
std::string show(std::optional<T> const& value) {
    return value ? show(*value) : "NULL";
}
template <class... T>
std::string show(std::tuple<T...> const& values) {
    std::string text;
    std::apply([&](auto const&... value) { ((text += (text.empty() ? "" : ", ") + show(value)), ...); }, values);
    return "(" + text + ")";
}
template <class T>
std::string show(std::vector<T> const& values) {
    std::string text;
    for (auto const& value : values)
        text += (text.empty() ? "" : " / ") + show(value);
    return text;
}

/// What is left of an execution when it is gone.
struct journal {
    int completed = 0;
    int destroyed = 0; // without a word
    std::optional<error> outcome;
    std::optional<error> mapping; // the sink's
    std::string result;

    [[nodiscard]] bool over() const noexcept { return completed + destroyed != 0; }
    [[nodiscard]] bool ok() const noexcept { return completed == 1 && !outcome && !mapping; }
    /// The result, or the first line of what went wrong.
    [[nodiscard]] std::string text() const;
};

/// An execution as the operations make them, over one of their sinks.
template <class Sink>
class recorded final : public detail::execution {
public:
    template <class... Arguments>
    recorded(statement what, protocol_kind kind, journal& kept, Arguments&&... arguments)
        : execution(std::move(what), sink_, kind), sink_(std::forward<Arguments>(arguments)...), journal_(&kept) {}

    void complete() override {
        ++journal_->completed;
        journal_->outcome = outcome();
        journal_->mapping = sink_.failure();
        journal_->result = show(sink_.take());
        if (then)
            then();
        delete this;
    }
    void destroy() noexcept override {
        ++journal_->destroyed;
        delete this;
    }

    std::function<void()> then;

private:
    ~recorded() = default;

    Sink sink_;
    journal* journal_;
};

using time_point = client::engine::clock::time_point;
using make_execution = std::function<detail::execution*(journal&, time_point deadline)>;

template <class Sink, class... Arguments>
make_execution asking(statement what, detail::execution::protocol_kind kind, Arguments... arguments) {
    return [=](journal& kept, time_point deadline) -> detail::execution* {
        return new recorded<Sink>(deadline == time_point::max() ? what : what.until(deadline), kind, kept,
                                  arguments...);
    };
}
/// As `execute` does.
inline make_execution to_execute(statement what) {
    return asking<detail::tag_sink>(std::move(what), detail::execution::protocol_kind::extended);
}
/// As `query<T>` does.
template <class T>
make_execution to_query(statement what) {
    bool const by_position = what.is_by_position();
    return asking<detail::vector_sink<T>>(std::move(what), detail::execution::protocol_kind::extended, by_position);
}
/// As `query` without a type does.
inline make_execution to_query_untyped(statement what) {
    return asking<detail::rowset_sink>(std::move(what), detail::execution::protocol_kind::extended);
}
/// As `script` does.
inline make_execution to_script(std::string text) {
    return asking<detail::script_sink>(statement(std::move(text), {}), detail::execution::protocol_kind::simple);
}

inline constexpr std::uint32_t backend_pid = 4711;
inline constexpr std::string_view cancel_key = "key!";

/// From AuthenticationOk to ReadyForQuery.
std::string greeting(std::string_view server_version = "16.4", std::string_view key = cancel_key);

client::engine_options engine_options();

/// What the client sends for a statement that the server is to keep as `name`, or already keeps.
struct sending {
    std::string_view name;
    format results = format::binary;
    bool parse = true;
    bool describe = true;
};
std::string bytes_of(sending const& how, statement const& what);

/// An engine with a driver that does nothing by itself.
class bench {
public:
    explicit bench(client::engine_options options = engine_options()) : engine(std::move(options)) {}
    bench(bench const&) = delete;
    bench& operator=(bench const&) = delete;
    ~bench() { engine.abandon(); }

    /// Says hello, and hears the greeting.
    bench& start(std::string_view greeted = greeting());

    /// An execution on its way, and what will be left of it.
    struct asked {
        detail::execution* execution;
        journal* kept;
        journal* operator->() const noexcept { return kept; }
        journal& operator*() const noexcept { return *kept; }
    };
    asked ask(make_execution const& make, time_point deadline = time_point::max());

    /// What the engine has sent since the last time, or its messages' types alone.
    std::string sent();
    std::string sent_types() { return says::types_of(sent()); }

    /// Gives bytes; what is not used comes again with the next ones. Delivers.
    bench& receives(std::string_view bytes);
    bench& ends(std::error_code why = make_error_code(errc::connection_closed));
    bench& expires(time_point now);
    bench& cancels(asked const& one);

    /// The CancelRequest that is to be sent now; empty if none is.
    std::string cancel_request();
    bench& cancel_sent();

    client::engine engine;

private:
    std::string input_;
    std::vector<std::unique_ptr<journal>> journals_;
};

/// One statement of a script: what the client has to send for it, what the server answers, and what it comes to.
struct exchange {
    make_execution make;
    std::string sends;
    std::string answer;
    std::string expected;       // `journal::text`
    std::string meanwhile = {}; // what else the client has to send while it is answered
};

/// A conversation that has to hold whatever happens to it. `check` plays it
///  (a) whole, (b) with the server's bytes cut at every offset, (c) byte by byte, (d) with the connection ended at every
///  offset, cleanly and not, (e) with each statement's deadline over and (f) with each statement cancelled, before and in the
///  middle of every message; after (e) and (f) the server goes on in every way that it can: as if nothing had been, with
///  57014, not at all, or away; and the connection for the cancel request closes before that, after that, or is never made.
///
/// Afterwards every execution was completed exactly once, with its own rows or an error whose flags are true, and the
/// engine is of use or has ended.
class engine_script {
public:
    explicit engine_script(std::vector<exchange> exchanges);

    void check() const;
    void check_parts() const;         // (a), (b), (c)
    void check_ends() const;          // (d)
    void check_interruptions() const; // (e), (f)

private:
    class play;

    std::vector<exchange> exchanges_;
};

} // namespace pgwire::test
