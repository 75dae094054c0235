#include <pgwire/detail/execution.hpp>

#include "client/engine.hpp"
#include "client/statement_cache.hpp"

#include <pgwire/detail/error_builder.hpp>
#include <pgwire/exception.hpp>

#include <exception>

namespace pgwire::detail {

void execution::fail(error const& why) {
    if (outcome_)
        outcome_ = error_builder(*outcome_).attach(why).build();
    else
        outcome_ = error_builder(why).statement(statement_.text()).build();
}

void execution::parsed() {
    if (cached_ != nullptr)
        cached_->parsed = true;
}

void execution::described(protocol::backend::row_description const& columns) {
    if (cached_ != nullptr)
        cached_->remember(columns);
    describe(columns, std::nullopt);
}

void execution::describe(protocol::backend::row_description const& columns, std::optional<format> bound_format) {
    describing_ = true;
    columns_ = columns.fields.size();
    rows_.describe({columns, bound_format, engine_->types_are_known()});
}

void execution::no_data() {
    if (cached_ != nullptr)
        cached_->remember_no_rows();
}

errc execution::row(protocol::bytes_view body) {
    if (!describing_)
        return errc::unexpected_message;
    if (body.size() < sizeof(std::int16_t))
        return errc::malformed_message;
    auto const columns = protocol::load_big_endian<std::int16_t>(body.data());
    if (columns < 0 || static_cast<std::size_t>(columns) != columns_)
        return errc::malformed_message; // F-06, F-07
    protocol::bytes_view const values = body.subspan(sizeof(std::int16_t));
    if (outcome_)
        return is_row(values, columns_) ? errc::ok : errc::malformed_message;
    try {
        return rows_.row(values);
    } catch (...) { // a codec or container of the caller's, or no memory: the caller's error, not the connection's end
        fail(error_from(std::current_exception()));
        return errc::ok;
    }
}

void execution::completed(std::string_view tag) {
    describing_ = false;
    engine_->command_completed(tag);
    rows_.complete(tag);
}

void execution::empty_query() { rows_.complete({}); }

void execution::failed(error const& why) { fail(why); }

void execution::aborted(error const& why) {
    fail(error_builder(errc::pipeline_aborted, "an earlier one of the pipeline failed: " + std::string(why.message()))
             .build());
}

void execution::settled(protocol::backend::transaction_status) { engine_->settle(*this); }

void execution::lost(error const& why) {
    if (!outcome_)
        fail(error_builder(why).connection_lost().outcome_unknown().build());
    else
        outcome_ = error_builder(*outcome_).connection_lost().build();
    engine_->settle(*this);
}

} // namespace pgwire::detail
