# cmake -DROOT=src -DROOMS=core,io -DOUTPUT=source_digest.cpp -P SourceDigest.cmake
# Writes the SHA-256 of names and bytes of all sources of some rooms as jobs::source_digest().
string(REPLACE "," ";" rooms "${ROOMS}")
set(patterns)
foreach(room IN LISTS rooms)
  list(APPEND patterns ${ROOT}/${room}/*.cpp ${ROOT}/${room}/*.hpp)
endforeach()
file(GLOB_RECURSE sources RELATIVE ${ROOT} ${patterns})
list(SORT sources)
set(all)
foreach(source IN LISTS sources)
  file(SHA256 ${ROOT}/${source} digest)
  string(APPEND all "${source} ${digest}\n")
endforeach()
string(SHA256 digest "${all}")
file(WRITE ${OUTPUT} "#include \"jobs/run/source_digest.hpp\"

namespace gridmill::jobs {

std::string_view source_digest() { return \"${digest}\"; }

}  // namespace gridmill::jobs
")
