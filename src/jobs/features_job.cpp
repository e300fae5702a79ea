#include "jobs/features_job.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/memory_size.hpp"
#include "features/matrix/encode.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/checksum.hpp"
#include "io/files/json.hpp"
#include "io/files/text_checksum.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/store/store_entity_data.hpp"
#include "io/text/datetime.hpp"
#include "jobs/features/parts/damaged_parts.hpp"
#include "jobs/features/plan/features_fingerprint.hpp"
#include "jobs/features/plan/located_error.hpp"
#include "jobs/features/result/feature_passes.hpp"
#include "jobs/features/result/features_directory.hpp"
#include "jobs/features/result/features_facts.hpp"
#include "jobs/features/result/features_trial.hpp"
#include "jobs/features/result/fitted_features.hpp"
#include "jobs/features/result/result_names.hpp"
#include "jobs/features/result/select_features.hpp"
#include "jobs/features/result/settled_now.hpp"
#include "jobs/features/result/told_features.hpp"
#include "jobs/features_source.hpp"
#include "jobs/report_job.hpp"
#include "jobs/run/changed_files.hpp"
#include "jobs/run/event_log.hpp"
#include "jobs/run/own_files.hpp"
#include "jobs/run/remove_unneeded.hpp"
#include "jobs/run/source_digest.hpp"
#include "jobs/run/work_of_ranks.hpp"
#include "mpi/agree.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

/// A job that is ready to compute, the same on every rank.
struct PlannedFeatures {
  FeaturesPlan plan;
  SideColumns side;
  std::optional<FittedFeatures> fitted;  // what an earlier run has fitted, to be applied
  std::vector<PartFiles> stages;         // the last ones are the rows of the matrix

  [[nodiscard]] const PartFiles& rows() const { return stages.back(); }
};

/// What computing will take.
struct FeaturesNeeds {
  std::size_t resident = 0;          // memory taken before anything is evaluated [bytes]
  std::vector<std::size_t> working;  // on rank 0: what each stage takes [bytes]
  std::size_t labels = 0;            // on rank 0: of categories [bytes]
  GiantCount giants;                 // on rank 0
};

/// Statistics of the matrix, by part; on rank 0.
using ComputedFeatures = std::vector<PartStatistics>;

/// The matrix after encoding and selection.
struct RefinedFeatures {
  FeaturesResult result;  // on all ranks where there is something to decide, else on rank 0
  PartFiles encoded;

  [[nodiscard]] std::vector<const PartFiles*> lists(const PlannedFeatures& planned) const {
    return {&planned.rows(), &encoded};
  }
};

class FeaturesRunner {
 public:
  FeaturesRunner(const config::FeaturesJob& job, const FeaturesRun& run, mpi::Session& session, Observer& observer)
      : job_(job), run_(run), session_(session), observer_(observer) {}

  core::ExitCode run() {
    if_other_ = settled_if_other(run_.if_other, job_.output, session_);
    observer_.stage(fmt::format("reading {}", job_.features.store.string()));
    if (job_.features.cutoff.kind == config::CutoffOptions::Kind::now) {
      job_.features.cutoff.time = settled_now(job_, if_other_, session_);
    }
    PlannedFeatures planned;
    mpi::run_together(session_.transport(), [&] {
      data_.emplace(job_.features.store);
      try {
        planned = plan();
      } catch (const core::UserError& error) {
        throw located(error, job_.features.places);
      }
    });
    if (is_root()) note_unchecked(job_.features.store, observer_);
    if (run_.dry_run) {
      mpi::run_together(session_.transport(), [&] {
        // What the job itself would refuse of its folder.
        const std::array<fs::path, 2> inputs{job_.features.store, job_.features.cutoff.file};
        if (is_root()) check_run_folder(job_.output, RunKind::features, if_other_ == IfOther::overwrite, inputs);
      });
    } else {
      open_directory();
    }
    const FeaturesNeeds needs = find_needs(planned);
    tell_plan(planned, needs);
    if (run_.dry_run) return core::ExitCode::done;
    if (already_finished(planned)) return core::ExitCode::done;
    begin_launch();
    open_journal(planned);
    try {
      return make(planned, needs);
    } catch (...) {
      observer_.ends(std::current_exception());
      throw;
    }
  }

 private:
  core::ExitCode make(const PlannedFeatures& planned, const FeaturesNeeds& needs) {
    const std::optional<ComputedFeatures> computed = compute(planned, needs);
    const std::optional<RefinedFeatures> refined = computed ? refine(planned, *computed) : std::nullopt;
    wait_for_store_digest();
    if (!refined) return stopped();
    write(planned, *refined, work_of_ranks(reports_, session_.transport()));
    observer_.ends(core::ExitCode::done);
    return core::ExitCode::done;
  }

  bool is_root() const { return session_.place().rank == 0; }

  void begin_launch() {
    if (run_.fitted != nullptr) return;
    LaunchFacts facts = launch_facts("features", session_);
    mpi::run_together(session_.transport(), [&] {
      if (!is_root()) return;
      facts.launch = directory_->raise_epoch().number();
      observer_.open(job_.output / kEvents, facts);
    });
    epoch_ = mpi::agree(session_.transport(), static_cast<std::uint32_t>(facts.launch));
  }

  /// Keeps what tasks are to blame for, until all are done.
  void open_journal(const PlannedFeatures& planned) {
    blame_ = PassBlame(job_.output / kTasksJournal, epoch_, planned.rows().fingerprint);
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) blame_.open([this] { directory_->check_epoch(); });
    });
  }

  /// Enters the run directory: once the config is known to be good, so that a mistake is told first and leaves nothing.
  void open_directory() {
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) directory_.emplace(job_, if_other_, observer_);
    });
  }

  std::vector<PartFiles> files_of(const FeaturesPlan& plan) const {
    const std::uint64_t hash = features_fingerprint(job_, plan, data_->entity_set(), source_digest());
    const fs::path parts = job_.output / "parts";
    std::vector<PartFiles> stages;
    for (std::size_t stage = 0; stage < plan.stages.size(); ++stage) {
      stages.push_back(stage_files(plan, stage, data_->entity_set(), parts, hash));
    }
    return stages;
  }

  std::size_t n_ranks() const {
    return run_.dry_run ? run_.n_ranks : static_cast<std::size_t>(session_.place().n_ranks);
  }

  std::size_t n_ranks_on_node() const {
    return std::max<std::size_t>(run_.dry_run ? run_.n_ranks : session_.place().n_ranks_on_node, 1);
  }

  std::size_t memory_for_evaluation(std::size_t resident) const {
    const std::size_t per_rank = job_.memory_limit.on_node(core::node_memory_bytes()) / n_ranks_on_node();
    return per_rank - std::min(resident, per_rank);
  }

  /// Finds what each stage takes; rank 0 looks for all. Collective.
  FeaturesNeeds find_needs(const PlannedFeatures& planned) {
    FeaturesNeeds needs{.resident = resident_bytes()};
    mpi::run_together(session_.transport(), [&] {
      if (!is_root()) return;
      const std::size_t memory = memory_for_evaluation(needs.resident);
      for (std::size_t i = 0; i < planned.stages.size(); ++i)
        needs.working.push_back(PartMaker(*data_, planned.plan, planned.stages, i, memory).working_bytes());
      needs.labels = label_bytes(planned.plan, *data_);
    });
    needs.giants = count_giants(pass(), *data_, planned.plan, planned.stages);
    return needs;
  }

  void tell_plan(const PlannedFeatures& planned, const FeaturesNeeds& needs) {
    const std::optional<FeaturesTrial> tried = trial(planned, needs);
    const FeaturesSituation situation{.job = job_,
                                      .plan = planned.plan,
                                      .set = data_->entity_set(),
                                      .stages = planned.stages,
                                      .n_ranks = n_ranks(),
                                      .n_ranks_on_node = n_ranks_on_node(),
                                      .memory_per_rank = memory_for_evaluation(0),
                                      .resident = needs.resident,
                                      .working = needs.working,
                                      .labels = needs.labels,
                                      .giants = needs.giants,
                                      .n_encoded = tried ? tried->n_encoded : 0};
    std::vector<Fact> facts = features_facts(situation);
    if (run_.dry_run && is_root()) {
      if (tried) {
        const JobForecast foreseen = foresee_features(*tried, planned.rows().ranges);
        std::ranges::move(time_facts(foreseen, {.ranks_per_node = n_ranks()}, run_.offers), std::back_inserter(facts));
      } else {
        facts.push_back({"time", "not estimated, there are several passes"});
      }
    }
    if (is_root()) {
      for (const std::string& warning : planned.plan.warnings) observer_.warning(warning);
      if (const auto warning = memory_warning(situation)) observer_.warning(*warning);
    }
    observer_.plan(facts);
  }

  /// Tries some rows and says what all would take; nothing where rows do not tell.
  std::optional<FeaturesTrial> trial(const PlannedFeatures& planned, const FeaturesNeeds& needs) {
    if (!run_.dry_run || !is_root() || planned.stages.size() > 1 || needs.giants.n_pieces > 0 ||
        planned.plan.instances.empty())
      return {};
    PartMaker maker(*data_, planned.plan, planned.stages, 0, memory_for_evaluation(needs.resident));
    return try_features(maker, job_, planned.plan, planned.rows(), planned.side, session_);
  }

  PlannedFeatures plan() {
    PlannedFeatures planned;
    const std::int64_t now = io::parse_datetime(job_.features.cutoff.time).value_or(0);
    if (run_.fitted != nullptr) {
      take_types(*run_.fitted, {.definitions = run_.fitted_file, .store = job_.features.store}, *data_);
      planned.fitted = read_fitted(*run_.fitted, data_->entity_set());
      planned.plan =
          plan_instances(job_.features, *data_, now, planned.fitted->target, planned.fitted->features, LabelUse::score);
    } else {
      planned.plan = plan_features(job_.features, *data_, now);
    }
    if (run_.piece_rows) planned.plan.evaluation.piece_rows = *run_.piece_rows;
    if (run_.most_kept_bytes) planned.plan.most_kept_bytes = *run_.most_kept_bytes;
    planned.side = side_columns(planned.plan, *data_, job_.features.pass_through);
    planned.stages = files_of(planned.plan);
    if (planned.fitted) return planned;
    check_result_names(job_.features, planned.plan, planned.side);
    for (const std::string& name : job_.features.pass_through) {
      if (has_no_value(planned.side, name)) {
        planned.plan.warnings.push_back(fmt::format("pass_through: '{}' has no value in any row of the matrix", name));
      }
    }
    return planned;
  }

  /// Begins, or goes on; tells on all ranks whether all is there already.
  bool already_finished(const PlannedFeatures& planned) {
    bool finished = false;
    mpi::run_together(session_.transport(), [&] {
      if (!is_root()) return;
      check_space(planned.rows(), planned.fitted.has_value());
      directory_->begin(job_, if_other_);
      if (directory_->known_store()) {
        directory_->check_store(job_.features.store, io::content_digest(job_.features.store));
      } else {
        directory_->check_store(job_.features.store, 0);
        // Hashed beside the work; parts of a run that was killed before it is known are not trusted.
        digest_ = std::async(std::launch::async,
                             [this] { directory_->remember_store(io::content_digest(job_.features.store)); });
      }
      const config::CutoffOptions& cutoff = job_.features.cutoff;
      const bool same_cutoffs =
          cutoff.kind != config::CutoffOptions::Kind::file || directory_->check_cutoffs(cutoff.file);
      finished = same_cutoffs && directory_->finished(job_.features.csv);
      if (directory_->matrix_has_changed()) {
        observer_.warning(
            fmt::format("{} changed since it was written, or an earlier gridmill wrote it, and is made again",
                        directory_->matrix().string()));
      }
    });
    if (!mpi::agree(session_.transport(), finished) || any_part_damaged()) return false;
    if (is_root() && run_.fitted == nullptr) {
      observer_.note(fmt::format("{} is finished; nothing is done again (--overwrite to start anew)",
                                 directory_->folder().string()));
      tell_files();
    }
    return true;
  }

  void check_space(const PartFiles& parts, bool in_one_file) const {
    std::uintmax_t there = 0;
    for (const fs::path& file : parts.files) there += fs::exists(file) ? fs::file_size(file) : 0;
    const std::uintmax_t stored = stored_bytes(parts);
    const std::uintmax_t copied = in_one_file || stored < kMostInOneFile ? stored : 0;
    const std::uintmax_t needed = stored + copied;
    check_free_space(needed - std::min(needed, there), fs::space(directory_->folder()).available, directory_->folder());
  }

  /// Reads the parts of a finished run, each rank its share, and says whether some must be computed again.
  bool any_part_damaged() {
    observer_.stage("checking what is there");
    const std::vector<std::string> names = damaged_parts(job_.output / "features.h5", session_);
    if (is_root() && !names.empty()) {
      observer_.warning(fmt::format(
          "{} changed since it was written and is computed again",
          names.size() == 1 ? names[0] : fmt::format("{} (and {} more files)", names[0], names.size() - 1)));
    }
    return !names.empty();
  }

  void wait_for_store_digest() {
    mpi::run_together(session_.transport(), [&] {
      if (digest_.valid()) digest_.get();
    });
  }

  PassContext pass() {
    return {session_, observer_, run_.stop, [this] { say_stopped(); }, &reports_, &blame_};
  }

  /// Computes all stages; nothing if it was stopped.
  std::optional<ComputedFeatures> compute(const PlannedFeatures& planned, const FeaturesNeeds& needs) {
    ComputedFeatures computed;
    const std::size_t memory = memory_for_evaluation(needs.resident);
    for (std::size_t stage = 0; stage < planned.plan.stages.size(); ++stage) {
      const bool is_last = stage + 1 == planned.plan.stages.size();
      const std::string table = data_->entity_set().tables[planned.plan.stages[stage].table].name;
      if (!summarize_pieces(pass(), *data_, planned.plan, planned.stages, stage, memory)) return std::nullopt;
      observer_.stage(is_last ? "computing features" : fmt::format("computing features of '{}' first", table));
      auto parts = compute_stage(pass(), *data_, planned.plan, planned.stages, stage, memory);
      if (!parts) return std::nullopt;
      if (is_last) computed = std::move(*parts);
    }
    return computed;
  }

  /// Encodes and selects; every rank takes the same decisions. Nothing if it was stopped.
  std::optional<RefinedFeatures> refine(const PlannedFeatures& planned, const ComputedFeatures& computed) {
    RefinedFeatures refined;
    const bool fits = !planned.fitted && !planned.plan.instances.empty();
    PartedMatrix matrix(planned.rows());
    PartStatistics statistics;
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) statistics = merge_parts(computed, matrix);
    });
    const bool needs_all = job_.features.encode || planned.fitted || selects(job_.features.select);
    if (needs_all) share_statistics(session_.transport(), statistics, matrix);
    if (needs_all || is_root()) refined.result.columns = encoded_columns(planned.plan.columns, {});
    if (planned.fitted) refined.result.encoding = planned.fitted->encoding;
    if (job_.features.encode && fits) {
      const config::EncodeOptions& options = *job_.features.encode;
      refined.result.encoding = features::fit_encoding(planned.plan.columns, statistics,
                                                       {.top_n = options.top_n,
                                                        .include_unknown = options.include_unknown,
                                                        .columns = options.columns,
                                                        .drop_first = options.drop_first});
    }
    if (!refined.result.encoding.empty())
      refined.result.columns = encoded_columns(planned.plan.columns, refined.result.encoding);
    for (ResultColumn& column : refined.result.columns) {
      if (column.list == 0) column.statistics = statistics.at(column.at);
    }
    if (!refined.result.encoding.empty() && !encode(planned, refined)) return std::nullopt;
    if (planned.fitted) {
      keep_fitted(*planned.fitted, refined.result.columns);
      return refined;
    }
    if (fits && !select_features(pass(), job_.features.select, planned.side, refined.lists(planned), refined.result))
      return std::nullopt;
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) check_any_left(refined.result, planned.plan);
    });
    return refined;
  }

  bool encode(const PlannedFeatures& planned, RefinedFeatures& refined) {
    observer_.stage("encoding categories");
    refined.encoded = planned.rows();
    refined.encoded.types.clear();
    for (const features::EncodedColumn& each : refined.result.encoding) {
      refined.encoded.types.insert(refined.encoded.types.end(), each.n_outputs(), core::ColumnType::boolean);
    }
    refined.encoded.fingerprint ^= io::checksum(io::to_json(features::to_value(refined.result.encoding)));
    for (std::size_t part = 0; part < refined.encoded.files.size(); ++part) {
      refined.encoded.files[part] = job_.output / "parts" / fmt::format("encoded-{:04}.h5", part);
    }
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) check_space(refined.encoded, planned.fitted.has_value());
    });
    auto parts = encode_parts(pass(), planned.rows(), refined.encoded, refined.result.encoding);
    if (!parts) return false;
    PartedMatrix matrix(refined.encoded);
    PartStatistics statistics;
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) statistics = merge_parts(*parts, matrix);
    });
    share_statistics(session_.transport(), statistics, matrix);
    for (ResultColumn& column : refined.result.columns) {
      if (column.list == 1) column.statistics = statistics.at(column.at);
    }
    return true;
  }

  core::ExitCode stopped() {
    if (is_root()) say_stopped();
    return core::ExitCode::stopped;
  }

  void say_stopped() {
    const bool hashed = !digest_.valid() || digest_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    blame_.close();
    if (hashed) directory_.reset();  // else the thread that hashes the store still writes into it
    observer_.note(stopped_text(run_.stop));
    observer_.ends(core::ExitCode::stopped);
  }

  /// What is applied is asked for in one file.
  io::MatrixLayout layout(const PlannedFeatures& planned, const RefinedFeatures& refined,
                          const std::vector<PartedMatrix*>& lists) const {
    const bool asked = job_.features.pack == config::FeaturesOptions::Pack::automatic;
    const bool fits = planned.fitted || (asked && result_bytes(planned.plan, refined.result, lists) < kMostInOneFile);
    return fits ? io::MatrixLayout::whole : io::MatrixLayout::over_parts;
  }

  void write(const PlannedFeatures& planned, const RefinedFeatures& refined, const Work& work) {
    mpi::run_together(session_.transport(), [&] {
      if (!is_root()) return;
      directory_->check_epoch();
      if (run_.fitted == nullptr) observer_.stage(fmt::format("writing {}", directory_->matrix().string()));
      PartedMatrix matrix(planned.rows());
      PartedMatrix encoded(refined.encoded);
      std::vector<PartedMatrix*> all{&matrix};
      if (!refined.encoded.types.empty()) all.push_back(&encoded);
      write_matrix(directory_->matrix(), job_.features.store.string(), planned.plan, refined.result, planned.side, all,
                   layout(planned, refined, all));
      if (job_.features.csv) write_matrix_csv(directory_->csv(), planned.plan, refined.result, planned.side, all);
      const core::Value definitions = fitted_value(job_, data_->entity_set(), planned.plan, refined.result);
      io::write_file(directory_->definitions(), io::to_sealed_json(definitions.mapping()));
      remove_stages(planned);
      blame_.remove(observer_);
      const std::string csv = job_.features.csv ? io::checksum_text(directory_->csv()) : std::string();
      core::ValueMapping summary = summary_value(job_, planned.plan, refined.result, csv).mapping();
      summary.emplace_back("work", to_value(work));
      io::write_file(directory_->summary(), io::to_sealed_json(summary));
      if (run_.fitted == nullptr) write_report(directory_->folder(), observer_);
      tell_features(planned.plan, refined.result, planned.rows().types, observer_);
      observer_.note(work_text(work, "tasks"));
      tell_files();
    });
  }

  /// Parts of stages that only others needed.
  void remove_stages(const PlannedFeatures& planned) {
    for (std::size_t stage = 0; stage + 1 < planned.stages.size(); ++stage) {
      remove_unneeded(planned.stages[stage].files, observer_);
    }
  }

  void tell_files() {
    if (run_.fitted != nullptr) return;  // whoever asked for it puts them in one
    observer_.files(with_report(directory_->written(), directory_->folder()));
  }

  config::FeaturesJob job_;  // with the time of "now" filled in
  const FeaturesRun& run_;
  mpi::Session& session_;
  EventLog observer_;
  IfOther if_other_ = IfOther::refuse;
  std::optional<FeaturesDirectory> directory_;  // on rank 0
  PassBlame blame_;                             // asks the directory whether it may write
  std::uint32_t epoch_ = 0;                     // of this launch
  std::vector<mpi::RankReport> reports_;        // on rank 0: of each pass
  std::optional<io::StoreEntityData> data_;
  std::future<void> digest_;  // on rank 0: the store's hash is kept
};

}  // namespace

core::ExitCode run_features(const config::FeaturesJob& job, const FeaturesRun& run, mpi::Session& session,
                            Observer& observer) {
  const FeaturesSource source(job, run, session, observer);
  return FeaturesRunner(source.job(), run, session, observer).run();
}

}  // namespace gridmill::jobs
