#pragma once

#include <pgwire/protocol/reader.hpp>
#include <pgwire/protocol/writer.hpp>

#include <cstddef>
#include <iterator>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace pgwire::protocol {

// How the elements of sequences stand on the wire; messages add overloads for their own.

template <std::integral Int>
void encode_element(writer& out, Int value) {
    out.integer(value);
}
template <std::integral Int>
void decode_element(reader& in, Int& value) {
    value = in.integer<Int>();
}

inline void encode_element(writer& out, std::string_view value) { out.string(value); }
inline void decode_element(reader& in, std::string_view& value) { value = in.string(); }

/// A field or parameter: its bytes, or none for NULL.
using nullable_bytes = std::optional<bytes_view>;

inline void encode_element(writer& out, nullable_bytes const& value) {
    if (!value)
        return out.integer(std::int32_t{-1});
    if (value->size() > writer::max_message)
        return out.fail(errc::message_too_long);
    out.integer(static_cast<std::int32_t>(value->size()));
    out.bytes(*value);
}

inline void decode_element(reader& in, nullable_bytes& value) {
    auto const size = in.integer<std::int32_t>();
    if (size >= 0)
        value = in.bytes(static_cast<std::size_t>(size));
    else if (value.reset(), size != -1)
        in.fail(); // only -1 is NULL (F-09)
}

/// Several elements of a message: either objects that are to be encoded, or their encoding, validated once and decoded
/// again while it is walked. Nothing is allocated, and a count that a peer announces reserves nothing.
/// Refers to the objects or bytes, which must outlive it.
template <class T>
class sequence {
public:
    class iterator {
    public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;

        iterator() = default;
        iterator(T const* object, std::byte const* encoded, std::byte const* end, std::size_t left)
            : object_(object), encoded_(encoded), end_(end), left_(left) {
            load();
        }
        T const& operator*() const { return object_ != nullptr ? *object_ : decoded_; }
        T const* operator->() const { return &**this; }
        iterator& operator++() {
            if (object_ != nullptr)
                ++object_;
            --left_;
            load();
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(iterator const& other) const { return left_ == other.left_; }

    private:
        void load() {
            if (object_ != nullptr || left_ == 0)
                return;
            reader in{{encoded_, end_}};
            decode_element(in, decoded_);
            encoded_ = in.position();
        }

        T const* object_ = nullptr;
        std::byte const* encoded_ = nullptr;
        std::byte const* end_ = nullptr;
        std::size_t left_ = 0;
        T decoded_{};
    };

    sequence() = default;
    sequence(std::span<T const> objects) : objects_(objects.data()), count_(objects.size()) {}
    template <std::size_t N>
    sequence(T const (&objects)[N]) : objects_(objects), count_(N) {}

    /// `count` elements that stand encoded in `bytes`; the caller knows that they do.
    static sequence encoded(std::size_t count, bytes_view bytes) {
        sequence s;
        s.encoded_ = bytes;
        s.count_ = count;
        return s;
    }

    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] iterator begin() const {
        return {objects_, encoded_.data(), encoded_.data() + encoded_.size(), count_};
    }
    [[nodiscard]] iterator end() const { return {}; }

    /// Their bytes, where they were decoded.
    [[nodiscard]] bytes_view encoding() const noexcept { return encoded_; }

    void encode(writer& out) const {
        if (objects_ == nullptr)
            return out.bytes(encoded_);
        for (std::size_t i = 0; i < count_; ++i)
            encode_element(out, objects_[i]);
    }

    /// The count, then the elements.
    template <std::integral Count>
    void encode_counted(writer& out, errc too_many = errc::message_too_long) const {
        if (count_ > static_cast<std::size_t>(std::numeric_limits<Count>::max()))
            return out.fail(too_many);
        out.integer(static_cast<Count>(count_));
        encode(out);
    }

    template <std::integral Count>
    static sequence decode_counted(reader& in) {
        auto const count = in.integer<Count>();
        if constexpr (std::is_signed_v<Count>) {
            if (count < 0) {
                in.fail();
                return {};
            }
        }
        sequence s;
        std::byte const* const first = in.position();
        T skipped{};
        // Every element takes at least a byte, so a lying count ends at the end of the body.
        for (; s.count_ < static_cast<std::size_t>(count) && in.ok(); ++s.count_)
            decode_element(in, skipped);
        if (!in.ok())
            return {};
        s.encoded_ = {first, in.position()};
        return s;
    }

    /// The elements, then a zero byte: lists of strings, none of which is empty.
    void encode_terminated(writer& out) const {
        encode(out);
        out.integer(std::uint8_t{0});
    }

    static sequence decode_terminated(reader& in) {
        sequence s;
        std::byte const* const first = in.position();
        T skipped{};
        while (in.ok() && in.remaining() != 0 && *in.position() != std::byte{0}) {
            decode_element(in, skipped);
            ++s.count_;
        }
        bytes_view const encoded{first, in.position()};
        in.character();
        if (!in.ok())
            return {};
        s.encoded_ = encoded;
        return s;
    }

private:
    T const* objects_ = nullptr;
    bytes_view encoded_;
    std::size_t count_ = 0;
};

} // namespace pgwire::protocol
