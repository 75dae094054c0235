#include "protocol/saslprep.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace pgwire::protocol {
namespace {

struct code_point_range {
    char32_t first;
    char32_t last;
};

struct combining_class_range {
    char32_t first;
    char32_t last;
    std::uint8_t combining_class;
};

struct decomposition_run {
    char32_t first;
    char32_t last;
    std::uint16_t offset;
    std::uint8_t length;
};

struct composition {
    char16_t first;
    char16_t second;
    char16_t composite;
};

#include "protocol/saslprep_tables.inc"

// The entry of a sorted table of ranges that holds the code point, or null.
template <typename Range, std::size_t size>
Range const* find(Range const (&table)[size], char32_t code) {
    auto const* const entry = std::lower_bound(std::begin(table), std::end(table), code,
                                               [](Range const& range, char32_t value) { return range.last < value; });
    return entry != std::end(table) && entry->first <= code ? entry : nullptr;
}

template <std::size_t size>
auto is_in(code_point_range const (&table)[size]) {
    return [&table](char32_t code) { return find(table, code) != nullptr; };
}

std::uint8_t combining_class(char32_t code) {
    auto const* const entry = find(combining_classes, code);
    return entry != nullptr ? entry->combining_class : std::uint8_t{0};
}

// Hangul syllables are composed by arithmetic: Unicode 3.2, section 3.11.
namespace hangul {

constexpr char32_t s_base = 0xAC00, l_base = 0x1100, v_base = 0x1161, t_base = 0x11A7;
constexpr char32_t l_count = 19, v_count = 21, t_count = 28, s_count = l_count * v_count * t_count;

// In unsigned arithmetic, what lies below the base is far above the count.
constexpr bool is_syllable(char32_t code) { return code - s_base < s_count; }
constexpr bool is_open_syllable(char32_t code) { return is_syllable(code) && (code - s_base) % t_count == 0; }
constexpr bool is_leading(char32_t code) { return code - l_base < l_count; }
constexpr bool is_vowel(char32_t code) { return code - v_base < v_count; }
constexpr bool is_trailing(char32_t code) { return code - (t_base + 1) < t_count - 1; }

void append_decomposition(secret_vector<char32_t>& output, char32_t syllable) {
    char32_t const index = syllable - s_base;
    output.push_back(l_base + index / (v_count * t_count));
    output.push_back(v_base + index / t_count % v_count);
    if (index % t_count != 0) {
        output.push_back(t_base + index % t_count);
    }
}

constexpr char32_t compose(char32_t first, char32_t second) {
    if (is_leading(first) && is_vowel(second)) {
        return s_base + ((first - l_base) * v_count + (second - v_base)) * t_count;
    }
    return is_open_syllable(first) && is_trailing(second) ? first + (second - t_base) : 0;
}

} // namespace hangul

secret_vector<char32_t> decompose(secret_vector<char32_t> const& text) {
    secret_vector<char32_t> output;
    output.reserve(text.size() * 2);
    for (char32_t const code : text) {
        if (hangul::is_syllable(code)) {
            hangul::append_decomposition(output, code);
        } else if (auto const* const run = find(decompositions, code)) {
            auto const* const mapping = decomposition_pool + run->offset + (code - run->first) * run->length;
            output.insert(output.end(), mapping, mapping + run->length);
        } else {
            output.push_back(code);
        }
    }
    return output;
}

// Sorts each run of combining marks by class, stably; in place, as a buffer of std::stable_sort's would not be wiped.
void order_canonically(secret_vector<char32_t>& text) {
    for (std::size_t i = 1; i < text.size(); ++i) {
        std::uint8_t const moved_class = combining_class(text[i]);
        for (std::size_t j = i; moved_class != 0 && j > 0 && combining_class(text[j - 1]) > moved_class; --j) {
            std::swap(text[j], text[j - 1]);
        }
    }
}

// The primary composite of two code points, or 0.
char32_t compose(char32_t first, char32_t second) {
    if (char32_t const syllable = hangul::compose(first, second)) {
        return syllable;
    }
    auto const pair = std::pair(first, second);
    auto const* const entry =
        std::lower_bound(std::begin(compositions), std::end(compositions), pair, [](composition const& c, auto value) {
            return std::pair<char32_t, char32_t>(c.first, c.second) < value;
        });
    bool const found = entry != std::end(compositions) && entry->first == first && entry->second == second;
    return found ? entry->composite : U'\0';
}

// Joins each starter with the marks behind it, unless a mark of the same or a higher class, or a starter, stands
// between (Unicode Standard Annex #15, D115 and D117).
void compose(secret_vector<char32_t>& text) {
    constexpr int adjacent = -1;
    std::size_t starter = text.size(); // none yet
    std::size_t size = 0;
    int last_class = adjacent;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char32_t const code = text[i];
        int const code_class = combining_class(code);
        if (starter < size && last_class < code_class) {
            if (char32_t const composite = compose(text[starter], code)) {
                text[starter] = composite;
                continue;
            }
        }
        if (code_class == 0) {
            starter = size;
            last_class = adjacent;
        } else {
            last_class = code_class;
        }
        text[size++] = code;
    }
    text.resize(size);
}

// By the first byte; 0 if no sequence starts with it.
constexpr std::size_t utf8_length(unsigned char lead) {
    return lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
}

// Well-formed UTF-8 (Unicode table 3-7) to code points: no overlong forms, no surrogates, nothing above U+10FFFF.
std::optional<secret_vector<char32_t>> decode_utf8(std::string_view text) {
    secret_vector<char32_t> output;
    output.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        auto const lead = static_cast<unsigned char>(text[i]);
        std::size_t const length = utf8_length(lead);
        if (length == 0 || length > text.size() - i) {
            return std::nullopt;
        }
        char32_t code = length == 1 ? lead : lead & (0x7FU >> length);
        for (std::size_t j = 1; j < length; ++j) {
            auto const continuation = static_cast<unsigned char>(text[i + j]);
            if ((continuation & 0xC0) != 0x80) {
                return std::nullopt;
            }
            code = code << 6 | (continuation & 0x3FU);
        }
        bool const overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
        bool const surrogate = code >= 0xD800 && code <= 0xDFFF;
        if (overlong || surrogate || code > 0x10FFFF) {
            return std::nullopt;
        }
        output.push_back(code);
        i += length;
    }
    return output;
}

secret encode_utf8(secret_vector<char32_t> const& text) {
    secret_vector<char> output;
    output.reserve(text.size() * 4);
    auto const append = [&output](char32_t byte) { output.push_back(static_cast<char>(byte)); };
    for (char32_t const code : text) {
        if (code < 0x80) {
            append(code);
            continue;
        }
        if (code < 0x800) {
            append(0xC0 | code >> 6);
        } else if (code < 0x10000) {
            append(0xE0 | code >> 12);
            append(0x80 | (code >> 6 & 0x3F));
        } else {
            append(0xF0 | code >> 18);
            append(0x80 | (code >> 12 & 0x3F));
            append(0x80 | (code >> 6 & 0x3F));
        }
        append(0x80 | (code & 0x3F));
    }
    return secret(std::move(output));
}

// RFC 4013 section 2.1. U+200B stands in both tables; as in PostgreSQL it becomes a space.
void map(secret_vector<char32_t>& text) {
    std::replace_if(text.begin(), text.end(), is_in(non_ascii_spaces), U' ');
    text.erase(std::remove_if(text.begin(), text.end(), is_in(mapped_to_nothing)), text.end());
}

// RFC 3454 section 6: with any right-to-left character none may be left-to-right, and both ends are right-to-left.
bool has_mixed_directions(secret_vector<char32_t> const& text) {
    auto const is_right_to_left = is_in(right_to_left);
    if (std::none_of(text.begin(), text.end(), is_right_to_left)) {
        return false;
    }
    return !is_right_to_left(text.front()) || !is_right_to_left(text.back()) ||
           std::any_of(text.begin(), text.end(), is_in(left_to_right));
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

} // namespace

secret_vector<char32_t> normalize_nfkc(secret_vector<char32_t> const& text) {
    auto output = decompose(text);
    order_canonically(output);
    compose(output);
    return output;
}

std::optional<secret> saslprep(std::string_view text) {
    // PostgreSQL takes ASCII as it is, control characters too.
    if (is_ascii(text)) {
        return secret(text);
    }
    auto characters = decode_utf8(text);
    if (!characters) {
        return std::nullopt;
    }
    map(*characters);
    // RFC 3454 looks for what is prohibited, and at the directions, after normalization. PostgreSQL looks before it
    // (src/common/saslprep.c), which decides otherwise for a few strings such as "a" + U+2135; and it is PostgreSQL's
    // bytes that we have to meet.
    if (characters->empty() || std::any_of(characters->begin(), characters->end(), is_in(not_preparable)) ||
        has_mixed_directions(*characters)) {
        return std::nullopt;
    }
    return encode_utf8(normalize_nfkc(*characters));
}

secret prepare_password(std::string_view password) {
    auto prepared = saslprep(password);
    return prepared ? std::move(*prepared) : secret(password);
}

} // namespace pgwire::protocol
