# What the sanitizer presets build: the programs labelled unit and mpi.
add_custom_target(unit_tests)
add_custom_target(mpi_tests)

# Google Test and Armadillo take longer to compile than most tests: precompiled once, with the first program (all tests are
# compiled with the same definitions for that: see fmt below).
function(gridmill_precompile target)
  get_property(first GLOBAL PROPERTY GRIDMILL_PRECOMPILED_BY)
  if(first)
    target_precompile_headers(${target} REUSE_FROM ${first})
  else()
    target_precompile_headers(${target} PRIVATE <armadillo> <gmock/gmock.h> <gtest/gtest.h>)
    set_property(GLOBAL PROPERTY GRIDMILL_PRECOMPILED_BY ${target})
  endif()
endfunction()

# What a test program is compiled with beside its libraries. Its own code is short-lived: unoptimised, with line numbers only,
# it compiles in half the time. What it tests is compiled as the preset says.
function(gridmill_test_options target)
  target_compile_definitions(${target} PRIVATE GRIDMILL_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_compile_options(${target} PRIVATE -O0 -g1)
  gridmill_precompile(${target})
endfunction()

# gridmill_test(core.value SOURCES value_test.cpp LINKS gridmill::core)
# A GoogleTest program, run as one ctest.
function(gridmill_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  string(REPLACE "." "_" target "test_${name}")
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE ${ARG_LINKS} fmt::fmt GTest::gtest GTest::gmock GTest::gtest_main gridmill_build_flags)
  gridmill_test_options(${target})
  add_dependencies(unit_tests ${target})
  add_test(NAME ${name} COMMAND ${target})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS unit
    ENVIRONMENT "OPENBLAS_NUM_THREADS=1")
endfunction()

# gridmill_mpi_test(mpi.farm SOURCES farm_test.cpp LINKS gridmill::mpi RANKS 1 2 4)
# The same GoogleTest program under mpirun at each rank count: <name>.np1, .np2, .np4. Its main() comes from
# tests/mpi/mpi_test_main.cpp: exit code reduced by max, other ranks print failures only, with their rank.
# No leak check under the address sanitizer: Open MPI keeps memory until the end and unloads the modules that got it,
# so that no suppression can name them.
function(gridmill_mpi_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINKS;RANKS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  string(REPLACE "." "_" target "test_${name}")
  add_executable(${target} ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/mpi/mpi_test_main.cpp)
  target_link_libraries(${target} PRIVATE ${ARG_LINKS} fmt::fmt GTest::gtest GTest::gmock gridmill_build_flags)
  gridmill_test_options(${target})
  add_dependencies(mpi_tests ${target})
  foreach(ranks IN LISTS ARG_RANKS)
    add_test(NAME ${name}.np${ranks}
      COMMAND ${MPIEXEC_EXECUTABLE} -n ${ranks} --oversubscribe --bind-to none $<TARGET_FILE:${target}>)
    set_tests_properties(${name}.np${ranks} PROPERTIES TIMEOUT ${ARG_TIMEOUT} PROCESSORS ${ranks} LABELS mpi
      ENVIRONMENT "OPENBLAS_NUM_THREADS=1;OMPI_ALLOW_RUN_AS_ROOT=1;OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1;OMPI_MCA_mpi_yield_when_idle=1;ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1")
  endforeach()
endfunction()
