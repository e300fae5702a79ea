#include "io/spool/scratch_file.hpp"

#include <cerrno>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"

namespace gridmill::io {
namespace {

FileDescriptor nameless_file(const ScratchPlace& place) {
  const std::filesystem::path folder = place.folder.empty() ? "." : place.folder;
  FileDescriptor without_name(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), place.shown_as);
  if (without_name.get() >= 0) return without_name;
  // Not every file system can do that.
  const std::filesystem::path name = unfinished_name(folder / place.shown_as.filename());
  FileDescriptor file = FileDescriptor::open_new(name, place.shown_as);
  if (::unlink(name.c_str()) != 0) throw_system_error("remove", name, errno);
  return file;
}

}  // namespace

std::uint64_t ScratchFile::append(std::string_view bytes) {
  if (file_.get() < 0) file_ = nameless_file(place_);
  file_.write(bytes);
  return std::exchange(end_, end_ + bytes.size());
}

void ScratchFile::read(std::span<char> into, std::uint64_t offset) const {
  if (into.empty()) return;
  if (file_.read_at(into, offset) < into.size()) {
    throw core::RunError(fmt::format("cannot read back what was set aside for {}", place_.shown_as.string()));
  }
}

void ScratchFile::forget(std::uint64_t offset, std::uint64_t n_bytes) const {
  if (n_bytes == 0) return;
  std::ignore = ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                            static_cast<off_t>(n_bytes));
}

}  // namespace gridmill::io
