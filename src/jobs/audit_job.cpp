#include "jobs/audit_job.hpp"
#include "core/counted.hpp"
#include "core/temporary_folder.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "io/store/store_entity_data.hpp"
#include "io/text/datetime.hpp"
#include "jobs/audit/chosen_outside_folds.hpp"
#include "jobs/audit/dealt_rows.hpp"
#include "jobs/audit/later_rows.hpp"
#include "jobs/audit/preparation_leaks.hpp"
#include "jobs/audit/repeated_rows.hpp"
#include "jobs/audit/small_search.hpp"
#include "jobs/audit/telltale_column.hpp"
#include "jobs/audit/timeless_tables.hpp"
#include "jobs/features/plan/features_plan.hpp"
#include "jobs/features_job.hpp"
#include "jobs/features_source.hpp"
#include "jobs/import_job.hpp"
#include "jobs/search/search_data.hpp"
#include "jobs/search/search_plan.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;
using State = AuditedCheck::State;

bool is_made(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

class Auditor {
 public:
  Auditor(const config::RunFile& file, mpi::Session& session, Observer& observer)
      : file_(file), session_(session), observer_(observer) {}

  AuditReport run() {
    file_.check();
    if (file_.has_features()) audit_features();
    if (file_.has_search()) audit_search();
    if (!file_.has_features() && !file_.has_search()) {
      throw core::UserError(core::Problem{{.file = file_.name().string()},
                                          "has nothing to audit: neither features nor a search",
                                          "name a config with a section 'features', or with 'model' and 'search'"});
    }
    return std::move(report_);
  }

 private:
  void add(const std::string& name, std::string detail, std::vector<Finding> findings) {
    report_.checks.push_back(
        {.name = name, .state = findings.empty() ? State::clear : State::found, .detail = std::move(detail)});
    for (Finding& each : findings) report_.findings.push_back(std::move(each));
  }
  void add(const std::string& name, std::string detail, std::optional<Finding> finding) {
    std::vector<Finding> findings;
    if (finding) findings.push_back(std::move(*finding));
    add(name, std::move(detail), std::move(findings));
  }
  void leave_out(const std::string& name, std::string why) {
    report_.checks.push_back({.name = name, .state = State::not_done, .detail = std::move(why)});
  }

  fs::path temporary(const char* name) {
    if (!temporary_) temporary_.emplace();
    return temporary_->at(name);
  }

  /// The store that features are made of: that of the config, or one that is made for now.
  void find_store(config::FeaturesJob& job) {
    if (job.features.of_file()) {
      source_.emplace(job, FeaturesRun{.dry_run = true}, session_, silent_);
      job = source_->job();
      return;
    }
    if (is_made(job.features.store) || !file_.has_import()) return;
    config::ImportJob import = file_.import_job();
    import.store = temporary("store.h5");
    observer_.stage("importing tables, for now");
    run_import(import, {}, IfExists::refuse, silent_);
    job.features.store = import.store;
  }

  void audit_features() {
    config::FeaturesJob job = file_.features_job();
    find_store(job);
    observer_.stage(fmt::format("auditing features of {}", job.features.store.string()));
    const io::StoreEntityData data(job.features.store);
    const bool is_now = job.features.cutoff.kind == config::CutoffOptions::Kind::now;
    const FeaturesPlan plan = plan_features(job.features, data, now());
    if (is_now) {
      leave_out("table without a time", "features have no cutoff time but now");
    } else {
      add("table without a time", core::counted(data.entity_set().tables.size(), "table"),
          find_timeless_tables(data.entity_set(), plan.target, plan.evaluation.rows_repeat, plan.features));
    }
    const LaterRows later = find_later_rows(data, {.target = plan.target,
                                                   .features = plan.features,
                                                   .evaluation = plan.evaluation,
                                                   .instances = plan.instances,
                                                   .cutoff = plan.cutoff,
                                                   .is_now = is_now});
    if (later.done) {
      add("later rows", later.outcome, later.finding);
    } else {
      leave_out("later rows", later.outcome);
    }
    made_features_ = std::move(job);
  }

  static std::int64_t now() {
    using std::chrono::nanoseconds;
    return std::chrono::duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  }

  /// Makes the features that the search learns from, where they are not there yet.
  void find_matrix(config::SearchJob& job) {
    const fs::path matrix = file_.has_features() ? file_.features_job().output / "features.h5" : fs::path();
    if (!made_features_ || job.data.source.file != matrix || is_made(matrix)) return;
    config::FeaturesJob features = *made_features_;
    features.output = temporary("features");
    features.features.table = {};  // the store is there
    observer_.stage("making features, for now");
    run_features(features, {}, session_, silent_);
    job.data.source.file = features.output / "features.h5";
  }

  void audit_search() {
    config::SearchJob job = file_.search_job();
    find_matrix(job);
    observer_.stage(fmt::format("auditing the search in {}", job.data.source.file.string()));
    const SearchData data = load_search_data(job, session_);
    const PlannedSearch planned = plan_search(job, data.train);
    const search::Round round = search::rounds_of(planned.plan).back();
    audit_split(job, data, planned.plan, round);
    add("selection outside folds", "features.select.mutual_information", chosen(job));
    audit_preparation(planned.plan, round, data.train);
    audit_columns(planned, round, data.train);
  }

  void audit_split(const config::SearchJob& job, const SearchData& data, const search::SearchPlan& plan,
                   const search::Round& round) {
    for (const char* check : {"random split", "same entity"}) {
      if (!deals_rows(job)) {
        leave_out(check, "rows are not dealt at random");
        continue;
      }
      std::vector<Finding> findings;
      for (const Finding& each : data.findings) {
        if (each.check == check) findings.push_back(each);
      }
      add(check, core::counted(data.train.n_samples(), "row"), std::move(findings));
    }
    const auto folds = std::span(plan.folds).subspan(round.first_fold, round.n_folds);
    const RepeatedRows repeated = find_repeated_rows(job, data.train, folds, data.held_out);
    if (repeated.n_tested == 0) {
      leave_out("repeated rows", "rows are tested by those before them, which they may repeat");
    } else {
      add("repeated rows", fmt::format("{} of {} tested rows", repeated.n_repeated, repeated.n_tested),
          repeated.findings);
    }
  }

  std::optional<Finding> chosen(const config::SearchJob& job) const {
    return made_features_ ? find_chosen_outside_folds(made_features_->features.select, job.data.target)
                          : find_chosen_outside_folds(job.data.source.file, job.data.target);
  }

  void audit_preparation(const search::SearchPlan& plan, const search::Round& round, const core::Dataset& data) {
    const PreparationTried tried = find_preparation_leaks(plan, round, data);
    if (tried.n_settings == 0) {
      for (const char* check : {"held-out rows", "own label"}) {
        leave_out(check, "nothing is learnt from rows before the model");
      }
      return;
    }
    add("held-out rows",
        fmt::format("replaced in {}, {} to prepare", core::counted(tried.n_folds, "fold"),
                    core::counted(tried.n_settings, "way")),
        tried.held_out);
    if (tried.n_labels == 0 && !tried.own_label) {
      leave_out("own label", "no column is encoded by labels");
    } else {
      add("own label", fmt::format("{} labels changed, one after the other", tried.n_labels), tried.own_label);
    }
  }

  /// The best of a few candidates stands for what a model explains.
  void audit_columns(const PlannedSearch& planned, const search::Round& round, const core::Dataset& data) {
    constexpr std::size_t kTried = 3;
    if (data.n_features() + data.words.size() < 2) return leave_out("single column", "there is no other");
    const SmallSearch small(planned.plan, round, data);
    const std::size_t metric = planned.chosen_by;
    const std::size_t n_tried = std::min(kTried, round.n_candidates);
    std::optional<ModelScore> best;
    for (std::size_t i = 0; i < n_tried; ++i) {
      const std::size_t step = n_tried < 2 ? 0 : i * (round.n_candidates - 1) / (n_tried - 1);
      const std::size_t candidate = round.first_candidate + step;
      const auto scores = small.score(candidate, metric);
      if (scores && (!best || scores->mean > best->mean)) best = ModelScore{candidate, scores->mean, scores->deviation};
    }
    if (!best) return leave_out("single column", "none of the candidates that were tried has a score");
    const auto column = find_telltale_column(small.plan(), small.round(), small.data(), metric, *best);
    if (!column || column->column.empty()) {
      return leave_out("single column", "the candidates that were tried are not clearly better than the baseline");
    }
    add("single column",
        fmt::format("'{}' explains most, {:.0f} % of what the best of {} candidates explains", column->column,
                    100 * column->share, n_tried),
        column->finding);
  }

  const config::RunFile& file_;
  mpi::Session& session_;
  Observer& observer_;
  SilentObserver silent_;
  AuditReport report_;
  std::optional<core::TemporaryFolder> temporary_;
  std::optional<FeaturesSource> source_;
  std::optional<config::FeaturesJob> made_features_;
};

}  // namespace

AuditReport run_audit(const config::RunFile& file, mpi::Session& session, Observer& observer) {
  return Auditor(file, session, observer).run();
}

}  // namespace gridmill::jobs
