#include "cli/staged_paths.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "cli/command_jobs.hpp"
#include "config/run_file.hpp"
#include "core/error.hpp"
#include "core/user_path.hpp"

namespace gridmill::cli {

namespace fs = std::filesystem;

namespace {

void add(std::vector<core::Address>& list, const fs::path& path) {
  const auto address = core::address_of(path);
  if (address && std::find(list.begin(), list.end(), *address) == list.end()) list.push_back(*address);
}

bool is_config(const fs::path& file) { return file.extension() == ".yaml" || file.extension() == ".yml"; }

/// Whether a path is a folder, or lies in it.
bool lies_within(const fs::path& path, const fs::path& folder) {
  const fs::path inner = path.lexically_normal();
  const fs::path outer = folder.lexically_normal();
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

/// Collects what the parts of a config read and write.
class Collector {
 public:
  void read(const fs::path& file) {
    add(paths_.files, file);
    if (!file.empty() && !core::address_of(file)) paths_.files_here.push_back(file);
  }
  void read_folder(const fs::path& folder) { add(paths_.folders, folder); }
  void write(const fs::path& output) {
    add(paths_.outputs, output);
    if (!output.empty() && !core::address_of(output)) paths_.outputs_here.push_back(output);
  }
  void work_in(const fs::path& folder) {
    write(folder);
    add(paths_.runs, folder);
  }

  void take(const config::ImportJob& job) {
    for (const config::TableOptions& table : job.tables) read(table.source.file);
    write(job.store);
  }
  void take(const config::FeaturesJob& job) {
    for (const fs::path& file : {job.features.store, job.features.table.source.file, job.features.cutoff.file})
      read(file);
    work_in(job.output);
  }
  void take(const config::SearchJob& job) {
    for (const fs::path& file : {job.data.source.file, job.data.test}) read(file);
    work_in(job.output);
  }
  void take(const config::PredictOptions& options) {
    read(options.source);
    for (const auto& [name, file] : options.tables) read(file);
    write(options.output);
  }
  void take(const config::RunFile& file) {
    if (file.has_import()) take(file.import_job());
    if (file.has_features()) take(file.features_job());
    if (file.has_search()) take(file.search_job());
    if (file.has_predict()) take(file.predict_options());
  }

  // The commands.
  void take(const RunCommand& command) {
    const config::RunFile file = run_file_of(command);
    file.check();
    take(file);
  }
  void take(const ImportCommand& command) {
    read(command.types_from);
    if (!is_config(command.file)) {
      read(command.file);
      write(command.output.empty() ? config::default_store(command.file) : command.output);
      return;
    }
    config::ImportJob job = config::RunFile(command.file).import_job();
    if (!command.output.empty()) job.store = command.output;
    take(job);
  }
  void take(const InfoCommand& command) { read(command.file); }
  void take(const FeaturesCommand& command) {
    if (command.apply.empty()) return take(features_job_of(command));
    for (const fs::path& file : {command.file, command.apply, core::user_path(command.cutoff)}) read(file);
    write(command.output);
  }
  void take(const SearchCommand& command) { take(search_job_of(command)); }
  void take(const MergeCommand& command) {
    for (const fs::path& run : command.runs) read_folder(run);
    work_in(command.output);
  }
  void take(const PredictCommand& command) {
    read_folder(command.run);
    read(command.data);
    for (const auto& [name, file] : command.tables) read(file);
    write(command.output);
  }
  void take(const StatusCommand& command) { read_folder(command.run); }
  void take(const RunsCommand& command) {
    if (const auto address = core::address_of(command.folder)) {
      throw core::UserError("gridmill runs: lists folders of this machine, not " + address->text(),
                            "gridmill status " + address->text() + "/RUN tells of one run");
    }
  }
  void take(const ExportCommand& command) {
    read_folder(command.run);
    if (const auto address = core::address_of(command.optuna)) {
      throw core::UserError(fmt::format("gridmill export: adds to files of this machine, not to {}", address->text()),
                            "name one here");
    }
  }
  void take(const ReportCommand& command) {
    for (const fs::path& run : command.runs) read_folder(run);
    if (command.live && !paths_.folders.empty()) {
      throw core::UserError(
          fmt::format("gridmill report: --live follows a run in a folder that this machine sees, not {}",
                      paths_.folders.front().text()),
          fmt::format("gridmill report {} makes a page of what is there now", paths_.folders.front().text()));
    }
    write(!command.output.empty() || command.runs.size() > 1 ? command.output : command.runs.front() / "report.html");
  }
  /// Makes what it needs for now, and writes nothing.
  void take(const AuditCommand& command) {
    take(config::RunFile(command.config));
    paths_.folders.insert(paths_.folders.end(), paths_.runs.begin(), paths_.runs.end());
    paths_.outputs.clear();
    paths_.runs.clear();
  }
  template <class Other>
  void take(const Other&) {}  // they read configs at most

  /// What is made by one step and read by the next is not read from outside.
  StagedPaths finish() {
    std::erase_if(paths_.files, [this](const core::Address& file) {
      return std::any_of(paths_.outputs.begin(), paths_.outputs.end(), [&](const core::Address& output) {
        return file == output || file.text().starts_with(output.text() + "/");
      });
    });
    std::erase_if(paths_.files_here, [this](const fs::path& file) {
      return std::ranges::any_of(paths_.outputs_here,
                                 [&](const fs::path& output) { return lies_within(file, output); });
    });
    return std::move(paths_);
  }

 private:
  StagedPaths paths_;
};

}  // namespace

std::vector<core::Address> files_to_begin_with(const Invocation& invocation) {
  std::vector<core::Address> files;
  for (const fs::path& file : {invocation.on, invocation.hosts}) add(files, file);
  if (const auto* run = std::get_if<RunCommand>(&invocation.command)) add(files, run->config);
  if (const auto* search = std::get_if<SearchCommand>(&invocation.command)) add(files, search->config);
  if (const auto* audit = std::get_if<AuditCommand>(&invocation.command)) add(files, audit->config);
  if (const auto* import = std::get_if<ImportCommand>(&invocation.command)) {
    if (is_config(import->file)) add(files, import->file);
  }
  if (const auto* features = std::get_if<FeaturesCommand>(&invocation.command)) {
    if (features->apply.empty()) add(files, features->file);
  }
  if (const auto* validate = std::get_if<ValidateCommand>(&invocation.command)) {
    for (const fs::path& config : validate->configs) add(files, config);
  }
  const auto* describe = std::get_if<DescribeCommand>(&invocation.command);
  if (describe != nullptr && describe->words.size() == 3) add(files, core::user_path(describe->words[2]));
  return files;
}

StagedPaths staged_paths(const Invocation& invocation) {
  Collector collector;
  std::visit([&](const auto& command) { collector.take(command); }, invocation.command);
  return collector.finish();
}

}  // namespace gridmill::cli
