#pragma once

#include "config/source.hpp"
#include "io/import_options.hpp"

namespace gridmill::jobs {

/// Returns how the io room is to read what the config describes.
io::ImportOptions import_options(const config::SourceOptions& source);

}  // namespace gridmill::jobs
