#pragma once

#include <filesystem>
#include <string>

#include "core/value.hpp"

namespace gridmill::io {

/// Returns `value` as JSON with two spaces of indentation and a line feed at the end. Doubles are shortest exact
/// decimals; NaN and infinities, which JSON lacks, become the texts "nan", "inf", "-inf".
std::string to_json(const core::Value& value);

/// Returns the same of a mapping, with one more entry behind the others, "checksum": that of all bytes before it. Other
/// readers find plain JSON; `read_json` compares it.
std::string to_sealed_json(const core::ValueMapping& mapping);

/// What a JSON file holds; mappings keep their order.
struct JsonFile {
  core::Value value;          // without the checksum
  bool has_checksum = false;  // and it is right; false: an earlier gridmill, another program or a user wrote the file
};

/// Reads a JSON file. Errors: UserError naming the file and line: it cannot be read, is no JSON, has more than 500
/// brackets in each other, or has changed since its checksum was made.
JsonFile read_json(const std::filesystem::path& file);

}  // namespace gridmill::io
