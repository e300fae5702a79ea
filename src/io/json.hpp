#pragma once

#include <filesystem>
#include <string>

#include "core/value.hpp"

namespace gridmill::io {

/// Returns `value` as JSON with two spaces of indentation and a line feed at the end. Doubles are shortest exact
/// decimals; NaN and infinities, which JSON lacks, become the texts "nan", "inf", "-inf".
std::string to_json(const core::Value& value);

/// Returns the contents of a JSON file; mappings keep their order. Errors: UserError naming the file and line.
core::Value read_json(const std::filesystem::path& file);

}  // namespace gridmill::io
