#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <type_traits>

namespace pgwire::net {

/// Memory for the handler of the one operation that is always under way; what does not fit, or comes while it is taken, is
/// allocated.
class handler_memory {
public:
    handler_memory() = default;
    handler_memory(handler_memory const&) = delete;
    handler_memory& operator=(handler_memory const&) = delete;

    void* allocate(std::size_t size) {
        if (taken_ || size > sizeof storage_)
            return ::operator new(size);
        taken_ = true;
        return storage_.data();
    }
    void deallocate(void* memory) noexcept {
        if (memory == storage_.data())
            taken_ = false;
        else
            ::operator delete(memory);
    }

private:
    alignas(std::max_align_t) std::array<std::byte, 320> storage_;
    bool taken_ = false;
};

template <class T>
class handler_allocator {
public:
    using value_type = T;

    explicit handler_allocator(handler_memory& memory) noexcept : memory_(&memory) {}
    template <class U>
    handler_allocator(handler_allocator<U> const& other) noexcept : memory_(other.memory_) {}

    T* allocate(std::size_t count) { return static_cast<T*>(memory_->allocate(count * sizeof(T))); }
    void deallocate(T* memory, std::size_t) noexcept { memory_->deallocate(memory); }

    template <class U>
    bool operator==(handler_allocator<U> const& other) const noexcept {
        return memory_ == other.memory_;
    }

private:
    template <class>
    friend class handler_allocator;
    handler_memory* memory_;
};

} // namespace pgwire::net
