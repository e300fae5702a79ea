# What most files include and the compiler takes long to read is read once, with the first room. Files still include what
# they use; in headers tests/architecture/rules.py checks the names of the standard library.
set(GRIDMILL_PRECOMPILED
  <armadillo> <fmt/format.h> <algorithm> <chrono> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string>
  <unordered_map> <variant> <vector>)

# gridmill_room(io SOURCES a.cpp ... USES core PUBLIC lib ... PRIVATE lib ... DEFINITIONS NAME=value ...)
# One static library a room. USES names the rooms whose headers it may include; third-party libraries that appear in its
# headers are PUBLIC, all others PRIVATE.
function(gridmill_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;PUBLIC;PRIVATE;DEFINITIONS" ${ARGN})
  set(target gridmill_${name})
  add_library(${target} STATIC)
  add_library(gridmill::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  list(TRANSFORM ARG_USES PREPEND gridmill:: OUTPUT_VARIABLE rooms)
  gridmill_fill_room()
  gridmill_precompile_room(gridmill_core)
  install(TARGETS ${target} EXPORT gridmill-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/gridmill/${name}
          FILES_MATCHING PATTERN "*.hpp")
  if(GRIDMILL_BUILD_TESTS AND NOT GRIDMILL_SANITIZE)
    gridmill_sanitized_room()
  endif()
endfunction()

# The same room with sanitizers, built only for the tests that are linked to it. Models are optimised a little, as their tests
# spend their time in loops; elsewhere compiling takes longer than running.
macro(gridmill_sanitized_room)
  set(target gridmill_${name}_sanitized)
  add_library(${target} STATIC EXCLUDE_FROM_ALL)
  list(TRANSFORM ARG_USES REPLACE "(.+)" "gridmill_\\1_sanitized" OUTPUT_VARIABLE rooms)
  gridmill_fill_room()
  target_link_libraries(${target} PUBLIC gridmill_sanitizers)
  set_target_properties(${target} PROPERTIES UNITY_BUILD_BATCH_SIZE 32)  # each file takes more memory than without
  if(name STREQUAL models)
    target_compile_options(${target} PRIVATE -w -O1)
    gridmill_precompile_room(${target})
  else()
    target_compile_options(${target} PRIVATE -w -O0)
    gridmill_precompile_room(gridmill_core_sanitized)
  endif()
endmacro()

# A unit of 48 files takes a compiler up to a minute and 1.8 GiB; there are enough of them to keep several cores busy.
macro(gridmill_fill_room)
  target_sources(${target} PRIVATE ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES UNITY_BUILD_BATCH_SIZE ${GRIDMILL_FILES_A_UNIT})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_definitions(${target} PRIVATE ${ARG_DEFINITIONS})
  # They call what takes time, and compile quicker so. Of the second ones some are measured by benchmarks.
  if(name MATCHES "^(cli|cluster|config|jobs|launch|report|staging)$" OR (name MATCHES "^(io|prepare|search)$" AND NOT GRIDMILL_BUILD_BENCH))
    target_compile_options(${target} PRIVATE $<$<CONFIG:RelWithDebInfo>:-O1>)
  endif()
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/gridmill>)
  target_link_libraries(${target}
    PUBLIC ${rooms} ${ARG_PUBLIC}
    PRIVATE ${ARG_PRIVATE} $<BUILD_INTERFACE:gridmill_build_flags>)
endmacro()

macro(gridmill_precompile_room first)
  if(target STREQUAL ${first})
    target_precompile_headers(${target} PRIVATE ${GRIDMILL_PRECOMPILED})
  else()
    target_precompile_headers(${target} REUSE_FROM ${first})
  endif()
endmacro()
