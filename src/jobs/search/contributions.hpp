#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "jobs/search/search_data.hpp"
#include "models/family/model.hpp"
#include "search/fitted_pipeline.hpp"

namespace gridmill::jobs {

/// What the features that add most have added to the predictions of some rows.
struct Contributions {
  std::vector<std::string> features;  // as the model takes them; those that add most first
  std::vector<double> mean;           // by feature: how much it adds, whether up or down
  std::size_t n_rows = 0;
  std::vector<double> added;  // n_features x n_rows, a feature after the other: in the units of the model's margin
  std::vector<double> value;  // likewise: what the feature was; NaN = missing
};

/// Asks the model what each feature has added to the predictions of rows: of held-out ones, or of those that it was
/// fitted on where there are none. At most 150 rows, drawn evenly, and twelve features.
///
/// `names`: of the features as the model takes them. Nothing where the family explains no predictions, of more than two
/// classes, and of sparse data. Deterministic. Cost: as predicting those rows, times the depth of the trees.
std::optional<Contributions> find_contributions(const models::Family& family, const search::FittedPipeline& pipeline,
                                                const SearchData& data, const std::vector<std::string>& names);

}  // namespace gridmill::jobs
