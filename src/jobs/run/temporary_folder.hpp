#pragma once

#include <filesystem>
#include <string>

namespace gridmill::jobs {

/// A folder in TMPDIR that goes when this does, with all that is in it.
class TemporaryFolder {
 public:
  /// Errors: RunError when it cannot be made.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] std::filesystem::path at(const char* name) const { return std::filesystem::path(path_) / name; }

 private:
  std::string path_;
};

}  // namespace gridmill::jobs
