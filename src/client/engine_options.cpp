#include "client/engine_options.hpp"

namespace pgwire::client {

engine_options make_engine_options(config const& how) {
    engine_options options;
    auto& startup = options.startup;
    startup.user = how.user;
    startup.database = how.database;
    startup.password = protocol::secret(how.password.reveal());
    startup.wanted_version = how.max_protocol_version;
    startup.minimum_version = how.min_protocol_version;
    startup.accepted_methods = how.require_auth;
    startup.scram.max_iterations = how.scram_max_iterations;
    startup.parameters.emplace_back("client_encoding", "UTF8");
    if (!how.application_name.empty())
        startup.parameters.emplace_back("application_name", how.application_name);
    if (!how.options.empty())
        startup.parameters.emplace_back("options", how.options);
    startup.parameters.insert(startup.parameters.end(), how.parameters.begin(), how.parameters.end());
    options.limits.values = how.max_message_size;
    return options;
}

} // namespace pgwire::client
