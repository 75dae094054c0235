# The package: for find_package(pgwire) from an installation or from this build tree, and for pkg-config. It holds no
# absolute path, so that it can be moved.
include(CMakePackageConfigHelpers)

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/pgwire")
set(build_package "${PROJECT_BINARY_DIR}/cmake")

install(TARGETS pgwire EXPORT pgwireTargets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/pgwire" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN *.hpp PATTERN *.inc)

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/pgwireConfig.cmake.in" "${build_package}/pgwireConfig.cmake"
    INSTALL_DESTINATION "${package}"
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${build_package}/pgwireConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
file(COPY "${PROJECT_SOURCE_DIR}/cmake/FindAsio.cmake" DESTINATION "${build_package}")
install(FILES
    "${build_package}/pgwireConfig.cmake"
    "${build_package}/pgwireConfigVersion.cmake"
    "${build_package}/FindAsio.cmake"
    DESTINATION "${package}")

install(EXPORT pgwireTargets NAMESPACE pgwire:: DESTINATION "${package}")
export(EXPORT pgwireTargets NAMESPACE pgwire:: FILE "${build_package}/pgwireTargets.cmake")

# Who links the archive links libcrypto himself; the shared library brings it.
set(pc_requires simdjson)
set(pc_requires_private "libcrypto >= 3.0")
if(NOT BUILD_SHARED_LIBS)
    string(APPEND pc_requires ", ${pc_requires_private}")
    set(pc_requires_private "")
endif()
set(pc_directory "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
string(REGEX REPLACE "[^/]+" ".." pc_to_prefix "${pc_directory}")
get_target_property(pc_definitions Asio::Asio INTERFACE_COMPILE_DEFINITIONS)
list(TRANSFORM pc_definitions PREPEND -D)
list(JOIN pc_definitions " " pc_definitions)
configure_file("${PROJECT_SOURCE_DIR}/cmake/pgwire.pc.in" "${PROJECT_BINARY_DIR}/pgwire.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/pgwire.pc" DESTINATION "${pc_directory}")
