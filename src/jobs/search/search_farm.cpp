#include "jobs/search/search_farm.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "io/files/checksum.hpp"
#include "jobs/run/crash_record.hpp"
#include "jobs/search/fit_keys.hpp"
#include "jobs/search/search_progress.hpp"
#include "mpi/agree.hpp"
#include "mpi/failure.hpp"
#include "search/candidate_scores.hpp"
#include "search/candidates.hpp"
#include "search/fit_record_serialization.hpp"

namespace gridmill::jobs {

namespace {

mpi::Bytes to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::size_t n_trials(const search::Bundle& bundle) {
  std::size_t n = 0;
  for (const search::SharedFit& fit : bundle.fits) n += fit.trials.size();
  return n;
}

/// Which bundles are left, in what order; made on rank 0.
struct LeftOver {
  std::vector<mpi::Task> tasks;
  std::vector<std::uint64_t> bundle_of;  // by task
  std::vector<FitKey> key_of;            // likewise
};

std::vector<search::FitRecord> deadly_records(const search::SearchPlan& plan, const search::Bundle& bundle,
                                              const Deaths& deaths, double error_score) {
  std::vector<search::FitRecord> records;
  for (const search::SharedFit& fit : bundle.fits) {
    for (const search::Trial& trial : fit.trials) {
      search::FitRecord record{.candidate = trial.candidate, .fold = trial.fold, .status = models::FitStatus::failed};
      record.message = death_text(deaths);
      record.test_scores.assign(plan.scorers.size(), error_score);
      if (plan.train_scores) record.train_scores = record.test_scores;
      records.push_back(std::move(record));
    }
  }
  return records;
}

bool is_failure(const search::FitRecord& record) { return record.status == models::FitStatus::failed; }

/// As scikit-learn, which takes a metric without a value for a failure, too.
bool has_no_score(const search::FitRecord& record) {
  const auto& scores = record.test_scores;
  return record.status == models::FitStatus::failed ||
         std::any_of(scores.begin(), scores.end(), [](double score) { return std::isnan(score); });
}

[[noreturn]] void refuse(const search::SearchPlan& plan, const search::FitRecord& record) {
  std::string params;
  for (const auto& [name, value] : search::ordered(plan.candidates[record.candidate], search::ParamOrder::by_name)) {
    params += fmt::format("{}{}={}", params.empty() ? "" : ", ", name, value.python_str());
  }
  throw core::RunError(
      fmt::format("fold {} of candidate {} ({}): {}", record.fold - search::round_of(plan, record.candidate).first_fold,
                  record.candidate, params, record.message),
      "search.error_score: raise ends the search at the first failed fit; a number or nan goes on");
}

}  // namespace

/// Rank 0's side of the farm: which trials are known, and what comes in.
class SearchFarm::Collector {
 public:
  Collector(const PlannedSearch& planned, SearchJournal* journal, const SearchFarmOptions& options, Observer& observer)
      : planned_(planned),
        journal_(journal),
        options_(options),
        observer_(observer),
        keys_(planned.plan),
        progress_(planned) {
    if (journal_ == nullptr) return;
    for (SearchJournal::Known& each : journal_->take_known()) {
      place_[each.key] = known_.size();
      known_.push_back({.record = std::move(each.record)});
    }
  }

  /// Takes what is known of the bundles, gives up what is deadly, and returns what is left to do.
  LeftOver begin(std::span<const search::Bundle> bundles) {
    LeftOver left;
    std::vector<mpi::TaskId> innocent;
    std::vector<std::size_t> suspects;
    for (std::size_t i = 0; i < bundles.size(); ++i) {
      const search::Bundle& bundle = bundles[i];
      if (take_known(bundle)) continue;
      const FitKey key = keys_.of(bundle);
      const Deaths deaths = journal_ == nullptr ? Deaths{} : journal_->tasks().deaths(key);
      if (deaths.n >= kMostDeaths) {
        const double score = options_.error_score.value_or(std::numeric_limits<double>::quiet_NaN());
        take(bundle, deadly_records(planned_.plan, bundle, deaths, score), /*made_here=*/false);
      } else if (deaths.n > 0) {
        suspects.push_back(i);
      } else {
        innocent.push_back(left.tasks.size());
        add(left, i, bundle, key, {});
      }
    }
    for (const std::size_t suspect : suspects) {
      const bool first = left.tasks.size() == innocent.size();
      add(left, suspect, bundles[suspect], keys_.of(bundles[suspect]),
          first ? innocent : std::vector<mpi::TaskId>{left.tasks.size() - 1});
    }
    return left;
  }

  void started(FitKey bundle, int rank) {
    observer_.task_begins({.rank = rank});
    if (journal_ != nullptr) journal_->tasks().started(bundle, rank);
  }

  void collect(const search::Bundle& bundle, FitKey key, int rank, std::string_view bytes) {
    std::vector<search::FitRecord> records = search::decode(bytes);
    observer_.task({.n = records.size(),
                    .failed = static_cast<std::size_t>(std::count_if(records.begin(), records.end(), is_failure)),
                    .rank = records.front().rank,
                    .seconds = records.back().end_s - records.front().start_s});
    take(bundle, std::move(records), /*made_here=*/true);
    if (journal_ != nullptr) journal_->tasks().ended(key, rank);
  }

  void show_progress() {
    if (journal_ != nullptr) journal_->tasks().check();
    observer_.progress(progress_.now());
  }

  [[nodiscard]] Progress progress() const { return progress_.now(); }

  void end() {
    if (journal_ != nullptr) journal_->tasks().sync();
    observer_.progress(progress_.now());
  }

  /// Returns the scores of a trial that no rank of this run has made; null: one has.
  [[nodiscard]] const std::vector<double>* scores_from_before(search::Trial trial) {
    const KnownTrial& known = known_[place_.at(keys_.of(trial))];
    const bool is_own = known.record.candidate == trial.candidate && known.record.fold == trial.fold;
    return known.made_here && is_own ? nullptr : &known.record.test_scores;
  }

  std::vector<search::FitRecord> take_records() {
    std::vector<search::FitRecord> records;
    for (KnownTrial& each : known_) {
      if (each.n_claims > 0) records.push_back(std::move(each.record));
    }
    std::move(again_.begin(), again_.end(), std::back_inserter(records));
    return records;
  }

 private:
  struct KnownTrial {
    search::FitRecord record;
    std::size_t n_claims = 0;  // trials of this plan that it is the record of
    bool made_here = false;    // by a rank of this run
  };

  void add(LeftOver& left, std::size_t i, const search::Bundle& bundle, FitKey key, std::vector<mpi::TaskId> after) {
    const auto& families = planned_.plan.families;
    const auto* const family = &search::family_of(planned_.plan, bundle);
    mpi::Task task{.cost = bundle.cost,
                   .unit = static_cast<std::size_t>(std::ranges::find(families, family) - families.begin()),
                   .after = std::move(after)};
    if (task.after.empty()) {
      task.affinity = bundle.shares;
      task.held_by_rank = bundle.shares_rows;
    }
    left.tasks.push_back(std::move(task));
    left.bundle_of.push_back(i);
    left.key_of.push_back(key);
  }

  bool take_known(const search::Bundle& bundle) {
    for (const search::SharedFit& fit : bundle.fits) {
      for (const search::Trial& trial : fit.trials) {
        if (!place_.contains(keys_.of(trial))) return false;
      }
    }
    for (const search::SharedFit& fit : bundle.fits) {
      for (const search::Trial& trial : fit.trials) claim(trial);
    }
    progress_.add_earlier(bundle);
    return true;
  }

  void claim(search::Trial trial) {
    KnownTrial& known = known_[place_.at(keys_.of(trial))];
    search::FitRecord* record = &known.record;
    if (known.n_claims++ > 0) record = &again_.emplace_back(known.record);
    record->candidate = trial.candidate;
    record->fold = trial.fold;
    progress_.count_earlier(*record);
  }

  void take(const search::Bundle& bundle, std::vector<search::FitRecord> more, bool made_here) {
    GRIDMILL_ASSERT(more.size() == n_trials(bundle), "a bundle has a record a trial");
    for (const search::FitRecord& record : more) {
      // Not journaled: a repeat is to meet it again.
      if (!options_.error_score && has_no_score(record)) refuse(planned_.plan, record);
    }
    progress_.add(more, bundle);
    for (search::FitRecord& record : more) {
      const FitKey key = keys_.of({record.candidate, record.fold});
      // A launch that was killed may have brought a part of the bundle to the disk.
      if (journal_ != nullptr && !place_.contains(key)) journal_->add(key, record);
      place_[key] = known_.size();
      known_.push_back({.record = std::move(record), .n_claims = 1, .made_here = made_here});
    }
  }

  const PlannedSearch& planned_;
  SearchJournal* journal_;
  const SearchFarmOptions& options_;
  Observer& observer_;
  FitKeys keys_;
  SearchProgress progress_;
  std::vector<KnownTrial> known_;
  std::unordered_map<FitKey, std::size_t> place_;  // in known_
  std::vector<search::FitRecord> again_;           // of trials that are known by another one's record
};

SearchFarm::SearchFarm(const PlannedSearch& planned, search::Evaluator& evaluator, SearchJournal* journal,
                       mpi::Session& session, const SearchFarmOptions& options, Observer& observer)
    : planned_(planned), evaluator_(evaluator), session_(session), options_(options), observer_(observer) {
  mpi::run_together(session.transport(), [&] {
    if (session.place().rank == 0) collector_ = std::make_unique<Collector>(planned, journal, options_, observer);
  });
}

SearchFarm::~SearchFarm() = default;

mpi::FarmEnd SearchFarm::run(std::span<const search::Bundle> bundles) {
  mpi::Transport& transport = session_.transport();
  LeftOver left;
  mpi::run_together(transport, [&] {
    if (collector_) left = collector_->begin(bundles);
  });
  // Workers get task ids; what these mean depends on what rank 0 knows.
  left.bundle_of = mpi::agree(transport, left.bundle_of);
  left.key_of = mpi::agree(transport, left.key_of);
  const std::uint32_t epoch = mpi::agree(transport, options_.epoch);

  const CrashRecord crash(options_.journal_file);
  const auto work = [&](mpi::TaskId task) {
    CrashRecord::set([&](int signal) { return TaskJournal::death(epoch, left.key_of[task], signal); });
    std::vector<search::FitRecord> records = evaluator_.evaluate(bundles[left.bundle_of[task]]);
    CrashRecord::clear();
    for (search::FitRecord& record : records) {
      record.rank = session_.place().rank;
      record.host = session_.place().host;
      held_[{record.candidate, record.fold}] = record.test_scores;
    }
    return to_bytes(search::encode(records));
  };
  const mpi::FarmHooks hooks{
      .collect =
          [&](mpi::TaskId task, int rank, std::span<const std::byte> result) {
            collector_->collect(bundles[left.bundle_of[task]], left.key_of[task], rank, core::text_of(result));
          },
      .on_assigned = [&](mpi::TaskId task, int rank) { collector_->started(left.key_of[task], rank); },
      .on_progress = [&](const mpi::FarmProgress&) { collector_->show_progress(); },
  };
  const mpi::FarmReport report = run_stoppable_farm(
      session_, mpi::Plan(std::move(left.tasks)), work, hooks, options_.stop, observer_,
      [&] { return collector_->progress(); },
      [&] {
        collector_->end();
        options_.last_words();
      });
  reports_.resize(report.ranks.size());
  for (std::size_t rank = 0; rank < report.ranks.size(); ++rank) {
    reports_[rank].n_tasks += report.ranks[rank].n_tasks;
    reports_[rank].busy_s += report.ranks[rank].busy_s;
    reports_[rank].idle_s += report.ranks[rank].idle_s;
  }
  mpi::run_together(transport, [&] {
    if (collector_) collector_->end();
  });
  return report.end;
}

std::vector<double> SearchFarm::scores(const search::Round& round) {
  const std::size_t n_metrics = planned_.plan.scorers.size();
  // As bits, one rank's to an entry: a sum of integers is exact, and keeps NaN and the sign of 0.
  std::vector<std::int64_t> bits(round.n_candidates * round.n_folds * n_metrics, 0);
  for (std::size_t c = 0; c < round.n_candidates; ++c) {
    for (std::size_t k = 0; k < round.n_folds; ++k) {
      const search::Trial trial{round.first_candidate + c, round.first_fold + k};
      const auto held = held_.find(trial);
      // What no rank of this run has made, rank 0 knows from before.
      const std::vector<double>* scores = held == held_.end() ? nullptr : &held->second;
      if (scores == nullptr && collector_) scores = collector_->scores_from_before(trial);
      if (scores == nullptr) continue;
      for (std::size_t metric = 0; metric < n_metrics; ++metric) {
        bits[search::place_of(round, trial, n_metrics) + metric] = std::bit_cast<std::int64_t>((*scores)[metric]);
      }
      if (held != held_.end()) held_.erase(held);
    }
  }
  session_.transport().allreduce_sum(bits);
  std::vector<double> all;
  all.reserve(bits.size());
  for (const std::int64_t each : bits) all.push_back(std::bit_cast<double>(each));
  return all;
}

std::vector<search::FitRecord> SearchFarm::take_records() {
  return collector_ ? collector_->take_records() : std::vector<search::FitRecord>{};
}

}  // namespace gridmill::jobs
