// What a server sends, cut into messages and decoded into every message that its type byte allows. Whatever comes: no
// crash, no byte read beyond the body, and what decodes encodes to the same bytes.
// The seeds are the golden samples of the unit tests, written by
// PGWIRE_SEEDS=tests/fuzz/corpus/backend_stream with --gtest_filter='Backend.*'.

#include "../unit/protocol/golden.hpp"

#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/framing.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace pgwire::protocol;

template <class... Messages>
void decode_as(bytes_view body) {
    if (((golden::judge<Messages>(body) == golden::verdict::not_canonical) || ...))
        std::abort();
}

void decode_typed(char type, bytes_view body) {
    switch (type) {
    case 'R':
        return decode_as<backend::authentication, backend::authentication_ok, backend::authentication_kerberos_v5,
                         backend::authentication_cleartext_password, backend::authentication_md5_password,
                         backend::authentication_gss, backend::authentication_gss_continue,
                         backend::authentication_sspi, backend::authentication_sasl,
                         backend::authentication_sasl_continue, backend::authentication_sasl_final>(body);
    case 'v': return decode_as<backend::negotiate_protocol_version>(body);
    case 'K': return decode_as<backend::backend_key_data>(body);
    case 'S': return decode_as<backend::parameter_status>(body);
    case 'Z': return decode_as<backend::ready_for_query>(body);
    case '1': return decode_as<backend::parse_complete>(body);
    case '2': return decode_as<backend::bind_complete>(body);
    case '3': return decode_as<backend::close_complete>(body);
    case 'n': return decode_as<backend::no_data>(body);
    case 's': return decode_as<backend::portal_suspended>(body);
    case 'I': return decode_as<backend::empty_query_response>(body);
    case 't': return decode_as<backend::parameter_description>(body);
    case 'T': return decode_as<backend::row_description>(body);
    case 'D': return decode_as<backend::data_row>(body);
    case 'C': return decode_as<backend::command_complete>(body);
    case 'E': return decode_as<backend::error_response>(body);
    case 'N': return decode_as<backend::notice_response>(body);
    case 'A': return decode_as<backend::notification_response>(body);
    case 'V': return decode_as<backend::function_call_response>(body);
    case 'G': return decode_as<backend::copy_in_response>(body);
    case 'H': return decode_as<backend::copy_out_response>(body);
    case 'W': return decode_as<backend::copy_both_response>(body);
    case 'd': return decode_as<backend::copy_data>(body);
    case 'c': return decode_as<backend::copy_done>(body);
    default: std::abort(); // next_frame lets nothing else through
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    bytes_view input(reinterpret_cast<std::byte const*>(data), size);
    frame message;
    pgwire::errc error = pgwire::errc::ok;
    while (next_frame(input, limits{}, peer::backend, message, error) == framing::complete) {
        decode_typed(message.type, message.body);
        input = input.subspan(message.size());
    }
    return 0;
}
