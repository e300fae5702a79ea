# What `cmake --build --preset sanitized` builds: tests of what runs in one process or under mpirun, once more. The rooms
# that handle memory themselves, and read what others have written, are always there: core, features, io, models,
# mpi and prepare.
# Those that put others together, or make text, take half of the time: with GRIDMILL_SANITIZE_ALL only.
add_custom_target(sanitized)
option(GRIDMILL_SANITIZE_ALL "Sanitize the tests of all rooms" OFF)
set(GRIDMILL_SANITIZED_WITH_ALL "gridmill::(cluster|config|jobs|launch|report|search|staging)")

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

# A hundred programs are linked: mold takes a fraction of GNU's time.
find_program(GRIDMILL_MOLD mold)
if(GRIDMILL_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  set(GRIDMILL_TEST_LINKER -fuse-ld=mold)
endif()

# gridmill_test_program(test_x SOURCES ... LINKS ... INCLUDES ... DEFINITIONS ... DEPENDS ... [SANITIZED])
# The program test_x, and test_x_sanitized of the same object files: these are compiled once, and linked to the rooms as they
# are and as the sanitizers watch them. Test code is short-lived: unoptimised, with line numbers only, it compiles in half
# the time.
function(gridmill_test_program target)
  cmake_parse_arguments(ARG "SANITIZED" "" "SOURCES;LINKS;INCLUDES;DEFINITIONS;DEPENDS" ${ARGN})
  add_library(${target}_objects OBJECT ${ARG_SOURCES})
  set(links ${ARG_LINKS} fmt::fmt GTest::gtest GTest::gmock)
  target_link_libraries(${target}_objects PRIVATE ${links} gridmill_build_flags)
  target_include_directories(${target}_objects PRIVATE ${ARG_INCLUDES})
  target_compile_definitions(${target}_objects PRIVATE GRIDMILL_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ${ARG_DEFINITIONS})
  target_compile_options(${target}_objects PRIVATE -O0 -g1)
  gridmill_precompile(${target}_objects)
  add_executable(${target} $<TARGET_OBJECTS:${target}_objects>)
  target_link_libraries(${target} PRIVATE ${links})
  target_link_options(${target} PRIVATE ${GRIDMILL_TEST_LINKER})
  if(ARG_DEPENDS)
    add_dependencies(${target} ${ARG_DEPENDS})
  endif()
  if(ARG_SANITIZED AND NOT GRIDMILL_SANITIZE AND (GRIDMILL_SANITIZE_ALL OR NOT "${links}" MATCHES "${GRIDMILL_SANITIZED_WITH_ALL}"))
    list(TRANSFORM links REPLACE "^gridmill::(.+)" "gridmill_\\1_sanitized")
    add_executable(${target}_sanitized EXCLUDE_FROM_ALL $<TARGET_OBJECTS:${target}_objects>)
    target_link_libraries(${target}_sanitized PRIVATE ${links})
    target_link_options(${target}_sanitized PRIVATE ${GRIDMILL_TEST_LINKER})
    add_dependencies(sanitized ${target}_sanitized ${ARG_DEPENDS})
  endif()
endfunction()

set(GRIDMILL_TEST_ENVIRONMENT "OPENBLAS_NUM_THREADS=1")

# A folder for the files of one ctest, so that a program and its sanitized twin, which ctest may run at once, never write to
# the same one.
function(gridmill_test_folder name)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/test-files/${name})
  set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "TEST_TMPDIR=${PROJECT_BINARY_DIR}/test-files/${name}")
endfunction()

set(GRIDMILL_MPI_ENVIRONMENT
  "OMPI_ALLOW_RUN_AS_ROOT=1;OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1;OMPI_MCA_mpi_yield_when_idle=1")
# What takes minutes under the sanitizers is shortened there (tests say what they leave out).
set(GRIDMILL_SANITIZER_ENVIRONMENT "UBSAN_OPTIONS=print_stacktrace=1;GRIDMILL_TEST_BRIEF=1")

# gridmill_test(core.value SOURCES value_test.cpp LINKS gridmill::core)
# A GoogleTest program, run as one ctest; of label `unit` (the default) also as sanitized.<name>.
# LABEL cli: it starts the program itself, which DEPENDS must name. PROCESSORS: how many of them it keeps busy.
# OUTSIDE_DATA: it has more to check where GRIDMILL_SHARED names a folder of data; label `outside`.
function(gridmill_test name)
  cmake_parse_arguments(ARG "OUTSIDE_DATA" "TIMEOUT;LABEL;PROCESSORS" "SOURCES;LINKS;INCLUDES;DEFINITIONS;DEPENDS;ENVIRONMENT" ${ARGN})
  foreach(default IN ITEMS TIMEOUT=120 LABEL=unit PROCESSORS=1)
    string(REPLACE "=" ";" default ${default})
    list(POP_FRONT default option)
    if(NOT ARG_${option})
      set(ARG_${option} ${default})
    endif()
  endforeach()
  set(sanitized)
  if(ARG_LABEL STREQUAL unit)
    set(sanitized SANITIZED)
  endif()
  set(outside)
  if(ARG_OUTSIDE_DATA)
    set(outside ";outside")
  endif()
  string(REPLACE "." "_" target "test_${name}")
  gridmill_test_program(${target} ${sanitized} SOURCES ${ARG_SOURCES} LINKS ${ARG_LINKS} GTest::gtest_main
    INCLUDES ${ARG_INCLUDES} DEFINITIONS ${ARG_DEFINITIONS} DEPENDS ${ARG_DEPENDS})
  set(environment ${GRIDMILL_TEST_ENVIRONMENT} ${ARG_ENVIRONMENT})
  add_test(NAME ${name} COMMAND ${target})
  # Those that may take long begin first: several cores are busy to the end.
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} COST ${ARG_TIMEOUT} LABELS "${ARG_LABEL}${outside}" PROCESSORS ${ARG_PROCESSORS}
    ENVIRONMENT "${environment}")
  gridmill_test_folder(${name})
  if(TARGET ${target}_sanitized)
    add_test(NAME sanitized.${name} COMMAND ${target}_sanitized)
    set_tests_properties(sanitized.${name} PROPERTIES TIMEOUT 300 COST ${ARG_TIMEOUT} LABELS "sanitized${outside}" PROCESSORS ${ARG_PROCESSORS}
      ENVIRONMENT "${environment};${GRIDMILL_SANITIZER_ENVIRONMENT}")
    gridmill_test_folder(sanitized.${name})
  endif()
endfunction()

# gridmill_mpi_test(mpi.farm SOURCES farm_test.cpp LINKS gridmill::mpi RANKS 1 2 4)
# The same GoogleTest program under mpirun at each rank count: <name>.np1, .np2, .np4, and with sanitizers. Its main() comes
# from tests/mpi/mpi_test_main.cpp: exit code reduced by max, other ranks print failures only, with their rank.
# No leak check under the address sanitizer: Open MPI keeps memory until the end and unloads the modules that got it,
# so that no suppression can name them.
function(gridmill_mpi_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS;INCLUDES;RANKS" ${ARGN})
  string(REPLACE "." "_" target "test_${name}")
  gridmill_test_program(${target} SANITIZED SOURCES ${ARG_SOURCES} ${PROJECT_SOURCE_DIR}/tests/mpi/mpi_test_main.cpp
    LINKS ${ARG_LINKS} INCLUDES ${ARG_INCLUDES})
  set(environment "${GRIDMILL_TEST_ENVIRONMENT};${GRIDMILL_MPI_ENVIRONMENT}")
  foreach(ranks IN LISTS ARG_RANKS)
    set(start ${MPIEXEC_EXECUTABLE} -n ${ranks} --oversubscribe --bind-to none)
    add_test(NAME ${name}.np${ranks} COMMAND ${start} $<TARGET_FILE:${target}>)
    set_tests_properties(${name}.np${ranks} PROPERTIES TIMEOUT 120 PROCESSORS ${ranks} LABELS mpi
      ENVIRONMENT "${environment}")
    if(TARGET ${target}_sanitized)
      add_test(NAME sanitized.${name}.np${ranks} COMMAND ${start} $<TARGET_FILE:${target}_sanitized>)
      set_tests_properties(sanitized.${name}.np${ranks} PROPERTIES TIMEOUT 300 PROCESSORS ${ranks} LABELS sanitized
        ENVIRONMENT "${environment};${GRIDMILL_SANITIZER_ENVIRONMENT};ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1")
    endif()
  endforeach()
endfunction()
