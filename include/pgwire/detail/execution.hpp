#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/detail/row_sink.hpp>
#include <pgwire/error.hpp>
#include <pgwire/protocol/receiver.hpp>
#include <pgwire/statement.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace pgwire::client {
struct cached_statement;
class engine;
class execution_queue;
} // namespace pgwire::client

namespace pgwire::detail {

/// One statement on its way: what is asked, where its rows go, and what became of it. Made by an operation, which derives
/// from it; run by an engine, which calls `complete` once, when all is over.
class PGWIRE_API execution : public protocol::receiver {
public:
    enum class protocol_kind { extended, simple };

    execution(statement&& what, row_sink& rows, protocol_kind kind)
        : statement_(std::move(what)), rows_(rows), kind_(kind), deadline_(statement_.deadline()) {}

    execution(execution const&) = delete;
    execution& operator=(execution const&) = delete;

    /// Tells the caller. Destroys this.
    virtual void complete() noexcept(false) = 0;
    /// Destroys this without telling anybody: the caller's world has ended.
    virtual void destroy() noexcept = 0;

    [[nodiscard]] statement const& asked() const noexcept { return statement_; }
    [[nodiscard]] row_sink& rows() noexcept { return rows_; }
    [[nodiscard]] bool is_simple() const noexcept { return kind_ == protocol_kind::simple; }

    /// What went wrong, the server's word before ours; none if all went well.
    [[nodiscard]] std::optional<error> const& outcome() const noexcept { return outcome_; }

    // For the engine.

    void fail(error const& why);

    void parsed() override;
    void described(protocol::backend::row_description const& columns) override;
    void no_data() override;
    errc row(protocol::bytes_view body) override;
    void completed(std::string_view tag) override;
    void empty_query() override;
    void failed(error const& why) override;
    void aborted(error const& why) override;
    void settled(protocol::backend::transaction_status status) override;
    void lost(error const& why) override;

protected:
    ~execution() = default;

private:
    friend class client::engine;
    friend class client::execution_queue;

    void describe(protocol::backend::row_description const& columns, std::optional<format> bound_format);

    statement statement_;
    row_sink& rows_;
    protocol_kind kind_;
    std::optional<statement::clock::time_point> deadline_;
    std::optional<error> outcome_;
    std::size_t columns_ = 0;
    bool describing_ = false;           // rows were announced
    std::optional<error> interruption_; // why a CancelRequest was sent
    client::engine* engine_ = nullptr;
    client::cached_statement* cached_ = nullptr;
    execution* next_ = nullptr; // in the engine's queues
};

} // namespace pgwire::detail
