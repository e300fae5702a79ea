#include "mpi/shared_block.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

namespace gridmill::mpi {

namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20U;
constexpr int kCollapse = 25;  // MADV_COLLAPSE, which headers before Linux 6.1 do not name
constexpr std::string_view kNameInFolder = "/dev/shm/gridmill-XXXXXX";

[[noreturn]] void fail(const char* call, int error) { throw std::system_error(error, std::generic_category(), call); }

struct stat status_of(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) fail("fstat", errno);
  return status;
}

std::size_t rounded_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

std::size_t page_size() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

/// Returns where the file is mapped: where it is large, at a multiple of a huge page. `bytes`: whole pages.
std::byte* map_file(int file, std::size_t bytes) {
  const std::size_t slack = bytes < 2 * kHugePage ? 0 : kHugePage;
  void* const place = ::mmap(nullptr, bytes + slack, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) fail("mmap", errno);
  auto* const reserved = static_cast<std::byte*>(place);
  const std::size_t before = slack == 0 ? 0 : -reinterpret_cast<std::uintptr_t>(reserved) % kHugePage;
  std::byte* const data = reserved + before;
  if (::mmap(data, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0) == MAP_FAILED) {
    const int error = errno;
    ::munmap(reserved, bytes + slack);
    fail("mmap", error);
  }
  if (before > 0) ::munmap(reserved, before);
  if (before < slack) ::munmap(data + bytes, slack - before);
  return data;
}

/// Takes memory for `bytes` of the file from `offset` on; both are multiples of a huge page, but for the file's end.
void commit(int file, std::byte* data, std::size_t offset, std::size_t bytes) {
  const std::size_t huge = bytes / kHugePage * kHugePage;
  // A huge page is made of what is there and zeros, but not of nothing: a byte in each must be there. Where there is no
  // memory for one, writing to the file says so; writing to the mapping would be a SIGBUS.
  for (std::size_t at = offset; at < offset + huge; at += kHugePage) {
    if (::pwrite(file, "", 1, static_cast<off_t>(at)) != 1) fail("pwrite", errno);
  }
  if (huge > 0) ::madvise(data + offset, huge, kCollapse);  // advice only
  int error = EINTR;
  while (error == EINTR) {
    error = ::fallocate(file, 0, static_cast<off_t>(offset), static_cast<off_t>(bytes)) == 0 ? 0 : errno;
  }
  if (error != 0) fail("fallocate", error);
}

}  // namespace

SharedBlock::File::~File() {
  remove_entry();
  if (descriptor_ >= 0) ::close(descriptor_);
}

void SharedBlock::File::remove_entry() {
  if (!entry_.empty()) ::unlink(entry_.c_str());
  entry_.clear();
}

void Unmap::operator()(std::byte* data) const { ::munmap(data, rounded_up(bytes, page_size())); }

SharedBlock SharedBlock::make(Way way) {
  SharedBlock block;
  block.name_.way = way;
  auto& path = block.name_.path;
  if (way == Way::folder) {
    std::ranges::copy(kNameInFolder, path.begin());
    const int file = ::mkostemp(path.data(), O_CLOEXEC);
    if (file < 0) fail("mkostemp", errno);
    block.file_ = File(file, path.data());
  } else {
    const int file = ::memfd_create("gridmill", MFD_CLOEXEC);
    if (file < 0) fail("memfd_create", errno);
    block.file_ = File(file);
    fmt::format_to_n(path.begin(), path.size() - 1, "/proc/{}/fd/{}", ::getpid(), file);
  }
  const struct stat status = status_of(block.file_.get());
  block.name_.device = status.st_dev;
  block.name_.inode = status.st_ino;
  return block;
}

SharedBlock SharedBlock::open(const Name& name) {
  const int file = ::open(name.path.data(), O_RDWR | O_CLOEXEC);
  if (file < 0) fail("open", errno);
  SharedBlock block;
  block.file_ = File(file);
  block.name_ = name;
  // Where processes have numbers of their own, the same path is someone else's file.
  const struct stat status = status_of(file);
  if (status.st_dev != name.device || status.st_ino != name.inode) fail("open", ENOENT);
  return block;
}

void SharedBlock::resize(std::size_t bytes) {
  file_.remove_entry();
  if (::ftruncate(file_.get(), static_cast<off_t>(rounded_up(bytes, page_size()))) != 0) fail("ftruncate", errno);
}

void SharedBlock::map(std::size_t bytes, std::size_t part, std::size_t n_parts) {
  const std::size_t whole = rounded_up(bytes, page_size());
  mapping_ = std::unique_ptr<std::byte[], Unmap>(map_file(file_.get(), whole), Unmap{bytes});
  const auto start_of = [&](std::size_t p) {
    return std::min(whole, rounded_up(whole, kHugePage) / kHugePage * p / n_parts * kHugePage);
  };
  if (start_of(part) < start_of(part + 1)) {
    commit(file_.get(), mapping_.get(), start_of(part), start_of(part + 1) - start_of(part));
  }
  file_ = File();
}

}  // namespace gridmill::mpi
