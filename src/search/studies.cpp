#include "search/studies.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::search {

namespace {

using core::Index;

std::size_t hash_of(const std::vector<Index>& rows) {
  std::size_t hash = rows.size();
  for (const Index row : rows) hash = (hash ^ row) * 0x100000001b3U;  // FNV-1a over whole entries
  return hash;
}

std::size_t classes_in(const core::Dataset& data, std::span<const Index> rows) {
  if (data.task != core::Task::classification) return 0;
  std::set<double> codes;
  for (const Index row : rows) codes.insert(data.y[row]);
  return codes.size();
}

/// Refuses a ration of which a fold would get nothing to learn from or to be tested on.
void check_rations(const HalvingOptions& options, std::size_t n_resources, std::size_t n_samples,
                   const std::vector<Fold>& splits) {
  const double fraction = static_cast<double>(n_resources) / static_cast<double>(n_samples);
  for (std::size_t k = 0; k < splits.size(); ++k) {
    const std::size_t least = std::min(splits[k].train.size(), splits[k].test.size());
    if (fraction * static_cast<double>(least) >= 1) continue;
    throw core::UserError(fmt::format("search.{}: {} of {} rows leave fold {} none to {}",
                                      options.brackets == Brackets::one ? "halving" : "hyperband", n_resources,
                                      n_samples, k, least == splits[k].test.size() ? "test" : "train on"),
                          "give the first round more: min_resources");
  }
}

void check_enough(std::size_t wanted, std::size_t there) {
  if (there >= wanted) return;
  throw core::UserError(
      fmt::format("search.hyperband: its brackets try {} candidates, but search.grid has only {}", wanted, there),
      "draw from distributions, as C: {loguniform: [0.01, 100]}; or give it fewer max_resources or a greater factor");
}

void check_most(std::size_t most, const HalvingOptions& options, std::size_t n_samples) {
  if (!options.rations_rows() || most <= n_samples) return;
  throw core::UserError(
      fmt::format("search.hyperband.max_resources: {} rows are more than the {} there are", most, n_samples));
}

double mean_cost(const SearchPlan& plan, const std::vector<core::Params>& candidates, std::size_t n_train,
                 const core::Dataset& data) {
  double sum = 0;
  for (const core::Params& candidate : candidates) {
    const models::Family& family = family_in(plan.families, candidate);
    sum +=
        family.cost(hyperparameters_of(candidate, family, plan.fixed), n_train, data.n_features(), data.classes.size());
  }
  return candidates.empty() ? 0 : sum / static_cast<double>(candidates.size());
}

}  // namespace

Studies::Studies(std::vector<core::Params> candidates, const core::Dataset& data, const StudyOptions& options)
    : candidates_(std::move(candidates)), options_(options) {
  std::vector<Index> all(data.n_samples());
  std::iota(all.begin(), all.end(), Index{0});
  Folds folds = make_folds(data, options.folds);
  warnings_ = std::move(folds.warnings);
  studies_.push_back(make_study(std::move(folds.folds), all, data));
  if (!options.nested) return;
  OuterFolds outer = make_outer_folds(data, options.folds, *options.nested);
  for (OuterFold& each : outer.folds) {
    studies_.push_back(make_study(std::move(each.inner), each.fold.train, data));
    outer_.push_back(std::move(each.fold));
  }
  warnings_.insert(warnings_.end(), outer.warnings.begin(), outer.warnings.end());
}

Studies::Study Studies::make_study(std::vector<Fold> splits, std::span<const Index> rows,
                                   const core::Dataset& data) const {
  Study study;
  study.n_samples = rows.size();
  study.schedule = {{.n_candidates = candidates_.size()}};
  if (options_.halving && options_.halving->brackets == Brackets::all) {
    study.schedule = hyperband_schedule(*options_.halving);
    check_enough(n_candidates_of(study.schedule), candidates_.size());
    check_most(study.schedule.back().n_resources, *options_.halving, rows.size());
  } else if (options_.halving) {
    study.schedule = halving_schedule(*options_.halving, {.n_candidates = candidates_.size(),
                                                          .n_samples = rows.size(),
                                                          .n_folds = splits.size(),
                                                          .n_classes = classes_in(data, rows)});
  }
  if (options_.halving && options_.halving->rations_rows()) {
    check_rations(*options_.halving, study.schedule.front().n_resources, rows.size(), splits);
  }
  study.strategy = options_.halving ? halving(study.schedule) : all_at_once(candidates_.size());
  study.splits = std::move(splits);
  return study;
}

std::size_t Studies::add_folds(SearchPlan& plan, std::vector<Fold> folds) {
  const std::size_t first = plan.folds.size();
  for (Fold& fold : folds) {
    std::size_t number = plan.folds.size();
    if (options_.nested || options_.halving) {  // else all differ, and finding that out takes long where there are many
      const std::size_t hash = hash_of(fold.train);
      const auto [begin, end] = by_rows_.equal_range(hash);
      const auto same =
          std::find_if(begin, end, [&](const auto& known) { return plan.folds[known.second].train == fold.train; });
      if (same == end) {
        by_rows_.emplace(hash, number);
      } else {
        number = same->second;
      }
    }
    plan.folds.push_back(std::move(fold));
    plan.fold_number.push_back(number);
  }
  return first;
}

std::optional<Round> Studies::next_round(SearchPlan& plan, std::size_t which, std::span<const double> means) {
  Study& study = studies_[which];
  if (study.done) return std::nullopt;
  const bool rations_rows = options_.halving && options_.halving->rations_rows();
  const auto proposal = study.strategy->next(means.subspan(study.last.first_candidate, study.last.n_candidates));
  if (!proposal) {
    study.done = true;
    return std::nullopt;
  }
  Round round{.study = which,
              .first_candidate = plan.candidates.size(),
              .n_candidates = proposal->candidates.size(),
              .n_folds = study.splits.size(),
              .n_resources = proposal->n_resources,
              .bracket = proposal->bracket};
  for (const std::size_t number : proposal->candidates) {
    core::Params params = candidates_[number];
    if (options_.halving && !rations_rows) {
      params[options_.halving->resource] = static_cast<std::int64_t>(proposal->n_resources);
    }
    plan.candidates.push_back(std::move(params));
    plan.number.push_back(number);
  }
  if (rations_rows) {
    const double fraction = static_cast<double>(proposal->n_resources) / static_cast<double>(study.n_samples);
    std::vector<Fold> some;
    for (const Fold& split : study.splits) some.push_back(subsample(split, fraction, options_.halving->seed));
    round.first_fold = add_folds(plan, std::move(some));
  } else {
    if (!study.first_split) study.first_split = add_folds(plan, study.splits);
    round.first_fold = *study.first_split;
  }
  plan.rounds.push_back(round);
  study.last = round;
  return round;
}

Round Studies::judge_choice(SearchPlan& plan, std::size_t outer, std::size_t chosen) {
  Round round{
      .study = 1 + outer_.size() + outer, .first_candidate = plan.candidates.size(), .n_candidates = 1, .n_folds = 1};
  plan.candidates.push_back(core::Params(plan.candidates[chosen]));
  plan.number.push_back(plan.number[chosen]);
  round.first_fold = add_folds(plan, {outer_[outer]});
  plan.rounds.push_back(round);
  return round;
}

std::vector<Round> Studies::advance(SearchPlan& plan, std::span<const double> means, const Choose& choose) {
  std::vector<Round> rounds;
  for (std::size_t which = 0; which < studies_.size(); ++which) {
    if (const auto round = next_round(plan, which, means)) rounds.push_back(*round);
  }
  if (!rounds.empty() || choices_judged_) return rounds;
  choices_judged_ = true;
  for (std::size_t outer = 0; outer < outer_.size(); ++outer) {
    const auto chosen = choose(1 + outer);
    if (chosen) rounds.push_back(judge_choice(plan, outer, *chosen));
  }
  return rounds;
}

std::size_t Studies::n_trials() const {
  std::size_t n = outer_.size();
  for (const Study& study : studies_) {
    for (const Rung& rung : study.schedule) n += rung.n_candidates * study.splits.size();
  }
  return n;
}

double Studies::cost_after_first(const SearchPlan& plan, const core::Dataset& data) const {
  double cost = 0;
  for (const Study& study : studies_) {
    for (std::size_t i = 1; i < study.schedule.size(); ++i) {
      const Rung& rung = study.schedule[i];
      const bool some = options_.halving->rations_rows();
      const double share = some ? static_cast<double>(rung.n_resources) / static_cast<double>(study.n_samples) : 1;
      const auto n_train = static_cast<std::size_t>(share * static_cast<double>(study.splits.front().train.size()));
      cost +=
          static_cast<double>(rung.n_candidates * study.splits.size()) * mean_cost(plan, candidates_, n_train, data);
    }
  }
  for (const Fold& fold : outer_) cost += mean_cost(plan, candidates_, fold.train.size(), data);
  return cost;
}

}  // namespace gridmill::search
