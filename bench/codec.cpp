// What it costs to make and to read messages and values, without a server.

#include <pgwire/detail/row_decoder.hpp>
#include <pgwire/pgwire.hpp>
#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/framing.hpp>
#include <pgwire/protocol/frontend.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace pgwire::literals;
namespace protocol = pgwire::protocol;

void make_a_statement(benchmark::State& state) {
    for (auto _ : state)
        benchmark::DoNotOptimize("select * from t where a = $1 and b = $2"_sql(1, "text"));
}
BENCHMARK(make_a_statement);

void encode_bind_execute_sync(benchmark::State& state) {
    protocol::buffer out;
    std::array<std::int16_t, 1> const binary{1};
    pgwire::detail::arguments const arguments(std::in_place, 7, "text");
    for (auto _ : state) {
        out.clear();
        protocol::frontend::bind bind;
        bind.statement = "pgwire_1";
        bind.parameter_formats = protocol::sequence<std::int16_t>::encoded(2, arguments.formats());
        bind.parameters = protocol::sequence<protocol::nullable_bytes>::encoded(2, arguments.values());
        bind.result_formats = std::span<std::int16_t const>(binary);
        append(out, bind);
        append(out, protocol::frontend::execute{});
        append(out, protocol::frontend::sync{});
        benchmark::DoNotOptimize(out.unread().data());
    }
}
BENCHMARK(encode_bind_execute_sync);

struct row {
    std::int64_t id;
    std::int32_t a;
    double b;
    std::string c;
    std::optional<std::int32_t> d;
};

/// A thousand rows of five columns, as they arrive.
void decode_rows(benchmark::State& state) {
    std::array<protocol::backend::field, 5> fields{
        {{.name = "id", .type = pgwire::oids::int8, .format = pgwire::format::binary},
         {.name = "a", .type = pgwire::oids::int4, .format = pgwire::format::binary},
         {.name = "b", .type = pgwire::oids::float8, .format = pgwire::format::binary},
         {.name = "c", .type = pgwire::oids::text, .format = pgwire::format::binary},
         {.name = "d", .type = pgwire::oids::int4, .format = pgwire::format::binary}}};
    protocol::backend::row_description const description{std::span<protocol::backend::field const>(fields)};
    protocol::buffer in;
    std::array<std::byte, 8> const number{};
    auto const eight = protocol::bytes_view(number);
    std::array<protocol::nullable_bytes, 5> const values{eight, eight.first(4), eight, protocol::as_bytes("some text"),
                                                         std::nullopt};
    for (int i = 0; i < 1000; ++i)
        append(in, protocol::backend::data_row{std::span<protocol::nullable_bytes const>(values)});

    pgwire::detail::row_decoder<row> decoder;
    if (decoder.describe({description, std::nullopt}, false))
        return state.SkipWithError("the description does not fit");
    row object;
    for (auto _ : state) {
        auto rest = in.unread();
        protocol::frame message;
        pgwire::errc error{};
        while (protocol::next_frame(rest, {}, protocol::peer::backend, message, error) == protocol::framing::complete) {
            benchmark::DoNotOptimize(decoder.decode(message.body.subspan(2), object));
            rest = rest.subspan(message.size());
        }
    }
    state.SetItemsProcessed(state.iterations() * 1000);
}
BENCHMARK(decode_rows);

void describe_columns(benchmark::State& state) {
    std::array<protocol::backend::field, 1> fields{
        {{.name = "a", .type = pgwire::oids::int4, .format = pgwire::format::binary}}};
    protocol::backend::row_description const description{std::span<protocol::backend::field const>(fields)};
    pgwire::detail::row_decoder<int> decoder;
    for (auto _ : state)
        benchmark::DoNotOptimize(decoder.describe({description, std::nullopt}, false));
}
BENCHMARK(describe_columns);

} // namespace
