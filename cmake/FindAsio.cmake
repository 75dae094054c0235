# Debian's libasio-dev has no CMake package of its own. Installed beside pgwireConfig.cmake for the library's users.
#
# Asio_FOUND, Asio_VERSION, and the target Asio::Asio (standalone Asio, headers only).

find_path(Asio_INCLUDE_DIR asio.hpp)
mark_as_advanced(Asio_INCLUDE_DIR)

if(Asio_INCLUDE_DIR)
    file(STRINGS "${Asio_INCLUDE_DIR}/asio/version.hpp" asio_version_line REGEX "#define ASIO_VERSION [0-9]+")
    string(REGEX MATCH "ASIO_VERSION ([0-9]+)" asio_version_line "${asio_version_line}")
    math(EXPR asio_major "${CMAKE_MATCH_1} / 100000")
    math(EXPR asio_minor "${CMAKE_MATCH_1} / 100 % 1000")
    math(EXPR asio_patch "${CMAKE_MATCH_1} % 100")
    set(Asio_VERSION "${asio_major}.${asio_minor}.${asio_patch}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio REQUIRED_VARS Asio_INCLUDE_DIR VERSION_VAR Asio_VERSION)

if(Asio_FOUND AND NOT TARGET Asio::Asio)
    find_package(Threads REQUIRED)
    add_library(Asio::Asio INTERFACE IMPORTED)
    set_target_properties(Asio::Asio PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${Asio_INCLUDE_DIR}"
        # Asio 1.22 does not find the coroutines of Clang by itself.
        INTERFACE_COMPILE_DEFINITIONS "ASIO_STANDALONE;ASIO_HAS_CO_AWAIT;ASIO_HAS_STD_COROUTINE"
        INTERFACE_LINK_LIBRARIES Threads::Threads)
endif()
