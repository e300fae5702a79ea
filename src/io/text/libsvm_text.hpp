#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/sparse.hpp"
#include "core/table.hpp"
#include "io/tables/import_options.hpp"
#include "io/tables/table_source.hpp"

namespace gridmill::io {

/// What LIBSVM text calls its label, for lack of a name of its own.
inline constexpr const char* kLibsvmTarget = "target";

/// Opens LIBSVM / svmlight text (`label index:value index:value ... # comment`) as a dense table: columns f1..fd of
/// doubles (0 where a line names no value), f0.. where indices begin at 0; then `target`, integer if all labels are,
/// categorical if one of them is a whole number beyond 64 bits, else double.
///
/// Blanks and tabs separate, any number of them; `qid:n` is passed over; blank lines and lines of comment are skipped.
/// Reads the file once to learn its size and once more as it is consumed. Memory: a block of rows.
/// Errors: UserError with file:line:column for a label or value that is not a number, several labels, indices that do
/// not ascend, index 0 where the first one is 1, or beyond n_features; no samples; options.types naming a column
/// that is not there, or another type than `target: double` and `target: categorical`; options.ignore; an index that
/// makes more than a million columns.
std::unique_ptr<TableSource> open_libsvm(const std::filesystem::path& path, const ImportOptions& options);

/// LIBSVM text as it is: what a line does not name is 0.
struct SparseText {
  core::Table rest;                        // the column `target`
  core::SparseMatrix x;                    // features x samples, the entries as written but those that are 0
  IndexBase first_index = IndexBase::one;  // as given or found
};

/// Reads LIBSVM text whole. Errors: as open_libsvm. Memory: the entries written.
SparseText read_libsvm(const std::filesystem::path& path, const ImportOptions& options);

/// Returns the name of the feature at a position from 0: "f" and its index in the text.
std::string libsvm_feature_name(std::size_t position, IndexBase first_index);
/// Returns what the first feature was numbered in the text that these names come from; automatic: they tell nothing.
IndexBase libsvm_first_index(const std::vector<std::string>& features);

/// Returns the line of the sample `row` (from 0), or the file alone when it has fewer. Reads the text up to there.
core::Location locate_libsvm_row(const std::filesystem::path& path, const ImportOptions& options, std::size_t row);

/// Whether the first line that is not blank or a comment is a number and then index:value pairs.
bool looks_like_libsvm(std::string_view first_bytes);

}  // namespace gridmill::io
