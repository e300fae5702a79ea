#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/entity_data.hpp"
#include "core/table.hpp"
#include "features/columns/column.hpp"
#include "io/store/matrix_part.hpp"
#include "jobs/features/plan/features_plan.hpp"

namespace gridmill::jobs {

/// Where the parts of a matrix are, written or not.
struct PartFiles {
  std::vector<core::ColumnType> types;  // of the columns
  std::vector<PartRange> ranges;
  std::vector<std::filesystem::path> files;
  std::uint64_t fingerprint = 0;

  [[nodiscard]] io::PartHeader header(std::size_t part) const;
  [[nodiscard]] std::size_t n_rows() const { return ranges.empty() ? 0 : ranges.back().first + ranges.back().n; }
};

/// Returns how a part tells what codes mean, and back.
io::CodeMeaning meaning_of(const features::Dictionary& dictionary);
features::DictionaryRef dictionary_of(const io::CodeMeaning& meaning);

/// The columns of a matrix whose parts are written. Keeps a few files open. Not for several threads.
/// Errors: UserError naming the part that is damaged.
class PartedMatrix {
 public:
  static constexpr std::size_t kMostOpen = 64;  // files

  explicit PartedMatrix(const PartFiles& files) : files_(files) {}

  [[nodiscard]] const PartFiles& files() const { return files_; }
  /// Returns what the codes of a column mean in all parts together; null for other columns.
  const features::DictionaryRef& dictionary(std::size_t column);
  /// Says whether each part has its codes in that meaning.
  bool has_common_codes(std::size_t column);
  /// Returns what the codes of a column mean in one part.
  const features::DictionaryRef& dictionary(std::size_t column, std::size_t part);

  features::Column read(std::size_t column, std::size_t first, std::size_t n);
  features::Column read(std::size_t column, std::span<const core::RowId> rows);

 private:
  struct Meanings {
    std::vector<std::vector<features::DictionaryRef>> by_part;  // by categorical column
    std::vector<features::DictionaryRef> common;                // by categorical column
  };

  const io::MatrixPart& part(std::size_t index);
  features::Column read_part(std::size_t column, std::size_t index, std::size_t first, std::size_t n);
  const Meanings& meanings();
  [[nodiscard]] std::size_t part_of(std::size_t row) const;

  const PartFiles& files_;
  std::list<std::pair<std::size_t, io::MatrixPart>> open_;  // the latest used first
  std::optional<Meanings> meanings_;
};

}  // namespace gridmill::jobs
