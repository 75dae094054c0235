#include <pgwire/protocol/buffer.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace pgwire::protocol {

namespace {

constexpr std::size_t first_capacity = 1024;

void wipe_bytes(std::byte* data, std::size_t size) noexcept {
    std::byte volatile* p = data;
    for (std::size_t i = 0; i < size; ++i)
        p[i] = std::byte{0};
}

} // namespace

buffer::buffer(buffer&& other) noexcept
    : data_(std::move(other.data_)), begin_(std::exchange(other.begin_, 0)), end_(std::exchange(other.end_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

buffer& buffer::operator=(buffer&& other) noexcept {
    data_ = std::move(other.data_);
    begin_ = std::exchange(other.begin_, 0);
    end_ = std::exchange(other.end_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
}

void buffer::make_room(std::size_t size) {
    std::size_t const used = end_ - begin_;
    if (size > SIZE_MAX / 2 - used)
        throw std::bad_alloc();
    std::size_t const needed = used + size;
    // Moving to the front is enough while at least half of the memory gets free by it: amortised constant time.
    if (needed > capacity_ || used > capacity_ / 2) {
        std::size_t const capacity = std::max({first_capacity, capacity_ * 2, needed});
        std::unique_ptr<std::byte[]> data(new std::byte[capacity]);
        if (used != 0)
            std::memcpy(data.get(), data_.get() + begin_, used);
        data_ = std::move(data);
        capacity_ = capacity;
    } else if (used != 0) {
        std::memmove(data_.get(), data_.get() + begin_, used);
    }
    begin_ = 0;
    end_ = used;
}

void buffer::shrink(std::size_t keep) noexcept {
    if (!empty() || capacity_ <= keep)
        return;
    data_.reset();
    begin_ = end_ = capacity_ = 0;
}

void buffer::wipe() noexcept {
    wipe_bytes(data_.get(), capacity_);
    clear();
}

} // namespace pgwire::protocol
