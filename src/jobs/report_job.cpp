#include "jobs/report_job.hpp"

#include <exception>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "jobs/report/comparison_content.hpp"
#include "jobs/report/features_content.hpp"
#include "jobs/report/run_record.hpp"
#include "jobs/report/search_content.hpp"
#include "jobs/run/output_file.hpp"
#include "jobs/run/own_files.hpp"
#include "report/page.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

/// "runs/x/" is "runs/x": the name of a folder is what stands last.
fs::path folder_of(const fs::path& run) { return run.has_filename() ? run : run.parent_path(); }

core::Value content_of(const fs::path& folder) {
  const std::optional<RunKind> kind = run_kind(folder);
  if (!kind) {
    throw core::UserError(core::Problem{{.file = folder.string()},
                                        "is no run directory",
                                        "name the 'output' of a config; 'gridmill runs' lists those of a folder"});
  }
  return *kind == RunKind::search ? search_content(SearchRecord(folder)) : features_content(folder);
}

std::string title_of(const core::Value& content) {
  for (const auto& [key, value] : content.mapping()) {
    if (key == "title") return value.text();
  }
  return "gridmill";
}

void write_page(const fs::path& file, const core::Value& content) {
  io::write_file(file, report::page(title_of(content), content));
}

}  // namespace

void run_report(const ReportJob& job, Observer& observer) {
  std::vector<fs::path> folders;
  for (const fs::path& run : job.runs) folders.push_back(folder_of(run));
  if (folders.size() > 1 && job.output.empty()) {
    throw core::UserError("gridmill report: several runs are compared on a page of their own",
                          "say where it goes: --output comparison.html");
  }
  const fs::path output = job.output.empty() ? folders.front() / kReport : job.output;
  for (const fs::path& folder : folders) {
    if (folders.size() == 1 || run_kind(folder) == RunKind::search) continue;
    throw core::UserError(core::Problem{
        {.file = folder.string()}, "is no run directory of a search", "only searches are compared with each other"});
  }
  const core::Value content = folders.size() == 1 ? content_of(folders.front()) : comparison_content(folders);
  prepare_output_file({.file = output, .kind = OutputKind::report, .if_exists = IfExists::replace});
  write_page(output, content);
  observer.files({{output.string(), "a page to look at, in one file"}});
}

namespace {

template <class Content>
void try_to_write(const fs::path& folder, Observer& observer, Content content) {
  try {
    write_page(folder / kReport, content());
  } catch (const std::exception& error) {
    observer.warning(fmt::format("the report cannot be made: {}", error.what()));
  }
}

}  // namespace

void write_report(const fs::path& folder, Observer& observer) {
  try_to_write(folder, observer, [&] { return content_of(folder); });
}

void write_search_report(const fs::path& folder, SearchFindings findings, io::ArrayFile results, Observer& observer) {
  try_to_write(folder, observer,
               [&] { return search_content(SearchRecord(folder, std::move(findings), std::move(results))); });
}

std::vector<WrittenFile> with_report(std::vector<WrittenFile> files, const fs::path& folder) {
  const fs::path page = folder / kReport;
  if (fs::exists(page)) files.push_back({page.string(), "the same as a page to look at: open it in a browser"});
  return files;
}

}  // namespace gridmill::jobs
