#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/protocol/message.hpp>
#include <pgwire/protocol/sequence.hpp>

#include <array>
#include <cstdint>
#include <string_view>

/// The messages that a client sends (protocol documentation, "Message Formats"): append them with `append`, read them with
/// `decode`. They refer to their texts and values and own nothing.
namespace pgwire::protocol::frontend {

// Before the session; without a type byte.

struct startup_parameter {
    std::string_view name;
    std::string_view value;
};
PGWIRE_API void encode_element(writer& out, startup_parameter const& parameter);
PGWIRE_API void decode_element(reader& in, startup_parameter& parameter);

struct PGWIRE_API startup {
    protocol::version version = version::v3_0;
    sequence<startup_parameter> parameters;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API ssl_request {
    static constexpr std::uint32_t code = 80877103;
    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API gssenc_request {
    static constexpr std::uint32_t code = 80877104;
    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API cancel_request {
    static constexpr std::uint32_t code = 80877102;
    /// 4 bytes up to protocol 3.0, up to 256 from 3.2 on.
    static constexpr std::size_t max_key = 256;
    std::uint32_t pid = 0;
    bytes_view key;

    void encode(writer& out) const;
    void decode(reader& in);
};

// Authentication. All answers share one type byte; which it is follows from what the server asked.

struct PGWIRE_API password {
    static constexpr char type = 'p';
    std::string_view text;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API sasl_initial_response {
    static constexpr char type = 'p';
    std::string_view mechanism;
    nullable_bytes response;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API sasl_response {
    static constexpr char type = 'p';
    bytes_view data;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API gss_response {
    static constexpr char type = 'p';
    bytes_view data;

    void encode(writer& out) const;
    void decode(reader& in);
};

// Queries.

struct PGWIRE_API query {
    static constexpr char type = 'Q';
    std::string_view text;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API parse {
    static constexpr char type = 'P';
    std::string_view statement;
    std::string_view text;
    /// The types of the first parameters; 0 leaves one to the server.
    sequence<std::uint32_t> parameter_types;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API bind {
    static constexpr char type = 'B';
    static constexpr std::size_t max_parameters = 65535;
    std::string_view portal;
    std::string_view statement;
    /// None: all text; one: it holds for all; else one each.
    sequence<std::int16_t> parameter_formats;
    sequence<nullable_bytes> parameters;
    sequence<std::int16_t> result_formats;

    // Here, where it melts into the caller: it is in every query.
    void encode(writer& out) const {
        out.string(portal);
        out.string(statement);
        parameter_formats.encode_counted<std::uint16_t>(out, errc::too_many_parameters);
        parameters.encode_counted<std::uint16_t>(out, errc::too_many_parameters);
        result_formats.encode_counted<std::uint16_t>(out);
    }
    void decode(reader& in);
};

enum class target : char { statement = 'S', portal = 'P' };

struct PGWIRE_API describe {
    static constexpr char type = 'D';
    frontend::target target = target::portal;
    std::string_view name;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API close {
    static constexpr char type = 'C';
    frontend::target target = target::statement;
    std::string_view name;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API execute {
    static constexpr char type = 'E';
    std::string_view portal;
    /// 0 means all.
    std::int32_t max_rows = 0;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API function_call {
    static constexpr char type = 'F';
    std::uint32_t function = 0;
    sequence<std::int16_t> argument_formats;
    sequence<nullable_bytes> arguments;
    format result_format = format::text;

    void encode(writer& out) const;
    void decode(reader& in);
};

/// A message without a body.
template <char Type>
struct empty_message {
    static constexpr char type = Type;
    void encode(writer&) const {}
    void decode(reader&) {}
};

using sync = empty_message<'S'>;
using flush = empty_message<'H'>;
using terminate = empty_message<'X'>;

// COPY, in both directions the same.

struct PGWIRE_API copy_data {
    static constexpr char type = 'd';
    bytes_view data;

    void encode(writer& out) const;
    void decode(reader& in);
};

using copy_done = empty_message<'c'>;

struct PGWIRE_API copy_fail {
    static constexpr char type = 'f';
    std::string_view reason;

    void encode(writer& out) const;
    void decode(reader& in);
};

} // namespace pgwire::protocol::frontend
