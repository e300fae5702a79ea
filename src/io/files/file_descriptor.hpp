#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace gridmill::io {

/// An open file of the operating system, closed with its owner. Every call is checked.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  FileDescriptor(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;

  /// Opens a file of the user's for reading.
  /// Errors: UserError naming it when it is missing, a directory or unreadable.
  static FileDescriptor open_input(const std::filesystem::path& path);
  /// Opens for reading and writing, made if it is not there; `extra_flags` as of open(2).
  /// Errors: RunError, here and in later calls, under the name `shown_as`.
  static FileDescriptor open_output(const std::filesystem::path& path, int extra_flags,
                                    const std::filesystem::path& shown_as);

  /// Makes a file that is not there yet for reading and writing; no link is followed.
  /// Errors: RunError, here and in later calls, under the name `shown_as`.
  static FileDescriptor open_new(const std::filesystem::path& path, const std::filesystem::path& shown_as);
  /// Opens, or makes, a file that only we write (a lock, a journal) for reading and writing. No link is followed, and
  /// nothing but a regular file is taken: its name is known, and others may have put something else there.
  /// Errors: UserError if it is something else; RunError as open_output.
  static FileDescriptor open_own(const std::filesystem::path& path, int extra_flags = 0);

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Fills `buffer` from the current position; returns less than its size at the end of the file only.
  /// Errors: UserError naming the file.
  std::size_t read(std::span<char> buffer) const;
  /// The same from `offset` on, wherever the position is; it stays there.
  std::size_t read_at(std::span<char> buffer, std::uint64_t offset) const;
  /// Returns the size of the file [bytes]. Errors: UserError naming the file.
  [[nodiscard]] std::uint64_t size() const;
  /// Writes all of `bytes` at the current position. Errors: RunError naming the file (disk full, ...).
  void write(std::string_view bytes) const;
  /// The same from `offset` on; the position stays where it is.
  void write_at(std::string_view bytes, std::uint64_t offset) const;
  /// Returns when all that was written is on the disk. Errors: RunError.
  void sync() const;
  /// Closes now, so that an error of the last write is seen. Errors: RunError.
  void close();

 private:
  int descriptor_ = -1;
  std::filesystem::path path_;
};

/// Reads a whole file. Errors: UserError naming it when it is missing, a directory or unreadable.
std::string read_text(const std::filesystem::path& path);

/// Makes a new or renamed entry of `folder` last. Errors: RunError.
void sync_folder(const std::filesystem::path& folder);

/// Throws RunError "cannot <verb> <path>: <reason of errno>".
[[noreturn]] void throw_system_error(std::string_view verb, const std::filesystem::path& path, int error);

}  // namespace gridmill::io
