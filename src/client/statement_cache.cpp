#include "client/statement_cache.hpp"

#include <algorithm>

namespace pgwire::client {

void cached_statement::remember(protocol::backend::row_description const& rows) {
    described = returns_rows = true;
    column_names.clear();
    columns.clear();
    for (auto const& column : rows.fields)
        column_names.append(column.name);
    std::size_t begin = 0;
    for (auto column : rows.fields) {
        column.name = std::string_view(column_names).substr(begin, column.name.size());
        begin += column.name.size();
        columns.push_back(column);
    }
}

bool statement_cache::matches(cached_statement const& entry, statement const& wanted) {
    auto const types = wanted.arguments().types();
    if (!std::equal(types.begin(), types.end(), entry.parameter_types.begin(), entry.parameter_types.end()))
        return false;
    std::string_view const text = wanted.text();
    if (entry.text.size() != text.size())
        return false;
    return (entry.literal != nullptr && entry.literal == wanted.literal()) || entry.text == text;
}

cached_statement* statement_cache::find(statement const& wanted) {
    // The same statement again and again is what a cache is for.
    if (!entries_.empty() && entries_.front().hash == wanted.hash() && matches(entries_.front(), wanted))
        return &entries_.front();
    auto const [first, last] = index_.equal_range(wanted.hash());
    for (auto i = first; i != last; ++i) {
        if (!matches(*i->second, wanted))
            continue;
        entries_.splice(entries_.begin(), entries_, i->second);
        return &entries_.front();
    }
    return nullptr;
}

cached_statement& statement_cache::insert(statement const& wanted, std::optional<std::string>& evicted) {
    if (entries_.size() >= capacity_) {
        if (entries_.back().parsed)
            evicted = entries_.back().name;
        erase(entries_.back());
    }
    auto const types = wanted.arguments().types();
    entries_.push_front({.name = "pgwire_" + std::to_string(++last_number_),
                         .text = std::string(wanted.text()),
                         .hash = wanted.hash(),
                         .literal = wanted.literal(),
                         .parameter_types = {types.begin(), types.end()},
                         .bind_head = {},
                         .bind_formats = {},
                         .column_names = {},
                         .columns = {}});
    index_.emplace(wanted.hash(), entries_.begin());
    return entries_.front();
}

void statement_cache::erase(cached_statement const& entry) {
    auto const [first, last] = index_.equal_range(entry.hash);
    for (auto i = first; i != last; ++i) {
        if (&*i->second != &entry)
            continue;
        entries_.erase(i->second);
        index_.erase(i);
        return;
    }
}

void statement_cache::clear() noexcept {
    index_.clear();
    entries_.clear();
}

} // namespace pgwire::client
