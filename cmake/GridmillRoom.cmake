# gridmill_room(io SOURCES a.cpp ... USES core PUBLIC lib ... PRIVATE lib ... PRECOMPILE <armadillo>)
# One static library a room. USES names the rooms whose headers it may include; third-party libraries that
# appear in its headers are PUBLIC, all others PRIVATE. PRECOMPILE names headers that most of its files include and that
# take the compiler long; files still include what they use (tests/architecture compiles each header without).
function(gridmill_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;PUBLIC;PRIVATE;PRECOMPILE" ${ARGN})
  add_library(gridmill_${name} STATIC ${ARG_SOURCES})
  add_library(gridmill::${name} ALIAS gridmill_${name})
  set_target_properties(gridmill_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(gridmill_${name} PUBLIC cxx_std_20)
  target_include_directories(gridmill_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/gridmill>)
  list(TRANSFORM ARG_USES PREPEND gridmill::)
  target_link_libraries(gridmill_${name}
    PUBLIC ${ARG_USES} ${ARG_PUBLIC}
    PRIVATE ${ARG_PRIVATE} $<BUILD_INTERFACE:gridmill_build_flags>)
  if(ARG_PRECOMPILE)
    target_precompile_headers(gridmill_${name} PRIVATE ${ARG_PRECOMPILE})
  endif()
  install(TARGETS gridmill_${name} EXPORT gridmill-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/gridmill/${name}
          FILES_MATCHING PATTERN "*.hpp")
endfunction()
