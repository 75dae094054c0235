// What a client sends, cut into messages and decoded into every message that its type byte allows. Whatever comes: no
// crash, no byte read beyond the body, and what decodes encodes to the same bytes.
// The seeds are the golden samples of the unit tests, written by
// PGWIRE_SEEDS=tests/fuzz/corpus/frontend_stream with --gtest_filter='Frontend.*'.

#include "../unit/protocol/golden.hpp"

#include <pgwire/protocol/framing.hpp>
#include <pgwire/protocol/frontend.hpp>

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
    case 'p':
        return decode_as<frontend::password, frontend::sasl_initial_response, frontend::sasl_response,
                         frontend::gss_response>(body);
    case 'Q': return decode_as<frontend::query>(body);
    case 'P': return decode_as<frontend::parse>(body);
    case 'B': return decode_as<frontend::bind>(body);
    case 'D': return decode_as<frontend::describe>(body);
    case 'C': return decode_as<frontend::close>(body);
    case 'E': return decode_as<frontend::execute>(body);
    case 'F': return decode_as<frontend::function_call>(body);
    case 'S': return decode_as<frontend::sync>(body);
    case 'H': return decode_as<frontend::flush>(body);
    case 'X': return decode_as<frontend::terminate>(body);
    case 'd': return decode_as<frontend::copy_data>(body);
    case 'c': return decode_as<frontend::copy_done>(body);
    case 'f': return decode_as<frontend::copy_fail>(body);
    default: std::abort(); // next_frame lets nothing else through
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    bytes_view input(reinterpret_cast<std::byte const*>(data), size);
    // No type is 0, and every length that fits here begins with it: those are the packets without a type.
    while (input.size() >= 4 && input[0] == std::byte{0}) {
        auto const length = load_big_endian<std::uint32_t>(input.data());
        if (length < 4 || length > input.size())
            return 0;
        decode_as<frontend::startup, frontend::ssl_request, frontend::gssenc_request, frontend::cancel_request>(
            input.subspan(4, length - 4));
        input = input.subspan(length);
    }
    frame message;
    pgwire::errc error = pgwire::errc::ok;
    while (next_frame(input, limits{}, peer::frontend, message, error) == framing::complete) {
        decode_typed(message.type, message.body);
        input = input.subspan(message.size());
    }
    return 0;
}
