#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/protocol/bytes.hpp>

#include <cstddef>
#include <memory>
#include <span>

namespace pgwire::protocol {

/// Bytes between a socket and a state machine: appended at the end, consumed at the front.
///
/// Grows by doubling in 64 bits and never before bytes arrive, so a length that a peer merely announces costs nothing
/// (F-02). Not thread safe. Views are valid until the next call that is not const.
class PGWIRE_API buffer {
public:
    buffer() = default;
    buffer(buffer&& other) noexcept;
    buffer& operator=(buffer&& other) noexcept;
    ~buffer() = default;

    [[nodiscard]] bytes_view unread() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// Room for at least `size` bytes behind the last one; they count once committed. Throws std::bad_alloc.
    std::span<std::byte> prepare(std::size_t size) {
        if (capacity_ - end_ < size)
            make_room(size);
        return {data_.get() + end_, capacity_ - end_};
    }
    void commit(std::size_t size) noexcept { end_ += size; }

    void append(bytes_view bytes) {
        if (bytes.empty())
            return;
        std::memcpy(prepare(bytes.size()).data(), bytes.data(), bytes.size());
        commit(bytes.size());
    }

    /// Forgets the first `size` bytes.
    void consume(std::size_t size) noexcept {
        begin_ += size;
        if (begin_ == end_)
            begin_ = end_ = 0;
    }

    /// Forgets what stands behind the first `size` bytes.
    void truncate(std::size_t size) noexcept { end_ = begin_ + size; }

    /// The byte at `offset` from the front, to patch what was written before.
    std::byte* at(std::size_t offset) noexcept { return data_.get() + begin_ + offset; }

    void clear() noexcept { begin_ = end_ = 0; }

    /// Gives back memory over `keep` bytes once everything is consumed, so that one large message does not stay paid for.
    void shrink(std::size_t keep) noexcept;

    /// Overwrites its memory, also what was consumed, for buffers that carried a password. Memory that it outgrew before
    /// is not reached: `prepare` enough at first.
    void wipe() noexcept;

private:
    void make_room(std::size_t size);

    std::unique_ptr<std::byte[]> data_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace pgwire::protocol
