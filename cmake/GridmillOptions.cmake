option(GRIDMILL_BUILD_TESTS "Build the tests" ON)
option(GRIDMILL_BUILD_BENCH "Build the benchmarks" OFF)
option(GRIDMILL_WARNINGS_AS_ERRORS "Treat compiler warnings as errors" OFF)
set(GRIDMILL_SANITIZE "" CACHE STRING "Sanitizers to build everything with, such as thread")
option(GRIDMILL_COVERAGE "Build with coverage counters" OFF)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG" CACHE STRING "" FORCE)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

# What the files of a room include takes longer to compile than what they say: several are compiled as one.
# CMAKE_UNITY_BUILD=OFF compiles each alone.
option(CMAKE_UNITY_BUILD "Compile several files of a room as one" ON)
# Fewer take longer altogether, and less after a change to one of them.
set(GRIDMILL_FILES_A_UNIT 48 CACHE STRING "How many files of a room are compiled as one at most")

find_program(GRIDMILL_CCACHE ccache)
if(GRIDMILL_CCACHE)
  # Without these ccache leaves alone what uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros "${GRIDMILL_CCACHE}")
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

# How gridmill itself is compiled; not part of what it exports.
add_library(gridmill_build_flags INTERFACE)
target_compile_options(gridmill_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wformat=2
  -Wnon-virtual-dtor -Woverloaded-virtual -Wold-style-cast -Wduplicated-cond -Wlogical-op
  # Designated initialisers name what differs from the defaults; that is their point.
  -Wno-missing-field-initializers
  # g++ 12 at -O3 sees overlaps in plain `"text" + std::string` (GCC bug 105651).
  $<$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>:-Wno-restrict>
  # ... and writes beyond the end there and in vectors of bytes that grow.
  $<$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>:-Wno-stringop-overflow>
  # ... and uninitialised members in temporaries made by designated initialisers (GCC bug 105562 and its like).
  $<$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>:-Wno-maybe-uninitialized>
  # A type without a name outside its file may be a member of one that has: both are in the .cpp, which is a header to a
  # compiler that is given several at once.
  $<$<BOOL:${CMAKE_UNITY_BUILD}>:-Wno-subobject-linkage>
  # The bits of a result must not depend on which multiplications the compiler fuses.
  -ffp-contract=off)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  # Runs on every x86-64 machine since 2009; wider vectors are chosen at run time (Highway, OpenBLAS).
  target_compile_options(gridmill_build_flags INTERFACE -march=x86-64-v2)
endif()
if(GRIDMILL_WARNINGS_AS_ERRORS)
  target_compile_options(gridmill_build_flags INTERFACE -Werror)
endif()
if(GRIDMILL_SANITIZE)
  add_compile_options(-fsanitize=${GRIDMILL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${GRIDMILL_SANITIZE})
endif()
if(GRIDMILL_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

# How the second build of each room is compiled that tests are linked to once more: with the address and
# undefined-behaviour sanitizers. Checks of every pointer (null, alignment, overflow, object size, type) double the time to
# compile; a bad pointer is caught all the same, as a bad address.
add_library(gridmill_sanitizers INTERFACE)
target_compile_options(gridmill_sanitizers INTERFACE
  -fsanitize=address,undefined -fno-sanitize=null,alignment,pointer-overflow,object-size,vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
target_link_options(gridmill_sanitizers INTERFACE -fsanitize=address,undefined)
