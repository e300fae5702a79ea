#pragma once

#include <filesystem>
#include <string_view>

#include "io/files/file_descriptor.hpp"

namespace gridmill::io {

/// Returns a new name under which this process can make a file, in the folder of its final one:
/// ".NAME.HOST.PID-RANDOM.partial", the host, or the container with process numbers of its own, as a number. What a
/// killed process leaves has such a name.
std::filesystem::path unfinished_name(const std::filesystem::path& path);

/// Removes what processes of this host (or container) that no longer live have left of files to be called `path`, and
/// what this process has: to be called before it makes one. What others left stays: nobody here knows whether they
/// live. Never fails: what cannot be removed stays.
void remove_abandoned(const std::filesystem::path& path);

/// The same of files of any name in a folder.
void remove_abandoned_in(const std::filesystem::path& folder);

/// Removes all that is unfinished in a folder in which nobody else works. Never fails.
void remove_all_unfinished(const std::filesystem::path& folder);

/// A file that is being made, empty at first, under a temporary name in the folder of its final one. Whoever writes it
/// writes to `temporary()`; `publish` makes it appear whole under its name, replacing what was there. Not published:
/// removed.
class PendingFile {
 public:
  /// Errors: RunError naming the file when it cannot be made.
  explicit PendingFile(std::filesystem::path path);
  ~PendingFile();
  PendingFile(PendingFile&& other) noexcept;
  PendingFile& operator=(PendingFile&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::filesystem::path& temporary() const { return temporary_; }

  /// Has the system begin to write what is in the temporary file, so that there is less to wait for at `publish`.
  void start_sync() const;

  /// Syncs the temporary file, renames it and syncs the folder. Errors: RunError naming the file.
  void publish();

 private:
  std::filesystem::path path_;
  std::filesystem::path temporary_;
};

/// Writes a file that appears whole or not at all, also when the machine stops in between.
///
/// Errors: RunError naming the file when it cannot be made or written (disk full); nothing is left behind then.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);

  void write(std::string_view bytes);
  /// Makes the file appear; the object is used up.
  void commit();

 private:
  PendingFile pending_;
  FileDescriptor file_;
};

/// Writes `bytes` as the whole contents of `path`, as AtomicFile does.
void write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace gridmill::io
