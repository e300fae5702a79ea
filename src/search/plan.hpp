#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"
#include "models/scorer.hpp"
#include "search/candidates.hpp"
#include "search/early_stopping.hpp"
#include "search/folds.hpp"

namespace gridmill::search {

/// Candidates that are tried side by side on the same splits. Its candidates and folds stand together in the plan.
struct Round {
  std::size_t study = 0;  // whose table it belongs to: see studies.hpp
  std::size_t first_candidate = 0;
  std::size_t n_candidates = 0;
  std::size_t first_fold = 0;
  std::size_t n_folds = 0;
  std::size_t n_resources = 0;  // what each candidate is given: rows, or a hyperparameter's value; 0: not rationed
  std::size_t bracket = 0;      // rounds of one bracket thin out the same candidates

  friend bool operator==(const Round&, const Round&) = default;
};

/// The search as a value: everything a rank needs to evaluate any of its tasks. It grows by rounds; what is there stays
/// as it is.
struct SearchPlan {
  std::vector<const models::Family*> families;  // that candidates name; of those that name none the first
  core::Params fixed;                           // hyperparameters common to all candidates whose family has them
  std::vector<core::Params> listed;             // all that rounds may try; empty: those of the first round
  std::vector<core::Params> candidates;         // by candidate id
  std::vector<std::size_t> number;  // by candidate id: its place in the list of all, which seeds come from, as one
                                    // may be tried in several rounds; empty: its id
  ParamOrder param_order = ParamOrder::by_name;
  std::vector<Fold> folds;                     // by fold id
  std::vector<std::size_t> fold_number;        // by fold id: that of the first fold with the same training rows, in the
                                               // same order; empty: its id
  std::vector<Round> rounds;                   // empty: one, of all candidates on all folds
  std::vector<const models::Scorer*> scorers;  // by metric id
  bool named_scores = false;                   // one scorer, too, is called by its name in cv_results, not "score"
  std::size_t positive = 1;                    // class code of binary metrics
  bool train_scores = false;
  bool keep_predictions = false;  // out-of-fold predictions of every candidate of study 0
  double fit_time_limit_s = 0;    // 0: none
  models::FitMode mode = models::FitMode::exact;
  std::optional<EarlyStopping> early_stopping;  // of candidates whose family can be watched by its metric
  bool curves = false;                          // watched fits keep their scores along the way
  std::string rationed;  // hyperparameter that rounds give more and more of; empty: none. If it is a family's free
                         // axis, its fits go on between rounds
  double error_score = 0;  // NaN by default in the config
  std::uint64_t seed = 0;

  [[nodiscard]] std::size_t number_of(std::size_t candidate) const {
    return number.empty() ? candidate : number[candidate];
  }
  [[nodiscard]] std::size_t number_of_fold(std::size_t fold) const {
    return fold_number.empty() ? fold : fold_number[fold];
  }
};

/// Returns the rounds of study `study`, in order.
std::vector<Round> rounds_of(const SearchPlan& plan, std::size_t study = 0);

/// Returns the rounds of study `study` among whose candidates it chooses: the last of each bracket, in order.
std::vector<Round> final_rounds(const SearchPlan& plan, std::size_t study = 0);

/// Returns the round that tries the candidate.
Round round_of(const SearchPlan& plan, std::size_t candidate);

/// A candidate on a fold: what has a score.
struct Trial {
  std::size_t candidate = 0;
  std::size_t fold = 0;

  friend auto operator<=>(const Trial&, const Trial&) = default;
};

/// One trial or more. Nearly all fits serve one, and there may be millions: that one takes no memory of its own.
class Trials {
 public:
  class Iterator {
   public:
    Iterator(const Trials& trials, std::size_t at) : trials_(trials), at_(at) {}
    const Trial& operator*() const { return trials_[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Trials& trials_;
    std::size_t at_;
  };

  explicit Trials(Trial first) : first_(first) {}
  Trials(std::initializer_list<Trial> trials) : first_(*trials.begin()), also_(trials.begin() + 1, trials.end()) {}

  void push_back(Trial trial) { also_.push_back(trial); }
  [[nodiscard]] const Trial& front() const { return first_; }
  [[nodiscard]] std::size_t size() const { return 1 + also_.size(); }
  const Trial& operator[](std::size_t i) const { return i == 0 ? first_ : also_[i - 1]; }
  [[nodiscard]] Iterator begin() const { return {*this, 0}; }
  [[nodiscard]] Iterator end() const { return {*this, size()}; }

 private:
  Trial first_;
  std::vector<Trial> also_;
};

/// One fit and all trials it serves: those of hyperparameters that are equal, or differ in the family's free axis only,
/// on folds with the same training rows.
struct SharedFit {
  Trials trials;  // by the free axis, ascending; the fit's seed is that of the first
};

/// Fits that share work on the same training rows: the unit that is handed to a rank. Cut by the plan alone.
struct Bundle {
  std::vector<SharedFit> fits;  // in the order in which they are best fitted
  double cost = 0;              // predicted, arbitrary unit
  std::uint64_t shares = 0;     // equal for bundles that share something
  bool shares_rows = false;     // what they share belongs to the training rows: each rank makes it for itself
};

/// Returns a bundle of one fit of one trial.
Bundle bundle_of(Trial trial);

/// Returns the family of a candidate.
const models::Family& family_of(const SearchPlan& plan, std::size_t candidate);

/// Returns that of a bundle's fits, which are all of one.
const models::Family& family_of(const SearchPlan& plan, const Bundle& bundle);

/// Returns the hyperparameters `candidate` is fitted with: the plan's fixed ones and its own, which win; its family's
/// name is none of them.
core::Params params_of(const SearchPlan& plan, std::size_t candidate);

/// Returns Family::cost of a fit of `candidate` to so many rows of the data.
double fit_cost(const SearchPlan& plan, std::size_t candidate, std::size_t n_train, const core::Dataset& data);

/// Returns a text that is equal for candidates that share work within a fold.
std::string sharing_key_of(const SearchPlan& plan, std::size_t candidate);

/// Returns how many candidates the first round has, which are all there are but for Hyperband.
std::size_t n_distinct(const SearchPlan& plan);

/// Returns all candidates that rounds may try.
std::span<const core::Params> listed_candidates(const SearchPlan& plan);

/// Returns what a trainer of `family` is told: those of them all that are of it.
std::vector<models::Candidate> told_candidates(const SearchPlan& plan, const models::Family& family);

/// Returns the seed of one fit, from (root seed, number of the candidate, number of the fold).
std::uint64_t fit_seed(std::uint64_t root, std::size_t candidate, std::size_t fold);

/// Returns what all scorers of the plan together need predicted.
models::Outputs outputs_of(const SearchPlan& plan);
/// Returns the same of a model of that family: where it has no decision values, scorers rank by probabilities.
models::Outputs outputs_of(const SearchPlan& plan, const models::Family& family);

/// Returns the bundles that cover every trial of `rounds` once: those of a family side by side, and of a family those
/// of a sharing key, the costliest family, key and bundle first.
///
/// A bundle holds fits with one sharing key on the same training rows, cheapest first (the order of warm starts). Those
/// of a key are cut into pieces of at most 1/64 of the whole, so that many ranks can share the work, but into two or
/// pieces of three fits on average at the finest; the costliest are cut off first.
/// Deterministic: depends on the plan and the shape of the data only, never on the number of ranks.
/// Cost: O(trials) calls of Family::cost and a sort.
std::vector<Bundle> make_bundles(const SearchPlan& plan, std::span<const Round> rounds, const core::Dataset& data);
/// The same for all rounds.
std::vector<Bundle> make_bundles(const SearchPlan& plan, const core::Dataset& data);

}  // namespace gridmill::search
