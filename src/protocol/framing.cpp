#include <pgwire/protocol/framing.hpp>

namespace pgwire::protocol {

std::uint32_t limits::backend(char type) const noexcept {
    switch (type) {
    case 'D':
    case 'd':
    case 'V':
        return values;
    case 'T':
    case 't':
    case 'E':
    case 'N':
        return texts;
    case '1':
    case '2':
    case '3':
    case 'A':
    case 'C':
    case 'G':
    case 'H':
    case 'I':
    case 'K':
    case 'R':
    case 'S':
    case 'W':
    case 'Z':
    case 'c':
    case 'n':
    case 's':
    case 'v':
        return others;
    default:
        return 0;
    }
}

std::uint32_t limits::frontend(char type) const noexcept {
    switch (type) {
    case 'Q':
    case 'P':
    case 'B':
    case 'F':
    case 'd':
        return values;
    case 'f':
        return texts;
    case 'C':
    case 'D':
    case 'E':
    case 'H':
    case 'S':
    case 'X':
    case 'c':
    case 'p':
        return others;
    default:
        return 0;
    }
}

} // namespace pgwire::protocol
