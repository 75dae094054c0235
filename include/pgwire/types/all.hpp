#pragma once

/// All types with a codec, but for simdjson's document, which has <pgwire/types/simdjson.hpp>.

#include <pgwire/types/array.hpp>
#include <pgwire/types/boolean.hpp>
#include <pgwire/types/bytea.hpp>
#include <pgwire/types/date.hpp>
#include <pgwire/types/floating.hpp>
#include <pgwire/types/integer.hpp>
#include <pgwire/types/json.hpp>
#include <pgwire/types/numeric.hpp>
#include <pgwire/types/string.hpp>
#include <pgwire/types/time.hpp>
#include <pgwire/types/timestamp.hpp>
#include <pgwire/types/uuid.hpp>
