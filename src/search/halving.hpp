#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "search/folds.hpp"
#include "search/strategy.hpp"

namespace gridmill::search {

/// From which ration successive halving starts, where it is not a number.
enum class FirstRation {
  exhaust,   // as much as lets the last round have all there is
  smallest,  // two rows a fold and class; of another resource 1
};

/// How many times candidates are thinned out.
enum class Brackets {
  one,  // successive halving, as scikit-learn's HalvingGridSearchCV and HalvingRandomSearchCV
  all,  // Hyperband: one after the other, from many candidates that are given little to few that are given all at once
};

/// Successive halving and Hyperband.
struct HalvingOptions {
  Brackets brackets = Brackets::one;
  double factor = 3;                         // one of so many candidates goes on, with so many times the resources; > 1
  std::string resource = "n_samples";        // or a hyperparameter that is a whole number
  std::optional<std::size_t> min_resources;  // of the first round; none: see first
  FirstRation first = FirstRation::exhaust;
  std::optional<std::size_t> max_resources;  // of a round; none: all rows
  bool aggressive_elimination = false;       // repeat the first round's ration until few enough are left
  std::uint32_t seed = 0;                    // of the rows that are drawn

  [[nodiscard]] bool rations_rows() const { return resource == "n_samples"; }
};

/// What is divided.
struct Stock {
  std::size_t n_candidates = 0;
  std::size_t n_samples = 0;
  std::size_t n_folds = 0;    // splits, repeats included
  std::size_t n_classes = 0;  // that occur; 0: regression
};

/// One round of a schedule.
struct Rung {
  std::size_t n_candidates = 0;
  std::size_t n_resources = 0;  // of each candidate
  std::size_t bracket = 0;      // another one than the rung before: its candidates are new ones
};

/// Returns the least and the most that a candidate is given. Errors: UserError where the least is more than the most,
/// or there is nothing to divide.
struct Rations {
  double least = 0;
  double most = 0;
};
Rations rations(const HalvingOptions& options, const Stock& stock);

/// Returns the rounds: all that will be done, whatever the scores. Never empty. Errors: as rations.
/// Source: scikit-learn 1.2.1, BaseSuccessiveHalving (the same floating-point logarithms).
std::vector<Rung> halving_schedule(const HalvingOptions& options, const Stock& stock);

/// Returns the rounds of Hyperband, the bracket of most candidates first. Requires max_resources.
///
/// With R = max_resources, r = min_resources (1 unless given) and s_max the greatest s of which r x factor^s <= R,
/// bracket s = s_max, ..., 0 begins with n = ceil((s_max + 1) / (s + 1) x factor^s) candidates, and its round i = 0,
/// ..., s gives floor(R / factor^(s - i)) to each of floor(n / factor^i). Errors: UserError where r > R. Source: Li,
/// Jamieson, DeSalvo, Rostamizadeh, Talwalkar: Hyperband, JMLR 18 (2018), algorithm 1.
std::vector<Rung> hyperband_schedule(const HalvingOptions& options);

/// Returns how many candidates the brackets of a schedule begin with together.
std::size_t n_candidates_of(const std::vector<Rung>& schedule);

/// Returns the positions of the k best scores, the best last, NaN counting as worst. Equal ones are chosen as numpy's
/// unstable argsort leaves them. Source: scikit-learn 1.2.1, _top_k.
std::vector<std::size_t> top_k(std::span<const double> scores, std::size_t k);

/// Returns `fold` with the first floor(fraction x size) rows of each part after a shuffle, in the order of the shuffle;
/// not stratified. Source: scikit-learn 1.2.1, _SubsampleMetaSplitter.
Fold subsample(const Fold& fold, double fraction, std::uint32_t seed);

/// Tries the rounds of a schedule, which is never empty, each with the best of the one before; the first round of a
/// bracket with the candidates that follow those of the bracket before.
std::unique_ptr<Strategy> halving(std::vector<Rung> schedule);

}  // namespace gridmill::search
