#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace gridmill::jobs {

/// The number of a launch in a run directory, in the file `epoch`: each launch that works there raises it, and whoever
/// finds another number than its own there writes nothing more.
///
/// The lock keeps two processes of one machine apart. This keeps apart two of different machines when the first one is
/// cut off, is taken for dead and lives.
class Epoch {
 public:
  /// Raises the number, or begins with 1. To be called by who holds the folder. Errors: RunError.
  static Epoch raise(const std::filesystem::path& file);

  [[nodiscard]] std::uint32_t number() const { return number_; }

  /// Errors: RunError when another launch has raised it since, or it cannot be read.
  void check() const;

 private:
  Epoch(std::filesystem::path file, std::uint32_t number, std::string line);

  std::filesystem::path file_;
  std::uint32_t number_;
  std::string line_;
};

/// How the file `epoch` begins.
inline constexpr const char* kEpochHeading = "gridmill epoch ";

/// Says whether the last launch in a run directory was one of the command that this process works for, which goes on
/// where it was even if it was told to start anew.
bool is_of_this_command(const std::filesystem::path& epoch_file);

}  // namespace gridmill::jobs
