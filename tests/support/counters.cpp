#include "support/counters.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

#include <dlfcn.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PGWIRE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PGWIRE_SANITIZED 1
#endif
#endif

namespace {

std::atomic<std::uint64_t> system_calls = 0;
std::atomic<std::uint64_t> allocations = 0;

template <class Function>
Function* next(char const* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

void count_call() noexcept { system_calls.fetch_add(1, std::memory_order_relaxed); }
void count_allocation() noexcept { allocations.fetch_add(1, std::memory_order_relaxed); }

} // namespace

namespace pgwire::test {

counts counted() noexcept { return {system_calls.load(), allocations.load()}; }

} // namespace pgwire::test

// The program's own definitions come before the C library's.

#define PGWIRE_COUNT(result, name, parameters, arguments)                                                              \
    extern "C" result name parameters {                                                                                \
        static auto* const real = next<result parameters>(#name);                                                      \
        count_call();                                                                                                  \
        return real arguments;                                                                                         \
    }

PGWIRE_COUNT(ssize_t, send, (int fd, void const* data, size_t size, int flags), (fd, data, size, flags))
PGWIRE_COUNT(ssize_t, recv, (int fd, void* data, size_t size, int flags), (fd, data, size, flags))
PGWIRE_COUNT(ssize_t, sendmsg, (int fd, msghdr const* message, int flags), (fd, message, flags))
PGWIRE_COUNT(ssize_t, recvmsg, (int fd, msghdr* message, int flags), (fd, message, flags))
PGWIRE_COUNT(ssize_t, sendto, (int fd, void const* data, size_t size, int flags, sockaddr const* to, socklen_t length),
             (fd, data, size, flags, to, length))
PGWIRE_COUNT(ssize_t, recvfrom, (int fd, void* data, size_t size, int flags, sockaddr* from, socklen_t* length),
             (fd, data, size, flags, from, length))
PGWIRE_COUNT(ssize_t, read, (int fd, void* data, size_t size), (fd, data, size))
PGWIRE_COUNT(ssize_t, write, (int fd, void const* data, size_t size), (fd, data, size))
PGWIRE_COUNT(int, poll, (pollfd * fds, nfds_t count, int timeout), (fds, count, timeout))
PGWIRE_COUNT(int, epoll_wait, (int epoll, epoll_event* events, int most, int timeout), (epoll, events, most, timeout))
PGWIRE_COUNT(int, epoll_ctl, (int epoll, int operation, int fd, epoll_event* event), (epoll, operation, fd, event))
PGWIRE_COUNT(int, timerfd_settime, (int fd, int flags, itimerspec const* value, itimerspec* old),
             (fd, flags, value, old))
PGWIRE_COUNT(int, setsockopt, (int fd, int level, int name, void const* value, socklen_t size),
             (fd, level, name, value, size))

#undef PGWIRE_COUNT

#ifdef PGWIRE_SANITIZED

void* operator new(std::size_t size) {
    count_allocation();
    if (void* const memory = std::malloc(size == 0 ? 1 : size))
        return memory;
    throw std::bad_alloc();
}
void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
    count_allocation();
    return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

#else

extern "C" void* __libc_malloc(size_t size);
extern "C" void* __libc_realloc(void* memory, size_t size);
extern "C" void* __libc_calloc(size_t count, size_t size);

extern "C" void* malloc(size_t size) {
    count_allocation();
    return __libc_malloc(size);
}
extern "C" void* realloc(void* memory, size_t size) {
    count_allocation();
    return __libc_realloc(memory, size);
}
extern "C" void* calloc(size_t count, size_t size) {
    count_allocation();
    return __libc_calloc(count, size);
}

#endif
