#include "jobs/export_job.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <optional>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <pwd.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/checksum.hpp"
#include "jobs/report/exported_files.hpp"
#include "jobs/report/run_record.hpp"
#include "jobs/report/tracked_search.hpp"
#include "jobs/run/own_files.hpp"
#include "report/tracking/mlflow.hpp"
#include "report/tracking/optuna.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

std::string user_name() {
  const passwd* user = getpwuid(getuid());  // NOLINT(concurrency-mt-unsafe): one thread
  return user == nullptr ? fmt::format("{}", getuid()) : user->pw_name;
}

std::string first_line_with(const fs::path& file, std::string_view start) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(start)) return line.substr(start.size());
  }
  return {};
}

/// Text as MLflow's YAML has it, with or without quotes.
std::string unquoted(std::string text) {
  const bool is_quoted =
      text.size() > 1 && (text.front() == '\'' || text.front() == '"') && text.back() == text.front();
  return is_quoted ? text.substr(1, text.size() - 2) : text;
}

/// Refuses a folder of somebody's own: a store of MLflow holds experiments, folders named by numbers, and few others.
void check_store(const fs::path& root) {
  std::error_code ignored;
  if (!fs::exists(root, ignored)) return;
  if (!fs::is_directory(root, ignored)) throw core::UserError(fmt::format("{}: is no folder", root.string()));
  for (const auto& entry : fs::directory_iterator(root)) {
    const std::string name = entry.path().filename();
    const bool is_number = name.find_first_not_of("0123456789") == std::string::npos;
    if (is_number || name == ".trash" || name == "models") continue;
    throw core::UserError(fmt::format("{}: is no store of MLflow: it holds {}", root.string(), name),
                          "name a new folder, or the 'mlruns' of MLflow");
  }
}

/// Returns the id of the experiment of that name; nothing where there is none.
std::optional<std::string> find_experiment(const fs::path& root, const std::string& name) {
  std::error_code ignored;
  if (!fs::exists(root, ignored)) return std::nullopt;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (unquoted(first_line_with(entry.path() / "meta.yaml", "name: ")) == name)
      return entry.path().filename().string();
  }
  return std::nullopt;
}

/// What people want to open from within MLflow.
void copy_artifacts(const fs::path& run, const fs::path& artifacts) {
  for (const ExportedFile& file : exported_files(run)) {
    fs::create_directories((artifacts / file.name).parent_path());
    fs::copy_file(file.path, artifacts / file.name, fs::copy_options::overwrite_existing);
  }
}

void export_to_store(const report::TrackedSearch& search, const ExportJob& job, Observer& observer) {
  check_store(job.mlflow);
  fs::create_directories(job.mlflow);
  report::MlflowPlace place{.root = fs::canonical(job.mlflow), .experiment = {}};
  const auto known = find_experiment(place.root, search.name);
  // A number of 18 digits, as MLflow's own.
  place.experiment = known.value_or(fmt::format("{:018}", io::checksum(search.name) % 1'000'000'000'000'000'000U));
  const fs::path whole = place.root / place.experiment / report::mlflow_run_id(search);
  if (fs::exists(whole / "meta.yaml")) {
    observer.note(
        fmt::format("{} holds this search already, as run {}", job.mlflow.string(), whole.filename().string()));
    return;
  }
  copy_artifacts(job.run, whole / "artifacts");
  for (const report::StoreFile& file : report::mlflow_files(search, place)) {
    const fs::path path = place.root / file.path;
    fs::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary);
    if (!(out << file.text).flush()) throw core::RunError(fmt::format("cannot write {}", path.string()));
  }
  if (!known) {
    const std::chrono::duration<double> now = std::chrono::system_clock::now().time_since_epoch();
    io::write_file(place.root / place.experiment / "meta.yaml",
                   report::mlflow_experiment(place, search.name, now.count()));
  }
  observer.files({{job.mlflow.string(), fmt::format("experiment '{}': mlflow ui --backend-store-uri {}", search.name,
                                                    job.mlflow.string())}});
}

void export_to_optuna(const report::TrackedSearch& search, const ExportJob& job, Observer& observer) {
  std::error_code ignored;
  if (fs::exists(fs::symlink_status(job.optuna, ignored))) {
    throw core::UserError(fmt::format("{}: exists", job.optuna.string()), "name a new file");
  }
  if (job.optuna.has_parent_path()) fs::create_directories(job.optuna.parent_path());
  io::write_file(job.optuna, report::optuna_journal(search));
  observer.files(
      {{job.optuna.string(), fmt::format("study '{}': optuna-dashboard {}", search.name, job.optuna.string())}});
}

}  // namespace

void run_export(const ExportJob& job, Observer& observer) {
  const fs::path run = job.run.has_filename() ? job.run : job.run.parent_path();
  if (run_kind(run) != RunKind::search) {
    throw core::UserError(core::Problem{{.file = run.string()},
                                        "is no run directory of a search",
                                        "name the 'output' of a config; 'gridmill runs' lists those of a folder"});
  }
  report::TrackedSearch search = tracked_search(SearchRecord(run));
  search.version = job.version;
  search.user = user_name();
  try {
    if (job.server) upload_to_mlflow(search, run, *job.server, observer);
    if (!job.mlflow.empty()) export_to_store(search, job, observer);
    if (!job.optuna.empty()) export_to_optuna(search, job, observer);
  } catch (const fs::filesystem_error& error) {
    throw core::RunError(error.what());
  }
}

}  // namespace gridmill::jobs
