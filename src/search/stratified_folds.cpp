#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "search/fold_assignment.hpp"

namespace gridmill::search {

namespace {

constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

/// How many of the positions first, first + step, first + 2 step, ... lie in [0, end).
std::size_t count_below(std::size_t end, std::size_t first, std::size_t step) {
  return end > first ? (end - first - 1) / step + 1 : 0;
}

/// Positions in `classes.count`, ordered by the first sample of each class.
std::vector<std::size_t> by_first_appearance(const ClassCounts& classes) {
  std::vector<bool> seen(classes.count.size(), false);
  std::vector<std::size_t> order;
  for (const std::size_t code : classes.code_of) {
    if (!seen[code]) order.push_back(code);
    seen[code] = true;
  }
  return order;
}

}  // namespace

ClassCounts::ClassCounts(const core::Dataset& data) {
  if (data.task != core::Task::classification) {
    throw core::UserError("stratified folds need classes, but the target is a number", "use k_fold");
  }
  std::vector<std::size_t> of_code(data.classes.size(), 0);
  for (const double code : data.y) ++of_code[static_cast<std::size_t>(code)];
  std::vector<std::size_t> position(of_code.size(), kAbsent);
  for (std::size_t code = 0; code < of_code.size(); ++code) {
    if (of_code[code] == 0) continue;
    position[code] = count.size();
    count.push_back(of_code[code]);
    name.push_back(data.classes[code]);
  }
  code_of.reserve(data.y.size());
  for (const double code : data.y) code_of.push_back(position[static_cast<std::size_t>(code)]);
}

std::string ClassCounts::check(std::size_t n_folds) const {
  const auto [least, most] = std::minmax_element(count.begin(), count.end());
  const auto name_of = [&](auto it) { return name[static_cast<std::size_t>(it - count.begin())]; };
  if (*most < n_folds) {
    throw core::UserError(fmt::format("cannot make {} stratified folds: every class has fewer samples than that, the "
                                      "largest ('{}') has {}",
                                      n_folds, name_of(most), *most),
                          *most < 2 ? "each row is a class of its own: to predict quantities take svr"
                                    : fmt::format("use at most {} folds, or k_fold", *most));
  }
  if (*least >= n_folds) return "";
  return fmt::format("the smallest class ('{}') has {} {}, fewer than the {} folds: some folds test none of it",
                     name_of(least), *least, *least == 1 ? "sample" : "samples", n_folds);
}

FoldOf assign_stratified(const ClassCounts& classes, std::size_t n_folds, core::NumpyRandom* shuffler) {
  const std::size_t n_samples = classes.code_of.size();
  std::vector<std::vector<core::Index>> folds_of_class(classes.count.size());
  std::size_t begin = 0;
  for (const std::size_t code : by_first_appearance(classes)) {
    // The classes lie end to end and the folds take turns: this many turns of each fold fall to this class.
    const std::size_t end = begin + classes.count[code];
    std::vector<core::Index>& folds = folds_of_class[code];
    for (std::size_t fold = 0; fold < n_folds; ++fold) {
      const std::size_t turns = count_below(end, fold, n_folds) - count_below(begin, fold, n_folds);
      folds.insert(folds.end(), turns, static_cast<core::Index>(fold));
    }
    if (shuffler != nullptr) shuffler->shuffle(std::span(folds));
    begin = end;
  }
  FoldOf fold_of(n_samples);
  std::vector<std::size_t> used(classes.count.size(), 0);
  for (std::size_t i = 0; i < n_samples; ++i) {
    const std::size_t code = classes.code_of[i];
    fold_of[i] = folds_of_class[code][used[code]++];
  }
  return fold_of;
}

}  // namespace gridmill::search
