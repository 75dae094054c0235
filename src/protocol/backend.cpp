#include <pgwire/protocol/backend.hpp>

#include <algorithm>

namespace pgwire::protocol::backend {

namespace {

void decode_code(reader& in, authentication_code code) {
    if (in.integer<std::int32_t>() != static_cast<std::int32_t>(code))
        in.fail();
}

} // namespace

void authentication::encode(writer& out) const {
    out.integer(static_cast<std::int32_t>(code));
    out.bytes(contents);
}

void authentication::decode(reader& in) {
    code = static_cast<authentication_code>(in.integer<std::int32_t>());
    contents = in.rest();
}

void authentication_md5_password::encode(writer& out) const {
    out.integer(static_cast<std::int32_t>(authentication_code::md5_password));
    out.bytes(salt);
}

void authentication_md5_password::decode(reader& in) {
    decode_code(in, authentication_code::md5_password);
    std::ranges::copy(in.bytes(salt.size()), salt.begin());
}

void authentication_sasl::encode(writer& out) const {
    out.integer(static_cast<std::int32_t>(authentication_code::sasl));
    for (std::string_view const mechanism : mechanisms) {
        if (mechanism.empty())
            return out.fail(errc::malformed_message); // would end the list
    }
    mechanisms.encode_terminated(out);
}

void authentication_sasl::decode(reader& in) {
    decode_code(in, authentication_code::sasl);
    mechanisms = sequence<std::string_view>::decode_terminated(in);
}

void negotiate_protocol_version::encode(writer& out) const {
    out.integer(static_cast<std::uint32_t>(version));
    unrecognized_options.encode_counted<std::int32_t>(out);
}

void negotiate_protocol_version::decode(reader& in) {
    version = static_cast<protocol::version>(in.integer<std::uint32_t>());
    unrecognized_options = sequence<std::string_view>::decode_counted<std::int32_t>(in);
}

void backend_key_data::encode(writer& out) const {
    out.integer(pid);
    if (key.size() < min_key || key.size() > frontend::cancel_request::max_key)
        return out.fail(key.size() < min_key ? errc::malformed_message : errc::message_too_long);
    out.bytes(key);
}

void backend_key_data::decode(reader& in) {
    pid = in.integer<std::uint32_t>();
    key = in.rest();
    if (key.size() < min_key || key.size() > frontend::cancel_request::max_key)
        in.fail();
}

void parameter_status::encode(writer& out) const {
    out.string(name);
    out.string(value);
}

void parameter_status::decode(reader& in) {
    name = in.string();
    value = in.string();
}

void ready_for_query::encode(writer& out) const { out.character(static_cast<char>(status)); }

void ready_for_query::decode(reader& in) {
    status = static_cast<transaction_status>(in.character());
    if (status != transaction_status::idle && status != transaction_status::in_transaction &&
        status != transaction_status::failed)
        in.fail(); // S-24
}

void parameter_description::encode(writer& out) const { types.encode_counted<std::uint16_t>(out); }
void parameter_description::decode(reader& in) { types = sequence<std::uint32_t>::decode_counted<std::uint16_t>(in); }

void encode_element(writer& out, field const& field) {
    out.string(field.name);
    out.integer(field.table);
    out.integer(field.attribute);
    out.integer(field.type);
    out.integer(field.type_size);
    out.integer(field.type_modifier);
    out.integer(static_cast<std::int16_t>(field.format));
}

void decode_element(reader& in, field& field) {
    field.name = in.string();
    field.table = in.integer<std::uint32_t>();
    field.attribute = in.integer<std::int16_t>();
    field.type = in.integer<std::uint32_t>();
    field.type_size = in.integer<std::int16_t>();
    field.type_modifier = in.integer<std::int32_t>();
    field.format = static_cast<format>(in.integer<std::int16_t>());
    if (field.format != format::text && field.format != format::binary)
        in.fail();
}

void row_description::encode(writer& out) const { fields.encode_counted<std::int16_t>(out); }
void row_description::decode(reader& in) { fields = sequence<field>::decode_counted<std::int16_t>(in); }

void data_row::encode(writer& out) const { values.encode_counted<std::int16_t>(out); }
void data_row::decode(reader& in) { values = sequence<nullable_bytes>::decode_counted<std::int16_t>(in); }

void command_complete::encode(writer& out) const { out.string(tag); }
void command_complete::decode(reader& in) { tag = in.string(); }

void encode_element(writer& out, response_field const& field) {
    if (field.code == 0)
        return out.fail(errc::malformed_message);
    out.character(field.code);
    out.string(field.text);
}

void decode_element(reader& in, response_field& field) {
    field.code = in.character();
    field.text = in.string();
}

void error_response::encode(writer& out) const { fields.encode_terminated(out); }
void error_response::decode(reader& in) { fields = sequence<response_field>::decode_terminated(in); }

void notice_response::encode(writer& out) const { fields.encode_terminated(out); }
void notice_response::decode(reader& in) { fields = sequence<response_field>::decode_terminated(in); }

void notification_response::encode(writer& out) const {
    out.integer(pid);
    out.string(channel);
    out.string(payload);
}

void notification_response::decode(reader& in) {
    pid = in.integer<std::uint32_t>();
    channel = in.string();
    payload = in.string();
}

void function_call_response::encode(writer& out) const { encode_element(out, value); }
void function_call_response::decode(reader& in) { decode_element(in, value); }

} // namespace pgwire::protocol::backend
