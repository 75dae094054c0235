#pragma once

#include <pgwire/detail/completion.hpp>
#include <pgwire/detail/execution.hpp>
#include <pgwire/detail/runner.hpp>

#include <optional>
#include <type_traits>
#include <utility>

namespace pgwire::detail {

/// An execution that ends by completing a handler.
template <class Sink, class Handler>
class async_execution final : public execution {
    using result_type = typename Sink::result_type;

public:
    /// Made in the runner's memory, and started. `sink` are the arguments of the sink.
    template <class... S>
    static void start(runner& runs, statement&& what, protocol_kind kind, Handler&& handler, S&&... sink) {
        void* const memory = runs.memory().allocate(sizeof(async_execution));
        async_execution* one = nullptr;
        try {
            one =
                new (memory) async_execution(runs, std::move(what), kind, std::move(handler), std::forward<S>(sink)...);
        } catch (...) {
            runs.memory().deallocate(memory, sizeof(async_execution));
            throw;
        }
        if (auto slot = asio::get_associated_cancellation_slot(one->handler_); slot.is_connected())
            slot.template emplace<canceller>(*one);
        runs.start(*one);
    }

    void complete() override {
        auto slot = asio::get_associated_cancellation_slot(handler_);
        if (slot.is_connected())
            slot.clear();
        runner& runs = runner_;
        bool const direct = direct_;
        Handler handler = std::move(handler_);
        work const at_work = std::move(work_);
        result<result_type> result = take();
        destroy(); // before the caller goes on: it may want the memory for its next request
        complete_on(runs.executor(), direct, std::move(handler), std::move(result));
    }

    void destroy() noexcept override {
        runner& runs = runner_;
        this->~async_execution();
        runs.memory().deallocate(this, sizeof(async_execution));
    }

private:
    using handler_executor = asio::associated_executor_t<Handler, asio::any_io_executor>;
    using work = std::optional<tracked_executor<handler_executor>>;

    struct canceller {
        async_execution* one;
        explicit canceller(async_execution& cancels) noexcept : one(&cancels) {}
        void operator()(asio::cancellation_type) const { one->runner_.cancel(*one); }
    };

    template <class... S>
    async_execution(runner& runs, statement&& what, protocol_kind kind, Handler&& handler, S&&... sink)
        : execution(std::move(what), sink_, kind), sink_(std::forward<S>(sink)...), runner_(runs),
          handler_(std::move(handler)), direct_(runs_on(runs.executor(), handler_)) {
        if (!direct_)
            work_.emplace(asio::prefer(asio::get_associated_executor(handler_, runs.executor()),
                                       asio::execution::outstanding_work.tracked));
    }
    ~async_execution() = default;

    result<result_type> take() {
        if (outcome())
            return *outcome();
        if (sink_.failure())
            return *sink_.failure();
        return sink_.take();
    }

    Sink sink_;
    runner& runner_;
    Handler handler_;
    bool direct_;
    work work_;
};

} // namespace pgwire::detail
