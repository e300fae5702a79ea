#include "jobs/search/search_memory.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/search_size.hpp"
#include "core/error.hpp"
#include "core/frame.hpp"
#include "core/memory_size.hpp"
#include "core/option.hpp"
#include "prepare/foretold.hpp"
#include "prepare/steps.hpp"
#include "search/candidates.hpp"
#include "search/family_shares.hpp"
#include "search/honest_score.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::jobs {

namespace {

/// What a rank takes before it has done anything, measured.
constexpr std::size_t kProgramBytes = std::size_t{37} << 20U;
/// Predictions that a rank remembers at most: see search::Evaluator::remembers.
constexpr std::size_t kRememberedBytes = std::size_t{16} << 20U;
/// What fits can go on from between rounds, on a rank at most: see search::Evaluator.
constexpr double kPausedBytes = 64.0 * (1U << 20U);
/// Lessons of words that a rank remembers: see prepare::Preparer.
constexpr std::size_t kLessonsOfWords = 8;

std::size_t data_bytes(const core::Dataset& data) {
  return data.feature_bytes() + data.n_samples() * (sizeof(double) + sizeof(std::int64_t));
}

/// What rank 0 takes while it reads: the table and what becomes of it, each for a time beside the next.
std::size_t reading_bytes(const core::Dataset& data) {
  constexpr std::size_t kColumnBytes = std::size_t{6} << 10U;  // measured
  const std::size_t columns =
      data.is_sparse() ? 3 * sizeof(std::string) * data.n_features() : kColumnBytes * data.n_features();
  return 2 * data_bytes(data) + columns + kProgramBytes;
}

/// A data set of these sizes, of which nobody may read a value.
core::Dataset shaped(const core::Dataset& data, const prepare::Foretold& foretold) {
  core::Dataset shape = data;
  shape.words.clear();
  const auto n_features = static_cast<std::size_t>(foretold.n_features);
  shape.x = core::MatrixView(nullptr, n_features, data.n_samples());
  if (!foretold.is_sparse) return shape;
  shape.x = {};
  const auto n_entries = static_cast<std::size_t>(foretold.entries_a_row * static_cast<double>(data.n_samples()));
  shape.sparse = {.start = {static_cast<const std::uint64_t*>(nullptr), data.n_samples() + 1},
                  .feature = {static_cast<const core::Index*>(nullptr), n_entries},
                  .value = {static_cast<const double*>(nullptr), n_entries},
                  .n_features = n_features};
  return shape;
}

}  // namespace

PreparationMemory preparation_memory(const search::SearchPlan& plan, const core::Dataset& data) {
  PreparationMemory most{.shape = data};
  if (data.is_sparse()) return most;
  const prepare::Labels labels{.task = data.task, .y = data.y, .n_classes = data.classes.size()};
  std::map<std::string, const core::Params*> settings;
  std::vector<core::Params> all;
  for (const core::Params& candidate : search::listed_candidates(plan)) {
    const models::Family& family = search::family_in(plan.families, candidate);
    core::Params params = search::hyperparameters_of(candidate, family, plan.fixed);
    std::string setting = prepare::setting_of(params);
    if (setting.empty()) continue;
    setting += family.abilities().sparse ? " sparse" : "";
    if (settings.contains(setting)) continue;
    constexpr std::size_t kMost = 32;  // settings that are looked at
    if (all.size() >= kMost) break;
    const prepare::Foretold foretold =
        prepare::foretell(params, core::frame_of(data), labels, family.abilities().sparse);
    settings.emplace(std::move(setting), nullptr);
    all.push_back(std::move(params));
    const auto samples = static_cast<std::size_t>(foretold.sample_bytes(data.n_samples()));
    most.learnt_bytes = std::max(most.learnt_bytes, static_cast<std::size_t>(foretold.learnt_bytes));
    // What is encoded stands beside the samples that are made of it; numbers go through the steps one after the other.
    const std::size_t preparing = static_cast<std::size_t>(foretold.learning_bytes) + 2 * samples;
    most.preparing_bytes = std::max(most.preparing_bytes, preparing);
    if (samples < most.samples_bytes) continue;
    most.samples_bytes = samples;
    most.shape = shaped(data, foretold);
  }
  const std::size_t n_lessons = std::min(kLessonsOfWords, std::max<std::size_t>(1, all.size() * plan.folds.size()));
  most.learnt_bytes *= data.words.empty() ? 1 : n_lessons;
  return most;
}

std::size_t memory_limit_here(const config::SearchJob& job) {
  return job.memory_limit.on_node(core::node_memory_bytes());
}

std::size_t SearchMemory::paused() const {
  if (plan_.rationed.empty() || plan_.families.front()->free_axis({}) != plan_.rationed) return 0;
  constexpr double kAFit = 1U << 16U;  // ten trees of depth 6, say
  const search::PlanSize size = config::search_size(job_, &data_);
  return static_cast<std::size_t>(std::min<double>(size.n_candidates * size.n_folds * kAFit, kPausedBytes));
}

std::size_t SearchMemory::drawn_bytes() const {
  return plan_.keep_predictions ? search::honest_bytes(data_.n_samples()) : 0;
}

std::size_t SearchMemory::base(std::size_t n_ranks) const {
  const search::PlanSize size = config::search_size(job_, &data_);
  const std::size_t columns = preparation_.shape.n_features() * (sizeof(std::string) + sizeof(double));
  const auto predictions = static_cast<double>(data_.n_samples()) * size.n_candidates * sizeof(double);
  const auto remembered = static_cast<std::size_t>(std::min<double>(predictions, kRememberedBytes));
  return n_ranks * (kProgramBytes + columns + remembered + paused() + preparation_.bytes_a_rank() +
                    static_cast<std::size_t>(size.list_bytes())) +
         static_cast<std::size_t>(size.kept_bytes());
}

std::size_t SearchMemory::for_fits(std::size_t n_ranks) const {
  const std::size_t limit = memory_limit_here(job_);
  const std::size_t taken = data_bytes(data_) + base(n_ranks);
  return limit > taken ? limit - taken : 1;
}

models::MemoryUse SearchMemory::of_fits(const models::Resources& resources) const {
  return search::memory_use(plan_, preparation_.shape, resources);
}

std::size_t SearchMemory::whole(std::size_t n_ranks, const models::MemoryUse& use, std::size_t bytes_of_fits) const {
  const std::size_t preparing =
      preparation_.preparing_bytes - std::min(preparation_.preparing_bytes, preparation_.samples_bytes);
  const bool refits = job_.search.refit.rule != config::RefitOptions::Rule::none;
  return std::max(reading_bytes(data_), data_bytes(data_) + base(n_ranks) +
                                            std::max({bytes_of_fits, n_ranks * preparing, drawn_bytes()}) +
                                            (refits ? use.model_bytes : 0));
}

std::optional<std::string> SearchMemory::warning(const models::Resources& resources) const {
  const std::size_t limit = memory_limit_here(job_);
  const models::MemoryUse use = of_fits(resources);
  const std::size_t n_ranks = resources.n_ranks_on_node();
  const std::size_t least = whole(n_ranks, use, use.least_bytes);
  if (least <= limit) return std::nullopt;
  return fmt::format(
      "memory_limit: {} is less than this search needs, which will take {}; the least it can keep to "
      "with {} rank{} a node is 'memory_limit: {}'",
      job_.memory_limit.text(), core::size_text(whole(n_ranks, use, use.bytes)), n_ranks, n_ranks == 1 ? "" : "s",
      config::MemoryLimit{.bytes = least}.text());
}

void SearchMemory::check(const models::Resources& resources, const std::string& data_words) const {
  const std::size_t n_ranks = resources.n_ranks_on_node();
  const models::MemoryUse use = of_fits(resources);
  core::require_memory(
      static_cast<double>(whole(n_ranks, use, use.least_bytes)), {},
      fmt::format("search: {} on {} rank{} of this node", data_words, n_ranks, n_ranks == 1 ? "" : "s"),
      "start fewer ranks, or learn from a sample of the rows");
}

}  // namespace gridmill::jobs
