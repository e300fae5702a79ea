#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/table.hpp"
#include "io/spool/scratch_file.hpp"

namespace gridmill::io {

/// Keeps pieces of columns: in memory as long as they fit, those beyond in a file without a name, which vanishes with
/// its owner however that ends.
class ColumnSpool {
 public:
  using PieceId = std::size_t;

  struct Limits {
    std::size_t memory = static_cast<std::size_t>(-1);  // [bytes] of pieces
    std::filesystem::path folder;                       // where the file is made; empty: the working directory
    std::filesystem::path shown_as;                     // what messages call it: the file that is being made
  };

  explicit ColumnSpool(Limits limits)
      : memory_limit_(limits.memory), file_({.folder = limits.folder, .shown_as = limits.shown_as}) {}

  /// Errors: RunError naming `shown_as` when the disk is full.
  PieceId keep(core::Column&& piece);
  /// Returns a piece, read into `scratch` if it was set aside. Errors: UserError when it cannot be read back.
  [[nodiscard]] const core::Column& piece(PieceId id, core::Column& scratch) const;
  [[nodiscard]] bool in_memory(PieceId id) const { return kept_[id].offset == kInMemory; }
  /// Forgets a piece; its memory can be used again.
  void drop(PieceId id);

  [[nodiscard]] std::size_t bytes_in_memory() const { return memory_; }
  [[nodiscard]] std::uint64_t bytes_in_file() const { return file_.size(); }
  [[nodiscard]] const ScratchPlace& place() const { return file_.place(); }

 private:
  static constexpr std::uint64_t kInMemory = static_cast<std::uint64_t>(-1);

  struct Kept {
    core::Column piece;      // without entries when set aside
    std::size_t n_rows = 0;  // of a piece that was set aside
    bool has_mask = false;
    std::uint64_t offset = kInMemory;
    std::uint64_t n_bytes = 0;
  };

  void set_aside(Kept& kept);

  std::size_t memory_limit_;
  std::vector<Kept> kept_;
  std::size_t memory_ = 0;
  ScratchFile file_;
};

}  // namespace gridmill::io
