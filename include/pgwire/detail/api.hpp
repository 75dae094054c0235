#pragma once

/// Marks what the shared library exports; all else in it is hidden. Not written as [[gnu::visibility]], which could not stand
/// in front of a friend.
#define PGWIRE_API __attribute__((visibility("default")))
