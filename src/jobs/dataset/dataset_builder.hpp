#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "jobs/dataset/source_table.hpp"

namespace gridmill::jobs {

/// Which columns of a table play which part. Empty: none.
struct DatasetColumns {
  std::string target;
  std::vector<std::string> features;  // empty: all that play no other part
  std::vector<std::string> ignore;
  std::string weight;
  std::string group;
  std::string fold;
  std::string time;  // no feature unless `features` names it
};

/// Turns a table into what a model is fitted to.
///
/// Features and weights must be numbers (integer, double, boolean); a classification target may be of any type
/// but datetime and latlong, its classes sort by value (numbers) or code point (texts).
/// Errors: UserError naming the file, the line (or the row of a store) and the column: column unknown (with hint),
/// target missing in some row, constant target, feature that is not a number, negative or missing weight, no features,
/// no rows; missing feature values unless `allow_missing`. All unknown columns come at once, and so does all that is
/// wrong with what columns hold.
core::Dataset build_dataset(const SourceTable& source, const DatasetColumns& columns, core::Task task,
                            bool allow_missing);

/// As build_dataset, for data that must fit an existing one: its features in its order, its classes.
/// Errors: also a feature of `like` that is not there, a label that is not among `like.classes`.
core::Dataset build_dataset_like(const core::Dataset& like, const SourceTable& source, const DatasetColumns& columns,
                                 bool allow_missing);

/// Returns n_rows class codes (classification: indices into `classes`) or values from the column `name`.
/// Errors: as build_dataset; a label that is not among `classes`.
std::vector<double> known_target(const SourceTable& source, const std::string& name, core::Task task,
                                 const std::vector<std::string>& classes);

/// Returns n_features x n_rows for the columns `features`; errors as build_dataset.
core::Matrix feature_matrix(const SourceTable& source, const std::vector<std::string>& features, bool allow_missing);

/// Returns n_rows sample weights from the column `name`; none if no name is given. Errors: as build_dataset, but all
/// may be 0: the rows may be a part of the data.
std::vector<double> known_weights(const SourceTable& source, const std::string& name);

/// Returns the code of the class that binary metrics call positive: `wanted` if given, else "1" if there is such
/// a class, else the greatest. Errors: UserError when `wanted` is no class (with hint).
std::size_t positive_class(const core::Dataset& data, const std::optional<std::string>& wanted);

}  // namespace gridmill::jobs
