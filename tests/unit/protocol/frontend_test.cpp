#include <pgwire/protocol/frontend.hpp>

#include "golden.hpp"

#include <gtest/gtest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <stdexcept>

// clang-format off: it would give each field's literal a line of its own.

namespace {

using namespace pgwire::protocol;
using namespace pgwire::protocol::frontend;
using namespace std::string_literals;
using golden::faults;
using golden::judge;
using golden::rest_from;
using golden::verdict;
using pgwire::errc;

nullable_bytes const null;

nullable_bytes value(std::string_view text) { return as_bytes(text); }

// Bytes written by hand from the protocol documentation, "Message Formats"; a literal for each field.

TEST(Frontend, startup) {
    startup_parameter const alice[] = {{"user", "alice"}, {"database", "shop"}};
    EXPECT_EQ(faults(startup{version::v3_0, alice},
                     "\0\0\0\x22" "\0\3\0\0" "user\0" "alice\0" "database\0" "shop\0" "\0"s),
              "");

    startup_parameter const bob[] = {{"user", "bob"}, {"_pq_.test", "on"}, {"options", ""}};
    EXPECT_EQ(faults(startup{version::v3_2, bob},
                     "\0\0\0\x28" "\0\3\0\2" "user\0" "bob\0" "_pq_.test\0" "on\0" "options\0" "\0" "\0"s),
              "");

    EXPECT_EQ(faults(startup{version::v3_0, {}}, "\0\0\0\x09" "\0\3\0\0" "\0"s), "");
}

TEST(Frontend, ssl_request) { EXPECT_EQ(faults(ssl_request{}, "\0\0\0\x08" "\x04\xd2\x16\x2f"s), ""); }

TEST(Frontend, gssenc_request) { EXPECT_EQ(faults(gssenc_request{}, "\0\0\0\x08" "\x04\xd2\x16\x30"s), ""); }

TEST(Frontend, cancel_request) {
    // The key is what remains: 1 to 256 bytes, as PostgreSQL 18's ProcessCancelRequestPacket takes it.
    golden::layout const key = {.shortest = 8 + 1, .longest = 8 + 256};
    EXPECT_EQ(faults(cancel_request{0x1234, as_bytes("\x89\xab\xcd\xef")},
                     "\0\0\0\x10" "\x04\xd2\x16\x2e" "\0\0\x12\x34" "\x89\xab\xcd\xef"s, key),
              "") << "protocol 3.0";
    std::string const key32(32, '\xa5');
    EXPECT_EQ(faults(cancel_request{0xffffffff, as_bytes(key32)},
                     "\0\0\0\x2c" "\x04\xd2\x16\x2e" "\xff\xff\xff\xff"s + key32, key),
              "") << "protocol 3.2";
    std::string const key256(256, '\0');
    EXPECT_EQ(faults(cancel_request{1, as_bytes(key256)},
                     "\0\0\x01\x0c" "\x04\xd2\x16\x2e" "\0\0\0\1"s + key256, key),
              "");
}

TEST(Frontend, password) {
    EXPECT_EQ(faults(password{"secret"}, "p" "\0\0\0\x0b" "secret\0"s), "");
    EXPECT_EQ(faults(password{"md51fc997ad2c2e3020b237e932e3d45eb5"},
                     "p" "\0\0\0\x28" "md51fc997ad2c2e3020b237e932e3d45eb5\0"s),
              "");
    EXPECT_EQ(faults(password{""}, "p" "\0\0\0\x05" "\0"s), "");
}

TEST(Frontend, sasl_initial_response) {
    golden::layout const length = {.lengths = {14}};
    EXPECT_EQ(faults(sasl_initial_response{"SCRAM-SHA-256", value("n,,n=,r=abc")},
                     "p" "\0\0\0\x21" "SCRAM-SHA-256\0" "\0\0\0\x0b" "n,,n=,r=abc"s, length),
              "");
    EXPECT_EQ(faults(sasl_initial_response{"SCRAM-SHA-256", null},
                     "p" "\0\0\0\x16" "SCRAM-SHA-256\0" "\xff\xff\xff\xff"s, length),
              "");
    EXPECT_EQ(faults(sasl_initial_response{"SCRAM-SHA-256", value("")},
                     "p" "\0\0\0\x16" "SCRAM-SHA-256\0" "\0\0\0\0"s, length),
              "");
}

TEST(Frontend, sasl_response) {
    EXPECT_EQ(faults(sasl_response{as_bytes("c=biws,r=abc,p=xyz")},
                     "p" "\0\0\0\x16" "c=biws,r=abc,p=xyz"s, rest_from(0)),
              "");
    EXPECT_EQ(faults(sasl_response{}, "p" "\0\0\0\x04"s, rest_from(0)), "");
}

TEST(Frontend, gss_response) {
    auto const token = "\x60\0\xff"s;
    EXPECT_EQ(faults(gss_response{as_bytes(token)}, "p" "\0\0\0\x07" "\x60\0\xff"s, rest_from(0)), "");
}

TEST(Frontend, query) {
    EXPECT_EQ(faults(query{"SELECT 1"}, "Q" "\0\0\0\x0d" "SELECT 1\0"s), "");
    EXPECT_EQ(faults(query{"\xc3\xa4\xff"}, "Q" "\0\0\0\x08" "\xc3\xa4\xff\0"s), "") << "the codec knows no encoding";
    EXPECT_EQ(faults(query{""}, "Q" "\0\0\0\x05" "\0"s), "");
}

TEST(Frontend, parse) {
    std::uint32_t const types[] = {23, 0, 0x80000001};
    EXPECT_EQ(faults(parse{"s1", "SELECT $1", types},
                     "P" "\0\0\0\x1f" "s1\0" "SELECT $1\0" "\0\3" "\0\0\0\x17" "\0\0\0\0" "\x80\0\0\1"s,
                     {.int16_counts = {13}}),
              "");
    EXPECT_EQ(faults(parse{"", "SELECT 1", {}},
                     "P" "\0\0\0\x10" "\0" "SELECT 1\0" "\0\0"s, {.int16_counts = {10}}),
              "");
    EXPECT_EQ(faults(parse{}, "P" "\0\0\0\x08" "\0" "\0" "\0\0"s, {.int16_counts = {2}}), "");
}

TEST(Frontend, bind) {
    EXPECT_EQ(faults(bind{}, "B" "\0\0\0\x0c" "\0" "\0" "\0\0" "\0\0" "\0\0"s, {.int16_counts = {2, 4, 6}}), "");

    nullable_bytes const three[] = {value("42"), null, value("")};
    std::int16_t const one_each[] = {0, 1, 0};
    std::int16_t const binary[] = {1};
    EXPECT_EQ(faults(bind{"p", "s1", one_each, three, binary},
                     "B" "\0\0\0\x25" "p\0" "s1\0" "\0\3" "\0\0" "\0\1" "\0\0"
                     "\0\3" "\0\0\0\2" "42" "\xff\xff\xff\xff" "\0\0\0\0" "\0\1" "\0\1"s,
                     {.int16_counts = {5, 13, 29}, .lengths = {15, 21, 25}}),
              "");

    auto const number = "\0\0\0\x2a"s;
    nullable_bytes const two[] = {value(number), value("x")};
    std::int16_t const mixed[] = {1, 0};
    EXPECT_EQ(faults(bind{"", "", binary, two, mixed},
                     "B" "\0\0\0\x1f" "\0" "\0" "\0\1" "\0\1" "\0\2" "\0\0\0\4" "\0\0\0\x2a" "\0\0\0\1" "x"
                     "\0\2" "\0\1" "\0\0"s,
                     {.int16_counts = {2, 6, 21}, .lengths = {8, 16}}),
              "") << "one format for all";
    EXPECT_EQ(faults(bind{"", "", {}, std::span(three).first(1), {}},
                     "B" "\0\0\0\x12" "\0" "\0" "\0\0" "\0\1" "\0\0\0\2" "42" "\0\0"s,
                     {.int16_counts = {2, 4, 12}, .lengths = {6}}),
              "") << "all formats text";
}

TEST(Frontend, describe) {
    EXPECT_EQ(faults(describe{target::statement, "s1"}, "D" "\0\0\0\x08" "S" "s1\0"s), "");
    EXPECT_EQ(faults(describe{target::portal, ""}, "D" "\0\0\0\x06" "P" "\0"s), "");
}

TEST(Frontend, close) {
    EXPECT_EQ(faults(frontend::close{target::statement, "s1"}, "C" "\0\0\0\x08" "S" "s1\0"s), "");
    EXPECT_EQ(faults(frontend::close{target::portal, ""}, "C" "\0\0\0\x06" "P" "\0"s), "");
}

TEST(Frontend, only_statements_and_portals_are_described_and_closed) {
    for (int kind = 0; kind <= 0xff; ++kind) {
        std::string const body = {static_cast<char>(kind), '\0'};
        auto const expected = kind == 'S' || kind == 'P' ? verdict::canonical : verdict::refused;
        EXPECT_EQ(judge<describe>(body), expected) << kind;
        EXPECT_EQ(judge<frontend::close>(body), expected) << kind;
    }
}

TEST(Frontend, execute) {
    EXPECT_EQ(faults(execute{"", 0}, "E" "\0\0\0\x09" "\0" "\0\0\0\0"s), "");
    EXPECT_EQ(faults(execute{"p", 100}, "E" "\0\0\0\x0a" "p\0" "\0\0\0\x64"s), "");
    EXPECT_EQ(faults(execute{"", 0x7fffffff}, "E" "\0\0\0\x09" "\0" "\x7f\xff\xff\xff"s), "");
}

TEST(Frontend, function_call) {
    auto const descriptor = "\0\0\x40\1"s;
    std::int16_t const binary[] = {1};
    nullable_bytes const arguments[] = {value(descriptor), null};
    EXPECT_EQ(faults(function_call{952, binary, arguments, format::binary},
                     "F" "\0\0\0\x1c" "\0\0\x03\xb8" "\0\1" "\0\1" "\0\2" "\0\0\0\4" "\0\0\x40\1"
                     "\xff\xff\xff\xff" "\0\1"s,
                     {.int16_counts = {4, 8}, .lengths = {10, 18}}),
              "");
    EXPECT_EQ(faults(function_call{952, {}, {}, format::text},
                     "F" "\0\0\0\x0e" "\0\0\x03\xb8" "\0\0" "\0\0" "\0\0"s, {.int16_counts = {4, 6}}),
              "");
    EXPECT_EQ(judge<function_call>("\0\0\x03\xb8" "\0\0" "\0\0" "\0\2"s), verdict::refused) << "no such format";
    EXPECT_EQ(judge<function_call>("\0\0\x03\xb8" "\0\0" "\0\0" "\xff\xff"s), verdict::refused) << "no such format";
}

TEST(Frontend, messages_without_a_body) {
    EXPECT_EQ(faults(frontend::sync{}, "S" "\0\0\0\x04"s), "");
    EXPECT_EQ(faults(flush{}, "H" "\0\0\0\x04"s), "");
    EXPECT_EQ(faults(terminate{}, "X" "\0\0\0\x04"s), "");
    EXPECT_EQ(faults(copy_done{}, "c" "\0\0\0\x04"s), "");
}

TEST(Frontend, copy_data) {
    EXPECT_EQ(faults(copy_data{as_bytes("1\tone\n")}, "d" "\0\0\0\x0a" "1\tone\n"s, rest_from(0)), "");
    EXPECT_EQ(faults(copy_data{}, "d" "\0\0\0\x04"s, rest_from(0)), "");
}

TEST(Frontend, copy_fail) {
    EXPECT_EQ(faults(copy_fail{"no more"}, "f" "\0\0\0\x0c" "no more\0"s), "");
    EXPECT_EQ(faults(copy_fail{""}, "f" "\0\0\0\x05" "\0"s), "");
}

TEST(Frontend, packets_without_a_type_are_told_apart_by_their_code) {
    startup_parameter const alice[] = {{"user", "alice"}};
    std::string const of_startup = golden::encoded(startup{version::v3_0, alice})->substr(4);
    std::string const of_ssl = golden::encoded(ssl_request{})->substr(4);
    std::string const of_gssenc = golden::encoded(gssenc_request{})->substr(4);
    std::string const of_cancel = golden::encoded(cancel_request{1, as_bytes("1234")})->substr(4);
    for (auto const& body : {of_startup, of_ssl, of_gssenc, of_cancel}) {
        EXPECT_EQ(decode<startup>(as_bytes(body)).has_value(), body == of_startup);
        EXPECT_EQ(decode<ssl_request>(as_bytes(body)).has_value(), body == of_ssl);
        EXPECT_EQ(decode<gssenc_request>(as_bytes(body)).has_value(), body == of_gssenc);
        EXPECT_EQ(decode<cancel_request>(as_bytes(body)).has_value(), body == of_cancel);
    }
}

// What is refused before anything is sent.

template <class Message>
errc refusal(Message const& message) {
    buffer out;
    append(out, frontend::sync{});
    errc const result = append(out, message);
    EXPECT_EQ(as_text(out.unread()), "S\0\0\0\x04"s) << "a refused message leaves nothing";
    return result;
}

// `golden::faults` tries a NUL in every string of every message; these are the cases of the conformance list by name.
TEST(Frontend, F21_nul_in_a_text_or_name_is_refused) {
    auto const nul = "a\0b"s;
    EXPECT_EQ(refusal(query{nul}), errc::embedded_nul);
    EXPECT_EQ(refusal(parse{nul, "", {}}), errc::embedded_nul);
    EXPECT_EQ(refusal(parse{"", nul, {}}), errc::embedded_nul);
    EXPECT_EQ(refusal(bind{nul, "", {}, {}, {}}), errc::embedded_nul);
    EXPECT_EQ(refusal(bind{"", nul, {}, {}, {}}), errc::embedded_nul);
    EXPECT_EQ(refusal(execute{nul, 0}), errc::embedded_nul);
    EXPECT_EQ(refusal(query{"a\0"s}), errc::embedded_nul) << "not even at the end, where it would be harmless";
}

TEST(Frontend, S28_nul_in_a_startup_parameter_is_refused) {
    auto const nul = "alice\0superuser\0on"s;
    startup_parameter const value[] = {{"user", nul}};
    EXPECT_EQ(refusal(startup{version::v3_0, value}), errc::embedded_nul);
    startup_parameter const name[] = {{"user", "alice"}, {nul, ""}};
    EXPECT_EQ(refusal(startup{version::v3_0, name}), errc::embedded_nul);
}

TEST(Frontend, S28_startup_parameter_without_a_name_is_refused) {
    // It would end the list, and what follows would be no part of it.
    startup_parameter const parameters[] = {{"user", "alice"}, {"", "x"}};
    EXPECT_EQ(refusal(startup{version::v3_0, parameters}), errc::invalid_config);
}

TEST(Frontend, cancel_key_has_1_to_256_bytes) {
    std::string const longer(257, 'k');
    EXPECT_EQ(refusal(cancel_request{1, as_bytes(longer)}), errc::message_too_long);
    EXPECT_EQ(refusal(cancel_request{1, {}}), errc::malformed_message);
}

TEST(Frontend, Q05_65535_parameters_are_the_most) {
    std::vector<nullable_bytes> const values(65536, null);
    std::vector<std::uint32_t> const types(65536, 23);
    std::vector<std::int16_t> const formats(65536, 1);
    auto const most = [](auto const& list) { return std::span(list).first(65535); };

    auto const bound = golden::encoded(bind{"", "", most(formats), most(values), most(formats)});
    ASSERT_TRUE(bound);
    auto const decoded = decode<bind>(as_bytes(*bound).subspan(5));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->parameter_formats.size(), 65535U);
    EXPECT_EQ(decoded->parameters.size(), 65535U);
    EXPECT_EQ(decoded->result_formats.size(), 65535U);
    auto const parsed = golden::encoded(parse{"", "", most(types)});
    ASSERT_TRUE(parsed);
    EXPECT_EQ(judge<parse>(std::string_view(*parsed).substr(5)), verdict::canonical);
    EXPECT_TRUE(golden::encoded(function_call{1, most(formats), most(values), format::text}));

    EXPECT_EQ(refusal(bind{"", "", {}, std::span(values), {}}), errc::too_many_parameters);
    EXPECT_EQ(refusal(bind{"", "", std::span(formats), {}, {}}), errc::too_many_parameters);
    EXPECT_EQ(refusal(bind{"", "", {}, {}, std::span(formats)}), errc::message_too_long);
    EXPECT_EQ(refusal(parse{"", "", std::span(types)}), errc::too_many_parameters);
    EXPECT_EQ(refusal(function_call{1, {}, std::span(values), format::text}), errc::too_many_parameters);
    EXPECT_EQ(refusal(function_call{1, std::span(formats), {}, format::text}), errc::too_many_parameters);
}

// 3 GiB of 'x' that take one MiB: the same pages over and over.
class large_text {
public:
    large_text() : data_(::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
        std::string const page_content(step, 'x');
        int const pages = ::memfd_create("large_text", MFD_CLOEXEC);
        if (data_ == MAP_FAILED || ::write(pages, page_content.data(), step) != static_cast<ssize_t>(step))
            throw std::runtime_error("cannot make the text");
        for (std::size_t at = 0; at < size; at += step) {
            if (::mmap(static_cast<char*>(data_) + at, step, PROT_READ, MAP_SHARED | MAP_FIXED, pages, 0) == MAP_FAILED)
                throw std::runtime_error("cannot map the text");
        }
        ::close(pages);
    }
    large_text(large_text const&) = delete;
    large_text& operator=(large_text const&) = delete;
    ~large_text() { ::munmap(data_, size); }

    [[nodiscard]] std::string_view first(std::size_t count) const { return {static_cast<char const*>(data_), count}; }

private:
    static constexpr std::size_t size = std::size_t{3} << 30;
    static constexpr std::size_t step = std::size_t{1} << 20;
    void* data_;
};

TEST(Frontend, F20_text_that_alone_is_too_long_is_refused_before_it_is_copied) {
    large_text const text;
    constexpr std::size_t most = writer::max_message;
    for (std::size_t const size : {most - 3, most, most + 1, std::size_t{3} << 30}) {
        buffer out;
        EXPECT_EQ(append(out, query{text.first(size)}), errc::message_too_long) << size;
        EXPECT_EQ(append(out, copy_data{as_bytes(text.first(size))}), errc::message_too_long) << size;
        nullable_bytes const values[] = {value("1"), value(text.first(size))};
        EXPECT_EQ(append(out, bind{"", "", {}, values, {}}), errc::message_too_long) << size;
        EXPECT_TRUE(out.empty());
        EXPECT_LT(out.capacity(), std::size_t{1} << 20) << "no memory was taken for it";
    }
}

TEST(Frontend, F20_parameters_that_add_up_to_more_than_a_message_are_refused) {
    // CVE-2024-27304: all together, 4 GiB and a little, would wrap around to a little. The second value makes it 2³¹,
    // with the length itself, both names, two counts and two lengths.
    large_text const text;
    std::string_view const gibibyte = text.first(std::size_t{1} << 30);
    std::string_view const rest = gibibyte.substr(4 + 2 + 4 + 8);
    nullable_bytes const values[] = {value(gibibyte), value(rest), value(gibibyte), value(gibibyte), value("x")};
    EXPECT_EQ(refusal(bind{"", "", {}, values, {}}), errc::message_too_long);
}

TEST(Frontend, message_that_runs_out_of_memory_leaves_nothing) {
    struct interrupted {
        void encode(writer& out) const {
            out.string("half of it");
            throw std::bad_alloc();
        }
    };
    buffer out;
    append(out, frontend::sync{});
    EXPECT_THROW(append(out, interrupted{}), std::bad_alloc);
    EXPECT_EQ(as_text(out.unread()), "S\0\0\0\x04"s);
}

} // namespace
