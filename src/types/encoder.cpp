#include <pgwire/types/codec.hpp>

#include <stdexcept>

namespace pgwire {

void encoder::end_length(std::size_t begin) {
    std::size_t const length = out_.size() - begin;
    if (length > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
        throw std::length_error("pgwire: an argument is longer than 2 GiB");
    protocol::store_big_endian(out_.data() + begin - sizeof(std::int32_t), static_cast<std::int32_t>(length));
}

} // namespace pgwire
