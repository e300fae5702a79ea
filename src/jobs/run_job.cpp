#include "jobs/run_job.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <iostream>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/node.hpp"
#include "core/address.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/checksum.hpp"
#include "io/files/text_checksum.hpp"
#include "jobs/dataset/import_origin.hpp"
#include "jobs/features_job.hpp"
#include "jobs/import_job.hpp"
#include "jobs/predict_job.hpp"
#include "jobs/predict_tables_job.hpp"
#include "jobs/run/changed_files.hpp"
#include "jobs/run/own_files.hpp"
#include "jobs/search_job.hpp"
#include "mpi/agree.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;
using core::ExitCode;

/// One job of a run.
struct Stage {
  std::string name;
  fs::path needs;  // what must be there before it can be done or estimated; empty: what the user gives
  std::function<ExitCode()> run;
  std::optional<RunKind> kind;  // of the run directory that it writes
  fs::path folder;
};

bool has_been_written(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

class Runner {
 public:
  Runner(const config::RunFile& file, const WholeRun& run, mpi::Session& session, Observer& observer)
      : file_(file), run_(run), session_(session), observer_(observer) {}

  ExitCode run() {
    std::vector<Stage> stages;
    mpi::run_together(session_.transport(), [&] {
      file_.check();
      stages = wanted_stages();
      // Where a later stage would not write, none begins: those before it may take hours.
      for (const Stage& stage : stages) {
        if (is_root() && stage.kind) check_run_folder(stage.folder, *stage.kind, may_remove(), {});
      }
    });
    for (std::size_t i = 0; i < stages.size(); ++i) {
      const Stage& stage = stages[i];
      observer_.stage(fmt::format("{} ({} of {})", stage.name, i + 1, stages.size()));
      if (run_.dry_run && !stage.needs.empty() && !agreed_exists(stage.needs)) {
        observer_.note(
            fmt::format("what '{}' takes can be told as soon as {} is there", stage.name, stage.needs.string()));
        return ExitCode::done;
      }
      const ExitCode code = perform(stage);
      if (code != ExitCode::done) return code;
    }
    return ExitCode::done;
  }

 private:
  bool is_root() const { return session_.place().rank == 0; }
  bool may_remove() const { return run_.if_other == IfOther::overwrite; }

  /// What is on the disk may change while ranks look.
  bool agreed_exists(const fs::path& file) { return mpi::agree(session_.transport(), has_been_written(file)); }

  ExitCode perform(const Stage& stage) {
    try {
      const ExitCode code = stage.run();
      if (code != ExitCode::done) say_how_to_go_on(stage);
      return code;
    } catch (const std::exception&) {
      say_how_to_go_on(stage);
      throw;
    }
  }

  void say_how_to_go_on(const Stage& stage) {
    if (run_.dry_run) return;
    observer_.note(fmt::format("the run ended in '{}'; '{}' goes on there", stage.name, run_.again));
  }

  std::vector<Stage> wanted_stages() const {
    std::vector<Stage> stages;
    if (file_.has_import()) stages.push_back(import_stage());
    if (file_.has_features()) stages.push_back(features_stage());
    if (file_.has_search()) stages.push_back(search_stage());
    if (file_.has_predict()) stages.push_back(predict_stage());
    if (stages.empty()) {
      throw core::UserError(core::Problem{{.file = file_.name().string()},
                                          "has no section that says what to do",
                                          fmt::format("it needs one of {}", fmt::join(stage_names(), ", "))});
    }
    if (run_.until.empty()) return stages;
    std::vector<std::string> names;
    for (const Stage& stage : stages) names.push_back(stage.name);
    const auto last = std::find(names.begin(), names.end(), run_.until);
    if (last == names.end()) {
      throw core::UserError(fmt::format("--until {}: {} has no such stage", run_.until, file_.name().string()),
                            fmt::format("it has {}", fmt::join(names, ", ")));
    }
    stages.resize(static_cast<std::size_t>(last - names.begin()) + 1);
    return stages;
  }

  IfExists if_exists() const { return may_remove() ? IfExists::replace : IfExists::refuse; }

  Stage import_stage() const {
    config::ImportJob job = file_.import_job();
    const fs::path store = job.store;
    return {.name = "import", .needs = {}, .run = [this, job = std::move(job)] {
              if (run_.dry_run) {
                observer_.plan({{"store", job.store.string()},
                                {"tables", static_cast<std::int64_t>(job.tables.size() + job.derived.size())}});
                return ExitCode::done;
              }
              std::ignore = run_.stop_request("import", job.store);
              mpi::run_together(session_.transport(), [&] {
                if (is_root()) run_import(job, {}, if_exists(), observer_);
              });
              return ExitCode::done;
            }};
  }

  Stage features_stage() const {
    config::FeaturesJob job = file_.features_job();
    const fs::path folder = job.output;
    const fs::path store = job.features.store;
    return {.name = "features",
            .needs = store,
            .run =
                [this, job = std::move(job)] {
                  return run_features(job,
                                      {.if_other = run_.if_other,
                                       .dry_run = run_.dry_run,
                                       .offers = run_.offers,
                                       .n_ranks = run_.n_ranks,
                                       .stop = run_.stop_request("features", job.output)},
                                      session_, observer_);
                },
            .kind = RunKind::features,
            .folder = folder};
  }

  Stage search_stage() const {
    config::SearchJob job = file_.search_job();
    const fs::path folder = job.output;
    const fs::path data = job.data.source.file;
    return {.name = "search",
            .needs = data,
            .run =
                [this, job = std::move(job)] {
                  const ExitCode code = run_search(job,
                                                   {.if_other = run_.if_other,
                                                    .dry_run = run_.dry_run,
                                                    .offers = run_.offers,
                                                    .n_ranks = run_.n_ranks,
                                                    .stop = run_.stop_request("search", job.output)},
                                                   session_, observer_);
                  if (code == ExitCode::done && !run_.dry_run) leave_config(job.output);
                  return code;
                },
            .kind = RunKind::search,
            .folder = folder};
  }

  /// Leaves in the run directory what tells how its rows were made.
  void leave_config(const fs::path& folder) const {
    mpi::run_together(session_.transport(), [&] {
      if (!is_root()) return;
      std::string text = fmt::format("{}{}\n{}", kRunConfigHeading, core::told_path(file_.name()), file_.text());
      if (!text.ends_with('\n')) text += '\n';
      io::write_file(folder / kRunConfig, io::with_checksum_line(std::move(text)));
    });
  }

  Stage predict_stage() const {
    config::PredictOptions options = file_.predict_options();
    const fs::path folder = file_.search_job().output;
    if (options.output.empty()) options.output = folder / kPredicted;
    const fs::path output = options.output;
    return {.name = "predict",
            .needs = folder / "best" / "pipeline.json",

            .run = [this, folder, options = std::move(options)] {
              if (run_.dry_run) {
                observer_.plan({{"predictions", options.output.string()}});
                return ExitCode::done;
              }
              return predict(folder, options);
            }};
  }

  ExitCode predict(const fs::path& folder, const config::PredictOptions& options) const {
    const StopRequest stop = run_.stop_request("predict", options.output.string() + ".work");
    bool is_made = false;
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) is_made = is_made_already(folder, options);
    });
    if (mpi::agree(session_.transport(), is_made)) return ExitCode::done;
    const PredictJob job{.run = folder,
                         .data = options.source,
                         .output = options.output,
                         .if_exists = IfExists::replace,  // of our own making only
                         .wanted = {.decision = options.decision, .probability = options.probability},
                         .explanations = explanations(options.contributions, options.leaf),
                         .keep = options.keep,
                         .unlabelled = options.rows == config::PredictOptions::Rows::unlabelled,
                         .sample = file_.sample()};
    ExitCode code = ExitCode::done;
    if (options.tables.empty()) {
      run_predict(job, session_.transport(), std::cout, observer_);
    } else {
      code = run_predict_tables({.predict = job,
                                 .import = file_.import_job(),
                                 .tables = options.tables,
                                 .definitions = file_.features_job().output / "features.json",
                                 .memory_limit = file_.features_job().memory_limit,
                                 .stop = stop},
                                session_, observer_);
    }
    if (code != ExitCode::done) return code;
    mpi::run_together(session_.transport(), [&] {
      if (is_root()) io::write_file(folder / kPredictedDigest, digest(folder, options));
    });
    return code;
  }

  /// Predictions are not made again of the same model and rows.
  bool is_made_already(const fs::path& folder, const config::PredictOptions& options) const {
    const fs::path remembered = folder / kPredictedDigest;
    if (run_.if_other == IfOther::overwrite || !has_been_written(remembered) || !has_been_written(options.output))
      return false;
    if (config::read_text(remembered) != digest(folder, options)) return false;
    observer_.note(fmt::format("{} holds the predictions of these rows by this model; nothing is done again",
                               options.output.string()));
    return true;
  }

  /// What the predictions are made of, and what they are.
  std::string digest(const fs::path& folder, const config::PredictOptions& options) const {
    std::string made_of = io::checksum_text(folder / "best" / "pipeline.json");
    if (options.tables.empty()) {
      made_of += fmt::format(" {:016x}", io::file_checksum(options.source));
    } else {
      config::ImportJob import = file_.import_job();
      replace_sources(import, options.tables);
      for (const std::uint64_t hash : hash_sources(import)) made_of += fmt::format(" {:016x}", hash);
    }
    made_of += fmt::format(" {} {} {} {} {} {}", fmt::join(options.keep, "\n"), static_cast<int>(options.rows),
                           options.decision, options.probability, options.contributions, options.leaf);
    if (file_.sample()) made_of += fmt::format(" sample {}", *file_.sample());
    made_of += " " + io::checksum_text(options.output);
    return fmt::format("{:016x}\n", io::checksum(made_of));
  }

  const config::RunFile& file_;
  const WholeRun& run_;
  mpi::Session& session_;
  Observer& observer_;
};

}  // namespace

std::vector<std::string> stage_names() { return {"import", "features", "search", "predict"}; }

ExitCode run_all(const config::RunFile& file, const WholeRun& run, mpi::Session& session, Observer& observer) {
  return Runner(file, run, session, observer).run();
}

std::optional<config::RunFile> config_of_run(const fs::path& folder) {
  const fs::path file = folder / kRunConfig;
  if (!has_been_written(file)) return std::nullopt;
  const io::TrailingChecksum checksum = io::compare_checksum_line(file);
  if (checksum == io::TrailingChecksum::wrong) {
    refuse_changed(file, "the same 'gridmill run' writes it again; with --overwrite, all of the run");
  }
  std::string text = config::read_text(file);
  // The line of the checksum may stand behind a text of several lines, and is no part of it.
  if (checksum == io::TrailingChecksum::right) text.resize(text.rfind('\n', text.size() - 2) + 1);
  const std::size_t end = text.find('\n');
  if (!text.starts_with(kRunConfigHeading) || end == std::string::npos) return std::nullopt;
  const std::string_view heading = kRunConfigHeading;
  config::RunFile config(std::string_view(text).substr(end + 1), text.substr(heading.size(), end - heading.size()));
  config.set_output(folder);
  return config;
}

}  // namespace gridmill::jobs
