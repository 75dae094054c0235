#pragma once

#include <pgwire/protocol/backend.hpp>
#include <pgwire/protocol/bytes.hpp>
#include <pgwire/statement.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pgwire::client {

/// A statement that the server keeps for this connection.
struct cached_statement {
    std::string name;
    std::string text;
    std::uint64_t hash = 0;
    char const* literal = nullptr;          // where the text stands in the program, if it does
    std::vector<std::byte> parameter_types; // as they stand in Parse
    bool parsed = false;                    // the server has confirmed it
    bool described = false;                 // what it returns is known
    bool returns_rows = false;
    std::vector<std::byte> bind_head;    // the bytes of a Bind up to the values, once there was one
    std::vector<std::byte> bind_formats; // of the arguments that it is for
    std::string column_names;            // one after the other, as the columns refer to them
    std::vector<protocol::backend::field> columns;

    void remember(protocol::backend::row_description const& rows);
    void remember_no_rows() noexcept { described = true; }

    [[nodiscard]] protocol::backend::row_description description() const {
        return {std::span<protocol::backend::field const>(columns)};
    }
};

/// The statements of one connection, least recently used first to go. What leaves must be closed on the server, if it was
/// ever parsed there.
class statement_cache {
public:
    explicit statement_cache(std::size_t capacity) noexcept : capacity_(capacity) {}

    /// The entry for this text and these declared types (C-10); none if there is none yet.
    cached_statement* find(statement const& wanted);

    /// A new entry. Where there was no room, the name of the one that went is in `evicted`.
    cached_statement& insert(statement const& wanted, std::optional<std::string>& evicted);

    void erase(cached_statement const& entry);
    void clear() noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    using entries = std::list<cached_statement>;

    static bool matches(cached_statement const& entry, statement const& wanted);

    entries entries_; // most recently used first
    std::unordered_multimap<std::uint64_t, entries::iterator> index_;
    std::size_t capacity_;
    std::uint64_t last_number_ = 0;
};

} // namespace pgwire::client
