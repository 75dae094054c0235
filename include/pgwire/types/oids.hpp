#pragma once

#include <pgwire/types/codec.hpp>

/// The types that are the same in every PostgreSQL database (pg_type.dat).
namespace pgwire::oids {

inline constexpr oid unknown_to_server = 0;
inline constexpr oid boolean = 16;
inline constexpr oid bytea = 17;
inline constexpr oid character = 18;
inline constexpr oid name = 19;
inline constexpr oid int8 = 20;
inline constexpr oid int2 = 21;
inline constexpr oid int4 = 23;
inline constexpr oid text = 25;
inline constexpr oid oid_ = 26;
inline constexpr oid json = 114;
inline constexpr oid xml = 142;
inline constexpr oid float4 = 700;
inline constexpr oid float8 = 701;
inline constexpr oid unknown = 705;
inline constexpr oid bpchar = 1042;
inline constexpr oid varchar = 1043;
inline constexpr oid date = 1082;
inline constexpr oid time = 1083;
inline constexpr oid timestamp = 1114;
inline constexpr oid timestamptz = 1184;
inline constexpr oid numeric = 1700;
inline constexpr oid uuid = 2950;
inline constexpr oid jsonb = 3802;

inline constexpr oid boolean_array = 1000;
inline constexpr oid bytea_array = 1001;
inline constexpr oid int2_array = 1005;
inline constexpr oid int4_array = 1007;
inline constexpr oid text_array = 1009;
inline constexpr oid bpchar_array = 1014;
inline constexpr oid varchar_array = 1015;
inline constexpr oid int8_array = 1016;
inline constexpr oid float4_array = 1021;
inline constexpr oid float8_array = 1022;
inline constexpr oid name_array = 1003;
inline constexpr oid date_array = 1182;
inline constexpr oid time_array = 1183;
inline constexpr oid timestamp_array = 1115;
inline constexpr oid timestamptz_array = 1185;
inline constexpr oid numeric_array = 1231;
inline constexpr oid uuid_array = 2951;
inline constexpr oid json_array = 199;
inline constexpr oid jsonb_array = 3807;
inline constexpr oid character_array = 1002;
inline constexpr oid oid_array = 1028;
inline constexpr oid xml_array = 143;

} // namespace pgwire::oids
