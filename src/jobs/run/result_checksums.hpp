#pragma once

namespace gridmill::jobs {

/// Under which name the checksum of a run's CSV file, which cannot hold it itself, stands elsewhere: of cv_results.csv
/// among the attributes of results.h5, of features.csv in summary.json.
constexpr const char* kCsvChecksum = "csv_checksum";

}  // namespace gridmill::jobs
