#pragma once

#include "client/engine.hpp"

#include <pgwire/config.hpp>

namespace pgwire::client {

/// What an engine needs to know of a configuration.
engine_options make_engine_options(config const& how);

} // namespace pgwire::client
