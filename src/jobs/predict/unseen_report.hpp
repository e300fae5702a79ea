#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "prepare/encode.hpp"

namespace gridmill::jobs {

/// Gathers the words of new rows that a model's training rows did not have. Memory: the first few of a column.
class UnseenReport {
 public:
  void add(const prepare::UnseenWords& words);

  /// Returns a sentence for each column that has any.
  [[nodiscard]] std::vector<std::string> sentences() const;

 private:
  struct Column {
    std::size_t n_rows = 0;
    std::set<std::string> words;  // the first kMost
  };
  static constexpr std::size_t kMost = 1000;

  std::map<std::string, Column> columns_;
};

}  // namespace gridmill::jobs
