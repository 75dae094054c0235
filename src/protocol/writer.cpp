#include <pgwire/protocol/writer.hpp>

namespace pgwire::protocol {

bool writer::make_room(std::size_t more) {
    std::size_t const written = size();
    if (more > max_message + type_size_ - written) {
        fail(errc::message_too_long);
        return false;
    }
    std::size_t const before = out_.size();
    out_.commit(written); // for as long as the buffer may move it
    try {
        (void)out_.prepare(more);
    } catch (...) {
        out_.truncate(before);
        throw;
    }
    out_.truncate(before);
    begin_in(out_.prepare(written + more));
    next_ += written;
    return true;
}

} // namespace pgwire::protocol
