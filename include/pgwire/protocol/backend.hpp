#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/protocol/frontend.hpp>
#include <pgwire/protocol/message.hpp>
#include <pgwire/protocol/sequence.hpp>

#include <array>
#include <cstdint>
#include <string_view>

/// The messages that a server sends (protocol documentation, "Message Formats"). They refer to the body they were decoded
/// from, or to the caller's texts, and own nothing.
namespace pgwire::protocol::backend {

/// The Int32 behind type byte 'R'.
enum class authentication_code : std::int32_t {
    ok = 0,
    kerberos_v5 = 2,
    cleartext_password = 3,
    crypt_password = 4,
    md5_password = 5,
    scm_credential = 6,
    gss = 7,
    gss_continue = 8,
    sspi = 9,
    sasl = 10,
    sasl_continue = 11,
    sasl_final = 12,
};

/// Any authentication request, with what follows its code. `contents` is for `decode<authentication_…>`.
struct PGWIRE_API authentication {
    static constexpr char type = 'R';
    authentication_code code = authentication_code::ok;
    bytes_view contents;

    void encode(writer& out) const;
    void decode(reader& in);
};

/// A request that is a code and nothing more.
template <authentication_code Code>
struct authentication_without_contents {
    static constexpr char type = 'R';
    void encode(writer& out) const { out.integer(static_cast<std::int32_t>(Code)); }
    void decode(reader& in) {
        if (in.integer<std::int32_t>() != static_cast<std::int32_t>(Code))
            in.fail();
    }
};

using authentication_ok = authentication_without_contents<authentication_code::ok>;
using authentication_kerberos_v5 = authentication_without_contents<authentication_code::kerberos_v5>;
using authentication_cleartext_password = authentication_without_contents<authentication_code::cleartext_password>;
using authentication_gss = authentication_without_contents<authentication_code::gss>;
using authentication_sspi = authentication_without_contents<authentication_code::sspi>;

struct PGWIRE_API authentication_md5_password {
    static constexpr char type = 'R';
    std::array<std::byte, 4> salt{};

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API authentication_sasl {
    static constexpr char type = 'R';
    sequence<std::string_view> mechanisms;

    void encode(writer& out) const;
    void decode(reader& in);
};

/// A request that carries the mechanism's own bytes.
template <authentication_code Code>
struct authentication_with_data {
    static constexpr char type = 'R';
    bytes_view data;

    void encode(writer& out) const {
        out.integer(static_cast<std::int32_t>(Code));
        out.bytes(data);
    }
    void decode(reader& in) {
        if (in.integer<std::int32_t>() != static_cast<std::int32_t>(Code))
            in.fail();
        data = in.rest();
    }
};

using authentication_gss_continue = authentication_with_data<authentication_code::gss_continue>;
using authentication_sasl_continue = authentication_with_data<authentication_code::sasl_continue>;
using authentication_sasl_final = authentication_with_data<authentication_code::sasl_final>;

/// Protocol 3.2: the newest minor version that the server speaks, and the `_pq_.` options it does not know.
struct PGWIRE_API negotiate_protocol_version {
    static constexpr char type = 'v';
    protocol::version version = version::v3_0;
    sequence<std::string_view> unrecognized_options;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API backend_key_data {
    static constexpr char type = 'K';
    static constexpr std::size_t min_key = 4;
    std::uint32_t pid = 0;
    /// 4 bytes up to protocol 3.0, 4 to 256 from 3.2 on (S-21, S-22).
    bytes_view key;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API parameter_status {
    static constexpr char type = 'S';
    std::string_view name;
    std::string_view value;

    void encode(writer& out) const;
    void decode(reader& in);
};

enum class transaction_status : char { idle = 'I', in_transaction = 'T', failed = 'E' };

struct PGWIRE_API ready_for_query {
    static constexpr char type = 'Z';
    transaction_status status = transaction_status::idle;

    void encode(writer& out) const;
    void decode(reader& in);
};

using parse_complete = frontend::empty_message<'1'>;
using bind_complete = frontend::empty_message<'2'>;
using close_complete = frontend::empty_message<'3'>;
using no_data = frontend::empty_message<'n'>;
using portal_suspended = frontend::empty_message<'s'>;
using empty_query_response = frontend::empty_message<'I'>;

struct PGWIRE_API parameter_description {
    static constexpr char type = 't';
    sequence<std::uint32_t> types;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct field {
    std::string_view name;
    /// 0 where the column is none of a table.
    std::uint32_t table = 0;
    std::int16_t attribute = 0;
    std::uint32_t type = 0;
    std::int16_t type_size = 0;
    std::int32_t type_modifier = -1;
    protocol::format format = format::text;
};
PGWIRE_API void encode_element(writer& out, field const& field);
PGWIRE_API void decode_element(reader& in, field& field);

struct PGWIRE_API row_description {
    static constexpr char type = 'T';
    sequence<field> fields;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API data_row {
    static constexpr char type = 'D';
    sequence<nullable_bytes> values;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API command_complete {
    static constexpr char type = 'C';
    std::string_view tag;

    void encode(writer& out) const;
    void decode(reader& in);
};

/// One field of an error or notice. `code` is the letter of the documentation's "Error and Notice Message Fields".
struct response_field {
    char code = 0;
    std::string_view text;
};
PGWIRE_API void encode_element(writer& out, response_field const& field);
PGWIRE_API void decode_element(reader& in, response_field& field);

struct PGWIRE_API error_response {
    static constexpr char type = 'E';
    sequence<response_field> fields;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API notice_response {
    static constexpr char type = 'N';
    sequence<response_field> fields;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API notification_response {
    static constexpr char type = 'A';
    std::uint32_t pid = 0;
    std::string_view channel;
    std::string_view payload;

    void encode(writer& out) const;
    void decode(reader& in);
};

struct PGWIRE_API function_call_response {
    static constexpr char type = 'V';
    nullable_bytes value;

    void encode(writer& out) const;
    void decode(reader& in);
};

/// The beginning of a COPY: the format of the whole, and of each column.
template <char Type>
struct copy_response {
    static constexpr char type = Type;
    protocol::format format = format::text;
    sequence<std::int16_t> column_formats;

    void encode(writer& out) const {
        out.integer(static_cast<std::int8_t>(format));
        column_formats.template encode_counted<std::int16_t>(out);
    }
    void decode(reader& in) {
        auto const code = in.integer<std::int8_t>();
        if (code != 0 && code != 1)
            in.fail();
        format = static_cast<protocol::format>(code);
        column_formats = sequence<std::int16_t>::decode_counted<std::int16_t>(in);
    }
};

using copy_in_response = copy_response<'G'>;
using copy_out_response = copy_response<'H'>;
using copy_both_response = copy_response<'W'>;
using frontend::copy_data;
using frontend::copy_done;

} // namespace pgwire::protocol::backend
