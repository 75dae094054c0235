#pragma once

#include <pgwire/protocol/bytes.hpp>

#include <cstring>

namespace pgwire::protocol {

/// Reads the body of one message. The first failure sticks: every later read gives an empty value, so a decoder reads all
/// its fields and asks once, with `finish`, whether the body held exactly them.
class reader {
public:
    explicit reader(bytes_view body) noexcept : next_(body.data()), end_(body.data() + body.size()) {}

    template <std::integral Int>
    Int integer() noexcept {
        if (remaining() < sizeof(Int)) {
            fail();
            return {};
        }
        Int const value = load_big_endian<Int>(next_);
        next_ += sizeof(Int);
        return value;
    }

    char character() noexcept { return static_cast<char>(integer<std::uint8_t>()); }

    bytes_view bytes(std::size_t size) noexcept {
        if (size > remaining()) {
            fail();
            return {};
        }
        bytes_view const value{next_, size};
        next_ += size;
        return value;
    }

    /// Text up to a NUL, which is consumed and not part of it.
    std::string_view string() noexcept {
        auto const* nul =
            remaining() == 0 ? nullptr : static_cast<std::byte const*>(std::memchr(next_, 0, remaining()));
        if (nul == nullptr) {
            fail();
            return {};
        }
        std::string_view const value = as_text({next_, nul});
        next_ = nul + 1;
        return value;
    }

    bytes_view rest() noexcept { return bytes(remaining()); }

    void fail() noexcept {
        failed_ = true;
        next_ = end_;
    }

    [[nodiscard]] bool ok() const noexcept { return !failed_; }
    [[nodiscard]] std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - next_); }
    [[nodiscard]] std::byte const* position() const noexcept { return next_; }

    /// Whether everything was read, and nothing was missing. Surplus bytes are an error (F-10).
    [[nodiscard]] bool finish() const noexcept { return !failed_ && next_ == end_; }

private:
    std::byte const* next_;
    std::byte const* end_;
    bool failed_ = false;
};

} // namespace pgwire::protocol
