#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace gridmill::mpi {

struct Unmap {
  std::size_t bytes = 0;
  void operator()(std::byte* data) const;
};

/// A block of memory that processes of one machine map together. Zeroed, at the start of a page; a large one lies in
/// huge pages where the system has them (Linux 6.1, whatever its settings say of shared memory).
///
/// One process makes it, the others open it by its name; when they have, the maker sizes it, and then each maps it.
/// Errors, of all that follows: std::system_error.
class SharedBlock {
 public:
  /// How the others get at it. `process`: through the maker's open files in /proc; it is nowhere else, so that nothing
  /// stays behind however the processes end. `folder`: as a file in /dev/shm, which has a size of its own, for
  /// processes that may not open each other's files (each in a user name space of its own, as in some containers);
  /// it is empty as long as it has a name.
  enum class Way { process, folder };

  /// Plain bytes, to be sent to the others.
  struct Name {
    Way way = Way::process;
    std::array<char, 64> path{};
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
  };

  SharedBlock() = default;
  static SharedBlock make(Way way);
  /// Errors: also if what has this name here is another file.
  static SharedBlock open(const Name& name);

  [[nodiscard]] const Name& name() const { return name_; }
  [[nodiscard]] Way way() const { return name_.way; }

  /// Gives it its size, and takes a name in a folder away. On its maker, before anyone maps it.
  void resize(std::size_t bytes);
  /// Maps all of it and commits one of `n_parts` parts: no access fails later if each part is committed by someone.
  /// Errors: also ENOSPC or ENOMEM if there is not enough memory.
  void map(std::size_t bytes, std::size_t part, std::size_t n_parts);
  [[nodiscard]] std::span<std::byte> bytes() const { return {mapping_.get(), mapping_.get_deleter().bytes}; }

 private:
  /// An open file, and its entry in a folder if it has one, which goes with it.
  class File {
   public:
    File() = default;
    explicit File(int descriptor, std::string entry = "") : descriptor_(descriptor), entry_(std::move(entry)) {}
    File(File&& other) noexcept { swap(other); }
    File& operator=(File&& other) noexcept {
      swap(other);
      return *this;
    }
    ~File();
    [[nodiscard]] int get() const { return descriptor_; }
    void remove_entry();

   private:
    void swap(File& other) noexcept {
      std::swap(descriptor_, other.descriptor_);
      std::swap(entry_, other.entry_);
    }
    int descriptor_ = -1;
    std::string entry_;
  };

  File file_;  // until it is mapped
  Name name_;
  std::unique_ptr<std::byte[], Unmap> mapping_;  // NOLINT: not an array of new
};

}  // namespace gridmill::mpi
