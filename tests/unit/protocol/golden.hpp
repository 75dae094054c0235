#pragma once

#include <pgwire/detail/fields.hpp>
#include <pgwire/protocol/message.hpp>
#include <pgwire/protocol/sequence.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// What must hold between a message and its bytes: for the tests with golden samples, for the fuzzers with any bytes.
namespace golden {

using pgwire::errc;
using pgwire::protocol::as_bytes;
using pgwire::protocol::as_text;
using pgwire::protocol::bytes_view;
using pgwire::protocol::nullable_bytes;
using pgwire::protocol::sequence;

template <class T>
struct is_sequence : std::false_type {};
template <class T>
struct is_sequence<sequence<T>> : std::true_type {
    using element = T;
};

template <class Object, class F>
void for_each_field(Object& object, F const& f) {
    if constexpr (!std::is_empty_v<Object>)
        std::apply([&f](auto&... field) { (f(field), ...); }, pgwire::detail::tie_fields(object));
}

template <class T>
std::vector<T> elements(sequence<T> const& walked) {
    std::vector<T> result;
    for (T const& element : walked)
        result.push_back(element);
    return result;
}

/// Whether all fields are equal, those that messages refer to by what they refer to.
template <class T>
bool same(T const& a, T const& b) {
    if constexpr (std::is_same_v<T, bytes_view>) {
        return std::ranges::equal(a, b);
    } else if constexpr (std::is_same_v<T, nullable_bytes>) {
        return a.has_value() == b.has_value() && (!a || std::ranges::equal(*a, *b));
    } else if constexpr (is_sequence<T>::value) {
        using element = typename is_sequence<T>::element;
        return a.size() == b.size() && std::ranges::equal(elements(a), elements(b), same<element>);
    } else if constexpr (requires { a == b; }) {
        return a == b;
    } else if constexpr (std::is_empty_v<T>) {
        return true;
    } else {
        auto const of_a = pgwire::detail::tie_fields(a);
        auto const of_b = pgwire::detail::tie_fields(b);
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return (same(std::get<I>(of_a), std::get<I>(of_b)) && ...);
        }(std::make_index_sequence<std::tuple_size_v<decltype(of_a)>>{});
    }
}

/// Calls `check` once for each string in `object`, in lists too, while that one holds a NUL.
template <class T, class Check>
void with_each_nul(T& object, Check const& check) {
    if constexpr (std::is_same_v<T, std::string_view>) {
        std::string const text = std::string(object) + '\0' + "rest";
        std::string_view const before = std::exchange(object, text);
        check();
        object = before;
    } else if constexpr (is_sequence<T>::value) {
        T const before = object;
        auto changed = elements(object);
        object = T(std::span(std::as_const(changed)));
        for (auto& element : changed)
            with_each_nul(element, check);
        object = before;
    } else if constexpr (std::is_class_v<T> && !std::is_same_v<T, bytes_view> && !std::is_same_v<T, nullable_bytes> &&
                         !requires { std::tuple_size<T>::value; }) {
        for_each_field(object, [&check](auto& field) { with_each_nul(field, check); });
    }
}

template <class Message>
constexpr std::size_t header_size() {
    return (requires { Message::type; } ? 1 : 0) + sizeof(std::int32_t);
}

template <class Message>
std::optional<std::string> encoded(Message const& message) {
    pgwire::protocol::buffer out;
    if (append(out, message) != errc::ok)
        return std::nullopt;
    return std::string(as_text(out.unread()));
}

/// The message with its lists walked and made anew of objects: encoding it does not just copy the bytes they were.
template <class Message>
std::optional<std::string> encoded_from_objects(Message message) {
    std::vector<std::shared_ptr<void>> owned;
    for_each_field(message, [&owned]<class Field>(Field& field) {
        if constexpr (is_sequence<Field>::value) {
            auto list = std::make_shared<std::vector<typename is_sequence<Field>::element>>(elements(field));
            field = Field(std::span(std::as_const(*list)));
            owned.push_back(std::move(list));
        }
    });
    return encoded(message);
}

enum class verdict { refused, canonical, not_canonical };

/// Decodes `body`. A message has one encoding: if `body` is a Message, then encoding that gives `body` again. All of
/// ours are like this; in one that is not, something would be read and lost.
template <class Message>
verdict judge(bytes_view body) {
    // On the heap in its exact size, where the sanitizer sees a byte read too far.
    std::vector<std::byte> const exact(body.begin(), body.end());
    auto const message = pgwire::protocol::decode<Message>(exact);
    if (!message)
        return verdict::refused;
    for (auto const& again : {encoded(*message), encoded_from_objects(*message)}) {
        if (!again || !std::ranges::equal(as_bytes(*again).subspan(header_size<Message>()), exact))
            return verdict::not_canonical;
    }
    return verdict::canonical;
}

template <class Message>
verdict judge(std::string_view body) {
    return judge<Message>(as_bytes(body));
}

/// Where the numbers stand in a sample's body, and whether it ends with bytes that nothing but the body's end delimits.
struct layout {
    static constexpr std::size_t none = std::string::npos;

    std::vector<std::size_t> int16_counts{};
    std::vector<std::size_t> int32_counts{};
    /// The lengths of values, whose −1 is NULL.
    std::vector<std::size_t> lengths{};
    /// The shortest and longest bodies that are messages too when this body is cut or goes on.
    std::size_t shortest = none;
    std::size_t longest = 0;
};

inline std::string with_number(std::string body, std::size_t at, std::size_t width, std::uint32_t value) {
    for (std::size_t i = width; i-- > 0; value >>= 8)
        body[at + i] = static_cast<char>(value & 0xff);
    return body;
}

inline layout rest_from(std::size_t at) { return {.shortest = at, .longest = layout::none}; }

inline std::string in_hex(std::string_view bytes) {
    std::string text;
    for (char const byte : bytes) {
        text += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4];
        text += "0123456789abcdef"[byte & 0xf];
    }
    return text;
}

/// Makes a sample a fuzzer's seed: to the file of its message type in the folder `PGWIRE_SEEDS`, if that is set.
inline void keep_as_seed(std::string const& type, std::string const& wire) {
    static std::set<std::string> begun;
    if (char const* const folder = std::getenv("PGWIRE_SEEDS")) {
        auto const mode = begun.insert(type).second ? std::ios::trunc : std::ios::app;
        std::ofstream(std::string(folder) + "/" + type, std::ios::binary | std::ios::out | mode) << wire;
    }
}

/// What is wrong between `message` and `wire`, its bytes by the protocol documentation; nothing if all is right:
/// either is made of the other; every truncation, every surplus byte and every false number is refused; a NUL in any
/// string is refused, and leaves no trace.
template <class Message>
std::string faults(Message message, std::string const& wire, layout const& layout = {}) {
    std::string found;
    auto const expect = [&found](bool holds, std::string const& what, auto... detail) {
        if (!holds) {
            found += what;
            ((found += ' ' + std::to_string(detail)), ...);
            found += '\n';
        }
    };

    pgwire::protocol::buffer out;
    std::string const earlier = "earlier message";
    out.append(as_bytes(earlier));
    expect(append(out, message) == errc::ok, "encoding is refused");
    std::string const written(as_text(out.unread().subspan(earlier.size())));
    expect(as_text(out.unread()).starts_with(earlier) && written == wire, "encodes to " + in_hex(written));

    std::string const body = wire.substr(header_size<Message>());
    std::vector<std::byte> const exact(as_bytes(body).begin(), as_bytes(body).end());
    auto const decoded = pgwire::protocol::decode<Message>(exact);
    expect(decoded.has_value(), "does not decode");
    expect(decoded && same(*decoded, message), "decodes to other fields");
    expect(judge<Message>(body) == verdict::canonical, "encodes differently when it was decoded");

    for (std::size_t size = 0; size < body.size(); ++size) {
        auto const expected = size < layout.shortest ? verdict::refused : verdict::canonical;
        expect(judge<Message>(body.substr(0, size)) == expected, "cut to", size);
    }
    for (int surplus = 0; surplus <= 0xff; ++surplus) {
        auto const expected = body.size() < layout.longest ? verdict::canonical : verdict::refused;
        expect(judge<Message>(body + static_cast<char>(surplus)) == expected, "with surplus byte", surplus);
    }

    auto const refuses = [&](std::size_t at, std::size_t width, std::uint32_t value) {
        auto const false_body = with_number(body, at, width, value);
        expect(false_body != body && judge<Message>(false_body) == verdict::refused, "false number", at, value);
    };
    for (std::size_t const at : layout.int16_counts) {
        for (std::uint32_t const value : {0xffffU, 0x8000U, 0x7fffU})
            refuses(at, 2, value);
    }
    for (std::size_t const at : layout.int32_counts) {
        for (std::uint32_t const value : {0xffff'ffffU, 0x8000'0000U, 0x7fff'ffffU, 0xffffU})
            refuses(at, 4, value);
    }
    for (std::size_t const at : layout.lengths) {
        for (std::uint32_t const value : {0xffff'fffeU, 0x8000'0000U, 0x7fff'ffffU, 0xffffU})
            refuses(at, 4, value);
    }
    // At every other offset a number may be true by chance; then it must be so in both directions.
    for (std::size_t const width : {1U, 2U, 4U}) {
        for (std::size_t at = 0; at + width <= body.size(); ++at) {
            for (std::uint32_t const value : {0xffff'ffffU, 0x7fffU, 0x7fff'ffffU, 0x8000'0000U, 0U}) {
                auto const judged = judge<Message>(with_number(body, at, width, value));
                expect(judged != verdict::not_canonical, "overwritten", at, value);
            }
        }
    }

    with_each_nul(message, [&] {
        expect(append(out, message) == errc::embedded_nul, "a NUL passes");
        expect(as_text(out.unread()) == earlier + wire, "a refused message leaves bytes");
    });

    if constexpr (requires { Message::type; })
        keep_as_seed("type-" + std::string(std::islower(Message::type) ? "lower-" : "") + Message::type, wire);
    else
        keep_as_seed("startup", wire);
    return found;
}

} // namespace golden
