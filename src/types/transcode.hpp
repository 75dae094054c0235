#pragma once

#include <pgwire/types/codec.hpp>

#include <string>

namespace pgwire::detail {

/// Appends the text that the server would write for a value in binary format, for servers that take parameters only so;
/// times with a time zone in UTC, and floats by the shortest text that means them, which is a digit shorter than the
/// server's at times. False, and nothing is appended, for a type that is not known here, arrays of more than one
/// dimension, and bytes that are no value of the type.
bool binary_to_text(oid type, protocol::bytes_view value, std::string& out);

} // namespace pgwire::detail
