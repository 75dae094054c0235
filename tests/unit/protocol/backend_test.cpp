#include <pgwire/protocol/backend.hpp>

#include "golden.hpp"

#include <gtest/gtest.h>

// clang-format off: it would give each field's literal a line of its own.

namespace {

using namespace pgwire::protocol;
using namespace pgwire::protocol::backend;
using namespace std::string_literals;
using golden::faults;
using golden::judge;
using golden::rest_from;
using golden::verdict;
using pgwire::errc;

nullable_bytes const null;

nullable_bytes value(std::string_view text) { return as_bytes(text); }

// Bytes written by hand from the protocol documentation, "Message Formats"; a literal for each field.

TEST(Backend, authentication_requests_without_contents) {
    EXPECT_EQ(faults(authentication_ok{}, "R" "\0\0\0\x08" "\0\0\0\0"s), "");
    EXPECT_EQ(faults(authentication_kerberos_v5{}, "R" "\0\0\0\x08" "\0\0\0\2"s), "");
    EXPECT_EQ(faults(authentication_cleartext_password{}, "R" "\0\0\0\x08" "\0\0\0\3"s), "");
    EXPECT_EQ(faults(authentication_gss{}, "R" "\0\0\0\x08" "\0\0\0\7"s), "");
    EXPECT_EQ(faults(authentication_sspi{}, "R" "\0\0\0\x08" "\0\0\0\x09"s), "");
}

TEST(Backend, authentication_md5_password) {
    std::array const salt = {std::byte{0x93}, std::byte{0}, std::byte{0x6e}, std::byte{0xff}};
    EXPECT_EQ(faults(authentication_md5_password{salt}, "R" "\0\0\0\x0c" "\0\0\0\5" "\x93\0\x6e\xff"s), "");
}

TEST(Backend, authentication_gss_continue) {
    auto const token = "\x60\0\xff"s;
    EXPECT_EQ(faults(authentication_gss_continue{as_bytes(token)},
                     "R" "\0\0\0\x0b" "\0\0\0\x08" "\x60\0\xff"s, rest_from(4)),
              "");
}

TEST(Backend, authentication_sasl) {
    std::string_view const both[] = {"SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"};
    EXPECT_EQ(faults(authentication_sasl{both},
                     "R" "\0\0\0\x2a" "\0\0\0\x0a" "SCRAM-SHA-256-PLUS\0" "SCRAM-SHA-256\0" "\0"s),
              "");
    EXPECT_EQ(faults(authentication_sasl{}, "R" "\0\0\0\x09" "\0\0\0\x0a" "\0"s), "");
}

TEST(Backend, authentication_sasl_continue_and_final) {
    EXPECT_EQ(faults(authentication_sasl_continue{as_bytes("r=abc")},
                     "R" "\0\0\0\x0d" "\0\0\0\x0b" "r=abc"s, rest_from(4)),
              "");
    EXPECT_EQ(faults(authentication_sasl_continue{}, "R" "\0\0\0\x08" "\0\0\0\x0b"s, rest_from(4)), "");
    EXPECT_EQ(faults(authentication_sasl_final{as_bytes("v=xyz")},
                     "R" "\0\0\0\x0d" "\0\0\0\x0c" "v=xyz"s, rest_from(4)),
              "");
    EXPECT_EQ(faults(authentication_sasl_final{}, "R" "\0\0\0\x08" "\0\0\0\x0c"s, rest_from(4)), "");
}

TEST(Backend, A01_any_authentication_request_is_readable_by_its_code) {
    EXPECT_EQ(faults(authentication{authentication_code::crypt_password, as_bytes("ab")},
                     "R" "\0\0\0\x0a" "\0\0\0\4" "ab"s, rest_from(4)),
              "");
    EXPECT_EQ(faults(authentication{authentication_code::scm_credential, {}},
                     "R" "\0\0\0\x08" "\0\0\0\6"s, rest_from(4)),
              "");
    EXPECT_EQ(faults(authentication{authentication_code{99}, as_bytes("?")},
                     "R" "\0\0\0\x09" "\0\0\0\x63" "?"s, rest_from(4)),
              "");
    EXPECT_EQ(faults(authentication{authentication_code{-1}, {}},
                     "R" "\0\0\0\x08" "\xff\xff\xff\xff"s, rest_from(4)),
              "");
}

TEST(Backend, authentication_requests_are_told_apart_by_their_code) {
    for (char code = 0; code < 20; ++code) {
        // Contents that fit each: four bytes of salt or data, or a list of one mechanism.
        auto const is_salt = "\0\0\0"s + code + "ab\0\0"s;
        auto const is_bare = "\0\0\0"s + code;
        auto const expected = [code](char own) { return code == own ? verdict::canonical : verdict::refused; };
        EXPECT_EQ(judge<authentication_ok>(is_bare), expected(0));
        EXPECT_EQ(judge<authentication_kerberos_v5>(is_bare), expected(2));
        EXPECT_EQ(judge<authentication_cleartext_password>(is_bare), expected(3));
        EXPECT_EQ(judge<authentication_md5_password>(is_salt), expected(5));
        EXPECT_EQ(judge<authentication_gss>(is_bare), expected(7));
        EXPECT_EQ(judge<authentication_gss_continue>(is_salt), expected(8));
        EXPECT_EQ(judge<authentication_sspi>(is_bare), expected(9));
        EXPECT_EQ(judge<authentication_sasl>(is_salt), expected(10));
        EXPECT_EQ(judge<authentication_sasl_continue>(is_salt), expected(11));
        EXPECT_EQ(judge<authentication_sasl_final>(is_salt), expected(12));
    }
}

TEST(Backend, negotiate_protocol_version) {
    golden::layout const count = {.int32_counts = {4}};
    EXPECT_EQ(faults(negotiate_protocol_version{version::v3_0, {}},
                     "v" "\0\0\0\x0c" "\0\3\0\0" "\0\0\0\0"s, count),
              "");
    std::string_view const options[] = {"_pq_.a", "_pq_.bc"};
    EXPECT_EQ(faults(negotiate_protocol_version{version::v3_2, options},
                     "v" "\0\0\0\x1b" "\0\3\0\2" "\0\0\0\2" "_pq_.a\0" "_pq_.bc\0"s, count),
              "");
}

TEST(Backend, S21_backend_key_data) {
    golden::layout const key = {.shortest = 4 + 4, .longest = 4 + 256};
    EXPECT_EQ(faults(backend_key_data{0x1234, as_bytes("\x89\xab\xcd\xef")},
                     "K" "\0\0\0\x0c" "\0\0\x12\x34" "\x89\xab\xcd\xef"s, key),
              "") << "protocol 3.0";
    std::string const key32(32, '\xa5');
    EXPECT_EQ(faults(backend_key_data{0xffffffff, as_bytes(key32)},
                     "K" "\0\0\0\x28" "\xff\xff\xff\xff"s + key32, key), "")
        << "protocol 3.2";
    std::string const key256(256, '\0');
    EXPECT_EQ(faults(backend_key_data{1, as_bytes(key256)}, "K" "\0\0\x01\x08" "\0\0\0\1"s + key256, key), "");
}

TEST(Backend, S22_backend_key_data_shorter_than_8_bytes_is_refused) {
    for (std::size_t size = 0; size < 8; ++size)
        EXPECT_EQ(judge<backend_key_data>(std::string(size, 'k')), verdict::refused) << size;
}

TEST(Backend, parameter_status) {
    EXPECT_EQ(faults(parameter_status{"client_encoding", "UTF8"}, "S" "\0\0\0\x19" "client_encoding\0" "UTF8\0"s), "");
    EXPECT_EQ(faults(parameter_status{"application_name", ""}, "S" "\0\0\0\x16" "application_name\0" "\0"s), "");
}

TEST(Backend, ready_for_query) {
    EXPECT_EQ(faults(ready_for_query{transaction_status::idle}, "Z" "\0\0\0\x05" "I"s), "");
    EXPECT_EQ(faults(ready_for_query{transaction_status::in_transaction}, "Z" "\0\0\0\x05" "T"s), "");
    EXPECT_EQ(faults(ready_for_query{transaction_status::failed}, "Z" "\0\0\0\x05" "E"s), "");
}

TEST(Backend, S24_ready_for_query_with_another_status_is_refused) {
    for (int status = 0; status <= 0xff; ++status) {
        auto const expected = status == 'I' || status == 'T' || status == 'E' ? verdict::canonical : verdict::refused;
        EXPECT_EQ(judge<ready_for_query>(std::string(1, static_cast<char>(status))), expected) << status;
    }
}

TEST(Backend, messages_without_a_body) {
    EXPECT_EQ(faults(parse_complete{}, "1" "\0\0\0\x04"s), "");
    EXPECT_EQ(faults(bind_complete{}, "2" "\0\0\0\x04"s), "");
    EXPECT_EQ(faults(close_complete{}, "3" "\0\0\0\x04"s), "");
    EXPECT_EQ(faults(no_data{}, "n" "\0\0\0\x04"s), "");
    EXPECT_EQ(faults(portal_suspended{}, "s" "\0\0\0\x04"s), "");
    EXPECT_EQ(faults(empty_query_response{}, "I" "\0\0\0\x04"s), "");
    EXPECT_EQ(faults(copy_done{}, "c" "\0\0\0\x04"s), "");
}

TEST(Backend, parameter_description) {
    std::uint32_t const types[] = {23, 0xffffffff};
    EXPECT_EQ(faults(parameter_description{types}, "t" "\0\0\0\x0e" "\0\2" "\0\0\0\x17" "\xff\xff\xff\xff"s,
                     {.int16_counts = {0}}),
              "");
    EXPECT_EQ(faults(parameter_description{}, "t" "\0\0\0\x06" "\0\0"s, {.int16_counts = {0}}), "");
}

TEST(Backend, Q05_description_of_65535_parameters) {
    std::vector<std::uint32_t> const types(65535, 23);
    auto const encoded = golden::encoded(parameter_description{std::span(types)});
    ASSERT_TRUE(encoded);
    auto const decoded = decode<parameter_description>(as_bytes(*encoded).subspan(5));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->types.size(), 65535U);
}

TEST(Backend, row_description) {
    field const fields[] = {{"id", 0x4000, 1, 23, 4, -1, format::text}, {"name", 0, 0, 1043, -1, 0x24, format::binary}};
    EXPECT_EQ(faults(row_description{fields},
                     "T" "\0\0\0\x32" "\0\2"
                     "id\0" "\0\0\x40\0" "\0\1" "\0\0\0\x17" "\0\4" "\xff\xff\xff\xff" "\0\0"
                     "name\0" "\0\0\0\0" "\0\0" "\0\0\x04\x13" "\xff\xff" "\0\0\0\x24" "\0\1"s,
                     {.int16_counts = {0}}),
              "");
    field const unnamed[] = {{"", 0, 0, 705, -2, -1, format::text}};
    EXPECT_EQ(faults(row_description{unnamed},
                     "T" "\0\0\0\x19" "\0\1"
                     "\0" "\0\0\0\0" "\0\0" "\0\0\x02\xc1" "\xff\xfe" "\xff\xff\xff\xff" "\0\0"s,
                     {.int16_counts = {0}}),
              "");
    EXPECT_EQ(faults(row_description{}, "T" "\0\0\0\x06" "\0\0"s, {.int16_counts = {0}}), "");
}

TEST(Backend, row_description_knows_two_formats) {
    auto const with_format = [](std::string const& format) {
        return "\0\1" "x\0" "\0\0\0\0" "\0\0" "\0\0\0\x17" "\0\4" "\xff\xff\xff\xff"s + format;
    };
    EXPECT_EQ(judge<row_description>(with_format("\0\0"s)), verdict::canonical);
    EXPECT_EQ(judge<row_description>(with_format("\0\1"s)), verdict::canonical);
    EXPECT_EQ(judge<row_description>(with_format("\0\2"s)), verdict::refused);
    EXPECT_EQ(judge<row_description>(with_format("\1\0"s)), verdict::refused);
    EXPECT_EQ(judge<row_description>(with_format("\xff\xff"s)), verdict::refused);
}

TEST(Backend, Q06_data_row_tells_null_from_empty) {
    nullable_bytes const values[] = {value("1"), null, value("")};
    EXPECT_EQ(faults(data_row{values}, "D" "\0\0\0\x13" "\0\3" "\0\0\0\1" "1" "\xff\xff\xff\xff" "\0\0\0\0"s,
                     {.int16_counts = {0}, .lengths = {2, 7, 11}}),
              "");
    nullable_bytes const all_null[] = {null, null};
    EXPECT_EQ(faults(data_row{all_null}, "D" "\0\0\0\x0e" "\0\2" "\xff\xff\xff\xff" "\xff\xff\xff\xff"s,
                     {.int16_counts = {0}, .lengths = {2, 6}}),
              "");
    auto const binary = "\0\xff\0\0"s;
    nullable_bytes const number[] = {value(binary)};
    EXPECT_EQ(faults(data_row{number},
                     "D" "\0\0\0\x0e" "\0\1" "\0\0\0\4" "\0\xff\0\0"s, {.int16_counts = {0}, .lengths = {2}}),
              "");
}

TEST(Backend, data_row_without_columns) {
    EXPECT_EQ(faults(data_row{}, "D" "\0\0\0\x06" "\0\0"s, {.int16_counts = {0}}), "");
}

TEST(Backend, F08_field_longer_than_the_row_is_refused) {
    EXPECT_EQ(judge<data_row>("\0\1" "\0\0\0\2" "x"s), verdict::refused);
    EXPECT_EQ(judge<data_row>("\0\1" "\x7f\xff\xff\xff" "x"s), verdict::refused);
    EXPECT_EQ(judge<data_row>("\0\2" "\0\0\0\1" "x" "\0\0\0\1"s), verdict::refused);
}

TEST(Backend, F09_only_minus_one_is_null) {
    EXPECT_EQ(judge<data_row>("\0\1" "\xff\xff\xff\xff"s), verdict::canonical);
    EXPECT_EQ(judge<data_row>("\0\1" "\xff\xff\xff\xfe"s), verdict::refused);
    EXPECT_EQ(judge<data_row>("\0\1" "\x80\0\0\0"s), verdict::refused);
    EXPECT_EQ(judge<function_call_response>("\xff\xff\xff\xfe"s), verdict::refused);
}

TEST(Backend, F10_bytes_behind_the_last_field_are_refused) {
    EXPECT_EQ(judge<data_row>("\0\1" "\0\0\0\1" "x" "y"s), verdict::refused);
    EXPECT_EQ(judge<command_complete>("SELECT 1\0" "\0"s), verdict::refused);
    EXPECT_EQ(judge<ready_for_query>("II"s), verdict::refused);
    EXPECT_EQ(judge<error_response>("SERROR\0" "\0" "Mmore\0" "\0"s), verdict::refused);
}

TEST(Backend, F11_columns_that_are_not_there_are_refused) {
    for (auto const& count : {"\x7f\xff"s, "\x80\0"s, "\xff\xff"s, "\0\2"s}) {
        EXPECT_EQ(judge<data_row>(count + "\0\0\0\1" "x"s), verdict::refused);
        auto const field = "x\0" "\0\0\0\0" "\0\0" "\0\0\0\x17" "\0\4" "\xff\xff\xff\xff" "\0\0"s;
        EXPECT_EQ(judge<row_description>(count + field), verdict::refused);
        EXPECT_EQ(judge<copy_in_response>("\0"s + count + "\0\0"s), verdict::refused);
    }
    EXPECT_EQ(judge<row_description>("\0\1" "unterminated"s), verdict::refused);
}

TEST(Backend, F11_32767_columns_are_the_most) {
    std::vector<nullable_bytes> const values(32768);
    std::vector<field> const fields(32768);
    std::vector<std::int16_t> const formats(32768);
    auto const most = [](auto const& list) { return std::span(list).first(32767); };
    EXPECT_TRUE(golden::encoded(data_row{most(values)}));
    EXPECT_TRUE(golden::encoded(row_description{most(fields)}));
    EXPECT_TRUE(golden::encoded(copy_out_response{format::text, most(formats)}));
    buffer out;
    EXPECT_EQ(append(out, data_row{std::span(values)}), errc::message_too_long);
    EXPECT_EQ(append(out, row_description{std::span(fields)}), errc::message_too_long);
    EXPECT_EQ(append(out, copy_out_response{format::text, std::span(formats)}), errc::message_too_long);
    EXPECT_TRUE(out.empty());
}

TEST(Backend, F11_negative_count_is_refused_even_with_as_many_columns) {
    auto const repeated = [](std::size_t count, std::string const& element) {
        std::string text;
        while (count-- > 0)
            text += element;
        return text;
    };
    EXPECT_EQ(judge<data_row>("\x80\0"s + repeated(0x8000, "\xff\xff\xff\xff")), verdict::refused);
    EXPECT_EQ(judge<row_description>("\x80\0"s + repeated(0x8000, std::string(19, '\0'))), verdict::refused);
    EXPECT_EQ(judge<row_description>("\x7f\xff"s + repeated(0x7fff, std::string(19, '\0'))), verdict::canonical);
    EXPECT_EQ(judge<copy_in_response>("\0" "\x80\0"s + repeated(0x8000, "\0\1"s)), verdict::refused);
}

TEST(Backend, command_complete) {
    EXPECT_EQ(faults(command_complete{"SELECT 1"}, "C" "\0\0\0\x0d" "SELECT 1\0"s), "");
    EXPECT_EQ(faults(command_complete{""}, "C" "\0\0\0\x05" "\0"s), "");
}

TEST(Backend, error_response) {
    response_field const fields[] = {{'S', "ERROR"}, {'V', "ERROR"}, {'C', "42601"}, {'M', "syntax error"}, {'P', "8"}};
    EXPECT_EQ(faults(error_response{fields},
                     "E" "\0\0\0\x2b" "S" "ERROR\0" "V" "ERROR\0" "C" "42601\0" "M" "syntax error\0" "P" "8\0" "\0"s),
              "");
}

TEST(Backend, F12_unknown_letters_of_an_error_are_kept) {
    response_field const fields[] = {{'~', "new"}, {'\xff', ""}, {'C', "42601"}};
    EXPECT_EQ(faults(error_response{fields}, "E" "\0\0\0\x13" "~" "new\0" "\xff" "\0" "C" "42601\0" "\0"s), "");
}

TEST(Backend, F13_error_may_be_empty_but_not_unterminated) {
    EXPECT_EQ(faults(error_response{}, "E" "\0\0\0\x05" "\0"s), "");
    EXPECT_EQ(judge<error_response>(""), verdict::refused);
    EXPECT_EQ(judge<error_response>("SERROR"s), verdict::refused);
    EXPECT_EQ(judge<error_response>("SERROR\0"s), verdict::refused);
}

TEST(Backend, F14_error_text_may_be_no_utf8) {
    response_field const fields[] = {{'M', "Fehler \xfc"}};
    EXPECT_EQ(faults(error_response{fields}, "E" "\0\0\0\x0f" "M" "Fehler \xfc\0" "\0"s), "");
}

TEST(Backend, notice_response) {
    response_field const fields[] = {{'S', "NOTICE"}, {'C', "00000"}, {'M', "hi"}};
    EXPECT_EQ(faults(notice_response{fields}, "N" "\0\0\0\x18" "S" "NOTICE\0" "C" "00000\0" "M" "hi\0" "\0"s), "");
    EXPECT_EQ(faults(notice_response{}, "N" "\0\0\0\x05" "\0"s), "");
}

TEST(Backend, notification_response) {
    EXPECT_EQ(faults(notification_response{0x1234, "jobs", "42"},
                     "A" "\0\0\0\x10" "\0\0\x12\x34" "jobs\0" "42\0"s),
              "");
    EXPECT_EQ(faults(notification_response{0xffffffff, "jobs", ""},
                     "A" "\0\0\0\x0e" "\xff\xff\xff\xff" "jobs\0" "\0"s),
              "");
}

TEST(Backend, function_call_response) {
    golden::layout const length = {.lengths = {0}};
    EXPECT_EQ(faults(function_call_response{value("abcd")}, "V" "\0\0\0\x0c" "\0\0\0\4" "abcd"s, length), "");
    EXPECT_EQ(faults(function_call_response{null}, "V" "\0\0\0\x08" "\xff\xff\xff\xff"s, length), "");
    EXPECT_EQ(faults(function_call_response{value("")}, "V" "\0\0\0\x08" "\0\0\0\0"s, length), "");
}

TEST(Backend, copy_responses) {
    golden::layout const count = {.int16_counts = {1}};
    std::int16_t const text[] = {0, 0};
    std::int16_t const binary[] = {1};
    EXPECT_EQ(faults(copy_in_response{format::text, text}, "G" "\0\0\0\x0b" "\0" "\0\2" "\0\0" "\0\0"s, count), "");
    EXPECT_EQ(faults(copy_in_response{format::binary, binary}, "G" "\0\0\0\x09" "\1" "\0\1" "\0\1"s, count), "");
    EXPECT_EQ(faults(copy_out_response{format::text, text}, "H" "\0\0\0\x0b" "\0" "\0\2" "\0\0" "\0\0"s, count), "");
    EXPECT_EQ(faults(copy_out_response{format::binary, binary}, "H" "\0\0\0\x09" "\1" "\0\1" "\0\1"s, count), "");
    EXPECT_EQ(faults(copy_both_response{format::text, {}}, "W" "\0\0\0\x07" "\0" "\0\0"s, count), "");
    EXPECT_EQ(judge<copy_in_response>("\2" "\0\0"s), verdict::refused) << "no such format";
    EXPECT_EQ(judge<copy_in_response>("\xff" "\0\0"s), verdict::refused) << "no such format";
}

TEST(Backend, copy_data) {
    EXPECT_EQ(faults(copy_data{as_bytes("1\tone\n")}, "d" "\0\0\0\x0a" "1\tone\n"s, rest_from(0)), "");
    EXPECT_EQ(faults(copy_data{}, "d" "\0\0\0\x04"s, rest_from(0)), "");
}

// What a server of ours must not send, because no client could read it.

TEST(Backend, list_ends_are_not_encoded_as_elements) {
    buffer out;
    response_field const unlettered[] = {{'S', "ERROR"}, {'\0', "x"}};
    EXPECT_EQ(append(out, error_response{unlettered}), errc::malformed_message);
    EXPECT_EQ(append(out, notice_response{unlettered}), errc::malformed_message);
    std::string_view const unnamed[] = {"SCRAM-SHA-256", ""};
    EXPECT_EQ(append(out, authentication_sasl{unnamed}), errc::malformed_message);
    EXPECT_TRUE(out.empty());
}

TEST(Backend, S21_backend_key_of_another_length_is_not_encoded) {
    buffer out;
    std::string const longer(257, 'k');
    EXPECT_EQ(append(out, backend_key_data{1, as_bytes(longer)}), errc::message_too_long);
    EXPECT_EQ(append(out, backend_key_data{1, as_bytes("123")}), errc::malformed_message);
    EXPECT_TRUE(out.empty());
}

} // namespace
