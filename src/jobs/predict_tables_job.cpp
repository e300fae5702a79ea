#include "jobs/predict_tables_job.hpp"

#include <algorithm>
#include <iostream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/hint.hpp"
#include "io/store/store.hpp"
#include "jobs/apply_features_job.hpp"
#include "jobs/import_job.hpp"
#include "jobs/run/own_files.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

namespace {

namespace fs = std::filesystem;

/// Passes on what concerns the user; what becomes of files in between does not.
class StepObserver final : public Observer {
 public:
  explicit StepObserver(Observer& observer) : observer_(observer) {}

  void stage(std::string_view what) override { observer_.stage(what); }
  void plan(const std::vector<Fact>&) override {}
  void progress(const Progress& progress) override { observer_.progress(progress); }
  void task_begins(const TaskBegins& begins) override { observer_.task_begins(begins); }
  void host_leaving(const HostLeaving& leaving) override { observer_.host_leaving(leaving); }
  void task(const TaskDone& done) override { observer_.task(done); }
  void warning(std::string_view sentence) override { observer_.warning(sentence); }
  void note(std::string_view) override {}
  void leaderboard(const Leaderboard&) override {}
  void block(const TextBlock&) override {}
  void files(const std::vector<WrittenFile>&) override {}

 private:
  Observer& observer_;
};

/// Rows of a store are in an order of their own: each prediction says which row it is of.
void keep_index(PredictJob& predict) {
  const io::StoreReader store(predict.data);
  for (const core::Column& column : store.schema(store.tables().front()).columns) {
    const bool is_index = std::find(column.tags.begin(), column.tags.end(), "index") != column.tags.end();
    const bool is_kept = std::find(predict.keep.begin(), predict.keep.end(), column.name) != predict.keep.end();
    if (is_index && !is_kept) predict.keep.insert(predict.keep.begin(), column.name);
  }
}

}  // namespace

void replace_sources(config::ImportJob& import, const std::map<std::string, fs::path>& tables) {
  std::vector<std::string> known;
  for (config::TableOptions& table : import.tables) {
    known.push_back(table.source.table);
    if (const auto found = tables.find(table.source.table); found != tables.end()) table.source.file = found->second;
  }
  std::vector<core::Problem> problems;
  for (const auto& [table, file] : tables) {
    if (std::find(known.begin(), known.end(), table) != known.end()) continue;
    problems.push_back({{}, fmt::format("the run imports no table '{}'", table), core::hint_for(table, known)});
  }
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

core::ExitCode run_predict_tables(const PredictTablesJob& job, mpi::Session& session, Observer& observer) {
  const fs::path work = job.predict.output.string() + ".work";
  const fs::path store = work / "tables.h5";
  const fs::path features = work / "features.h5";
  StepObserver steps(observer);
  const bool is_root = session.place().rank == 0;
  mpi::run_together(session.transport(), [&] {
    if (!is_root) return;
    std::vector<fs::path> inputs;
    for (const config::TableOptions& table : job.import.tables) inputs.push_back(table.source.file);
    for (const auto& [table, file] : job.tables) inputs.push_back(file);
    prepare_output_file({.file = job.predict.output,
                         .kind = OutputKind::predictions,
                         .if_exists = job.predict.if_exists,
                         .inputs = std::move(inputs)});
    config::ImportJob import = job.import;
    import.store = store;
    replace_sources(import, job.tables);
    observer.stage("importing the tables to predict from");
    run_import(import, job.definitions, is_own_store(store) ? IfExists::replace : IfExists::refuse, steps);
  });
  const ApplyFeaturesJob apply{.definitions = job.definitions,
                               .store = store,
                               .output = features,
                               .cutoff = {},
                               .if_exists = IfExists::replace,
                               .stop = job.stop,
                               .memory_limit = job.memory_limit};
  if (const core::ExitCode code = run_apply_features(apply, session, steps); code != core::ExitCode::done) return code;
  PredictJob predict = job.predict;
  predict.data = features;
  mpi::run_together(session.transport(), [&] { keep_index(predict); });
  run_predict(predict, session.transport(), std::cout, observer);
  mpi::run_together(session.transport(), [&] {
    if (!is_root) return;
    std::error_code ignored;
    for (const fs::path& file : {store, features}) fs::remove(file, ignored);
    fs::remove(work, ignored);  // unless it holds more
  });
  return core::ExitCode::done;
}

}  // namespace gridmill::jobs
