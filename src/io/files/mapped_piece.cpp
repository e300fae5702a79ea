#include "io/files/mapped_piece.hpp"

#include <cerrno>

#include <sys/mman.h>
#include <unistd.h>

namespace gridmill::io {

MappedPiece::MappedPiece(const FileDescriptor& file, std::uint64_t offset, std::size_t n_bytes) {
  const std::uint64_t in_page = offset % static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  mapped_bytes_ = n_bytes + in_page;
  mapping_ = ::mmap(nullptr, mapped_bytes_, PROT_READ, MAP_SHARED, file.get(), static_cast<off_t>(offset - in_page));
  if (mapping_ == MAP_FAILED) throw_system_error("map", file.path(), errno);
  data_ = static_cast<const char*>(mapping_) + in_page;
}

MappedPiece::~MappedPiece() { ::munmap(mapping_, mapped_bytes_); }

}  // namespace gridmill::io
