include(CMakePackageConfigHelpers)
set(gridmill_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/gridmill)
install(EXPORT gridmill-targets NAMESPACE gridmill:: DESTINATION ${gridmill_package_dir})
configure_package_config_file(cmake/gridmill-config.cmake.in gridmill-config.cmake
                              INSTALL_DESTINATION ${gridmill_package_dir})
write_basic_package_version_file(gridmill-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/gridmill-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/gridmill-config-version.cmake
              cmake/GridmillDependencies.cmake cmake/FindHttplib.cmake cmake/FindLibSVM.cmake cmake/FindXGBoost.cmake cmake/FindxxHash.cmake
        DESTINATION ${gridmill_package_dir})
