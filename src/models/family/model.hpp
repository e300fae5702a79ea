#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/dataset.hpp"
#include "core/error.hpp"
#include "core/matrix.hpp"
#include "core/node_memory.hpp"
#include "core/option.hpp"
#include "core/prepared_samples.hpp"
#include "core/sparse.hpp"
#include "core/value.hpp"

namespace gridmill::models {

/// What a caller wants besides the predicted values; each costs extra.
struct Outputs {
  bool decision = false;
  bool probability = false;
};

/// Predictions for n samples.
struct Prediction {
  std::vector<double> value;  // n: class code (index into Dataset::classes), or the predicted target
  core::Matrix decision;      // binary: 1 x n, > 0 means the greater class; else n_classes x n ("ovr" shape);
                              // empty for regression or unless asked for. -inf rows: class absent from the fit.
  core::Matrix probability;   // n_classes x n, columns sum to 1; 0 for a class absent from the fit
  bool has_float_probability = false;  // computed in 32 bits, which log_loss knows of: see there
};

enum class FitStatus { ok, iteration_limit, time_limit, failed };

/// Returns "ok", "iteration_limit", ... as written to result files.
std::string_view name_of(FitStatus status);

/// Declares a number that each fit of a family tells of itself: result files give it under this name, `describe`
/// explains it.
struct Detail {
  enum class Kind { integer, real, boolean };
  std::string_view name;  // of letters, digits and _; neither "status" nor "message", which every fit has
  Kind kind = Kind::real;
  std::string_view meaning;  // one sentence
};

/// What can be told of a single prediction; the columns are the family's own.
enum class Explanation {
  contributions,  // of each feature, and what is there without any: their sum is the prediction's margin
  leaf,           // the leaf of each tree
};

/// How much a model makes of each feature, in one way of measuring it.
struct Importance {
  std::string name;            // "gain"
  std::vector<double> values;  // by feature
};

/// A fitted model that stands alone, without reference to the training data. The steps before it are not part of it.
class Model {
 public:
  virtual ~Model() = default;

  /// Shapes: x is n_features x n, samples prepared as those of the fit were. Errors: RunError never; NaN in `x` gives
  /// NaN outputs where the family does not take it. Deterministic: a sample's outputs do not depend on the others.
  [[nodiscard]] virtual Prediction predict(const core::MatrixView& x, Outputs wanted) const = 0;

  /// The same for samples without their 0s; asked of families only that take sparse data.
  [[nodiscard]] virtual Prediction predict_sparse(const core::SparseView& x, Outputs wanted) const;

  /// Returns a column a sample: for contributions n_features + 1 numbers for each of the model's outputs (one, or one a
  /// class), for leaves one for each tree. Asked of families only that can (Abilities::explains).
  [[nodiscard]] virtual core::Matrix explain(const core::MatrixView& x, Explanation what) const;
  /// Returns what the model makes of each feature; empty where the family does not say.
  [[nodiscard]] virtual std::vector<Importance> importances() const { return {}; }

  /// Returns how much the model makes of each feature, in the one way by which features are chosen: >= 0 each. Asked of
  /// families only that can tell (Abilities::weighs_features). Source: scikit-learn's SelectFromModel: |coef_| summed
  /// over classes, or feature_importances_.
  [[nodiscard]] virtual std::vector<double> feature_weights() const;

  /// Writes the model's files into the existing folder `folder` (the names are the family's own).
  /// Errors: RunError when a file cannot be written.
  virtual void save(const std::filesystem::path& folder) const = 0;

  /// Returns what `save`d files do not hold (classes, Platt coefficients), for pipeline.json.
  [[nodiscard]] virtual core::Value state() const = 0;
};

/// How a fit is watched while it goes along its free axis.
struct Watch {
  std::span<const core::Index> rows;  // that it is scored on after each step; not empty
  std::string metric;                 // one of Family::watch_metrics
  std::size_t patience = 0;           // it ends after so many steps without a better score, and is what it was at its
                                      // best step; 0: it does not end early
  bool train = false;                 // score the training rows as well
};

/// Scores of a watched fit, by step. Those of a metric that is a loss are not negated.
struct FitCurve {
  std::vector<double> watched;
  std::vector<double> train;  // empty unless asked for
};

/// A metric that a fit can be watched by.
struct WatchMetric {
  enum class Classes { any, two, more };

  std::string_view name;
  bool greater_is_better = false;
  std::string_view meaning;
  Classes classes = Classes::any;  // that the data must have
};

/// A model fitted to some samples of the Trainer's dataset; may refer to what the Trainer shares.
/// Must not outlive its Trainer; using it after the next `fit` of the same Trainer is allowed.
class Fit {
 public:
  virtual ~Fit() = default;

  [[nodiscard]] virtual FitStatus status() const = 0;
  /// Goes on to the fit that `params` ask for, which differ from those so far in the family's free axis only, where
  /// they have a greater value: the same bits as a fit from nothing has, of which the time limit is, too. No other fit
  /// of the Trainer may have begun since. Only where Family::free_axis names an axis. Errors: FitError.
  virtual void go_on(const core::Params& params);
  /// Returns what another fit to the same rows can go on from, whatever was fitted since (FitRequest::resume), in few
  /// bytes; empty: there is no such thing, or not of this fit.
  [[nodiscard]] virtual std::string state() const { return {}; }
  /// Returns what the user must know of this fit though it is one, in a sentence; empty: nothing.
  [[nodiscard]] virtual std::string remark() const { return {}; }
  /// Returns the scores along the way; null: nobody watches.
  [[nodiscard]] virtual const FitCurve* curve() const { return nullptr; }
  /// Returns the step along the free axis, counted from 1, that a watched fit was best at; 0: nobody watches.
  [[nodiscard]] virtual std::size_t best_step() const { return 0; }
  /// Returns the numbers that the family declares (Family::details), in that order; NaN where this fit has none.
  [[nodiscard]] virtual std::vector<double> details() const { return {}; }
  /// Class codes seen in training, ascending; empty for regression.
  [[nodiscard]] virtual const std::vector<std::size_t>& classes() const = 0;
  /// Predicts samples of the Trainer's dataset.
  [[nodiscard]] virtual Prediction predict(std::span<const core::Index> rows, Outputs wanted) const = 0;
  /// Returns what a fit on other samples may start from (FitRequest::start): one or more rows of n_samples entries,
  /// each a sample's. Empty: the family has no such thing.
  [[nodiscard]] virtual std::vector<double> dual() const { return {}; }
  /// Returns the same model free of the Trainer; its predictions agree to rounding (1e-6 in decision values).
  [[nodiscard]] virtual std::unique_ptr<Model> model() const = 0;
};

/// How fits of iterative families start and stop.
///
/// exact: each from nothing, to the candidate's own tolerance, in the order of steps of the known implementation.
/// converged: from what fits before have found, to a tolerance at which the start leaves no trace in the scores.
enum class FitMode { exact, converged };

/// Hears from a fit that takes long what another one could go on from (FitRequest::resume).
struct FitKeeper {
  std::function<bool(double seconds)> is_due;        // so long after the fit has begun, or was kept last
  std::function<void(std::string_view state)> keep;  // Fit::state
};

struct FitRequest {
  const core::Params& params;          // checked against the family's options
  std::span<const core::Index> train;  // in the order in which the known implementation would be given them
  std::uint64_t seed = 0;              // from (job's seed, candidate, fold)
  std::uint64_t job_seed = 0;          // the same for all fits: where the known implementation has one for all
  double time_limit_s = 0;             // 0: none
  bool probability = false;            // predict(..., {.probability = true}) will be asked for
  FitMode mode = FitMode::exact;
  std::span<const double> start = {};  // converged only: where to start, in the form of Fit::dual; empty: nowhere
  core::PreparedSamples samples = {};  // of the trainer's dataset, all of them; by default its own
  const Watch* watch = nullptr;        // of families that have watch_metrics; null: nobody watches
  std::string_view resume = {};       // Fit::state of a fit that differs in the free axis only, of which a lesser value
                                      // is made use of: the same bits, for less work; empty: from nothing
  const FitKeeper* keeper = nullptr;  // outlives the fit; null: nobody keeps it
};

/// What a Trainer is told of a candidate beforehand.
struct Candidate {
  core::Params params;
  bool is_prepared = false;  // its samples are prepared, by what each fold teaches; else they are the dataset's own
};

/// What a Trainer may use of the machine, and what it is told about the work ahead.
struct Resources {
  std::size_t memory_bytes = 0;           // on this node, for what fits share (Grams, distances); 0: no limit
  core::NodeMemory* memory = nullptr;     // shared by the ranks of the node; null: this process's own heap
  std::size_t n_ranks = 0;                // on this node, where that is only asked about; 0: the sharers of memory
  std::span<const Candidate> candidates;  // all that will be fitted, read while the trainer is made; empty: unknown
  std::size_t n_folds = 0;                // sets of training rows, of the first rounds; 0: unknown

  [[nodiscard]] std::size_t n_ranks_on_node() const {
    if (n_ranks > 0) return n_ranks;
    return memory == nullptr ? 1 : memory->n_sharers();
  }
};

/// What fits with one sharing key share, beside their own cost.
struct SharedWork {
  double cost = 0;   // predicted seconds, up to a factor that is the same for all sizes of the data
  double bytes = 0;  // that it takes; where there are not so many, each fit makes it anew
};

/// What fits keep in memory, all ranks of a node together.
struct MemoryUse {
  std::size_t bytes = 0;
  std::size_t least_bytes = 0;  // no limit below this can be kept to
  std::size_t model_bytes = 0;  // that a model takes beside it which stands alone and is saved, at most
  std::string words;            // what that is: "products of pairs, 1 kernel matrix"; may be empty
};

/// Fits one family to one dataset again and again and keeps what the fits can share: sorted
/// copies, distances, Grams, for as long as the key of the samples is the same. One per rank; not thread-safe.
class Trainer {
 public:
  virtual ~Trainer() = default;

  /// Errors: models::FitError for input on which this family cannot be fitted (one class only, NaN);
  /// the caller records it as a failed fit.
  [[nodiscard]] virtual std::unique_ptr<Fit> fit(const FitRequest& request) = 0;
  /// Lets go of what other ranks of the node may wait for, and of what later fits might start from; call it between
  /// pieces of work, with no Fit kept.
  virtual void rest() {}
  /// Lets go of all that was made of the last samples; call it before others are prepared, with no Fit kept.
  virtual void forget() {}
};

/// A fit that cannot be done; `what()` is one sentence for the user.
class FitError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the fits of a family can do; a search that asks for more is refused.
struct Abilities {
  bool weights = true;             // of samples
  bool time_limit = true;          // FitRequest::time_limit_s
  bool probability = true;         // FitRequest::probability; means nothing for regression
  bool sparse = false;             // a Dataset that is sparse; it comes without preparation then
  bool missing = false;            // features that are missing (NaN)
  bool absent_is_missing = false;  // what sparse data leaves out is missing, not 0
  bool decision = true;            // Outputs::decision; else metrics rank by probabilities, as scikit-learn's do
  bool free_probability = false;   // of classifiers: FitRequest::probability need not be asked for
  bool explains = false;           // Model::explain
  bool weighs_features = false;    // Model::feature_weights
  bool chains = true;              // a fit gains from those that its trainer made before it (a start, products)
};

/// What is wrong with a hyperparameter for the data at hand.
struct DataProblem {
  std::string option;  // its name; empty: the data suits no hyperparameters
  std::string what;
  std::string hint;  // empty: none
};

/// A kind of model ("svc"): its hyperparameters, what its fits share, how to make and load them.
class Family {
 public:
  virtual ~Family() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view meaning() const = 0;  // one sentence
  [[nodiscard]] virtual core::Task task() const = 0;
  /// All hyperparameters of its own; the steps before it have others.
  [[nodiscard]] virtual std::span<const core::OptionSpec> options() const = 0;
  /// Returns what is wrong with the combination of values in `params`, each already checked on its own; or nothing.
  [[nodiscard]] virtual std::vector<std::string> check(const core::Params& params) const = 0;

  /// Returns what of `params` does not fit the data (a class weight for no class).
  [[nodiscard]] virtual std::vector<DataProblem> check_data(const core::Params& /*params*/,
                                                            const core::Dataset& /*data*/) const {
    return {};
  }
  /// Says whether `cv: N` deals each class evenly to the folds.
  [[nodiscard]] virtual bool stratifies() const { return task() == core::Task::classification; }
  /// Returns what fits can do and take; a search that asks for more is refused.
  [[nodiscard]] virtual Abilities abilities() const { return {}; }
  /// Returns by what fits of these hyperparameters can be watched; empty: they cannot.
  [[nodiscard]] virtual std::span<const WatchMetric> watch_metrics(const core::Params& /*params*/) const { return {}; }
  /// Returns what users should know before they search, a sentence each: what is shared, what a version does otherwise.
  [[nodiscard]] virtual std::span<const std::string_view> notes() const { return {}; }
  /// Returns what each fit tells of itself, by its name once.
  [[nodiscard]] virtual std::span<const Detail> details() const { return {}; }

  /// Candidates with equal keys share work within a fold, on samples that are prepared alike, and are best fitted one
  /// after the other.
  [[nodiscard]] virtual std::string sharing_key(const core::Params& params) const = 0;
  /// Says whether that work belongs to the training rows of one fold even where the samples are the dataset's own.
  [[nodiscard]] virtual bool shares_by_fold() const { return false; }
  /// Returns the option along which a fit goes on (Fit::go_on): candidates that differ in it alone are one run, from
  /// the least value to the greatest. It takes integers. Empty: none.
  [[nodiscard]] virtual std::string_view free_axis(const core::Params& /*params*/) const { return {}; }
  /// Predicted seconds of one fit, up to a common factor; used to order tasks only.
  [[nodiscard]] virtual double cost(const core::Params& params, std::size_t n_train, std::size_t n_features,
                                    std::size_t n_classes) const = 0;
  /// Returns what fits of one sharing key to so many rows share; used to foretell times only. By default that is a
  /// number for each pair of rows: a kernel.
  [[nodiscard]] virtual SharedWork shared_work(std::size_t n_train, std::size_t n_features) const;
  /// Returns what trainers with these resources will keep in the node's memory for the fits. `data` may be empty.
  [[nodiscard]] virtual MemoryUse memory_use(const core::Dataset& data, const Resources& resources) const = 0;

  /// `data` and `resources.memory` must outlive the trainer. Collective over the ranks that share `resources.memory`.
  /// Errors: RunError when the node cannot give it.
  [[nodiscard]] virtual std::unique_ptr<Trainer> trainer(const core::Dataset& data,
                                                         const Resources& resources) const = 0;
  /// Reads what Model::save wrote. Errors: UserError naming the file.
  [[nodiscard]] virtual std::unique_ptr<Model> load(const std::filesystem::path& folder,
                                                    const core::Value& state) const = 0;
};

/// Returns how many sharing keys the candidates of `resources` have; at least 1.
std::size_t n_sharing_keys(const Family& family, const Resources& resources);

/// Returns the family called `name`, or null.
const Family* find_family(std::string_view name);
/// Returns all names, sorted.
std::vector<std::string> family_names();

}  // namespace gridmill::models
