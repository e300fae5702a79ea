#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace gridmill::jobs {

/// A fit whose time is known or wanted.
struct PacedFit {
  std::size_t number = 0;  // of its candidate among all there are
  std::string key;         // equal for candidates that share work
  double n_rows = 0;       // that it is trained on
  double cost = 0;         // Family::cost
};

/// How fast fits of one family are, by those that were timed.
///
/// Times are known at levels, each of about equal numbers of rows; those at few rows cost little, so that more
/// candidates are tried there. What a candidate takes a unit of cost is, at a level: what it took, if it was tried
/// there; else what it is foreseen to take at the level below, corrected by how much those tried at both were wrong (of
/// the same key, if there are any); at the lowest level, what those of the same key did whose costs are nearest.
/// Between two levels it goes from one to the other as a power of the rows. Pure: no clock is read.
class FitPace {
 public:
  /// Adds a level; `n_rows` is greater than that of the last one.
  void add_level(double n_rows);
  /// Adds a fit timed at the last level. Requires: cost > 0.
  void add(const PacedFit& fit, double seconds);

  [[nodiscard]] bool is_known() const;
  /// Rows of the highest level at which fits were timed.
  [[nodiscard]] double most_rows() const;
  [[nodiscard]] double seconds(const PacedFit& fit) const;

 private:
  struct Timed {
    std::size_t number = 0;
    double cost = 0;
    double seconds = 0;
  };
  struct Level {
    double n_rows = 0;
    std::map<std::string, std::vector<Timed>> by_key;
    std::map<std::size_t, double> rate_of;  // by candidate
  };

  [[nodiscard]] double rate(std::size_t which, const PacedFit& fit) const;
  [[nodiscard]] double correction(std::size_t which, const std::string& key) const;
  static double near_rate(const Level& level, const PacedFit& fit);

  std::vector<Level> levels_;  // by rows, ascending
};

}  // namespace gridmill::jobs
