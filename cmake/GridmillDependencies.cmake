# Everything comes from the system; ARCHITECTURE.md says what each one saves us.
# This file is also installed: the package finds the same libraries.
find_package(fmt REQUIRED)
find_package(Armadillo REQUIRED)
find_package(Boost 1.74 REQUIRED COMPONENTS mpi serialization iostreams)
find_package(MPI REQUIRED COMPONENTS CXX)
find_package(HDF5 REQUIRED COMPONENTS C)
find_package(ICU REQUIRED COMPONENTS uc)
find_package(LibSVM REQUIRED)
find_package(XGBoost REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(hwy REQUIRED)
find_package(xxHash REQUIRED)
find_package(Threads REQUIRED)

if(NOT TARGET Armadillo::Armadillo)
  add_library(Armadillo::Armadillo INTERFACE IMPORTED)
  target_include_directories(Armadillo::Armadillo SYSTEM INTERFACE ${ARMADILLO_INCLUDE_DIRS})
  target_link_libraries(Armadillo::Armadillo INTERFACE ${ARMADILLO_LIBRARIES})
  # Matrix sizes are 64 bit; our own checks stand where Armadillo's would be paid for in every element access.
  target_compile_definitions(Armadillo::Armadillo INTERFACE ARMA_64BIT_WORD ARMA_NO_DEBUG ARMA_WARN_LEVEL=0)
endif()
