#include "client/connection_string.hpp"

#include <pgwire/detail/error_builder.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace pgwire::detail {
namespace {

constexpr auto npos = std::string_view::npos;

class splitter {
public:
    explicit splitter(std::string_view text) noexcept : text_(text) {}

    result<connection_string> split() {
        if (auto const nul = text_.find('\0'); nul != npos)
            fail(nul, "the connection string", errc::embedded_nul);
        else if (skip_scheme())
            read_uri();
        else
            read_pairs();
        if (failure_)
            return *std::move(failure_);
        return std::move(made_);
    }

private:
    bool skip_scheme() noexcept {
        made_.is_iris = skip("iris://");
        return made_.is_iris || skip("postgresql://") || skip("postgres://");
    }

    // name = value, name='value' …

    void read_pairs() {
        for (skip_spaces(); !at_end() && !failure_; skip_spaces()) {
            std::size_t const place = at_;
            std::string_view const name = read_until([](char c) { return c == '=' || is_space(c); });
            skip_spaces();
            if (!skip("="))
                return fail(at_, "\"=\" is missing after the name of an option");
            skip_spaces();
            std::string value;
            if (skip("'")) {
                value = read_value([](char c) { return c == '\''; });
                if (!skip("'"))
                    return fail(place, "the quoted value that begins after this is not ended");
            } else {
                value = read_value(is_space);
            }
            add(std::string(name), std::move(value), place);
        }
    }

    // A backslash takes the next character as it is; at the very end it stands for nothing.
    template <class Predicate>
    std::string read_value(Predicate ends) {
        std::string value;
        while (!at_end() && !ends(text_[at_])) {
            if (skip("\\") && at_end())
                break;
            value += text_[at_++];
        }
        return value;
    }

    // scheme://[user[:password]@][host[:port]][,…][/database][?name=value[&…]]

    void read_uri() {
        read_user();
        read_hosts();
        if (!failure_ && skip("/"))
            add_decoded("dbname", read_until([](char c) { return c == '?'; }));
        if (!failure_ && skip("?"))
            read_parameters();
    }

    void read_user() {
        // As in libpq, an @ anywhere before the first slash ends the user's part, even behind a question mark.
        std::size_t const end = text_.find_first_of("@/", at_);
        if (end == npos || text_[end] != '@')
            return;
        add_decoded("user", read_until([](char c) { return c == ':' || c == '@'; }));
        if (skip(":"))
            add_decoded("password", read_until([](char c) { return c == '@'; }));
        skip("@");
    }

    void read_hosts() {
        std::size_t const place = at_;
        std::string hosts;
        std::string ports;
        do {
            if (at_ != place) { // the next one
                hosts += ',';
                ports += ',';
            }
            if (skip("[")) {
                std::string_view const address = read_until([](char c) { return c == ']'; });
                if (address.empty() || !skip("]"))
                    return fail(at_, "an IPv6 address between [ and ] is expected");
                if (!at_end() && std::string_view(":/?,").find(text_[at_]) == npos)
                    return fail(at_, "only a port, another host, a database or options can follow an IPv6 address");
                hosts += address;
            } else {
                hosts += read_until([](char c) { return c == ':' || c == '/' || c == '?' || c == ','; });
            }
            if (skip(":"))
                ports += read_until([](char c) { return c == '/' || c == '?' || c == ','; });
        } while (skip(","));
        add_decoded("host", hosts, place);
        add_decoded("port", ports, place);
    }

    void read_parameters() {
        while (!at_end() && !failure_) {
            std::size_t const place = at_;
            std::string_view const parameter = read_until([](char c) { return c == '&'; });
            skip("&");
            std::size_t const equals = parameter.find('=');
            if (equals == npos)
                return fail(place, "\"=\" is missing after the name of an option");
            if (parameter.find('=', equals + 1) != npos)
                return fail(place, "\"=\" stands twice; %3D can stand for it in a value");
            auto name = decode(parameter.substr(0, equals), place);
            auto value = decode(parameter.substr(equals + 1), place + equals + 1);
            if (failure_)
                return;
            if (name == "ssl" && value == "true") // JDBC's
                add("sslmode", "require", place);
            else
                add(std::move(name), std::move(value), place);
        }
    }

    // A part of a URI; one that is empty says nothing.
    void add_decoded(std::string_view name, std::string_view encoded) {
        add_decoded(name, encoded, at_ - encoded.size());
    }
    void add_decoded(std::string_view name, std::string_view encoded, std::size_t place) {
        if (encoded.empty() || failure_)
            return;
        std::string value = decode(encoded, place);
        if (!failure_)
            add(std::string(name), std::move(value), place);
    }

    std::string decode(std::string_view encoded, std::size_t place) {
        std::size_t const first = std::min(encoded.find_first_not_of(' '), encoded.size());
        std::size_t const last = encoded.find_last_not_of(' ');
        encoded = encoded.substr(0, last == npos ? 0 : last + 1);
        std::string decoded;
        for (std::size_t i = first; i < encoded.size(); ++i) {
            if (encoded[i] == ' ') {
                fail(place + i, "a space in a URI is written %20");
                break;
            }
            if (encoded[i] != '%') {
                decoded += encoded[i];
                continue;
            }
            int const high = hex_digit(encoded, i + 1);
            int const low = hex_digit(encoded, i + 2);
            if (high < 0 || low < 0) {
                fail(place + i, "% must be followed by two hexadecimal digits; %25 stands for itself");
                break;
            }
            if (high == 0 && low == 0) {
                fail(place + i, "%00", errc::embedded_nul);
                break;
            }
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        }
        return decoded;
    }

    static int hex_digit(std::string_view text, std::size_t at) noexcept {
        if (at >= text.size())
            return -1;
        constexpr std::string_view digits = "0123456789abcdef";
        char const c = text[at];
        auto const found = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
        return found == npos ? -1 : static_cast<int>(found);
    }

    void add(std::string name, std::string value, std::size_t place) {
        if (name == "requiressl") { // what sslmode was before PostgreSQL 7.4; libpq still knows it
            name = "sslmode";
            value = value.substr(0, 1) == "1" ? "require" : "prefer";
        }
        made_.settings.push_back({std::move(name), std::move(value), character(place)});
    }

    template <class Predicate>
    std::string_view read_until(Predicate ends) noexcept {
        std::size_t const begin = at_;
        while (!at_end() && !ends(text_[at_]))
            ++at_;
        return text_.substr(begin, at_ - begin);
    }

    bool skip(std::string_view expected) noexcept {
        if (text_.substr(at_, expected.size()) != expected)
            return false;
        at_ += expected.size();
        return true;
    }

    void skip_spaces() noexcept {
        read_until([](char c) { return !is_space(c); });
    }
    // In C's locale.
    static bool is_space(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
    [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }

    // Which character a byte is or belongs to, from 1.
    [[nodiscard]] std::size_t character(std::size_t byte) const noexcept {
        std::string_view const before = text_.substr(0, byte);
        auto const goes_on = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
        return 1 + before.size() - static_cast<std::size_t>(std::count_if(before.begin(), before.end(), goes_on));
    }

    void fail(std::size_t place, std::string_view what, errc code = errc::invalid_config) {
        if (!failure_)
            failure_ =
                error_builder(code, "character " + std::to_string(character(place)) + ": " + std::string(what)).build();
    }

    std::string_view text_;
    std::size_t at_ = 0;
    connection_string made_;
    std::optional<error> failure_;
};

} // namespace

result<connection_string> split_connection_string(std::string_view text) { return splitter(text).split(); }

} // namespace pgwire::detail
