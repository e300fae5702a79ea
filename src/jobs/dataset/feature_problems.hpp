#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/table.hpp"
#include "jobs/dataset/source_table.hpp"

namespace gridmill::jobs {

/// Gathers what keeps columns from being features, so that all of it is said at once: a line for each column with the
/// place of its first such value (the first ten of a kind; the others by name), and what to do once for all of a kind.
class FeatureProblems {
 public:
  explicit FeatureProblems(const SourceTable& source) : source_(source) {}

  /// The column holds words, of which nothing makes numbers.
  void is_no_number(const core::Column& column);
  /// The column holds times or places.
  void is_time(const core::Column& column);
  /// The column has missing values, and nothing imputes them.
  void is_missing(const core::Column& column);
  void is_infinite(const core::Column& column, std::size_t row);

  /// Errors: one UserError with all problems, if there are any.
  void throw_if_any() const;

 private:
  struct Kind {
    std::vector<std::string> columns;
    std::vector<core::Problem> told;
  };

  static constexpr std::size_t kTold = 10;  // of each kind

  void add(Kind& kind, const core::Column& column, const std::function<core::Problem()>& problem);
  [[nodiscard]] core::Problem first_word(const core::Column& column) const;
  void finish(const Kind& kind, const std::string& others, const std::string& hint,
              std::vector<core::Problem>& problems) const;

  const SourceTable& source_;
  Kind words_;
  Kind times_;
  Kind missing_;
  Kind infinite_;
};

}  // namespace gridmill::jobs
