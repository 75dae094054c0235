add_library(pgwire_warnings INTERFACE)
target_compile_options(pgwire_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)

option(PGWIRE_WERROR "Treat warnings as errors" OFF)
if(PGWIRE_WERROR)
    target_compile_options(pgwire_warnings INTERFACE -Werror)
endif()
