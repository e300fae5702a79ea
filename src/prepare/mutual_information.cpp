#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>
#include <boost/math/special_functions/digamma.hpp>

#include "core/error.hpp"
#include "core/numpy_random.hpp"
#include "core/numpy_sum.hpp"
#include "prepare/column_statistics.hpp"
#include "prepare/feature_scores.hpp"

namespace gridmill::prepare {

namespace {

constexpr std::size_t kNeighbours = 3;

double digamma(std::size_t n) { return boost::math::digamma(static_cast<double>(n)); }

double mean_of(const std::vector<double>& values) {
  return core::numpy_sum(values) / static_cast<double>(values.size());
}

/// The greatest distance below one.
double just_below(double distance) { return std::nextafter(distance, 0.0); }

/// Values in ascending order, and where each stands.
struct Ranked {
  explicit Ranked(const std::vector<double>& values) : order(values.size()), place(values.size()) {
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return values[i]; });
    for (std::size_t p = 0; p < order.size(); ++p) {
      place[order[p]] = p;
      sorted.push_back(values[order[p]]);
    }
  }

  /// Returns how many values lie within `radius` of the one at `at`, itself included.
  [[nodiscard]] std::size_t count_within(std::size_t at, double radius) const {
    const double x = sorted[at];
    const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(at);
    const auto first = std::partition_point(sorted.begin(), middle, [&](double value) { return x - value > radius; });
    const auto last = std::partition_point(middle, sorted.end(), [&](double value) { return value - x <= radius; });
    return static_cast<std::size_t>(last - first);
  }

  std::vector<std::size_t> order;
  std::vector<std::size_t> place;
  std::vector<double> sorted;
};

/// Visits the values around one, the nearest first.
class Neighbours {
 public:
  Neighbours(const std::vector<double>& sorted, std::size_t at) : sorted_(sorted), at_(at), below_(at), above_(at) {}

  /// Returns the distance of the next one; infinite: there is none.
  [[nodiscard]] double distance() const { return std::fmin(to_below(), to_above()); }
  /// Returns where it stands, and goes on.
  std::size_t take() { return to_below() <= to_above() ? --below_ : ++above_; }

 private:
  static constexpr double kNone = std::numeric_limits<double>::infinity();

  [[nodiscard]] double to_below() const { return below_ == 0 ? kNone : sorted_[at_] - sorted_[below_ - 1]; }
  [[nodiscard]] double to_above() const {
    return above_ + 1 == sorted_.size() ? kNone : sorted_[above_ + 1] - sorted_[at_];
  }

  const std::vector<double>& sorted_;
  std::size_t at_;
  std::size_t below_;  // the last one taken
  std::size_t above_;
};

/// Source: _compute_mi_cd; B. C. Ross, Mutual Information between Discrete and Continuous Data Sets, 2014.
double with_classes(const std::vector<double>& x, const std::vector<std::vector<std::size_t>>& members) {
  std::vector<double> all;
  std::vector<double> radius;
  std::vector<double> of_neighbours;
  std::vector<double> of_counts;
  for (const std::vector<std::size_t>& rows : members) {
    if (rows.size() < 2) continue;  // says nothing
    const std::size_t k = std::min(kNeighbours, rows.size() - 1);
    std::vector<double> own;
    for (const std::size_t row : rows) own.push_back(x[row]);
    std::ranges::sort(own);
    for (std::size_t at = 0; at < own.size(); ++at) {
      Neighbours neighbours(own, at);
      for (std::size_t i = 1; i < k; ++i) neighbours.take();
      all.push_back(own[at]);
      radius.push_back(just_below(neighbours.distance()));
      of_neighbours.push_back(digamma(k));
      of_counts.push_back(digamma(own.size()));
    }
  }
  if (all.empty()) return 0;
  const Ranked ranked(all);
  std::vector<double> of_near;
  for (std::size_t i = 0; i < all.size(); ++i)
    of_near.push_back(digamma(ranked.count_within(ranked.place[i], radius[i])));
  return std::max(0.0, digamma(all.size()) + mean_of(of_neighbours) - mean_of(of_counts) - mean_of(of_near));
}

/// The nearest rows of one, by the greater of two distances.
class Nearest {
 public:
  Nearest() { distance_.fill(std::numeric_limits<double>::infinity()); }

  [[nodiscard]] double farthest() const { return distance_.back(); }
  void add(std::size_t row, double distance) {
    if (distance >= farthest() || std::ranges::find(row_, row) != row_.end()) return;
    std::size_t i = kNeighbours - 1;
    for (; i > 0 && distance_[i - 1] > distance; --i) {
      distance_[i] = distance_[i - 1];
      row_[i] = row_[i - 1];
    }
    distance_[i] = distance;
    row_[i] = row;
  }

 private:
  std::array<double, kNeighbours> distance_;  // ascending
  std::array<std::size_t, kNeighbours> row_{std::numeric_limits<std::size_t>::max(),
                                            std::numeric_limits<std::size_t>::max(),
                                            std::numeric_limits<std::size_t>::max()};
};

/// The distance to the last of the nearest rows. Rows are visited by both orders at once: as soon as the next one by
/// either is too far away, no other is nearer.
double radius_of(std::size_t row, const Ranked& x, const Ranked& y) {
  const double own_x = x.sorted[x.place[row]];
  const double own_y = y.sorted[y.place[row]];
  const auto distance_to = [&](std::size_t other) {
    return std::fmax(std::abs(x.sorted[x.place[other]] - own_x), std::abs(y.sorted[y.place[other]] - own_y));
  };
  Nearest nearest;
  Neighbours by_x(x.sorted, x.place[row]);
  Neighbours by_y(y.sorted, y.place[row]);
  while (by_x.distance() < nearest.farthest() && by_y.distance() < nearest.farthest()) {
    const std::size_t next_x = x.order[by_x.take()];
    nearest.add(next_x, distance_to(next_x));
    const std::size_t next_y = y.order[by_y.take()];
    nearest.add(next_y, distance_to(next_y));
  }
  return nearest.farthest();
}

/// Source: _compute_mi_cc; A. Kraskov, H. Stogbauer and P. Grassberger, Estimating mutual information, 2004.
double with_values(const std::vector<double>& of_x, const Ranked& y) {
  const Ranked x(of_x);
  std::vector<double> of_near_x;
  std::vector<double> of_near_y;
  for (std::size_t row = 0; row < of_x.size(); ++row) {
    const double radius = just_below(radius_of(row, x, y));
    of_near_x.push_back(digamma(x.count_within(x.place[row], radius)));
    of_near_y.push_back(digamma(y.count_within(y.place[row], radius)));
  }
  return std::max(0.0, digamma(of_x.size()) + digamma(kNeighbours) - mean_of(of_near_x) - mean_of(of_near_y));
}

/// The features of the rows divided by their standard deviations: n_features x rows, with noise that tells equal values
/// apart.
core::Matrix scaled_with_noise(const core::MatrixView& x, const Lesson& lesson, core::NumpyRandom& random) {
  std::vector<double> scale = variances(x, lesson);
  for (double& each : scale) each = divisor(std::sqrt(each));
  core::Matrix out(x.n_features, lesson.rows.size(), arma::fill::none);
  for (std::size_t i = 0; i < lesson.rows.size(); ++i) {
    const std::span<const double> row = x.sample(lesson.rows[i]);
    for (std::size_t j = 0; j < scale.size(); ++j) out(j, i) = row[j] / scale[j];
  }
  std::vector<core::Index> all(lesson.rows.size());
  std::iota(all.begin(), all.end(), core::Index{0});
  const std::vector<double> sums = column_sums(out, all, [](double value, std::size_t) { return std::abs(value); });
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < scale.size(); ++j) {
      const double mean = std::max(1.0, sums[j] / static_cast<double>(all.size()));
      out(j, i) += 1e-10 * mean * random.normal();
    }
  }
  return out;
}

std::vector<double> target_with_noise(std::span<const double> y, core::NumpyRandom& random) {
  std::vector<double> out(y.begin(), y.end());
  const double scale = divisor(core::numpy_std(out, core::numpy_average(out)));
  std::vector<double> magnitudes;
  for (double& value : out) {
    value /= scale;
    magnitudes.push_back(std::abs(value));
  }
  const double mean = std::max(1.0, mean_of(magnitudes));
  for (double& value : out) value += 1e-10 * mean * random.normal();
  return out;
}

}  // namespace

std::vector<double> mutual_information(const core::MatrixView& x, const Lesson& lesson) {
  refuse_missing(x, lesson, "mutual_information");
  const std::size_t n = lesson.rows.size();
  if (n <= kNeighbours) {
    throw core::UserError(fmt::format("keep_by: mutual_information needs more than {} rows, not {}", kNeighbours, n));
  }
  core::NumpyRandom random(lesson.labels.seed);
  const core::Matrix scaled = scaled_with_noise(x, lesson, random);
  const bool classifies = lesson.labels.task == core::Task::classification;
  std::vector<std::vector<std::size_t>> members(lesson.labels.n_classes);
  for (std::size_t i = 0; classifies && i < n; ++i) members[static_cast<std::size_t>(lesson.labels.y[i])].push_back(i);
  const Ranked y(classifies ? std::vector<double>{} : target_with_noise(lesson.labels.y, random));
  std::vector<double> out;
  for (std::size_t j = 0; j < x.n_features; ++j) {
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = scaled(j, i);
    out.push_back(classifies ? with_classes(values, members) : with_values(values, y));
  }
  return out;
}

}  // namespace gridmill::prepare
