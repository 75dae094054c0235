#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/detail/asio.hpp>
#include <pgwire/detail/execution.hpp>

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

namespace pgwire::detail {

/// Memory for executions, kept for the next one, so that a warm connection allocates nothing.
class execution_memory {
public:
    execution_memory() = default;
    execution_memory(execution_memory const&) = delete;
    execution_memory& operator=(execution_memory const&) = delete;
    ~execution_memory() {
        for (void* const block : free_)
            ::operator delete(block);
    }

    void* allocate(std::size_t size) {
        if (size > block_size || free_.empty())
            return ::operator new(size > block_size ? size : block_size);
        void* const block = free_.back();
        free_.pop_back();
        return block;
    }

    void deallocate(void* block, std::size_t size) noexcept {
        if (size > block_size || free_.size() == most_kept)
            return ::operator delete(block);
        try {
            free_.push_back(block);
        } catch (std::bad_alloc const&) {
            ::operator delete(block);
        }
    }

private:
    static constexpr std::size_t block_size = 1024;
    static constexpr std::size_t most_kept = 64;

    std::vector<void*> free_;
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
