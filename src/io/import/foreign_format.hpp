#pragma once

#include <filesystem>
#include <string_view>

namespace gridmill::io {

/// Throws a UserError if a file begins like one of a format that is not read (Parquet, Excel, zip, JSON, ...), naming
/// it and how to make CSV of it.
void refuse_foreign_format(const std::filesystem::path& path, std::string_view first_bytes);

}  // namespace gridmill::io
