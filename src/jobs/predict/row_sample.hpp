#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/sampled_rows.hpp"
#include "core/table.hpp"

namespace gridmill::jobs {

/// Which rows of a source are predicted, read slice by slice: all, or a sample of them.
class RowSample {
 public:
  RowSample(std::size_t n_rows, std::optional<std::size_t> wanted) : is_whole_(!wanted || *wanted >= n_rows) {
    if (!is_whole_) rows_ = core::sampled_rows(n_rows, *wanted);
  }

  [[nodiscard]] bool is_whole() const { return is_whole_; }
  /// Returns the rows of the sample among the `n` from `first` on, counted from there.
  [[nodiscard]] std::vector<std::size_t> rows_of(std::size_t first, std::size_t n) const {
    std::vector<std::size_t> rows;
    for (auto at = std::lower_bound(rows_.begin(), rows_.end(), first); at != rows_.end() && *at < first + n; ++at) {
      rows.push_back(*at - first);
    }
    return rows;
  }

 private:
  bool is_whole_;
  std::vector<std::size_t> rows_;
};

/// Returns the rows whose cell is missing, or those whose cell is not.
std::vector<std::size_t> rows_where(const core::Column& column, bool missing);

/// Returns what to say of a sample of `wanted` of `n_rows` rows.
std::string sample_remark(std::size_t wanted, std::size_t n_rows);

}  // namespace gridmill::jobs
