#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/numpy_argsort.hpp"
#include "core/numpy_sum.hpp"
#include "search/fold_assignment.hpp"

namespace gridmill::search {

namespace {

/// Group codes without the gaps that codes absent from these samples leave.
std::vector<std::size_t> dense(std::span<const std::int64_t> group) {
  std::vector<std::int64_t> codes(group.begin(), group.end());
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  std::vector<std::size_t> positions;
  positions.reserve(group.size());
  for (const std::int64_t code : group) {
    positions.push_back(static_cast<std::size_t>(std::lower_bound(codes.begin(), codes.end(), code) - codes.begin()));
  }
  return positions;
}

std::size_t number_of(const std::vector<std::size_t>& groups) {
  return groups.empty() ? 0 : *std::max_element(groups.begin(), groups.end()) + 1;
}

/// With fewer there would be folds that test nothing.
void require_groups(std::size_t n_groups, std::size_t n_folds) {
  if (n_groups >= n_folds) return;
  throw core::UserError(fmt::format("cannot make {} folds of {} groups", n_folds, n_groups),
                        "a group is never split over folds");
}

using ClassRow = std::vector<double>;  // one entry a class

/// Puts one group after the other into the fold where the class shares of the folds differ least.
class BalancedFolds {
 public:
  BalancedFolds(const std::vector<std::size_t>& class_count, std::size_t n_folds)
      : class_count_(class_count), folds_(n_folds, ClassRow(class_count.size(), 0.0)) {}

  std::size_t add(const ClassRow& group) {
    std::size_t best = 0;
    double best_spread = std::numeric_limits<double>::infinity();
    double best_size = std::numeric_limits<double>::infinity();
    for (std::size_t fold = 0; fold < folds_.size(); ++fold) {
      const double size = std::accumulate(folds_[fold].begin(), folds_[fold].end(), 0.0);
      const double spread = spread_with(fold, group);
      if (spread < best_spread || (is_close(spread, best_spread) && size < best_size)) {
        best = fold;
        best_spread = spread;
        best_size = size;
      }
    }
    add(folds_[best], group, 1);
    return best;
  }

 private:
  static void add(ClassRow& row, const ClassRow& group, double sign) {
    for (std::size_t c = 0; c < row.size(); ++c) row[c] += sign * group[c];
  }

  // numpy.isclose with its default tolerances
  static bool is_close(double a, double b) { return std::abs(a - b) <= 1e-8 + 1e-5 * std::abs(b); }

  /// Mean over classes of the standard deviation over folds of the class's share, if `group` went to `fold`.
  double spread_with(std::size_t fold, const ClassRow& group) {
    add(folds_[fold], group, 1);
    std::vector<double> deviation(class_count_.size());
    for (std::size_t c = 0; c < deviation.size(); ++c) deviation[c] = deviation_of(c);
    add(folds_[fold], group, -1);
    return core::numpy_average(deviation);
  }

  [[nodiscard]] double deviation_of(std::size_t c) const {
    std::vector<double> share;
    share.reserve(folds_.size());
    for (const ClassRow& row : folds_) share.push_back(row[c] / static_cast<double>(class_count_[c]));
    // numpy sums down the columns of a matrix row by row; a single column is contiguous and summed pairwise.
    if (class_count_.size() == 1) return core::numpy_std(share, core::numpy_average(share));
    const auto n = static_cast<double>(share.size());
    const double mean = std::accumulate(share.begin(), share.end(), 0.0) / n;
    double squares = 0;
    for (const double value : share) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / n);
  }

  std::vector<std::size_t> class_count_;
  std::vector<ClassRow> folds_;
};

/// Groups by decreasing spread of their class counts; equal ones stay in order.
std::vector<std::size_t> by_spread(const std::vector<ClassRow>& groups) {
  std::vector<double> spread;
  spread.reserve(groups.size());
  for (const ClassRow& row : groups) spread.push_back(core::numpy_std(row, core::numpy_average(row)));
  std::vector<std::size_t> order(groups.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return spread[a] > spread[b]; });
  return order;
}

FoldOf folds_of_samples(const std::vector<std::size_t>& groups, const std::vector<std::size_t>& fold_of_group) {
  FoldOf fold_of;
  fold_of.reserve(groups.size());
  for (const std::size_t group : groups) fold_of.push_back(static_cast<core::Index>(fold_of_group[group]));
  return fold_of;
}

}  // namespace

FoldOf assign_groups(std::span<const std::int64_t> group, std::size_t n_folds) {
  const std::vector<std::size_t> groups = dense(group);
  const std::size_t n_groups = number_of(groups);
  require_groups(n_groups, n_folds);
  std::vector<std::int64_t> sizes(n_groups, 0);
  for (const std::size_t code : groups) ++sizes[code];
  std::vector<std::size_t> order = core::numpy_argsort(sizes);
  std::reverse(order.begin(), order.end());
  std::vector<std::int64_t> load(n_folds, 0);
  std::vector<std::size_t> fold_of_group(n_groups);
  for (const std::size_t code : order) {
    const auto lightest = std::min_element(load.begin(), load.end());
    *lightest += sizes[code];
    fold_of_group[code] = static_cast<std::size_t>(lightest - load.begin());
  }
  return folds_of_samples(groups, fold_of_group);
}

FoldOf assign_stratified_groups(const ClassCounts& classes, std::span<const std::int64_t> group, std::size_t n_folds,
                                core::NumpyRandom* shuffler) {
  const std::vector<std::size_t> groups = dense(group);
  require_groups(number_of(groups), n_folds);
  std::vector<ClassRow> rows(number_of(groups), ClassRow(classes.count.size(), 0.0));
  for (std::size_t i = 0; i < groups.size(); ++i) rows[groups[i]][classes.code_of[i]] += 1;
  // scikit-learn shuffles the counts but not the groups they belong to: a shuffled group is balanced by the
  // counts of another. So do we; the splits are to be the same.
  if (shuffler != nullptr) shuffler->shuffle(std::span(rows));
  BalancedFolds folds(classes.count, n_folds);
  std::vector<std::size_t> fold_of_group(rows.size());
  for (const std::size_t code : by_spread(rows)) fold_of_group[code] = folds.add(rows[code]);
  return folds_of_samples(groups, fold_of_group);
}

}  // namespace gridmill::search
