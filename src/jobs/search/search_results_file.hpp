#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5/array_file.hpp"
#include "jobs/search/contributions.hpp"
#include "jobs/search/out_of_fold.hpp"
#include "jobs/search/permutation_importance.hpp"
#include "jobs/search/row_findings.hpp"
#include "jobs/search/search_data.hpp"
#include "models/family/model.hpp"
#include "search/cv_results.hpp"
#include "search/evaluate.hpp"

namespace gridmill::jobs {

/// Writes results.h5, which h5py reads without us, and returns what it holds, without the predictions of all
/// candidates.
///
///   cv_results/<column>              n_candidates (rows of cv_results): cv_results_ (parameters as text, missing ones
///                                    empty)
///   scores/test, scores/train        n_metrics x n_candidates x n_folds
///   fits/status, fits/message        n_candidates x n_folds
///   fits/<detail>                    likewise: what the family declares (Family::details); integers as int64, booleans
///                                    as uint8; a fit that has none: NaN, or 0 where that cannot be
///   curves/<field>                   n_candidates x n_folds x points: round, watched, train, of fits that were watched
///   importances/<field>              n_features: feature, and each way of measuring that the model knows
///   permutation/<field>              n_features of the data: feature, mean, std, if importances by permutation were
///                                    asked for
///   timing/<field>                   likewise: fit_time, score_time, start, end [s], rank, host
///   out_of_fold/<field>              m: fold, row, truth, value, decision, probability, of one candidate
///   out_of_fold_all/<round>/<field>  of all candidates of a round (0 unless there are several), if they were kept:
///                                    candidate (n, row of cv_results), fold, row (m), value (n x m), decision and
///                                    probability (n x m x their numbers)
///   held_out/<field>                 rows held out: row (of their file, from 0), truth, value, decision, probability
///   drift/<field>                    n features, from the training to the held-out rows, greatest distance first:
///                                    feature, distance, missing_before and _after (share), mean_before and _after;
///                                    of numbers bars: low, width, before and after (n x bars, rows); of names width 0
///   errors/out_of_fold/<field>       groups of rows, one after the other: by (a feature; empty: their order), name
///                                    (empty: a range), low, high, n, error (share of wrong classes, or mean distance
///                                    from the label), standard_error, residual (mean)
///   errors/held_out/<field>          likewise
///   contributions/<field>            of features that add most to predictions: feature, mean (of what it adds, up or
///                                    down), added and value (n x m: of m rows, held out if there are any)
///
/// `csv_checksum`: of cv_results.csv, kept as an attribute of the root.
/// Values of a classifier are class codes: positions in `classes`. Deterministic but for the group `timing` and the
/// time columns of cv_results. Errors: RunError naming the file.
io::ArrayFile write_results_file(const std::filesystem::path& path, const search::SearchPlan& plan,
                                 const SearchData& data, const search::CvResults& table,
                                 std::span<const search::FitRecord> records,
                                 const std::optional<OutOfFold>& out_of_fold,
                                 const std::optional<models::Prediction>& held_out,
                                 const std::vector<models::Importance>& importances,
                                 const std::vector<std::string>& model_features,
                                 const std::optional<PermutationImportance>& permutation, const RowFindings& in_rows,
                                 const std::optional<Contributions>& contributions, const std::string& csv_checksum);

}  // namespace gridmill::jobs
