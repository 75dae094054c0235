#pragma once

/// All of the public interface.

#include <pgwire/as_result.hpp>
#include <pgwire/blocking.hpp>
#include <pgwire/command_tag.hpp>
#include <pgwire/config.hpp>
#include <pgwire/connection.hpp>
#include <pgwire/error.hpp>
#include <pgwire/exception.hpp>
#include <pgwire/mapping.hpp>
#include <pgwire/result.hpp>
#include <pgwire/row.hpp>
#include <pgwire/session.hpp>
#include <pgwire/sqlstate.hpp>
#include <pgwire/statement.hpp>
#include <pgwire/types/all.hpp>
