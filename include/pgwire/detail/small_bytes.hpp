#pragma once

#include <pgwire/protocol/bytes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

namespace pgwire::detail {

/// Bytes that stand in place while they are few, so that a statement with ordinary arguments allocates nothing.
template <std::size_t InPlace>
class small_bytes {
public:
    small_bytes() noexcept : in_place_() {}
    small_bytes(small_bytes const& other) : in_place_(other.in_place_) { append({other.data(), other.size_}); }
    small_bytes(small_bytes&& other) noexcept { take(other); }
    small_bytes& operator=(small_bytes const& other) {
        if (this != &other) {
            size_ = 0;
            append({other.data(), other.size_});
        }
        return *this;
    }
    small_bytes& operator=(small_bytes&& other) noexcept {
        if (this != &other)
            take(other);
        return *this;
    }
    ~small_bytes() = default;

    [[nodiscard]] std::byte const* data() const noexcept { return heap_ ? heap_.get() : in_place_.data(); }
    [[nodiscard]] std::byte* data() noexcept { return heap_ ? heap_.get() : in_place_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] protocol::bytes_view view() const noexcept { return {data(), size_}; }

    /// `size` more bytes at the end, of any value.
    std::byte* extend(std::size_t size) {
        if (capacity_ - size_ < size)
            grow(size);
        std::byte* const to = data() + size_;
        size_ += size;
        return to;
    }

    void append(protocol::bytes_view bytes) {
        if (!bytes.empty())
            std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
    }

    void truncate(std::size_t size) noexcept { size_ = size; }

private:
    void take(small_bytes& other) noexcept {
        heap_ = std::move(other.heap_);
        capacity_ = std::exchange(other.capacity_, InPlace);
        size_ = std::exchange(other.size_, 0);
        // All of it, used or not: a copy of known size is a few instructions, one of unknown size a call.
        std::memcpy(in_place_.data(), other.in_place_.data(), InPlace);
    }

    void grow(std::size_t size) {
        std::size_t const capacity = std::max(capacity_ * 2, size_ + size);
        std::unique_ptr<std::byte[]> heap(new std::byte[capacity]);
        std::memcpy(heap.get(), data(), size_);
        heap_ = std::move(heap);
        capacity_ = capacity;
    }

    std::unique_ptr<std::byte[]> heap_;
    std::size_t size_ = 0;
    std::size_t capacity_ = InPlace;
    std::array<std::byte, InPlace> in_place_;
};

} // namespace pgwire::detail
