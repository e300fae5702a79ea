#pragma once

#include <filesystem>
#include <vector>

#include "io/hdf5/array_file.hpp"
#include "jobs/run/observer.hpp"
#include "jobs/search/search_findings.hpp"

namespace gridmill::jobs {

/// What to show, and where to write the page.
struct ReportJob {
  std::vector<std::filesystem::path> runs;  // run directories; several are compared
  std::filesystem::path output;             // empty: report.html in the run directory; required for several
};

/// Makes a page of a finished search or features run, or compares several searches. Reads the run directories only;
/// starts no ranks. The same runs make the same bytes.
///
/// Errors: UserError for a folder that is no run, is not finished, or has changed; several runs of which one is no
/// search; an output that is there and is no report of ours. RunError if it cannot be written.
void run_report(const ReportJob& job, Observer& observer);

/// Writes the report of the job that has just finished into its folder. A report is no result: what goes wrong with it
/// is a warning.
void write_report(const std::filesystem::path& folder, Observer& observer);

/// The same of a search whose results are in memory still.
void write_search_report(const std::filesystem::path& folder, SearchFindings findings, io::ArrayFile results,
                         Observer& observer);

/// Returns the files that a job tells of, with the report of its folder, if that is there.
std::vector<WrittenFile> with_report(std::vector<WrittenFile> files, const std::filesystem::path& folder);

}  // namespace gridmill::jobs
