#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/detail/asio.hpp>
#include <pgwire/detail/execution.hpp>

#include <cstddef>
#include <new>
#include <utility>

namespace pgwire::detail {

/// Memory for executions, kept for the next one, so that a warm connection allocates nothing.
class execution_memory {
public:
    execution_memory() = default;
    execution_memory(execution_memory const&) = delete;
    execution_memory& operator=(execution_memory const&) = delete;
    ~execution_memory() {
        while (free_ != nullptr)
            ::operator delete(std::exchange(free_, free_->next));
    }

    void* allocate(std::size_t size) {
        if (size > block_size)
            return ::operator new(size);
        if (free_ == nullptr)
            return ::operator new(block_size);
        --kept_;
        return std::exchange(free_, free_->next);
    }

    void deallocate(void* memory, std::size_t size) noexcept {
        if (size > block_size || kept_ == most_kept)
            return ::operator delete(memory);
        ++kept_;
        free_ = new (memory) block{free_};
    }

private:
    struct block {
        block* next;
    };
    static constexpr std::size_t block_size = 1024;
    static constexpr std::size_t most_kept = 64;

    block* free_ = nullptr;
    std::size_t kept_ = 0;
};

/// Runs executions: a connection does, later a pool. Used from its executor only.
class PGWIRE_API runner {
public:
    explicit runner(asio::any_io_executor executor) : executor_(std::move(executor)) {}
    runner(runner const&) = delete;
    runner& operator=(runner const&) = delete;

    [[nodiscard]] asio::any_io_executor const& executor() const noexcept { return executor_; }
    [[nodiscard]] execution_memory& memory() noexcept { return memory_; }

    virtual void start(execution& one) = 0;
    virtual void cancel(execution& one) = 0;

protected:
    ~runner() = default;

private:
    asio::any_io_executor executor_;
    execution_memory memory_;
};

} // namespace pgwire::detail
