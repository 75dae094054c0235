#include "client/engine.hpp"

#include "iris/profile.hpp"
#include "types/transcode.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <algorithm>
#include <array>

namespace pgwire::client {

using detail::error_builder;
using detail::execution;
namespace frontend = protocol::frontend;

void execution_queue::push(execution& added) noexcept {
    added.next_ = nullptr;
    (last_ == nullptr ? first_ : last_->next_) = &added;
    last_ = &added;
}

execution* execution_queue::pop() noexcept {
    execution* const one = first_;
    if (one != nullptr && (first_ = one->next_) == nullptr)
        last_ = nullptr;
    return one;
}

template <class Visit>
void execution_queue::remove_if(Visit visit) {
    execution_queue kept;
    while (execution* const one = pop())
        if (!visit(*one))
            kept.push(*one);
    *this = kept;
}

bool execution_queue::remove(execution& one) noexcept {
    bool found = false;
    remove_if([&](execution& other) { return &other == &one && (found = true); });
    return found;
}

engine::engine(engine_options options)
    : options_(std::move(options)), startup_(std::move(options_.startup), output_, *this),
      conversation_(output_, *this, options_.limits), cache_(options_.cached_statements) {}

// The session's life.

std::size_t engine::receive(protocol::bytes_view input) {
    std::size_t used = 0;
    if (phase_ == phase::starting) {
        used = startup_.receive(input);
        if (startup_.failure())
            finish(*startup_.failure());
        else if (startup_.ready())
            become_ready();
    }
    if (phase_ == phase::ready) {
        used += conversation_.receive(input.subspan(used));
        if (conversation_.broken() != errc::ok)
            finish(error_builder(conversation_.broken(), std::string("message '") + conversation_.broken_by() + '\'')
                       .connection_lost()
                       .build());
        else if (conversation_.fatal())
            finish(*conversation_.fatal());
        else
            start_waiting();
    }
    return used;
}

void engine::become_ready() {
    phase_ = phase::ready;
    conversation_.set_status(startup_.status());
    text_only_ = iris::speaks(parameter("server_version"));
    output_.wipe(); // it may have held the password
}

void engine::ended(error const& why, protocol::bytes_view unread) {
    if (phase_ == phase::finished)
        return;
    if (phase_ == phase::starting && (why == errc::connection_closed || !unread.empty())) {
        startup_.ended(unread); // what it could not read may be the reason (S-12)
        return finish(startup_.failure().value_or(why));
    }
    if (!unread.empty() && why == errc::connection_closed)
        return finish(error_builder(errc::connection_closed_mid_message).connection_lost().build());
    finish(why);
}

void engine::finish(error why) {
    if (phase_ == phase::finished)
        return;
    if (phase_ == phase::starting)
        output_.wipe(); // it may hold the password
    phase_ = phase::finished;
    end_ = error_builder(why).connection_lost().build();
    conversation_.lost(*end_);
    waiting_.remove_if([&](execution& one) {
        end_unsent(one, *end_);
        return true;
    });
    cancelling_ = cancelling::none;
    give_up_at_ = clock::time_point::max();
}

void engine::close() {
    if (phase_ == phase::finished)
        return;
    protocol::append(output_, frontend::terminate{});
    finish(error_builder(errc::cancelled).build());
    end_ = error_builder(errc::not_connected).build();
}

void engine::abandon() noexcept {
    phase_ = phase::finished;
    if (current_ != nullptr)
        std::exchange(current_, nullptr)->destroy();
    for (auto* queue : {&waiting_, &over_})
        while (execution* const one = queue->pop())
            one->destroy();
}

// What the server says.

void engine::notice(error const& what) {
    if (on_notice)
        on_notice(what);
}

void engine::parameter_changed(std::string_view name, std::string_view value) {
    auto const known = std::ranges::find(parameters_, name, &std::pair<std::string, std::string>::first);
    if (known != parameters_.end())
        known->second = value;
    else if (parameters_.size() < 256) // what a server may report is a short list; a flood must not take memory
        parameters_.emplace_back(name, value);
}

std::string_view engine::parameter(std::string_view name) const noexcept {
    auto const known = std::ranges::find(parameters_, name, &std::pair<std::string, std::string>::first);
    return known == parameters_.end() ? std::string_view() : std::string_view(known->second);
}

void engine::command_completed(std::string_view tag) {
    forget_all_ = forget_all_ || tag == "DISCARD ALL" || tag == "DEALLOCATE ALL";
}

// Executions.

void engine::submit(execution& one) {
    one.engine_ = this;
    if (phase_ == phase::finished)
        return end_unsent(one, *end_);
    if (may_start() && waiting_.empty())
        return start(one);
    waiting_.push(one);
}

void engine::end_unsent(execution& one, error const& why) {
    one.fail(error_builder(why).nothing_was_sent().outcome_unknown(false).build());
    over_.push(one);
}

void engine::start_waiting() {
    while (may_start() && !waiting_.empty())
        start(*waiting_.pop());
}

void engine::start(execution& one) {
    auto const place = conversation_.here();
    current_ = &one;
    errc const refused = one.is_simple() ? send_simple(one) : send_extended(one);
    if (refused == errc::ok) {
        if (!one.is_simple())
            forgotten_.clear(); // Close goes out before it; had it been refused, with the next one
        return;
    }
    conversation_.take_back(place);
    current_ = nullptr;
    one.cached_ = nullptr;
    end_unsent(one, error_builder(refused).build());
}

errc engine::send_simple(execution& one) { return conversation_.query({one.asked().text()}, &one); }

namespace {

/// Sends on, as long as nothing was refused.
class sending {
public:
    void operator()(errc result) noexcept {
        if (refused == errc::ok)
            refused = result;
    }
    errc refused = errc::ok;
};

constexpr std::array<std::int16_t, 1> all_binary{1};

/// The arguments as a server takes them that knows only text.
errc as_text(detail::arguments const& arguments, std::vector<std::byte>& values) {
    auto const formats = protocol::sequence<std::int16_t>::encoded(arguments.count(), arguments.formats());
    auto const types = protocol::sequence<oid>::encoded(arguments.count(), arguments.types());
    auto const encoded = protocol::sequence<protocol::nullable_bytes>::encoded(arguments.count(), arguments.values());
    auto format = formats.begin();
    auto type = types.begin();
    for (auto const& value : encoded) {
        std::string text;
        if (value && *format == 0)
            text = protocol::as_text(*value);
        else if (value && !detail::binary_to_text(*type, *value, text))
            return errc::encoding_failed;
        std::array<std::byte, 4> length{};
        protocol::store_big_endian(length.data(), value ? static_cast<std::int32_t>(text.size()) : -1);
        values.insert(values.end(), length.begin(), length.end());
        auto const bytes = protocol::as_bytes(text);
        values.insert(values.end(), bytes.begin(), bytes.end());
        ++format;
        ++type;
    }
    return errc::ok;
}

} // namespace

errc engine::send_extended(execution& one) {
    if (one.asked().arguments().count() > frontend::bind::max_parameters)
        return errc::too_many_parameters;
    if (text_only_)
        return send_in_text(one);
    if (options_.cached_statements == 0 || one.asked().is_unnamed())
        return send_parsed(one, nullptr);
    cached_statement* cached = cache_.find(one.asked());
    if (cached == nullptr) {
        std::optional<std::string> evicted;
        cached = &cache_.insert(one.asked(), evicted);
        if (evicted)
            forgotten_.push_back(std::move(*evicted));
    }
    one.cached_ = cached;
    return cached->described ? send_prepared(one, *cached) : send_parsed(one, cached);
}

namespace {

/// The arguments as they stand in a Bind, and the format of the results.
frontend::bind make_bind(std::string_view name, detail::arguments const& arguments, format wanted) {
    frontend::bind bind;
    bind.statement = name;
    bind.parameter_formats = protocol::sequence<std::int16_t>::encoded(arguments.count(), arguments.formats());
    bind.parameters = protocol::sequence<protocol::nullable_bytes>::encoded(arguments.count(), arguments.values());
    if (wanted == format::binary)
        bind.result_formats = std::span<std::int16_t const>(all_binary);
    return bind;
}

/// What is the same each time the statement is run.
errc make_bind_head(cached_statement& cached, detail::arguments const& arguments) {
    protocol::buffer whole;
    if (errc const refused = append(whole, make_bind(cached.name, arguments, format::text)); refused != errc::ok)
        return refused;
    constexpr std::size_t no_result_formats = sizeof(std::int16_t);
    auto const head = whole.unread().first(whole.size() - arguments.values().size() - no_result_formats);
    cached.bind_head.assign(head.begin(), head.end());
    cached.bind_formats.assign(arguments.formats().begin(), arguments.formats().end());
    return errc::ok;
}

} // namespace

/// All is known: Bind, Execute, Sync.
errc engine::send_prepared(execution& one, cached_statement& cached) {
    if (!forgotten_.empty())
        if (errc const refused = close_forgotten_statements(); refused != errc::ok)
            return refused;
    detail::arguments const& arguments = one.asked().arguments();
    format const wanted = one.rows().wanted_format();
    if (cached.bind_head.empty() || !std::ranges::equal(cached.bind_formats, arguments.formats()))
        if (errc const refused = make_bind_head(cached, arguments); refused != errc::ok)
            return refused;
    if (errc const refused = conversation_.bind_again(cached.bind_head, arguments.values(), wanted, &one);
        refused != errc::ok)
        return refused;
    if (cached.returns_rows)
        one.describe(cached.description(), wanted);
    return errc::ok;
}

/// Also what is not known yet, in the same round trip. Without a place in the cache the statement has no name.
errc engine::send_parsed(execution& one, cached_statement const* cached) {
    detail::arguments const& arguments = one.asked().arguments();
    std::string_view const name = cached == nullptr ? std::string_view() : std::string_view(cached->name);
    sending send;
    send(close_forgotten_statements());
    if (cached == nullptr || !cached->parsed)
        send(conversation_.parse(
            {name, one.asked().text(), protocol::sequence<oid>::encoded(arguments.count(), arguments.types())}, &one));
    send(conversation_.bind(make_bind(name, arguments, one.rows().wanted_format()), &one));
    send(conversation_.describe({}, &one));
    conversation_.execute_and_sync(&one);
    return send.refused;
}

/// Types undeclared, everything in text, nothing kept by the server (IQ-70, IQ-80, IQ-114).
errc engine::send_in_text(execution& one) {
    std::vector<std::byte> texts;
    frontend::bind bind;
    sending send;
    send(as_text(one.asked().arguments(), texts));
    bind.parameters = protocol::sequence<protocol::nullable_bytes>::encoded(one.asked().arguments().count(), texts);
    send(conversation_.parse({{}, one.asked().text(), {}}, &one));
    send(conversation_.bind(bind, &one));
    send(conversation_.describe({}, &one));
    conversation_.execute_and_sync(&one);
    return send.refused;
}

errc engine::close_forgotten_statements() {
    sending send;
    for (std::string const& name : forgotten_)
        send(conversation_.close({frontend::target::statement, name}, nullptr));
    return send.refused;
}

void engine::settle(execution& one) {
    if (current_ != &one)
        return;
    current_ = nullptr;
    forget_if_stale(one);
    if (cancelled_elsewhere_.load(std::memory_order_relaxed)) {
        cancelled_elsewhere_.store(false, std::memory_order_relaxed);
        if (!one.interruption_)
            one.interruption_ = error_builder(errc::cancelled).build();
    }
    if (one.interruption_ && one.outcome()) {
        // Ours was the CancelRequest that made the server say 57014, or the grace that ran out.
        error_builder interrupted(*one.interruption_);
        interrupted.statement(one.asked().text()).sqlstate(one.outcome()->sqlstate()).attach(*one.outcome());
        interrupted.connection_lost(one.outcome()->connection_lost()).outcome_unknown(one.outcome()->outcome_unknown());
        if (*one.outcome() == sqlstate::query_canceled || one.outcome()->outcome_unknown())
            one.outcome_ = interrupted.build();
    }
    if (cancelling_ == cancelling::wanted) // nobody was told yet
        cancelling_ = cancelling::none;
    if (cancelling_ == cancelling::none)
        give_up_at_ = clock::time_point::max();
    over_.push(one);
}

void engine::forget_if_stale(execution& one) {
    cached_statement* const cached = std::exchange(one.cached_, nullptr);
    if (forget_all_) {
        forget_all_ = false;
        return cache_.clear();
    }
    if (cached == nullptr || !one.outcome())
        return;
    if (!cached->parsed)
        return cache_.erase(*cached); // C-06
    if (*one.outcome() == sqlstate::feature_not_supported)
        forgotten_.push_back(cached->name); // "cached plan must not change result type" (C-01)
    else if (*one.outcome() != sqlstate::invalid_sql_statement_name)
        return;
    cache_.erase(*cached);
}

void engine::deliver() {
    if (on_started && phase_ != phase::starting)
        std::exchange(on_started, nullptr)();
    while (execution* const one = over_.pop())
        one->complete();
}

// Time and cancellation.

std::optional<engine::clock::time_point> engine::deadline() const {
    clock::time_point earliest = give_up_at_;
    auto consider = [&](execution const& one) {
        if (one.deadline_)
            earliest = std::min(earliest, *one.deadline_);
    };
    if (current_ != nullptr && !current_->interruption_)
        consider(*current_);
    for (execution const* one = waiting_.front(); one != nullptr; one = one->next_)
        consider(*one);
    return earliest == clock::time_point::max() ? std::nullopt : std::optional(earliest);
}

void engine::expire(clock::time_point now) {
    waiting_.remove_if([&](execution& one) {
        bool const late = one.deadline_ && *one.deadline_ <= now;
        if (late)
            end_unsent(one, error_builder(errc::deadline_exceeded).build());
        return late;
    });
    if (give_up_at_ <= now)
        return finish(
            error_builder(errc::connection_closed, "the server did not answer a cancel request in time").build());
    if (current_ != nullptr && current_->deadline_ && *current_->deadline_ <= now)
        interrupt(*current_, errc::deadline_exceeded);
}

void engine::interrupt(execution& one, errc why) {
    if (&one != current_) {
        if (waiting_.remove(one))
            end_unsent(one, error_builder(why).build());
        return;
    }
    if (one.interruption_)
        return;
    one.interruption_ = error_builder(why).build();
    if (startup_.cancel_key().empty())
        return finish(error_builder(errc::connection_closed, "the server gave no key to cancel with").build()); // S-23
    if (cancelling_ == cancelling::none)
        cancelling_ = cancelling::wanted;
    give_up_at_ = clock::now() + options_.cancel_grace;
}

void engine::cancel_all() {
    while (!waiting_.empty())
        interrupt(*waiting_.front(), errc::cancelled);
    if (current_ != nullptr)
        interrupt(*current_, errc::cancelled);
}

void engine::take_cancel_request(protocol::buffer& request) {
    cancelling_ = cancelling::sent;
    write_cancel_request(request);
}

void engine::write_cancel_request(protocol::buffer& request) const {
    append(request, frontend::cancel_request{startup_.backend_pid(), startup_.cancel_key()});
}

/// Only now may the next statement go out: a server that is still busy with the request could hit it.
void engine::cancel_sent() {
    if (cancelling_ != cancelling::sent)
        return;
    cancelling_ = cancelling::none;
    if (current_ == nullptr)
        give_up_at_ = clock::time_point::max();
    start_waiting();
}

} // namespace pgwire::client
