#include "search/cv_results.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <numeric>
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

/// The records of study 0, by row of its table and fold of its row.
class RecordTable {
 public:
  RecordTable(const SearchPlan& plan, std::span<const FitRecord> records) {
    std::vector<const Round*> round_of(plan.candidates.size(), nullptr);
    std::vector<std::size_t> row_of(plan.candidates.size(), 0);
    const std::vector<Round> rounds = rounds_of(plan);
    for (const Round& round : rounds) {
      for (std::size_t i = 0; i < round.n_candidates; ++i) {
        round_of[round.first_candidate + i] = &round;
        row_of[round.first_candidate + i] = rows_.size();
        rows_.emplace_back(round.n_folds, nullptr);
      }
    }
    for (const FitRecord& record : records) {
      const Round* round = round_of.at(record.candidate);
      if (round == nullptr) continue;  // of another study
      const FitRecord*& place = rows_[row_of[record.candidate]].at(record.fold - round->first_fold);
      GRIDMILL_ASSERT(place == nullptr, "each trial is recorded once");
      place = &record;
    }
    for (const auto& row : rows_) {
      GRIDMILL_ASSERT(std::find(row.begin(), row.end(), nullptr) == row.end(), "each trial is recorded");
    }
  }

  template <class Get>
  [[nodiscard]] Table collect(Get get) const {
    Table table(rows_.size());
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      for (const FitRecord* record : rows_[row]) table[row].push_back(get(*record));
    }
    return table;
  }

 private:
  std::vector<std::vector<const FitRecord*>> rows_;
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

/// As scikit-learn's parameters stand: what is rationed is set after all else.
core::ValueMapping entries_of(const SearchPlan& plan, std::size_t candidate) {
  core::ValueMapping entries = ordered(plan.candidates[candidate], plan.param_order);
  std::ranges::stable_partition(entries, [&](const auto& entry) { return entry.first != plan.rationed; });
  return entries;
}

void store_params(CvResults& results, const SearchPlan& plan, const std::vector<Round>& rounds) {
  std::vector<CvColumn> columns;  // in order of first use
  std::map<std::string, std::size_t> position;
  CvColumn all{.name = "params", .kind = CvColumn::Kind::params};
  for (const Round& round : rounds) {
    for (std::size_t i = 0; i < round.n_candidates; ++i) {
      core::ValueMapping entries = entries_of(plan, round.first_candidate + i);
      const std::size_t row = all.values.size();
      for (const auto& [name, value] : entries) {
        const auto [entry, is_new] = position.emplace(name, columns.size());
        if (is_new) columns.push_back({.name = "param_" + name, .kind = CvColumn::Kind::param});
        std::vector<std::optional<core::Value>>& values = columns[entry->second].values;
        values.resize(row + 1);
        values[row] = value;
      }
      all.values.emplace_back(std::move(entries));
    }
  }
  for (CvColumn& column : columns) column.values.resize(all.values.size());
  std::move(columns.begin(), columns.end(), std::back_inserter(results.columns));
  results.columns.push_back(std::move(all));
}

/// The columns that scikit-learn's successive halving puts first; of several brackets their number before them.
void store_rounds(CvResults& results, const std::vector<Round>& rounds) {
  if (rounds.empty() || rounds.front().n_resources == 0) return;
  std::vector<double> bracket;
  std::vector<double> iteration;
  std::vector<double> n_resources;
  std::size_t n_before = 0;  // rounds of brackets before
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    if (i > 0 && rounds[i].bracket != rounds[i - 1].bracket) n_before = i;
    bracket.insert(bracket.end(), rounds[i].n_candidates, static_cast<double>(rounds[i].bracket));
    iteration.insert(iteration.end(), rounds[i].n_candidates, static_cast<double>(i - n_before));
    n_resources.insert(n_resources.end(), rounds[i].n_candidates, static_cast<double>(rounds[i].n_resources));
  }
  if (rounds.back().bracket > 0) add(results, "bracket", CvColumn::Kind::integer).numbers = std::move(bracket);
  add(results, "iter", CvColumn::Kind::integer).numbers = std::move(iteration);
  add(results, "n_resources", CvColumn::Kind::integer).numbers = std::move(n_resources);
}

}  // namespace

const CvColumn* CvResults::find(std::string_view name) const {
  const auto it = std::find_if(columns.begin(), columns.end(), [&](const CvColumn& c) { return c.name == name; });
  return it == columns.end() ? nullptr : &*it;
}

std::string metric_column(const SearchPlan& plan, std::size_t id) {
  return plan.scorers.size() == 1 && !plan.named_scores ? "score" : std::string(plan.scorers[id]->name());
}

std::vector<std::size_t> table_rows(const SearchPlan& plan) {
  std::vector<std::size_t> candidates;
  for (const Round& round : rounds_of(plan)) {
    for (std::size_t i = 0; i < round.n_candidates; ++i) candidates.push_back(round.first_candidate + i);
  }
  return candidates;
}

CvResults assemble(const SearchPlan& plan, std::span<const FitRecord> records) {
  const RecordTable table(plan, records);
  const std::vector<Round> rounds = rounds_of(plan);
  CvResults results;
  store_rounds(results, rounds);
  store(results, "fit_time", table.collect([](const FitRecord& r) { return r.fit_time_s; }), Part::time);
  store(results, "score_time", table.collect([](const FitRecord& r) { return r.score_time_s; }), Part::time);
  store_params(results, plan, rounds);
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

std::size_t best_candidate(std::span<const double> means) {
  const std::vector<double> ranks = ranks_of({means.begin(), means.end()});
  return static_cast<std::size_t>(std::min_element(ranks.begin(), ranks.end()) - ranks.begin());
}

std::size_t one_standard_error_candidate(std::span<const double> mean, std::span<const double> deviation,
                                         std::span<const double> complexity, std::size_t n_folds) {
  GRIDMILL_ASSERT(complexity.size() == mean.size(), "there is one complexity a candidate");
  const std::size_t best = best_candidate(mean);
  const double least = mean[best] - deviation[best] / std::sqrt(static_cast<double>(n_folds));
  std::size_t simplest = best;
  for (std::size_t candidate = 0; candidate < mean.size(); ++candidate) {
    const auto order = [&](std::size_t i) { return std::tuple(complexity[i], -mean[i], i); };
    if (mean[candidate] >= least && order(candidate) < order(simplest)) simplest = candidate;
  }
  return simplest;
}

}  // namespace gridmill::search
