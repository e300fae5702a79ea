# Debian's cpp-httplib has a pkg-config file, but none for CMake. Defines Httplib::Httplib, with the definitions that the
# library was compiled with.
find_path(Httplib_INCLUDE_DIR httplib.h)
find_library(Httplib_LIBRARY cpp-httplib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Httplib REQUIRED_VARS Httplib_LIBRARY Httplib_INCLUDE_DIR)
if(Httplib_FOUND AND NOT TARGET Httplib::Httplib)
  add_library(Httplib::Httplib UNKNOWN IMPORTED)
  set_target_properties(Httplib::Httplib PROPERTIES IMPORTED_LOCATION "${Httplib_LIBRARY}")
  target_include_directories(Httplib::Httplib SYSTEM INTERFACE "${Httplib_INCLUDE_DIR}")
  target_compile_definitions(Httplib::Httplib INTERFACE
    CPPHTTPLIB_OPENSSL_SUPPORT CPPHTTPLIB_ZLIB_SUPPORT CPPHTTPLIB_BROTLI_SUPPORT)
endif()
mark_as_advanced(Httplib_INCLUDE_DIR Httplib_LIBRARY)
