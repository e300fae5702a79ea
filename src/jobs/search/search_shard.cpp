#include "jobs/search/search_shard.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/counted.hpp"
#include "core/error.hpp"

namespace gridmill::jobs {

namespace {

using Keys = std::unordered_set<FitKey>;

Keys keys_of(const std::vector<SearchJournal::Known>& known) {
  Keys keys;
  for (const SearchJournal::Known& each : known) keys.insert(each.key);
  return keys;
}

std::size_t n_trials_of(const search::Bundle& bundle) {
  std::size_t n = 0;
  for (const search::SharedFit& fit : bundle.fits) n += fit.trials.size();
  return n;
}

std::size_t n_unknown_of(const search::Bundle& bundle, FitKeys& names, const Keys& known) {
  std::size_t n = 0;
  for (const search::SharedFit& fit : bundle.fits) {
    for (const search::Trial& trial : fit.trials) n += known.contains(names.of(trial)) ? 0U : 1U;
  }
  return n;
}

}  // namespace

void refuse_rounds_in_shards(const config::SearchJob& job) {
  if (!job.search.halving) return;
  const char* option = job.search.halving->brackets == search::Brackets::all ? "search.hyperband" : "search.halving";
  throw core::UserError(core::Problem{
      job.place(option),
      fmt::format(
          "{}: has several rounds, which no shard can go through alone: who is tried next depends on the scores "
          "of all candidates",
          option),
      "search without --shard, on more ranks; or try all candidates in one round"});
}

std::string keep_shard(PlannedSearch& planned, const search::Shard& shard) {
  const std::vector<std::size_t> shard_of = search::shards_of(planned.plan, planned.bundles, shard.n_shards);
  std::vector<search::Bundle> own;
  double cost = 0;
  std::size_t n_all = 0;
  std::size_t n_own = 0;
  for (std::size_t i = 0; i < planned.bundles.size(); ++i) {
    search::Bundle& bundle = planned.bundles[i];
    const std::size_t n = n_trials_of(bundle);
    n_all += n;
    if (shard_of[i] != shard.number) continue;
    n_own += n;
    cost += bundle.cost;
    own.push_back(std::move(bundle));
  }
  planned.bundles = std::move(own);
  planned.n_trials = n_own;
  planned.cost = cost;
  return fmt::format("{}: {} of {}", shard.text(), n_own, core::counted(n_all, "fit"));
}

std::size_t n_unknown(const PlannedSearch& planned, const std::vector<SearchJournal::Known>& known) {
  FitKeys names(planned.plan);
  const Keys keys = keys_of(known);
  std::size_t n = 0;
  for (const search::Bundle& bundle : planned.bundles) n += n_unknown_of(bundle, names, keys);
  return n;
}

void check_shards(const ShardsToMerge& shards, const PlannedSearch& planned, const io::JournalOrigin& origin) {
  if (shards.origin != origin) {
    throw core::UserError(
        fmt::format("{}: {}", shards.folders.front().string(), fmt::join(differences(shards.origin, origin), "; ")),
        "merge them where the data is as it was, with the gridmill that did them; or do the shards again");
  }
  FitKeys names(planned.plan);
  const Keys keys = keys_of(shards.known);
  const std::vector<std::size_t> shard_of = search::shards_of(planned.plan, planned.bundles, shards.folders.size());
  std::map<std::size_t, std::size_t> lacking;  // trials by shard
  for (std::size_t i = 0; i < planned.bundles.size(); ++i) {
    if (const std::size_t n = n_unknown_of(planned.bundles[i], names, keys); n > 0) lacking[shard_of[i]] += n;
  }
  std::vector<core::Problem> problems;
  for (const auto& [number, n] : lacking) {
    problems.push_back({.where = {.file = shards.folders[number - 1].string()},
                        .what = fmt::format("shard {} of {} is said to be done, and its journal lacks {}", number,
                                            shards.folders.size(), core::counted(n, "fit")),
                        .hint = "repeat its command, which does what is missing; then merge again"});
  }
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

}  // namespace gridmill::jobs
