#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>

#include "core/error.hpp"
#include "core/sparse.hpp"
#include "core/table.hpp"
#include "io/import_options.hpp"
#include "io/table_source.hpp"

namespace gridmill::io {

/// Opens LIBSVM / svmlight text (`label index:value index:value ... # comment`) as a dense table: columns f1..fd of
/// doubles (0 where a line names no value), then `target`, integer if all labels are, else double.
///
/// Blanks and tabs separate, any number of them; `qid:n` is passed over; blank lines and lines of comment are skipped.
/// Reads the file once to learn its size and once more as it is consumed. Memory: a block of rows.
/// Errors: UserError with file:line:column for a label or value that is not a number, several labels, indices that do
/// not ascend, index 0 (hint: first_index: 0), or beyond n_features; no samples; options.types naming a column
/// that is not there, or another type than `target: double` and `target: categorical`; options.ignore; an index that
/// makes more than a million columns.
std::unique_ptr<TableSource> open_libsvm(const std::filesystem::path& path, const ImportOptions& options);

/// LIBSVM text as it is: what a line does not name is 0.
struct SparseText {
  core::Table rest;      // the column `target`
  core::SparseMatrix x;  // features x samples, the entries as written but those that are 0
};

/// Reads LIBSVM text whole. Errors: as open_libsvm. Memory: the entries written.
SparseText read_libsvm(const std::filesystem::path& path, const ImportOptions& options);

/// Returns the line of the sample `row` (from 0), or the file alone when it has fewer. Reads the text up to there.
core::Location locate_libsvm_row(const std::filesystem::path& path, const ImportOptions& options, std::size_t row);

/// Whether the first line that is not blank or a comment is a number and then index:value pairs.
bool looks_like_libsvm(std::string_view first_bytes);

}  // namespace gridmill::io
