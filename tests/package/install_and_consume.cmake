# cmake -D BUILD=... -D SCRATCH=... -D CONSUMER=... -D VERSION=... -P install_and_consume.cmake
# Installs BUILD below SCRATCH, then configures, builds and runs the CONSUMER project against that.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(prefix ${SCRATCH}/prefix)
file(REMOVE_RECURSE ${prefix} ${SCRATCH}/build)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${prefix})
run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${SCRATCH}/build -G ${GENERATOR}
    -D CMAKE_PREFIX_PATH=${prefix} -D CMAKE_CXX_COMPILER=${COMPILER} -D GRIDMILL_EXPECTED_VERSION=${VERSION})
run(${CMAKE_COMMAND} --build ${SCRATCH}/build)
run(${SCRATCH}/build/consumer)
if(NOT EXISTS ${prefix}/bin/gridmill)
  message(FATAL_ERROR "the program itself was not installed to ${prefix}/bin/gridmill")
endif()
