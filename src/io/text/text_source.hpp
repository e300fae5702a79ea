#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace gridmill::io {

/// Streams the text of a file, unpacked if its first bytes say that it is gzip (also of several members) or xz.
///
/// Errors: UserError naming the file when it is missing, a directory, unreadable, or its compression is damaged or
/// cut short.
class TextSource {
 public:
  explicit TextSource(std::filesystem::path path);
  ~TextSource();
  TextSource(TextSource&&) noexcept;
  TextSource& operator=(TextSource&&) noexcept;

  /// Fills `buffer`; returns less than its size at the end of the text only.
  std::size_t read(std::span<char> buffer);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  struct Stream;
  std::filesystem::path path_;
  std::unique_ptr<Stream> stream_;
};

/// Returns up to `n_bytes` of the (unpacked) beginning of a file.
std::string first_bytes(const std::filesystem::path& path, std::size_t n_bytes);

}  // namespace gridmill::io
