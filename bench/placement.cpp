#include "placement.hpp"

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

#include <sched.h>

namespace pgwire::bench {

void pin_here(int processor) { pin_process(0, processor); }

void pin_process(int pid, int processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(processor), &set);
    if (::sched_setaffinity(pid, sizeof set, &set) != 0)
        throw std::system_error(errno, std::generic_category(),
                                "pinning process " + std::to_string(pid) + " to processor " +
                                    std::to_string(processor) + " (run as root, or as the server's user)");
}

} // namespace pgwire::bench
