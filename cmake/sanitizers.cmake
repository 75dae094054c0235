set(PGWIRE_SANITIZERS "" CACHE STRING "Sanitizers for everything built here, as -fsanitize= takes them")
if(PGWIRE_SANITIZERS)
    add_compile_options(-fsanitize=${PGWIRE_SANITIZERS} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
        add_compile_options(-Wno-maybe-uninitialized) # GCC takes the instrumentation for uses
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND PGWIRE_SANITIZERS MATCHES thread)
        add_compile_options(-Wno-tsan) # Asio's fences, which ThreadSanitizer does not see; nothing here relies on them
    endif()
    add_link_options(-fsanitize=${PGWIRE_SANITIZERS})
endif()
