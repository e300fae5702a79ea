#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "models/family/model.hpp"
#include "models/svm/machines/platt.hpp"

namespace gridmill::models::svm {

/// The coefficients of all pairs of k classes, laid out as in libsvm's models.
///
/// Support vectors are grouped by class. Those of class a have k-1 coefficients: the r-th is for the pair of a with
/// the r-th of the other classes. Pairs run (0,1), (0,2), ..., (1,2), ...; pair (a,b) speaks for a when positive.
struct OneVsOne {
  std::vector<std::size_t> classes;  // codes, ascending; k >= 2
  std::vector<std::size_t> start;    // k+1: where the support vectors of each class start
  core::Matrix coefficients;         // (k-1) x n_support
  std::vector<double> rho;           // k(k-1)/2

  [[nodiscard]] std::size_t n_classes() const { return classes.size(); }
  [[nodiscard]] std::size_t n_pairs() const { return rho.size(); }
  [[nodiscard]] std::size_t n_support() const { return coefficients.n_cols; }

  /// Returns the sum of |coefficient| of each pair: what an error of the kernel may cost its decision values.
  [[nodiscard]] std::vector<double> sensitivity() const;
  /// Returns the class code that most of the decision values `pairs` of a sample vote for: each for its first class if
  /// it is > 0, else for the second; equal votes go to the lowest class. NaN if any value is.
  [[nodiscard]] double vote(std::span<const double> pairs) const;
};

/// Computes decision values with a machine, which must outlive it.
class Decider {
 public:
  explicit Decider(const OneVsOne& machine);

  /// Computes the decision values of one sample from its kernel with each support vector.
  /// Shapes: kernel has n_support entries, values n_pairs. Deterministic: the same bits on every instruction set.
  void decide(std::span<const double> kernel, std::span<double> values);

 private:
  const OneVsOne& machine_;
  std::size_t stride_;                // coefficients of a support vector, filled up with zeros
  std::vector<double> coefficients_;  // empty for two classes: the machine's own serve
  std::vector<double> sums_;          // of a class's part of its pairs, by class
};

enum class TieRule { lowest_class, decision };  // decision: break_ties=True

/// A classifier but for the kernel: what becomes of the decision values of pairs.
struct Classifier {
  OneVsOne machine;
  std::size_t n_codes = 0;  // classes of the dataset, of which the machine may have seen fewer
  TieRule ties = TieRule::lowest_class;
  std::vector<Sigmoid> sigmoids;  // one for two classes, else one per class of the machine; empty: no probabilities

  /// Says whether the decision values themselves matter, beyond their signs.
  [[nodiscard]] bool needs_values(Outputs wanted) const {
    return wanted.decision || wanted.probability || (ties == TieRule::decision && machine.n_classes() > 2);
  }

  /// Returns scikit-learn's decision function: 1 x n (positive: second class) for two classes, else one-vs-rest k x n.
  [[nodiscard]] core::Matrix decision(const core::Matrix& pairs) const;

  /// Turns decision values of pairs (n_pairs x n) into what SVC predicts.
  ///
  /// That is OneVsOne::vote, or with TieRule::decision (three classes or more) the greatest decision value. NaN values
  /// predict NaN.
  [[nodiscard]] Prediction predict(const core::Matrix& pairs, Outputs wanted) const;

 private:
  [[nodiscard]] core::Matrix spread(const core::Matrix& values) const;
};

}  // namespace gridmill::models::svm
