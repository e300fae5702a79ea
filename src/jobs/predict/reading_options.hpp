#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "io/tables/import_options.hpp"
#include "jobs/predict/model_files.hpp"

namespace gridmill::jobs {

/// Returns how new rows are read: as the search read its data, less what is said of columns that the new data does not
/// have (the target, most often). Columns that are kept beside predictions, and are nothing to the model, stay exact
/// where a double would round their whole numbers. Errors: as io::CsvReader and io::StoreReader.
io::ImportOptions reading_options(io::ImportOptions options, const std::filesystem::path& file,
                                  const PipelineInfo& info, std::span<const std::string> keep);

}  // namespace gridmill::jobs
