# `cmake --build build/release --target package` makes Debian packages: gridmill, and python3-gridmill. What only packages have
# (manual pages, completion, examples, the Python package) is left out of `cmake --install`.
set(documents ${CMAKE_INSTALL_DATAROOTDIR}/doc/gridmill)
install(CODE "
  set(share \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATAROOTDIR}\")
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/cmake/program_pages.py $<TARGET_FILE:gridmill> \"\${share}\" COMMAND_ERROR_IS_FATAL ANY)
  file(GLOB_RECURSE pages \"\${share}/man/*.[157]\")
  execute_process(COMMAND gzip -9nf \${pages} COMMAND_ERROR_IS_FATAL ANY)
" COMPONENT program EXCLUDE_FROM_ALL)
install(FILES LICENSE RENAME copyright DESTINATION ${documents} COMPONENT program EXCLUDE_FROM_ALL)
install(FILES README.md CHANGELOG.md DESTINATION ${documents} COMPONENT program EXCLUDE_FROM_ALL)
install(DIRECTORY configs clusters slurm DESTINATION ${documents}/examples COMPONENT program EXCLUDE_FROM_ALL)
install(FILES data/digits.csv.gz data/README.md DESTINATION ${documents}/examples/data COMPONENT program EXCLUDE_FROM_ALL)
install(DIRECTORY python/gridmill DESTINATION lib/python3/dist-packages COMPONENT python EXCLUDE_FROM_ALL
        FILES_MATCHING PATTERN "*.py")
install(FILES LICENSE RENAME copyright DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/python3-gridmill
        COMPONENT python EXCLUDE_FROM_ALL)

# What 'gridmill cluster up' makes machines with.
install(DIRECTORY terraform/ DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/gridmill/terraform COMPONENT program
        FILES_MATCHING PATTERN "*.tf" PATTERN "*.tftpl" PATTERN "*.sh" PATTERN "policy.json" PATTERN tests EXCLUDE PATTERN envs EXCLUDE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gridmill)
set(CPACK_PACKAGE_VENDOR "the authors of gridmill")
set(CPACK_PACKAGE_CONTACT "the authors of gridmill <gridmill@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL program python)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME gridmill)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
# What no library tells: mpirun, which starts the ranks; the BLAS that has no threads of its own.
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "openmpi-bin, libopenblas0-serial")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "openssh-client, bash-completion")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "python3-gridmill, python3")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
"Finds the hyperparameters of models with scikit-learn's folds, scores and
tables, and makes features of related tables as Featuretools does, on a
laptop or on several hosts.")
set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-gridmill)
set(CPACK_DEBIAN_PYTHON_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS "gridmill (= ${PROJECT_VERSION}), python3 (>= 3.9), python3-numpy, python3-pandas, python3-h5py")
set(CPACK_DEBIAN_PYTHON_PACKAGE_RECOMMENDS "python3-sklearn, python3-yaml")
set(CPACK_COMPONENT_PYTHON_DESCRIPTION
"From Python: GridSearchCV and RandomizedSearchCV with another import line, features as
DataFrames. The work is done by the program gridmill.")
include(CPack)

# With all libraries and Open MPI, for machines where nobody may install packages: beside the packages.
add_custom_target(gridmill_tarball
  COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/packages
  COMMAND ${PROJECT_SOURCE_DIR}/cmake/relocatable.py $<TARGET_FILE:gridmill> ${PROJECT_VERSION}
          ${PROJECT_BINARY_DIR}/packages/gridmill-${PROJECT_VERSION}-${CMAKE_SYSTEM_PROCESSOR}.tar.gz
  DEPENDS gridmill VERBATIM)
