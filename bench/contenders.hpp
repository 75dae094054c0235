#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

/// The ways to ask a server the same question, `select $1::int4` prepared and in binary, one at a time.
namespace pgwire::bench {

class contender {
public:
    virtual ~contender() = default;
    [[nodiscard]] virtual std::string name() const = 0;
    /// The server process that answers.
    [[nodiscard]] virtual int backend_pid() const = 0;
    /// Asks `count` times, and calls `answered` after each.
    virtual void ask(int count, std::function<void()> const& answered) = 0;
};

/// The yardsticks first: a raw blocking socket, and blocking libpq.
std::vector<std::unique_ptr<contender>> make_contenders(std::string const& uri);

} // namespace pgwire::bench
