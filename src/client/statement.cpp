#include <pgwire/statement.hpp>

#include <pgwire/detail/error_builder.hpp>
#include <pgwire/exception.hpp>

namespace pgwire {

namespace {

std::string append_renumbered(std::string_view first, std::string_view fragment, std::size_t offset) {
    std::string text;
    text.reserve(first.size() + fragment.size() + 8);
    text.append(first);
    std::size_t copied = 0;
    detail::placeholder_scanner scanner(fragment);
    for (detail::placeholder found; scanner.next(found); copied = found.end) {
        text.append(fragment.substr(copied, found.begin - copied));
        text.append("$").append(std::to_string(found.number + offset));
    }
    return text.append(fragment.substr(copied));
}

} // namespace

namespace detail {

void arguments::append(arguments const& more) {
    encoder::storage joined;
    joined.append(types());
    joined.append(more.types());
    joined.append(formats());
    joined.append(more.formats());
    joined.append(values());
    joined.append(more.values());
    bytes_ = std::move(joined);
    count_ += more.count_;
}

void check_argument_count(std::string_view text, std::size_t given) {
    std::size_t const wanted = highest_placeholder(text);
    if (wanted == given)
        return;
    throw_error(error_builder(errc::wrong_number_of_arguments, "the highest placeholder is $" + std::to_string(wanted) +
                                                                   ", and " + std::to_string(given) +
                                                                   " arguments are given")
                    .statement(text)
                    .build());
}

} // namespace detail

statement::statement(std::string text, detail::arguments arguments)
    : owned_(std::make_shared<std::string const>(std::move(text))), hash_(detail::hash_text(*owned_)),
      arguments_(std::move(arguments)) {}

statement& statement::operator+=(statement const& fragment) {
    owned_ = std::make_shared<std::string const>(append_renumbered(text(), fragment.text(), arguments_.count()));
    hash_ = detail::hash_text(*owned_);
    arguments_.append(fragment.arguments_);
    within_ = std::min(within_, fragment.within_);
    until_ = std::min(until_, fragment.until_);
    return *this;
}

std::optional<statement::clock::time_point> statement::deadline() const {
    if (within_ == clock::duration::max())
        return until_ == clock::time_point::max() ? std::nullopt : std::optional(until_);
    clock::time_point const now = clock::now();
    return std::min(until_, within_ > clock::time_point::max() - now ? clock::time_point::max() : now + within_);
}

statement identifier(std::string_view name) {
    if (name.find('\0') != std::string_view::npos)
        throw_error(detail::error_builder(errc::embedded_nul, "in an identifier").build());
    std::string quoted = "\"";
    for (char const c : name)
        quoted.append(c == '"' ? 2 : 1, c);
    return {quoted + '"', {}};
}

} // namespace pgwire
