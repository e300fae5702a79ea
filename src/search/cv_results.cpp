#include "search/cv_results.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/numpy_sum.hpp"

namespace gridmill::search {

namespace {

using core::Params;
using core::Value;
using Table = std::vector<std::vector<double>>;  // by candidate, fold

/// Collects what `get` reads of each record into a table.
class RecordTable {
 public:
  RecordTable(const SearchPlan& plan, std::span<const FitRecord> records)
      : n_folds_(plan.folds.size()), by_id_(plan.candidates.size() * plan.folds.size(), nullptr) {
    for (const FitRecord& record : records) {
      const FitRecord*& place = by_id_.at(record.candidate * n_folds_ + record.fold);
      GRIDMILL_ASSERT(place == nullptr, "each fit is recorded once");
      place = &record;
    }
    GRIDMILL_ASSERT(std::find(by_id_.begin(), by_id_.end(), nullptr) == by_id_.end(), "each fit is recorded");
  }

  template <class Get>
  [[nodiscard]] Table collect(Get get) const {
    Table table(by_id_.size() / n_folds_);
    for (std::size_t i = 0; i < by_id_.size(); ++i) table[i / n_folds_].push_back(get(*by_id_[i]));
    return table;
  }

 private:
  std::size_t n_folds_;
  std::vector<const FitRecord*> by_id_;  // candidate x n_folds + fold
};

CvColumn& add(CvResults& results, std::string name, CvColumn::Kind kind) {
  return results.columns.emplace_back(CvColumn{.name = std::move(name), .kind = kind});
}

/// numpy.nan_to_num(means, nan=min(means) - 1): infinities become the largest finite numbers too.
std::vector<double> rankable(const std::vector<double>& means) {
  double least = std::numeric_limits<double>::infinity();
  for (const double mean : means) least = std::fmin(least, mean);
  constexpr double kMost = std::numeric_limits<double>::max();
  std::vector<double> result;
  for (const double mean : means) {
    const double value = std::isinf(mean) ? std::copysign(kMost, mean) : mean;
    result.push_back(std::isnan(mean) ? least - 1 : value);
  }
  return result;
}

/// scipy's rankdata(-means, method='min') with scikit-learn's rules for NaN.
std::vector<double> ranks_of(const std::vector<double>& means) {
  const bool none = std::all_of(means.begin(), means.end(), [](double mean) { return std::isnan(mean); });
  if (none) return std::vector<double>(means.size(), 1);
  const std::vector<double> values = rankable(means);
  std::vector<double> descending = values;
  std::sort(descending.begin(), descending.end(), std::greater<>());
  std::vector<double> ranks;
  for (const double value : values) {
    const auto first = std::lower_bound(descending.begin(), descending.end(), value, std::greater<>());
    ranks.push_back(static_cast<double>(first - descending.begin() + 1));
  }
  return ranks;
}

enum class Part { time, test, train };

/// scikit-learn's _store: the values by fold (not of times), their mean and deviation, ranks (of test scores).
void store(CvResults& results, const std::string& name, const Table& table, Part part) {
  const std::size_t n_folds = table.empty() ? 0 : table.front().size();
  for (std::size_t fold = 0; fold < n_folds && part != Part::time; ++fold) {
    CvColumn& column = add(results, fmt::format("split{}_{}", fold, name), CvColumn::Kind::real);
    for (const auto& row : table) column.numbers.push_back(row[fold]);
  }
  CvColumn means{.name = "mean_" + name, .is_timing = part == Part::time};
  CvColumn deviations{.name = "std_" + name, .is_timing = part == Part::time};
  for (const auto& row : table) {
    means.numbers.push_back(core::numpy_average(row));
    deviations.numbers.push_back(core::numpy_std(row, means.numbers.back()));
  }
  const std::vector<double> ranks = part == Part::test ? ranks_of(means.numbers) : std::vector<double>{};
  results.columns.push_back(std::move(means));
  results.columns.push_back(std::move(deviations));
  if (part == Part::test) add(results, "rank_" + name, CvColumn::Kind::integer).numbers = ranks;
}

/// The parameters of a candidate in the order in which scikit-learn names them.
core::ValueMapping ordered(const Params& params, ParamOrder order) {
  core::ValueMapping entries(params.begin(), params.end());
  if (order == ParamOrder::by_name_reversed) std::reverse(entries.begin(), entries.end());
  return entries;
}

void store_params(CvResults& results, const SearchPlan& plan) {
  std::vector<CvColumn> columns;  // in order of first use
  std::map<std::string, std::size_t> position;
  CvColumn all{.name = "params", .kind = CvColumn::Kind::params};
  for (std::size_t candidate = 0; candidate < plan.candidates.size(); ++candidate) {
    core::ValueMapping entries = ordered(plan.candidates[candidate], plan.param_order);
    for (const auto& [name, value] : entries) {
      const auto [entry, is_new] = position.emplace(name, columns.size());
      if (is_new) {
        columns.push_back({.name = "param_" + name, .kind = CvColumn::Kind::param});
        columns.back().values.resize(plan.candidates.size());
      }
      columns[entry->second].values[candidate] = value;
    }
    all.values.emplace_back(std::move(entries));
  }
  std::move(columns.begin(), columns.end(), std::back_inserter(results.columns));
  results.columns.push_back(std::move(all));
}

const CvColumn& column_of(const CvResults& results, const std::string& name) {
  const CvColumn* column = results.find(name);
  GRIDMILL_ASSERT(column != nullptr, "the table has a column " + name);
  return *column;
}

bool same_names(const Params& a, const Params& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const auto& x, const auto& y) { return x.first == y.first; });
}

}  // namespace

const CvColumn* CvResults::find(std::string_view name) const {
  const auto it = std::find_if(columns.begin(), columns.end(), [&](const CvColumn& c) { return c.name == name; });
  return it == columns.end() ? nullptr : &*it;
}

std::string metric_column(const SearchPlan& plan, std::size_t id) {
  return plan.scorers.size() == 1 && !plan.named_scores ? "score" : std::string(plan.scorers[id]->name());
}

CvResults assemble(const SearchPlan& plan, std::span<const FitRecord> records) {
  const RecordTable table(plan, records);
  CvResults results;
  store(results, "fit_time", table.collect([](const FitRecord& r) { return r.fit_time_s; }), Part::time);
  store(results, "score_time", table.collect([](const FitRecord& r) { return r.score_time_s; }), Part::time);
  store_params(results, plan);
  for (std::size_t m = 0; m < plan.scorers.size(); ++m) {
    const std::string metric = metric_column(plan, m);
    store(results, "test_" + metric, table.collect([m](const FitRecord& r) { return r.test_scores.at(m); }),
          Part::test);
    if (!plan.train_scores) continue;
    store(results, "train_" + metric, table.collect([m](const FitRecord& r) { return r.train_scores.at(m); }),
          Part::train);
  }
  return results;
}

std::size_t best_candidate(const CvResults& results, std::string_view metric) {
  const std::vector<double>& ranks = column_of(results, fmt::format("rank_test_{}", metric)).numbers;
  return static_cast<std::size_t>(std::min_element(ranks.begin(), ranks.end()) - ranks.begin());
}

std::size_t one_standard_error_candidate(const CvResults& results, std::string_view metric,
                                         std::span<const double> complexity, std::size_t n_folds) {
  const std::vector<double>& mean = column_of(results, fmt::format("mean_test_{}", metric)).numbers;
  const std::vector<double>& deviation = column_of(results, fmt::format("std_test_{}", metric)).numbers;
  GRIDMILL_ASSERT(complexity.size() == mean.size(), "there is one complexity a candidate");
  const std::size_t best = best_candidate(results, metric);
  const double least = mean[best] - deviation[best] / std::sqrt(static_cast<double>(n_folds));
  std::size_t simplest = best;
  for (std::size_t candidate = 0; candidate < mean.size(); ++candidate) {
    const auto order = [&](std::size_t i) { return std::tuple(complexity[i], -mean[i], i); };
    if (mean[candidate] >= least && order(candidate) < order(simplest)) simplest = candidate;
  }
  return simplest;
}

std::vector<std::string> border_warnings(std::span<const Params> candidates, std::size_t best) {
  std::vector<std::string> warnings;
  for (const auto& [name, value] : candidates[best]) {
    if (!value.is_number()) continue;
    std::set<double> values;
    for (const Params& params : candidates) {
      if (same_names(params, candidates[best]) && params.at(name).is_number()) values.insert(params.at(name).number());
    }
    const bool is_least = value.number() == *values.begin();
    const bool is_greatest = value.number() == *values.rbegin();
    if (values.size() < 3 || !(is_least || is_greatest)) continue;
    warnings.push_back(fmt::format("best {} = {} lies on the border of the grid; try {} values", name,
                                   value.python_repr(), is_least ? "smaller" : "larger"));
  }
  return warnings;
}

}  // namespace gridmill::search
