#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/dataset.hpp"

namespace gridmill::jobs {

/// The arrays of a column of words (see core::Words).
struct WordArrays {
  std::string name;
  core::ColumnType type = core::ColumnType::categorical;
  std::vector<std::uint64_t> start{0};
  std::string bytes;
  std::vector<std::int32_t> codes;

  /// Appends a word to the list.
  void add(std::string_view word) {
    bytes += word;
    start.push_back(bytes.size());
  }
  [[nodiscard]] core::Words view() const { return {name, type, {start, bytes}, codes}; }
};

/// The arrays of a Dataset while they are being made.
struct DatasetArrays {
  core::Matrix x;             // n_features x n_samples; empty if `sparse` is not
  core::SparseMatrix sparse;  // the same with its 0s left out; of no samples: see `x`
  std::vector<WordArrays> words;
  std::vector<double> y;                // n_samples
  std::vector<double> weight;           // n_samples or empty
  std::vector<std::int64_t> group;      // n_samples or empty
  std::vector<std::int64_t> test_fold;  // n_samples or empty
  std::vector<std::int64_t> row;        // n_samples
};

/// Returns a Dataset that owns `arrays`; classes, names and task are left to the caller.
core::Dataset own(DatasetArrays arrays);

/// Returns a copy of the samples `rows` (any order) that owns its arrays.
core::Dataset take(const core::Dataset& data, std::span<const core::Index> rows);

/// Lays a dataset out as one block of bytes that every rank of a node can read in place (same machine type).
/// Deterministic: equal datasets give equal bytes, so a hash of the block identifies the data.
std::string pack(const core::Dataset& data);

/// Returns a Dataset whose arrays lie in `block`, which `pack` made; `owner` keeps the block alive.
/// Requires: block is aligned to 64 bytes.
core::Dataset unpack(std::span<const std::byte> block, std::shared_ptr<const void> owner);

}  // namespace gridmill::jobs
