#pragma once

#include <pgwire/detail/api.hpp>
#include <pgwire/errc.hpp>
#include <pgwire/protocol/buffer.hpp>
#include <pgwire/protocol/bytes.hpp>

#include <cstdint>
#include <limits>

namespace pgwire::protocol {

/// Appends one message to a buffer and patches its length at the end.
///
/// A message that would not fit its own length field, or a string that holds a NUL, is refused as a whole: the buffer is
/// as it was before. Lengths add up in 64 bits and are checked before a byte is copied, so that no sum can wrap and turn
/// the tail of a value into messages (CVE-2024-27304; F-20, F-21).
class PGWIRE_API writer {
public:
    static constexpr std::size_t max_message = std::numeric_limits<std::int32_t>::max();

    /// A message with a type byte.
    writer(buffer& out, char type) : writer(out, sizeof type) { *begin_ = static_cast<std::byte>(type); }

    /// A startup packet, which has none.
    explicit writer(buffer& out) : writer(out, std::size_t{0}) {}

    writer(writer const&) = delete;
    writer& operator=(writer const&) = delete;

    template <std::integral Int>
    void integer(Int value) {
        if (room() < sizeof(Int) && !make_room(sizeof(Int)))
            return;
        store_big_endian(next_, value);
        next_ += sizeof(Int);
    }

    void character(char value) { integer(static_cast<std::uint8_t>(value)); }

    void bytes(bytes_view value) {
        if (value.empty() || (room() < value.size() && !make_room(value.size())))
            return;
        std::memcpy(next_, value.data(), value.size());
        next_ += value.size();
    }

    /// Text and the NUL that ends it on the wire.
    void string(std::string_view value) {
        if (!value.empty()) {
            if (value.find('\0') != std::string_view::npos)
                return fail(errc::embedded_nul);
            bytes(as_bytes(value));
        }
        integer(std::uint8_t{0});
    }

    void fail(errc error) noexcept {
        if (error_ == errc::ok)
            error_ = error;
    }

    /// Ends the message. Until then it is not in the buffer: one that was refused, or ended early by an exception, never was.
    errc finish() noexcept {
        if (size() - type_size_ > max_message)
            fail(errc::message_too_long);
        if (error_ == errc::ok) {
            store_big_endian(begin_ + type_size_, static_cast<std::int32_t>(size() - type_size_));
            out_.commit(size());
        }
        return error_;
    }

private:
    static constexpr std::size_t usual_size = 64;

    writer(buffer& out, std::size_t type_size) : out_(out), type_size_(type_size) {
        begin_in(out.prepare(usual_size));
        next_ += type_size + sizeof(std::int32_t);
    }

    [[nodiscard]] std::size_t room() const noexcept { return static_cast<std::size_t>(end_ - next_); }
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(next_ - begin_); }

    void begin_in(std::span<std::byte> room) noexcept {
        next_ = begin_ = room.data();
        end_ = begin_ + room.size();
    }

    /// Moves what was written to where `more` bytes fit behind it; false if no message can be so long.
    bool make_room(std::size_t more);

    buffer& out_;
    std::size_t type_size_;
    std::byte* begin_ = nullptr; // of the message, behind the buffer's last byte
    std::byte* next_ = nullptr;
    std::byte* end_ = nullptr; // of the room for it
    errc error_ = errc::ok;
};

} // namespace pgwire::protocol
