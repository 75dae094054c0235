#pragma once

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
class writer {
public:
    static constexpr std::size_t max_message = std::numeric_limits<std::int32_t>::max();

    /// A message with a type byte.
    writer(buffer& out, char type) : out_(out), start_(out.size()) {
        std::byte* to = reserve(1 + sizeof(std::int32_t));
        to[0] = static_cast<std::byte>(type);
        length_at_ = start_ + 1;
    }

    /// A startup packet, which has none.
    explicit writer(buffer& out) : out_(out), start_(out.size()), length_at_(start_) { reserve(sizeof(std::int32_t)); }

    writer(writer const&) = delete;
    writer& operator=(writer const&) = delete;

    /// Takes the message back if an exception (no memory) ended it early.
    ~writer() {
        if (!finished_)
            out_.truncate(start_);
    }

    template <std::integral Int>
    void integer(Int value) {
        if (!fits(sizeof(Int)))
            return;
        store_big_endian(reserve(sizeof(Int)), value);
    }

    void character(char value) { integer(static_cast<std::uint8_t>(value)); }

    void bytes(bytes_view value) {
        if (!value.empty() && fits(value.size()))
            std::memcpy(reserve(value.size()), value.data(), value.size());
    }

    /// Text and the NUL that ends it on the wire.
    void string(std::string_view value) {
        if (value.find('\0') != std::string_view::npos)
            return fail(errc::embedded_nul);
        bytes(as_bytes(value));
        integer(std::uint8_t{0});
    }

    void fail(errc error) noexcept {
        if (error_ == errc::ok)
            error_ = error;
    }

    /// Ends the message, or takes it back if anything in it was refused.
    errc finish() noexcept {
        finished_ = true;
        if (error_ != errc::ok)
            out_.truncate(start_);
        else
            store_big_endian(out_.at(length_at_), static_cast<std::int32_t>(out_.size() - length_at_));
        return error_;
    }

private:
    bool fits(std::size_t size) noexcept {
        if (error_ == errc::ok && size > max_message - (out_.size() - length_at_))
            error_ = errc::message_too_long;
        return error_ == errc::ok;
    }

    std::byte* reserve(std::size_t size) {
        std::byte* const to = out_.prepare(size).data();
        out_.commit(size);
        return to;
    }

    buffer& out_;
    std::size_t start_;
    std::size_t length_at_;
    errc error_ = errc::ok;
    bool finished_ = false;
};

} // namespace pgwire::protocol
