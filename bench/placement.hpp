#pragma once

namespace pgwire::bench {

/// Pins this thread to a processor, for good.
void pin_here(int processor);

/// Pins another process, if we may.
void pin_process(int pid, int processor);

} // namespace pgwire::bench
