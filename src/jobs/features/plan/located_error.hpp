#pragma once

#include <map>
#include <string>

#include "core/error.hpp"

namespace gridmill::jobs {

/// Returns the error with the places of the options its problems begin with: "features.target: ..." or
/// "ignore_tables: ...".
core::UserError located(const core::UserError& error, const std::map<std::string, core::Location>& places);

}  // namespace gridmill::jobs
