#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/value.hpp"
#include "features/columns/column.hpp"
#include "features/columns/statistics.hpp"
#include "features/definitions/value_type.hpp"

namespace gridmill::features {

/// A column of a feature matrix: one output of a feature.
struct MatrixColumn {
  std::string name;
  ValueType type;
  bool of_several = false;  // one of several outputs of a feature

  friend bool operator==(const MatrixColumn&, const MatrixColumn&) = default;
};

/// What Featuretools' encode_features takes.
struct EncodingOptions {
  std::size_t top_n = 10;
  bool include_unknown = true;
  std::vector<std::string> columns;  // empty: all that can be encoded
  bool drop_first = false;           // leave out the rarest of the chosen values, but never the only one
};

/// A column that became columns of true and false.
struct EncodedColumn {
  std::size_t column = 0;           // index in the matrix
  std::string name;                 // its name
  std::vector<std::string> values;  // one column each, in this order
  bool unknown = false;             // one more column: none of `values` (missing counts)

  [[nodiscard]] std::size_t n_outputs() const { return values.size() + (unknown ? 1 : 0); }
  friend bool operator==(const EncodedColumn&, const EncodedColumn&) = default;
};

/// Says whether a column can be encoded: a category or a key, alone in its feature.
bool can_be_encoded(const MatrixColumn& column);

/// Refuses names of no column (with a hint) or of one that cannot be encoded. Errors: UserError.
void check_encodable(std::span<const MatrixColumn> columns, const std::vector<std::string>& names);

/// Chooses the values that become columns: by count descending, ties by value descending.
///
/// Shapes: one entry of `statistics` a column; those of keys that are numbers have counts_numbers set. Errors:
/// as check_encodable for `options.columns`. Deterministic.
/// Source: Featuretools 1.28 encode_features.
std::vector<EncodedColumn> fit_encoding(std::span<const MatrixColumn> columns,
                                        std::span<const ColumnStatistics> statistics, const EncodingOptions& options);

/// Returns "feature = value" for each value, then "feature is unknown".
std::vector<std::string> encoded_names(const EncodedColumn& encoded);

/// Returns the columns of true and false for rows of the column, in the order of the names. Never missing.
std::vector<Column> encode(const EncodedColumn& encoded, const Column& column);

/// Returns the whole matrix as Featuretools orders it: the columns that are kept, then those of each encoded one.
struct EncodedMatrix {
  std::vector<MatrixColumn> columns;
  std::vector<Column> values;
};
EncodedMatrix encode_matrix(std::span<const MatrixColumn> columns, std::span<const Column> values,
                            std::span<const EncodedColumn> encoding);

/// Turns an encoding into what is saved, and back. Errors of the way back: UserError.
core::Value to_value(std::span<const EncodedColumn> encoding);
std::vector<EncodedColumn> encoding_from(const core::Value& value, std::span<const MatrixColumn> columns);

}  // namespace gridmill::features
