#pragma once

#include <pgwire/protocol/receiver.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pgwire::protocol {

/// What a frontend message makes the server send: the replies up to the named one settle it.
enum class awaited : std::uint8_t {
    parse_complete,
    bind_complete,
    statement_description, // ParameterDescription, then RowDescription or NoData
    portal_description,    // RowDescription or NoData
    rows,                  // DataRows, then CommandComplete, EmptyQueryResponse or PortalSuspended
    close_complete,
    ready,           // ReadyForQuery, for Sync
    simple_query,    // results, then ReadyForQuery
    function_result, // FunctionCallResponse, then ReadyForQuery
};

/// Where in the replies to its head the ledger stands.
enum class progress : std::uint8_t {
    none,
    described,    // the parameters of a statement, or the rows of a simple query
    done,         // a simple query: at least one result is complete; a function call: its result came
    failed,       // an ErrorResponse came; only ReadyForQuery may follow
    copy_refused, // CopyFail was sent; the server's error about it is ours
    copy_out,     // CopyData nobody wants
};

/// The order in which replies come: every frontend message that has one queues what, and for whom; every backend message
/// settles the head. After an error the server skips to the next Sync, and so does `skip_to_ready`.
class ledger {
public:
    struct entry {
        receiver* who; // none: the caller has gone away, the replies are discarded
        awaited what;
        bool limited; // rows: Execute asked for a number of rows, so that PortalSuspended may come
    };

    void expect(awaited what, receiver* who, bool limited = false) {
        if (count_ == ring_.size())
            grow();
        ring_[index(count_++)] = {who, what, limited};
    }

    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] entry const& head() const noexcept { return ring_[first_]; }
    [[nodiscard]] entry const& operator[](std::size_t i) const noexcept { return ring_[index(i)]; }

    void settle() noexcept {
        first_ = index(1);
        --count_;
        head_progress = progress::none;
    }

    /// Drops what the server will not answer after an error. `aborted` hears of each receiver that is not the failed one.
    template <class Aborted>
    void skip_to_ready(Aborted aborted) {
        receiver const* last = head().who;
        while (!empty() && head().what != awaited::ready) {
            if (receiver* const who = head().who; who != last && who != nullptr)
                aborted(*who);
            last = head().who;
            settle();
        }
        // The Sync belongs to the last request before it; if that is another one, it was not run either.
        if (!empty() && head().who != last && head().who != nullptr)
            aborted(*head().who);
    }

    /// Takes back the newest entries, whose messages were not sent.
    void truncate(std::size_t size) noexcept { count_ = size; }

    /// Keeps the places of a caller that has gone away.
    void abandon(receiver const& who) noexcept {
        for (std::size_t i = 0; i < count_; ++i)
            if (ring_[index(i)].who == &who)
                ring_[index(i)].who = nullptr;
    }

    void clear() noexcept {
        first_ = count_ = 0;
        head_progress = progress::none;
    }

    progress head_progress = progress::none;

private:
    [[nodiscard]] std::size_t index(std::size_t i) const noexcept { return (first_ + i) & (ring_.size() - 1); }

    void grow() {
        std::vector<entry> larger(ring_.empty() ? 16 : ring_.size() * 2);
        for (std::size_t i = 0; i < count_; ++i)
            larger[i] = ring_[index(i)];
        ring_ = std::move(larger);
        first_ = 0;
    }

    std::vector<entry> ring_; // its size is a power of two
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

} // namespace pgwire::protocol
