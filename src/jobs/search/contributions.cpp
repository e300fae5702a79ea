#include "jobs/search/contributions.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "core/error.hpp"
#include "core/frame.hpp"
#include "jobs/dataset/dataset_block.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kExplainedRows = 150;
constexpr std::size_t kExplainedFeatures = 12;

core::Dataset explained_rows(const core::Dataset& data) {
  const std::size_t step = std::max<std::size_t>(1, (data.n_samples() + kExplainedRows - 1) / kExplainedRows);
  std::vector<core::Index> rows;
  for (std::size_t i = 0; i < data.n_samples(); i += step) rows.push_back(static_cast<core::Index>(i));
  return take(data, rows);
}

/// The rows of `added` by how much they add, up or down; the last one, what is there without any feature, is none.
std::vector<std::pair<double, std::size_t>> features_that_add_most(const core::Matrix& added) {
  std::vector<std::pair<double, std::size_t>> all;
  for (std::size_t f = 0; f + 1 < added.n_rows; ++f) {
    double sum = 0;
    for (std::size_t i = 0; i < added.n_cols; ++i) sum += std::abs(added(f, i));
    all.emplace_back(sum / static_cast<double>(added.n_cols), f);
  }
  std::ranges::stable_sort(all, std::ranges::greater(), &std::pair<double, std::size_t>::first);
  all.resize(std::min(all.size(), kExplainedFeatures));
  std::erase_if(all, [](const auto& each) { return !(each.first > 0); });
  return all;
}

}  // namespace

std::optional<Contributions> find_contributions(const models::Family& family, const search::FittedPipeline& pipeline,
                                                const SearchData& data, const std::vector<std::string>& names) {
  const core::Dataset& all = data.held_out ? *data.held_out : data.train;
  if (!family.abilities().explains || all.is_sparse() || all.n_samples() == 0 || pipeline.steps.is_sparse()) return {};
  const core::Dataset rows = explained_rows(all);
  const core::Frame frame = core::frame_of(rows);
  core::Matrix added;
  core::Matrix given;
  try {
    added = pipeline.explain(frame, models::Explanation::contributions);
    given = pipeline.steps.empty() ? core::Matrix(rows.x.data, rows.x.n_features, rows.x.n_samples)
                                   : pipeline.steps.apply(frame);
  } catch (const core::UserError&) {
    return {};  // a model that cannot be asked, or rows that a step cannot be done to: said elsewhere
  }
  if (added.n_rows != names.size() + 1 || given.n_rows != names.size()) return {};  // several outputs
  Contributions found{.features = {}, .mean = {}, .n_rows = added.n_cols, .added = {}, .value = {}};
  for (const auto& [mean, f] : features_that_add_most(added)) {
    found.features.push_back(names[f]);
    found.mean.push_back(mean);
    for (std::size_t i = 0; i < added.n_cols; ++i) {
      found.added.push_back(added(f, i));
      found.value.push_back(given(f, i));
    }
  }
  if (found.features.empty()) return {};
  return found;
}

}  // namespace gridmill::jobs
