#include <pgwire/protocol/frontend.hpp>

namespace pgwire::protocol::frontend {

namespace {

void decode_code(reader& in, std::uint32_t code) {
    if (in.integer<std::uint32_t>() != code)
        in.fail();
}

void encode_target(writer& out, target target, std::string_view name) {
    out.character(static_cast<char>(target));
    out.string(name);
}

void decode_target(reader& in, target& target, std::string_view& name) {
    target = static_cast<frontend::target>(in.character());
    if (target != frontend::target::statement && target != frontend::target::portal)
        in.fail();
    name = in.string();
}

} // namespace

void encode_element(writer& out, startup_parameter const& parameter) {
    if (parameter.name.empty())
        return out.fail(errc::invalid_config); // would end the list
    out.string(parameter.name);
    out.string(parameter.value);
}

void decode_element(reader& in, startup_parameter& parameter) {
    parameter.name = in.string();
    parameter.value = in.string();
}

void startup::encode(writer& out) const {
    out.integer(static_cast<std::uint32_t>(version));
    parameters.encode_terminated(out);
}

void startup::decode(reader& in) {
    version = static_cast<protocol::version>(in.integer<std::uint32_t>());
    parameters = sequence<startup_parameter>::decode_terminated(in);
}

void ssl_request::encode(writer& out) const { out.integer(code); }
void ssl_request::decode(reader& in) { decode_code(in, code); }

void gssenc_request::encode(writer& out) const { out.integer(code); }
void gssenc_request::decode(reader& in) { decode_code(in, code); }

void cancel_request::encode(writer& out) const {
    out.integer(code);
    out.integer(pid);
    if (key.empty() || key.size() > max_key)
        return out.fail(key.empty() ? errc::malformed_message : errc::message_too_long);
    out.bytes(key);
}

void cancel_request::decode(reader& in) {
    decode_code(in, code);
    pid = in.integer<std::uint32_t>();
    key = in.rest();
    if (key.empty() || key.size() > max_key)
        in.fail();
}

void password::encode(writer& out) const { out.string(text); }
void password::decode(reader& in) { text = in.string(); }

void sasl_initial_response::encode(writer& out) const {
    out.string(mechanism);
    encode_element(out, response);
}

void sasl_initial_response::decode(reader& in) {
    mechanism = in.string();
    decode_element(in, response);
}

void sasl_response::encode(writer& out) const { out.bytes(data); }
void sasl_response::decode(reader& in) { data = in.rest(); }

void gss_response::encode(writer& out) const { out.bytes(data); }
void gss_response::decode(reader& in) { data = in.rest(); }

void query::encode(writer& out) const { out.string(text); }
void query::decode(reader& in) { text = in.string(); }

void parse::encode(writer& out) const {
    out.string(statement);
    out.string(text);
    parameter_types.encode_counted<std::uint16_t>(out, errc::too_many_parameters);
}

void parse::decode(reader& in) {
    statement = in.string();
    text = in.string();
    parameter_types = sequence<std::uint32_t>::decode_counted<std::uint16_t>(in);
}

void bind::decode(reader& in) {
    portal = in.string();
    statement = in.string();
    parameter_formats = sequence<std::int16_t>::decode_counted<std::uint16_t>(in);
    parameters = sequence<nullable_bytes>::decode_counted<std::uint16_t>(in);
    result_formats = sequence<std::int16_t>::decode_counted<std::uint16_t>(in);
}

void describe::encode(writer& out) const { encode_target(out, target, name); }
void describe::decode(reader& in) { decode_target(in, target, name); }

void close::encode(writer& out) const { encode_target(out, target, name); }
void close::decode(reader& in) { decode_target(in, target, name); }

void execute::encode(writer& out) const {
    out.string(portal);
    out.integer(max_rows);
}

void execute::decode(reader& in) {
    portal = in.string();
    max_rows = in.integer<std::int32_t>();
}

void function_call::encode(writer& out) const {
    out.integer(function);
    argument_formats.encode_counted<std::uint16_t>(out, errc::too_many_parameters);
    arguments.encode_counted<std::uint16_t>(out, errc::too_many_parameters);
    out.integer(static_cast<std::int16_t>(result_format));
}

void function_call::decode(reader& in) {
    function = in.integer<std::uint32_t>();
    argument_formats = sequence<std::int16_t>::decode_counted<std::uint16_t>(in);
    arguments = sequence<nullable_bytes>::decode_counted<std::uint16_t>(in);
    result_format = static_cast<format>(in.integer<std::int16_t>());
    if (result_format != format::text && result_format != format::binary)
        in.fail();
}

void copy_data::encode(writer& out) const { out.bytes(data); }
void copy_data::decode(reader& in) { data = in.rest(); }

void copy_fail::encode(writer& out) const { out.string(reason); }
void copy_fail::decode(reader& in) { reason = in.string(); }

} // namespace pgwire::protocol::frontend
