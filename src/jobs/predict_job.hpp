#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "jobs/run/observer.hpp"
#include "jobs/run/output_file.hpp"
#include "models/family/model.hpp"
#include "mpi/transport.hpp"

namespace gridmill::jobs {

struct PredictJob {
  std::filesystem::path run;     // run directory of a search, or a folder that holds a pipeline.json
  std::filesystem::path data;    // CSV, LIBSVM text or a store
  std::filesystem::path output;  // CSV to write; empty: `out`
  IfExists if_exists = IfExists::refuse;
  models::Outputs wanted;
  std::vector<models::Explanation> explanations = {};  // of each prediction, if the model gives them
  std::optional<double> interval = std::nullopt;       // share of rows whose value is to lie between two bounds
  std::vector<std::string> keep = {};                  // columns of the data written beside the predictions
  bool unlabelled = false;                             // only rows without a label; all where the data has no labels
  std::optional<std::size_t> sample = std::nullopt;    // of so many rows only; of these, where unlabelled, those
};

/// Returns what is to be explained, in the order in which it is written.
std::vector<models::Explanation> explanations(bool contributions, bool leaf);

/// Predicts every row of the data (or every unlabelled one), in its order, and writes CSV (see prediction_csv.hpp). If
/// the target is there too, reports how good the predictions are of the rows that have one: to the observer, as notes
/// when `out` carries the predictions; weighted if the search has a column of weights and the data has it too.
///
/// Columns are found by name, in any order; by position where the data (or the model's training data) has no names of
/// its own: c0, c1, ... of CSV without a header, f1, f2, ... of LIBSVM text. Text is read as the search read its data.
/// Collective; `out` and `observer` are used on rank 0, others have silent ones. Each rank predicts some of each few
/// thousand rows; what is written does not depend on their number. Text is read by each rank.
/// Bounds are those of interval_of_run; of rows whose value is known, how many lie within them is told.
/// Memory of a rank: a slice of rows, and of text up to 1 GiB divided by the ranks; on rank 0 16 bytes a row (24 with
/// weights) if the target is there. Errors: UserError for no model, features that are missing, no number, or without a
/// value where the model does not impute; probabilities of a model without, bounds of one of classes; an unknown column
/// to keep; an output that exists. RunError when the output cannot be written.
void run_predict(const PredictJob& job, mpi::Transport& transport, std::ostream& out, Observer& observer);

/// Returns the definitions that lie beside the matrix of a features job; empty where `source` is other data.
std::filesystem::path definitions_beside(const std::filesystem::path& source);

}  // namespace gridmill::jobs
