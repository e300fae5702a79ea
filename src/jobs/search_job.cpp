#include "jobs/search_job.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/resolved.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/checksum.hpp"
#include "io/files/json.hpp"
#include "io/files/text_checksum.hpp"
#include "jobs/audit/chosen_outside_folds.hpp"
#include "jobs/audit/repeated_rows.hpp"
#include "jobs/predict/model_files.hpp"
#include "jobs/report_job.hpp"
#include "jobs/run/changed_files.hpp"
#include "jobs/run/event_log.hpp"
#include "jobs/run/launch_facts.hpp"
#include "jobs/run/own_files.hpp"
#include "jobs/search/baseline_report.hpp"
#include "jobs/search/best_report.hpp"
#include "jobs/search/changed_run.hpp"
#include "jobs/search/contributions.hpp"
#include "jobs/search/equal_report.hpp"
#include "jobs/search/held_out_report.hpp"
#include "jobs/search/honest_report.hpp"
#include "jobs/search/kept_fit_files.hpp"
#include "jobs/search/out_of_fold.hpp"
#include "jobs/search/permutation_importance.hpp"
#include "jobs/search/pipeline_of_candidate.hpp"
#include "jobs/search/refitted.hpp"
#include "jobs/search/row_findings.hpp"
#include "jobs/search/search_data.hpp"
#include "jobs/search/search_farm.hpp"
#include "jobs/search/search_findings.hpp"
#include "jobs/search/search_forecast.hpp"
#include "jobs/search/search_journal.hpp"
#include "jobs/search/search_memory.hpp"
#include "jobs/search/search_outcome.hpp"
#include "jobs/search/search_plan.hpp"
#include "jobs/search/search_results_file.hpp"
#include "jobs/search/search_shard.hpp"
#include "jobs/search/search_time.hpp"
#include "jobs/search/search_warnings.hpp"
#include "jobs/search/shard_file.hpp"
#include "mpi/agree.hpp"
#include "mpi/failure.hpp"
#include "mpi/launcher_watch.hpp"
#include "search/cv_results.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kLeaderboardRows = 10;

/// Raised whenever a score, a fold or the order of candidates becomes another one.
constexpr std::uint64_t kSearchVersion = 3;

io::JournalOrigin origin(const config::SearchJob& job, std::uint64_t data_digest) {
  return {.config = io::checksum(config::fingerprint(job)), .data = data_digest, .program = kSearchVersion};
}

/// One search on one rank: the steps of run_search and what they share.
class SearchRunner {
 public:
  SearchRunner(const config::SearchJob& job, const SearchRun& run, mpi::Session& session, Observer& observer)
      : job_(job), run_(run), session_(session), observer_(observer) {}

  core::ExitCode run() {
    if (run_.shard) refuse_rounds_in_shards(job_);
    if_other_ = settled_if_other(run_.if_other, job_.output, session_);
    if (run_.dry_run) {
      mpi::run_together(session_.transport(), [&] {
        if (is_root()) check_directory();
      });
    } else {
      open_directory();
      if (const auto code = result_without_data()) return *code;
    }
    observer_.stage(fmt::format("reading {}", job_.data.source.file.string()));
    data_ = load_search_data(job_, session_);
    if (is_root()) note_unchecked_data();
    for (const std::string& sentence : data_.remarks.warnings) observer_.warning(sentence);
    for (const std::string& sentence : data_.remarks.notes) observer_.note(sentence);
    mpi::run_together(session_.transport(), [&] {
      planned_ = plan_search(job_, data_.train);
      if (run_.shard) share_ = keep_shard(planned_, *run_.shard);
    });
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) warn_of_leaks();
    });
    observer_.plan(facts());
    if (const auto warning = memory().warning(resources())) observer_.warning(*warning);
    if (run_.dry_run) {
      for (const std::string& warning : planned_.warnings) observer_.warning(warning);
      return core::ExitCode::done;
    }
    mpi::run_together(session_.transport(), [&] { memory().check(resources(), data_words(data_.train)); });
    if (const auto code = earlier_result()) return *code;
    const LaunchFacts facts = launch_facts("search", session_);
    try {
      const core::ExitCode code = search(facts);
      if (code != core::ExitCode::stopped) observer_.ends(code);
      return code;
    } catch (...) {
      observer_.ends(std::current_exception());
      // An error is no death: no bundle is to be blamed for it.
      if (journal_) journal_->tasks().close_quietly();
      throw;
    }
  }

 private:
  core::ExitCode search(LaunchFacts facts) {
    if (is_root()) {
      facts.launch = epoch_;
      observer_.open(job_.output / kEvents, facts);
    }
    for (const std::string& warning : planned_.warnings) observer_.warning(warning);
    warn_of_days();
    observer_.stage("searching");
    std::optional<search::Evaluator> made;
    mpi::run_together(session_.transport(), [&] { made.emplace(planned_.plan, data_.train, resources()); });
    search::Evaluator& evaluator = *made;
    const io::JournalOrigin all = mpi::agree(session_.transport(), origin(job_, data_.digest));
    KeptFitFiles kept(job_.output, planned_.plan,
                      io::checksum(core::text_of(std::array{all.config, all.data, all.program})), run_.stop.wanted);
    evaluator.keep_long_fits(&kept);
    SearchFarm farm(planned_, evaluator, journal_.get(), session_,
                    {.stop = run_.stop,
                     .journal_file = job_.output / "journal",
                     .epoch = epoch_,
                     .last_words = [this] { say_stopped(); },
                     .error_score = job_.search.error_score},
                    observer_);
    if (run_.shard) return search_shard(farm);
    const SearchOutcome outcome = jobs::search(job_.search, planned_, data_.train, farm, session_);
    if (outcome.end == mpi::FarmEnd::stopped) return stopped();
    return finish(evaluator, outcome);
  }

  core::ExitCode search_shard(SearchFarm& farm) {
    if (farm.run(planned_.bundles) == mpi::FarmEnd::stopped) return stopped();
    core::ExitCode code = core::ExitCode::done;
    mpi::run_together(session_.transport(), [&] {
      if (!is_root()) return;
      directory_->check_epoch();
      const std::vector<search::FitRecord> records = farm.take_records();
      for (const std::string& warning : search_warnings(planned_.plan, data_.train, records))
        observer_.warning(warning);
      write_shard_file(
          directory_->folder(),
          {.shard = *run_.shard, .done = ShardFile::Done{.n_fits = records.size(), .n_failed = count_failed(records)}});
      remove_parts(directory_->file(kParts));
      journal_->tasks().close();
      code = tell_shard();
    });
    return mpi::agree(session_.transport(), code);
  }

  /// Tells how the shard has ended.
  core::ExitCode tell_shard() {
    const std::optional<ShardFile> file = read_shard_file(directory_->folder());
    observer_.note(
        fmt::format("shard {} is done; when all {} are: {}", run_.shard->text(), run_.shard->n_shards, run_.merge));
    return file->done->n_failed > 0 ? core::ExitCode::incomplete : core::ExitCode::done;
  }

  bool is_root() const { return session_.place().rank == 0; }

  /// What the search itself would refuse of its folder.
  void check_directory() const {
    const std::array<std::filesystem::path, 2> inputs{job_.data.source.file, job_.data.test};
    check_run_folder(job_.output, RunKind::search, if_other_ == IfOther::overwrite, inputs);
  }

  mpi::Place place() const {
    mpi::Place place = session_.place();
    if (run_.dry_run) {
      place.n_ranks = static_cast<int>(run_.n_ranks);
      place.n_ranks_on_node = run_.n_ranks;
    }
    return place;
  }

  /// Tries some fits, for so long at most; nothing where none can be made.
  std::optional<JobForecast> forecast(double most_s) const {
    const auto plan = [this] {
      PlannedSearch planned = plan_search(job_, data_.train);
      if (run_.shard) (void)keep_shard(planned, *run_.shard);
      return planned;
    };
    return forecast_search(job_, plan, data_, resources(), layout_of(place()), most_s);
  }

  SearchMemory memory() const { return {job_, data_.train, planned_.plan, planned_.preparation}; }

  models::Resources resources() const {
    return {.memory_bytes = memory().for_fits(place().n_ranks_on_node),
            .memory = &session_.memory(),
            .n_ranks = run_.dry_run ? run_.n_ranks : 0};
  }

  std::vector<Fact> facts() const {
    std::vector<Fact> facts = plan_facts(job_, planned_, data_.train, resources(), place());
    if (run_.shard) facts.push_back({"shard", share_});
    if (!run_.dry_run || !is_root()) return facts;
    constexpr double kMost_s = 60;
    if (const auto foreseen = forecast(kMost_s)) {
      std::ranges::move(time_facts(*foreseen, layout_of(place()), run_.offers), std::back_inserter(facts));
    } else {
      facts.push_back({"time", "not known: the candidates that were tried cannot be fitted"});
    }
    return facts;
  }

  /// What can be told before anything is fitted: `gridmill audit` looks for more.
  void warn_of_leaks() {
    const auto warn = [&](const Finding& finding) { observer_.warning(sentence(finding)); };
    const search::Round round = search::rounds_of(planned_.plan).back();
    const auto folds = std::span(planned_.plan.folds).subspan(round.first_fold, round.n_folds);
    if (job_.data.sample) observer_.warning(sample_words(*job_.data.sample));
    std::ranges::for_each(data_.findings, warn);
    std::ranges::for_each(find_repeated_rows(job_, data_.train, folds, data_.held_out).findings, warn);
    if (const auto chosen = find_chosen_outside_folds(job_.data.source.file, job_.data.target)) warn(*chosen);
  }

  /// Before days pass without a word. All ranks wait for it.
  void warn_of_days() {
    constexpr double kMost_s = 1;
    const auto n_ranks = static_cast<std::size_t>(session_.place().n_ranks);
    mpi::run_together(session_.transport(), [&] {
      if (!is_root() || epoch_ > 1 || !takes_long(planned_, n_ranks)) return;
      const auto foreseen = forecast(kMost_s);
      if (!foreseen) return;
      const auto warning = time_warning(*foreseen, planned_, data_.train, layout_of(place()));
      if (warning) observer_.warning(*warning);
    });
  }

  void open_directory() {
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) directory_.emplace(job_, if_other_, observer_, run_.shard);
    });
  }

  /// Tells what a finished search found whose data is no longer there: it needs none to be told again.
  std::optional<core::ExitCode> result_without_data() {
    std::optional<core::ExitCode> code;
    mpi::run_together(session_.transport(), [&] {
      if (!is_root() || if_other_ == IfOther::overwrite || !directory_->finished()) return;
      const std::optional<std::filesystem::path> gone = missing_data();
      if (!gone) return;
      observer_.warning(
          fmt::format("{} is gone: what was found in it stands, but cannot be compared with it", gone->string()));
      code = tell_again();
    });
    return agreed(code);
  }

  void note_unchecked_data() {
    note_unchecked(job_.data.source.file, observer_);
    if (!job_.data.test.empty()) note_unchecked(job_.data.test, observer_);
  }

  std::optional<std::filesystem::path> missing_data() const {
    for (const std::filesystem::path& file : {job_.data.source.file, job_.data.test}) {
      if (!file.empty() && !std::filesystem::exists(file)) return file;
    }
    return std::nullopt;
  }

  /// Opens the journal; if the search is finished already, tells what it found and returns how it ended.
  std::optional<core::ExitCode> earlier_result() {
    std::optional<core::ExitCode> code;
    mpi::run_together(session_.transport(), [&] {
      if (!is_root()) return;
      if (run_.shards != nullptr) check_shards(*run_.shards, planned_, origin(job_, data_.digest));
      directory_->begin(job_, if_other_);
      const bool finished = directory_->finished() && has_all_of_shard();
      // Before the journal is read: who was cut off and still writes is to stop first.
      if (!finished) epoch_ = directory_->raise_epoch().number();
      journal_ = std::make_unique<SearchJournal>(directory_->journal(), origin(job_, data_.digest));
      if (!finished) {
        warn_of_losses(*journal_, directory_->journal(), observer_);
        journal_->tasks().begin(
            epoch_, [this] { directory_->check_epoch(); }, mpi::blamed_signal());
        if (run_.shards != nullptr) journal_->take_over(run_.shards->known);
        return;
      }
      code = tell_again();
    });
    return agreed(code);
  }

  /// A journal that has lost results is said to be whole by shard.json: they are looked for where they are.
  bool has_all_of_shard() const { return !run_.shard || n_unknown(planned_, read_known(directory_->journal())) == 0; }

  core::ExitCode tell_again() {
    const std::string again =
        fmt::format("{} is finished; nothing is done again (--overwrite to start anew)", directory_->folder().string());
    if (run_.shard) {
      observer_.note(again);
      return tell_shard();
    }
    refuse_changed_run(*directory_);
    const SearchFindings findings = findings_from(io::read_json(directory_->summary()).value);
    observer_.note(again);
    tell(findings, observer_);
    tell_files();
    return exit_code(findings);
  }

  /// Tells all ranks what rank 0 has decided. Collective.
  std::optional<core::ExitCode> agreed(const std::optional<core::ExitCode>& code) {
    return mpi::agree(session_.transport(), code);
  }

  core::ExitCode stopped() {
    if (is_root()) say_stopped();
    return core::ExitCode::stopped;
  }

  void say_stopped() {
    journal_->tasks().close();
    journal_.reset();
    directory_.reset();
    observer_.note(stopped_text(run_.stop));
    observer_.ends(core::ExitCode::stopped);
  }

  core::ExitCode finish(search::Evaluator& evaluator, const SearchOutcome& outcome) {
    mpi::run_together(session_.transport(), [&] {
      if (!is_root()) return;
      directory_->check_epoch();
      // Before anything that may still fail: these are what the search was for.
      io::write_file(directory_->cv_results(), search::to_csv(outcome.table));
    });
    const Choice& choice = outcome.choice;
    if (choice.chosen) observer_.stage("fitting the best candidate again");
    std::optional<OutOfFold> out_of_fold;
    if (choice.best) {
      out_of_fold = out_of_fold_predictions(planned_.plan, choice.chosen.value_or(*choice.best), data_.train, evaluator,
                                            session_.transport());
    }
    Refitted refitted;
    mpi::run_together(session_.transport(), [&] {
      if (!is_root() || !choice.chosen) return;
      refitted = refit_chosen(evaluator, planned_.plan, *choice.chosen, out_of_fold, outcome.records,
                              data_.train.classes.size());
    });
    std::optional<PermutationImportance> permutation;
    if (choice.chosen && job_.search.n_permutations > 0) {
      observer_.stage("shuffling features");
      permutation = permutation_importance(planned_, *choice.chosen, job_.search.n_permutations, data_,
                                           refitted.pipeline, evaluator, session_.transport());
    }
    const Work work = work_of_ranks(outcome.reports, session_.transport());
    core::ExitCode code = core::ExitCode::done;
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) code = write(outcome, out_of_fold, refitted, permutation, work);
    });
    return mpi::agree(session_.transport(), code);
  }

  static core::ExitCode exit_code(const SearchFindings& findings) {
    const bool is_whole = findings.n_failed == 0 && !findings.refit_failed && findings.best;
    return is_whole ? core::ExitCode::done : core::ExitCode::incomplete;
  }

  core::ExitCode write(const SearchOutcome& outcome, const std::optional<OutOfFold>& out_of_fold,
                       const Refitted& refitted, const std::optional<PermutationImportance>& permutation,
                       const Work& work) {
    const bool has_model = refitted.pipeline.model != nullptr;
    const Choice& choice = outcome.choice;
    const search::CvResults& table = outcome.table;
    observer_.stage(fmt::format("writing {}", directory_->folder().string()));
    directory_->check_epoch();
    SearchFindings findings{
        .sample = job_.data.sample, .n_fits = outcome.records.size(), .n_failed = count_failed(outcome.records)};
    findings.warnings = search_warnings(planned_.plan, data_.train, outcome.records);
    if (!choice.best) findings.warnings.push_back(no_best_words(*planned_.plan.scorers[planned_.chosen_by]));
    findings.refit_failed = !refitted.failure.empty();
    if (findings.refit_failed) findings.warnings.push_back(refitted.failure);
    if (!refitted.remark.empty()) findings.warnings.push_back(refitted.remark);
    findings.leaderboard =
        make_leaderboard(planned_.plan, table, planned_.chosen_by, kLeaderboardRows, row_of(choice.chosen));
    findings.leaderboard.baselines = baseline_rows(planned_, data_);
    findings.best = row_of(choice.chosen ? choice.chosen : choice.best);
    if (findings.best) describe_best(job_, planned_, data_.train, table, findings);
    findings.nested = outcome.nested;
    describe_honest_score(job_, planned_, data_.train, outcome.records, findings, observer_);
    describe_equal_candidates(planned_, data_.train, outcome.records, findings);
    if (job_.search.early_stopping) {
      describe_early_stopping(*job_.search.early_stopping, refitted.n_steps, findings);
      if (refitted.n_steps > 0) {
        observer_.note(fmt::format("early stopping: the model has {} rounds", refitted.n_steps));
      }
    }
    std::vector<models::Importance> importances;
    if (has_model) importances = refitted.pipeline.model->importances();
    const std::vector<std::string> names = refitted.pipeline.steps.names(data_.train.feature_names);
    describe_importances(importances, names, findings);
    if (permutation) describe_permutation(*permutation, data_.train.feature_names, findings);
    describe_steps(refitted.pipeline.steps, data_.train.feature_names, findings);
    findings.work = work;
    std::optional<models::Prediction> held_out;
    if (has_model && data_.held_out) {
      try {
        held_out = report_held_out(planned_.plan, *choice.chosen, *data_.held_out, refitted.pipeline, findings);
      } catch (const core::UserError& error) {  // a step cannot be done to them
        findings.warnings.push_back(
            fmt::format("the held-out rows cannot be predicted: {}", error.problems().front().what));
      }
    }
    const RowFindings in_rows =
        find_in_rows(data_, out_of_fold, held_out, known_importance(permutation, importances, names));
    std::optional<Contributions> contributions;
    if (has_model) {
      contributions =
          find_contributions(search::family_of(planned_.plan, *choice.chosen), refitted.pipeline, data_, names);
    }
    io::ArrayFile results = write_results_file(directory_->results(), planned_.plan, data_, table, outcome.records,
                                               out_of_fold, held_out, importances, names, permutation, in_rows,
                                               contributions, io::checksum_text(directory_->cv_results()));
    if (has_model) {
      save_pipeline(directory_->best(),
                    pipeline_of_candidate(job_, planned_.plan, data_.train, *choice.chosen, refitted.n_steps),
                    refitted.pipeline);
    }
    io::write_file(directory_->summary(), io::to_sealed_json(to_value(findings).mapping()));
    journal_->tasks().close();
    remove_parts(directory_->file(kParts));
    write_search_report(directory_->folder(), findings, std::move(results), observer_);
    tell(findings, observer_);
    tell_files();
    return exit_code(findings);
  }

  /// By permutation, if that was asked for, else as the model itself says.
  KnownImportance known_importance(const std::optional<PermutationImportance>& permutation,
                                   const std::vector<models::Importance>& own,
                                   const std::vector<std::string>& names) const {
    if (permutation) return {.features = data_.train.feature_names, .values = permutation->mean};
    if (own.empty()) return {.features = {}, .values = {}};
    return {.features = names, .values = own.front().values};
  }

  /// The row of a candidate in the table.
  std::optional<std::size_t> row_of(std::optional<std::size_t> candidate) const {
    if (!candidate) return std::nullopt;
    const std::vector<std::size_t> rows = search::table_rows(planned_.plan);
    return static_cast<std::size_t>(std::find(rows.begin(), rows.end(), *candidate) - rows.begin());
  }

  void tell_files() {
    const RunDirectory& directory = *directory_;
    std::vector<WrittenFile> files{{directory.cv_results().string(), "every candidate, in scikit-learn's columns"},
                                   {directory.results().string(), "the same as arrays, details of fits, predictions"}};
    if (std::filesystem::exists(directory.best())) {
      files.push_back({directory.best().string(), "the model, fitted on all training rows"});
    }
    observer_.files(with_report(std::move(files), directory.folder()));
  }

  const config::SearchJob& job_;
  const SearchRun& run_;
  mpi::Session& session_;
  EventLog observer_;
  IfOther if_other_ = IfOther::refuse;
  std::optional<RunDirectory> directory_;  // on rank 0
  std::uint32_t epoch_ = 0;                // of this launch; on rank 0
  SearchData data_;
  PlannedSearch planned_;
  std::string share_;                       // of a shard: which part of the search it is
  std::unique_ptr<SearchJournal> journal_;  // on rank 0
};

}  // namespace

core::ExitCode run_search(const config::SearchJob& job, const SearchRun& run, mpi::Session& session,
                          Observer& observer) {
  return SearchRunner(job, run, session, observer).run();
}

}  // namespace gridmill::jobs
