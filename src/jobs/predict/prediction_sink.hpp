#pragma once

#include <filesystem>
#include <optional>
#include <ostream>
#include <string_view>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"

namespace gridmill::jobs {

/// Where the predictions go: a file that appears whole, or a stream.
class PredictionSink {
 public:
  PredictionSink(const std::filesystem::path& output, std::ostream& out) : out_(out) {
    if (!output.empty()) file_.emplace(output);
  }

  /// Errors: RunError when it cannot be written.
  void write(std::string_view text) {
    if (file_) {
      file_->write(text);
    } else if (!out_.write(text.data(), static_cast<std::streamsize>(text.size())).flush()) {
      throw core::RunError("the predictions cannot be written to stdout");
    }
  }

  void finish() {
    if (file_) file_->commit();
  }

 private:
  std::ostream& out_;
  std::optional<io::AtomicFile> file_;
};

}  // namespace gridmill::jobs
