#include "jobs/audit/small_search.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "core/matrix.hpp"
#include "core/numpy_sum.hpp"
#include "jobs/dataset/dataset_block.hpp"
#include "search/evaluate.hpp"

namespace gridmill::jobs {

namespace {

using core::Index;

std::vector<Index> thinned(const std::vector<Index>& rows) {
  constexpr std::size_t kMost = 2000;
  if (rows.size() <= kMost) return rows;
  std::vector<Index> some;
  for (std::size_t i = 0; i < kMost; ++i) some.push_back(rows[i * rows.size() / kMost]);
  return some;
}

bool is_among(std::span<const std::string> names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// A copy in which some columns hold the same in each row.
class Hidden {
 public:
  Hidden(const core::Dataset& data, std::span<const std::string> names) : data_(data) {
    if (data.is_sparse()) {
      value_.assign(data.sparse.value.begin(), data.sparse.value.end());
      for (std::size_t entry = 0; entry < value_.size(); ++entry) {
        if (is_among(names, data.feature_names[data.sparse.feature[entry]])) value_[entry] = 0;
      }
      data_.sparse.value = value_;
    } else if (data.n_features() > 0) {
      x_ = core::Matrix(data.x.data, data.x.n_features, data.x.n_samples);
      for (std::size_t feature = 0; feature < data.n_features(); ++feature) {
        if (is_among(names, data.feature_names[feature])) x_.row(feature).zeros();
      }
      data_.x = core::MatrixView(x_);
    }
    codes_.assign(data.n_samples(), 0);
    for (core::Words& words : data_.words) {
      if (is_among(names, words.name)) words.codes = codes_;
    }
  }
  [[nodiscard]] const core::Dataset& data() const { return data_; }

 private:
  core::Dataset data_;
  core::Matrix x_;
  std::vector<double> value_;
  std::vector<std::int32_t> codes_;
};

}  // namespace

SmallSearch::SmallSearch(const search::SearchPlan& plan, const search::Round& round, const core::Dataset& data)
    : plan_(plan), round_(round) {
  const auto first = plan.folds.begin() + static_cast<std::ptrdiff_t>(round.first_fold);
  plan_.folds.assign(first, first + static_cast<std::ptrdiff_t>(round.n_folds));
  plan_.fold_number.clear();
  round_.first_fold = 0;
  plan_.rounds = {round_};
  std::map<Index, Index> place;  // by row of the data: which it is here
  for (search::Fold& fold : plan_.folds) {
    for (std::vector<Index>* rows : {&fold.train, &fold.test}) {
      *rows = thinned(*rows);
      for (const Index row : *rows) place.emplace(row, 0);
    }
  }
  std::vector<Index> kept;
  for (auto& [row, at] : place) {
    at = static_cast<Index>(kept.size());
    kept.push_back(row);
  }
  for (search::Fold& fold : plan_.folds) {
    for (std::vector<Index>* rows : {&fold.train, &fold.test}) {
      for (Index& row : *rows) row = place.at(row);
    }
  }
  data_ = take(data, kept);
}

std::optional<FoldScores> SmallSearch::score(std::size_t candidate, std::size_t metric,
                                             std::span<const std::string> hidden) const {
  const Hidden without(data_, hidden);
  search::Evaluator evaluator(plan_, hidden.empty() ? data_ : without.data(),
                              {.memory_bytes = std::size_t{1} << 30U, .memory = nullptr, .n_ranks = 0});
  std::vector<double> scores;
  for (std::size_t fold = 0; fold < round_.n_folds; ++fold) {
    const search::Bundle bundle = search::bundle_of({.candidate = candidate, .fold = fold});
    scores.push_back(evaluator.evaluate(bundle).front().test_scores[metric]);
  }
  const double mean = core::numpy_average(scores);
  if (std::isnan(mean)) return std::nullopt;
  return FoldScores{mean, core::numpy_std(scores, mean)};
}

}  // namespace gridmill::jobs
