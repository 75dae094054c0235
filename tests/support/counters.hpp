#pragma once

#include <cstdint>

/// What a piece of code costs, counted inside the process at full speed: under strace a reply is always there at the first
/// recv, and the counts are wrong. Linking counters.cpp replaces the functions it counts.
namespace pgwire::test {

struct counts {
    std::uint64_t system_calls = 0; // of sockets, epoll, poll and timers
    std::uint64_t allocations = 0;  // malloc and all that stands on it; under a sanitizer operator new alone

    friend counts operator-(counts a, counts b) {
        return {a.system_calls - b.system_calls, a.allocations - b.allocations};
    }
};

/// Since the program began, of all threads.
counts counted() noexcept;

} // namespace pgwire::test
