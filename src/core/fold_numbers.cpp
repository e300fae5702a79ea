#include "core/fold_numbers.hpp"

#include <numeric>

namespace gridmill::core {

namespace {

/// How many of the positions first, first + step, first + 2 step, ... lie in [0, end).
std::size_t count_below(std::size_t end, std::size_t first, std::size_t step) {
  return end > first ? (end - first - 1) / step + 1 : 0;
}

/// Classes that occur, in the order of their first sample.
std::vector<std::size_t> by_first_appearance(std::span<const std::size_t> class_of, std::size_t n_classes) {
  std::vector<bool> seen(n_classes, false);
  std::vector<std::size_t> order;
  for (const std::size_t code : class_of) {
    if (!seen[code]) order.push_back(code);
    seen[code] = true;
  }
  return order;
}

}  // namespace

std::vector<Index> k_fold_numbers(std::size_t n_samples, std::size_t n_folds, NumpyRandom* shuffler) {
  std::vector<Index> order(n_samples);
  std::iota(order.begin(), order.end(), Index{0});
  if (shuffler != nullptr) shuffler->shuffle(std::span(order));
  const std::size_t size = n_samples / n_folds;
  const std::size_t n_larger = n_samples % n_folds;  // the first folds hold one sample more
  std::vector<Index> fold_of(n_samples);
  std::size_t next = 0;
  for (std::size_t k = 0; k < n_folds; ++k) {
    const std::size_t end = next + size + (k < n_larger ? 1 : 0);
    for (; next < end; ++next) fold_of[order[next]] = static_cast<Index>(k);
  }
  return fold_of;
}

std::vector<Index> stratified_fold_numbers(std::span<const std::size_t> class_of, std::size_t n_classes,
                                           std::size_t n_folds, NumpyRandom* shuffler) {
  std::vector<std::size_t> count(n_classes, 0);
  for (const std::size_t code : class_of) ++count[code];
  std::vector<std::vector<Index>> folds_of_class(n_classes);
  std::size_t begin = 0;
  for (const std::size_t code : by_first_appearance(class_of, n_classes)) {
    // The classes lie end to end and the folds take turns: this many turns of each fold fall to this class.
    const std::size_t end = begin + count[code];
    std::vector<Index>& folds = folds_of_class[code];
    for (std::size_t fold = 0; fold < n_folds; ++fold) {
      const std::size_t turns = count_below(end, fold, n_folds) - count_below(begin, fold, n_folds);
      folds.insert(folds.end(), turns, static_cast<Index>(fold));
    }
    if (shuffler != nullptr) shuffler->shuffle(std::span(folds));
    begin = end;
  }
  std::vector<Index> fold_of;
  fold_of.reserve(class_of.size());
  std::vector<std::size_t> used(n_classes, 0);
  for (const std::size_t code : class_of) fold_of.push_back(folds_of_class[code][used[code]++]);
  return fold_of;
}

}  // namespace gridmill::core
