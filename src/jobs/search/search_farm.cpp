#include "jobs/search/search_farm.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/checksum.hpp"
#include "jobs/run/crash_record.hpp"
#include "jobs/search/search_progress.hpp"
#include "mpi/failure.hpp"
#include "search/fit_record_serialization.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::jobs {

namespace {

mpi::Bytes to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

std::string_view to_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Which bundles are left, in what order; made on rank 0, task ids are indices into `bundle_of`.
struct LeftOver {
  std::vector<mpi::Task> tasks;
  std::vector<std::uint64_t> bundle_of;  // by task
};

LeftOver left_over(const PlannedSearch& planned, const SearchJournal& journal) {
  const search::SearchPlan& plan = planned.plan;
  LeftOver left;
  std::vector<mpi::TaskId> innocent;
  std::vector<std::size_t> suspects;
  for (std::size_t i = 0; i < planned.bundles.size(); ++i) {
    if (journal.finished(i) || journal.deaths(i) >= SearchJournal::kMostDeaths) continue;
    if (journal.deaths(i) > 0) {
      suspects.push_back(i);
      continue;
    }
    const search::Bundle& bundle = planned.bundles[i];
    const std::string key = search::sharing_key(*plan.family, search::params_of(plan, bundle.candidates.front()));
    innocent.push_back(left.tasks.size());
    left.tasks.push_back({.cost = bundle.cost, .affinity = io::checksum(key)});
    left.bundle_of.push_back(i);
  }
  for (const std::size_t suspect : suspects) {
    const bool first = left.tasks.size() == innocent.size();
    left.tasks.push_back({.cost = planned.bundles[suspect].cost,
                          .after = first ? innocent : std::vector<mpi::TaskId>{left.tasks.size() - 1}});
    left.bundle_of.push_back(suspect);
  }
  return left;
}

std::vector<search::FitRecord> deadly_records(const search::SearchPlan& plan, const search::Bundle& bundle,
                                              double error_score) {
  std::vector<search::FitRecord> records;
  for (const std::size_t candidate : bundle.candidates) {
    search::FitRecord record{.candidate = candidate, .fold = bundle.fold, .status = models::FitStatus::failed};
    record.message = fmt::format("crashed its rank {} times", SearchJournal::kMostDeaths);
    record.test_scores.assign(plan.scorers.size(), error_score);
    if (plan.train_scores) record.train_scores = record.test_scores;
    records.push_back(std::move(record));
  }
  return records;
}

/// Rank 0's side of the farm.
class Collector {
 public:
  Collector(const PlannedSearch& planned, SearchJournal& journal, const SearchFarmOptions& options, Observer& observer)
      : planned_(planned),
        journal_(journal),
        options_(options),
        observer_(observer),
        progress_(planned.plan, planned.chosen_by),
        records_(journal.records()) {
    double total = 0;
    double earlier = 0;
    for (std::size_t i = 0; i < planned.bundles.size(); ++i) {
      total += planned.bundles[i].cost;
      if (journal.finished(i)) earlier += planned.bundles[i].cost;
    }
    progress_.set_total_cost(total);
    progress_.add_earlier(records_, earlier);
  }

  void give_up_deadly() {
    for (std::size_t i = 0; i < planned_.bundles.size(); ++i) {
      if (journal_.finished(i) || journal_.deaths(i) < SearchJournal::kMostDeaths) continue;
      const double score = options_.error_score.value_or(std::numeric_limits<double>::quiet_NaN());
      take(i, deadly_records(planned_.plan, planned_.bundles[i], score));
    }
  }

  void collect(std::size_t bundle, std::string_view bytes) { take(bundle, search::decode(bytes)); }

  void show_progress() {
    journal_.sync(SearchJournal::When::soon);
    observer_.progress(progress_.now());
  }

  std::vector<search::FitRecord> finish() {
    journal_.sync(SearchJournal::When::now);
    observer_.progress(progress_.now());
    return std::move(records_);
  }

 private:
  void take(std::size_t bundle, std::vector<search::FitRecord> more) {
    for (const search::FitRecord& record : more) {
      // Not journaled: a repeat is to meet it again.
      if (!options_.error_score && has_no_score(record)) refuse(record);
    }
    journal_.add(bundle, more);
    journal_.sync(SearchJournal::When::soon);
    progress_.add(more, planned_.bundles[bundle].cost);
    records_.insert(records_.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }

  /// As scikit-learn, which takes a metric without a value for a failure, too.
  static bool has_no_score(const search::FitRecord& record) {
    const auto& scores = record.test_scores;
    return record.status == models::FitStatus::failed ||
           std::any_of(scores.begin(), scores.end(), [](double score) { return std::isnan(score); });
  }

  [[noreturn]] void refuse(const search::FitRecord& record) const {
    std::string params;
    for (const auto& [name, value] : planned_.plan.candidates[record.candidate]) {
      params += fmt::format("{}{}={}", params.empty() ? "" : ", ", name, value.python_str());
    }
    throw core::RunError(
        fmt::format("fold {} of candidate {} ({}): {}", record.fold, record.candidate, params, record.message),
        "search.error_score: raise ends the search at the first failed fit; a number or nan goes on");
  }

  const PlannedSearch& planned_;
  SearchJournal& journal_;
  const SearchFarmOptions& options_;
  Observer& observer_;
  SearchProgress progress_;
  std::vector<search::FitRecord> records_;
};

}  // namespace

FarmedSearch farm_search(const PlannedSearch& planned, search::Evaluator& evaluator, SearchJournal* journal,
                         mpi::Session& session, const SearchFarmOptions& options, Observer& observer) {
  std::optional<Collector> collector;
  LeftOver left;
  mpi::run_together(session.transport(), [&] {
    if (journal == nullptr) return;
    collector.emplace(planned, *journal, options, observer);
    collector->give_up_deadly();
    left = left_over(planned, *journal);
  });
  // Workers get task ids; what these mean depends on the journal, which only rank 0 has read.
  mpi::Bytes table =
      to_bytes({reinterpret_cast<const char*>(left.bundle_of.data()), left.bundle_of.size() * sizeof(std::uint64_t)});
  session.transport().broadcast(table, 0);
  left.bundle_of.resize(table.size() / sizeof(std::uint64_t));
  std::memcpy(left.bundle_of.data(), table.data(), table.size());

  const CrashRecord crash(options.journal_file);
  const auto work = [&](mpi::TaskId task) {
    const std::size_t bundle = left.bundle_of[task];
    CrashRecord::set(SearchJournal::death(bundle));
    std::vector<search::FitRecord> records = evaluator.evaluate(planned.bundles[bundle]);
    CrashRecord::set({});
    for (search::FitRecord& record : records) {
      record.rank = session.place().rank;
      record.host = session.place().host;
    }
    return to_bytes(search::encode(records));
  };
  const mpi::FarmHooks hooks{
      .collect = [&](mpi::TaskId task, int,
                     std::span<const std::byte> result) { collector->collect(left.bundle_of[task], to_text(result)); },
      .on_assigned = [&](mpi::TaskId task, int) { journal->started(left.bundle_of[task]); },
      .on_progress = [&](const mpi::FarmProgress&) { collector->show_progress(); },
  };
  const mpi::FarmEnd end =
      run_stoppable_farm(session, mpi::Plan(std::move(left.tasks)), work, hooks, options.stop, [&] {
        collector->finish();
        options.last_words();
      });
  FarmedSearch farmed{.end = end, .records = {}};
  mpi::run_together(session.transport(), [&] {
    if (collector) farmed.records = collector->finish();
  });
  return farmed;
}

}  // namespace gridmill::jobs
