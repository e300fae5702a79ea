#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/fold_numbers.hpp"
#include "search/fold_assignment.hpp"

namespace gridmill::search {

namespace {

constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

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
  return core::stratified_fold_numbers(classes.code_of, classes.count.size(), n_folds, shuffler);
}

}  // namespace gridmill::search
