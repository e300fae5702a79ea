#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "core/value.hpp"
#include "models/family/model.hpp"
#include "models/svm/kernels/kernel_options.hpp"
#include "models/svm/machines/one_vs_one.hpp"
#include "models/svm/machines/shared_kernels.hpp"
#include "models/svm/machines/solution_chain.hpp"
#include "models/svm/solver/certificate.hpp"
#include "models/svm/solver/smo.hpp"

namespace gridmill::models::svm {

struct SvcOptions {
  double C = 1;
  KernelOptions kernel;
  core::Value class_weight;  // null, "balanced", or label -> weight
  SmoOptions smo;
  TieRule ties = TieRule::lowest_class;
};

/// The pairs of classes solved on some samples of the shared dataset.
struct TrainedPairs {
  std::shared_ptr<KernelMatrix> matrix;
  OneVsOne machine;
  std::vector<core::Index> support;  // positions, in the machine's order
  Certificate certificate;
  FitStatus status = FitStatus::ok;

  /// Returns the alphas: one row of n_samples for each other class of the dataset, in order of codes; 0 where a sample
  /// or a pair was not in the fit.
  [[nodiscard]] std::vector<double> dual(const SharedKernels& shared) const;
  /// Returns the decision values of pairs of samples of the dataset, in double: n_pairs x rows.
  [[nodiscard]] core::Matrix decide(const SharedKernels& shared, std::span<const core::Index> rows) const;
  /// Returns the class codes that their signs vote for (OneVsOne::vote), several times as fast: reads the float32
  /// kernel matrix and computes in double only the samples of which rounding may have decided a vote.
  [[nodiscard]] std::vector<double> vote(const SharedKernels& shared, std::span<const core::Index> rows) const;
};

/// Solves all pairs of classes of the samples `train`, on the samples that `shared` has taken.
/// Samples of weight 0 are left out. The deadline of `options` is put off by the time that the kernel matrix takes.
/// Errors: FitError (one class only, no weight, a weight for an unknown class).
TrainedPairs train_pairs(SharedKernels& shared, SvcOptions& options, std::span<const core::Index> train);

/// From where pairs may start that need not start as libsvm does.
struct PairStarts {
  SolutionChain* chain = nullptr;     // solutions of fits before, and to keep this one's
  std::span<const double> dual = {};  // in the form of TrainedPairs::dual; empty: none
};
/// The same from `starts`: the dual if there is one, else the chain.
TrainedPairs train_pairs(SharedKernels& shared, SvcOptions& options, std::span<const core::Index> train,
                         const PairStarts& starts);

}  // namespace gridmill::models::svm
