#include "protocol/responder.hpp"

#include <string>
#include <vector>

namespace pgwire::protocol {

namespace {

template <class Response>
void append_report(buffer& output, report const& what) {
    std::string const code = to_string(what.code);
    std::string const position = std::to_string(what.position);
    std::vector<backend::response_field> fields;
    auto const add = [&fields](char letter, std::string_view text) {
        if (!text.empty())
            fields.push_back({letter, text.substr(0, text.find('\0'))});
    };
    add('S', what.severity);
    add('V', what.severity);
    add('C', code);
    add('M', what.message);
    add('D', what.detail);
    add('H', what.hint);
    if (what.position != 0)
        add('P', position);
    append(output, Response{std::span<backend::response_field const>(fields)});
}

} // namespace

void append_error(buffer& output, report const& what) { append_report<backend::error_response>(output, what); }
void append_notice(buffer& output, report const& what) { append_report<backend::notice_response>(output, what); }

void responder::error(report const& what) {
    append_error(output_, what);
    failed_ = true;
    fatal_ = fatal_ || what.severity == "FATAL" || what.severity == "PANIC";
    copying_in_ = false;
}

} // namespace pgwire::protocol
