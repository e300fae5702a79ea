#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/dataset.hpp"
#include "core/node_memory.hpp"
#include "core/node_slots.hpp"
#include "core/prepared_samples.hpp"
#include "models/family/model.hpp"
#include "models/svm/kernels/kernel.hpp"
#include "models/svm/kernels/kernel_memory.hpp"
#include "models/svm/kernels/kernel_options.hpp"
#include "models/svm/kernels/kernel_rows.hpp"
#include "models/svm/kernels/pair_products.hpp"
#include "models/svm/kernels/problem_memory.hpp"
#include "models/svm/kernels/support_vectors.hpp"
#include "models/svm/solver/deadline.hpp"
#include "models/svm/solver/first_steps.hpp"

namespace gridmill::models::svm {

/// A kernel matrix of all samples of a dataset with all that made it; kept alive by the fits that use it.
struct KernelMatrix {
  Kernel kernel;
  std::shared_ptr<const CentredSamples> samples;  // by position
  std::shared_ptr<const core::Matrix> x;          // prepared samples, in dataset order; null: the dataset's own
  std::shared_ptr<const PairProducts> products;   // null: no room
  std::unique_ptr<KernelRows> rows;               // by position
};

/// Makes the kernel matrices of one dataset and keeps the last: fits that follow each other with the same
/// samples and kernel share it, other kernels still share the products of pairs.
///
/// What is the same for all folds is made once a node, by all of its ranks that ask for it, in resources.memory; what
/// was learnt from a fold's training samples each rank makes for itself. The bits do not depend on who made them.
///
/// Positions are samples sorted by class (regression: one class), data order within a class: the order of libsvm's
/// sub-problems. The training set of a fold is then a few runs of neighbours, and so is each pair of classes.
class SharedKernels {
 public:
  /// Collective over the sharers of resources.memory. Errors: RunError when there is too little of it.
  SharedKernels(const core::Dataset& data, const Resources& resources);

  /// Takes samples for the matrices that follow; nothing is done if the last had the same key.
  /// Errors: FitError naming the feature if any is NaN or infinite.
  void take(const core::PreparedSamples& prepared);

  /// Returns the kernel matrix of the samples last taken, with gamma resolved on the samples `train`.
  /// `put_off`: a deadline of the fit, to which the time this takes is added; may be null.
  /// Errors: FitError naming a feature whose values are too large for their products.
  [[nodiscard]] std::shared_ptr<KernelMatrix> matrix(const KernelOptions& options, std::span<const core::Index> train,
                                                     Deadline* put_off = nullptr);

  /// Lets go of a matrix that others may wait for to leave.
  void rest();
  /// Lets go of the samples and of all that was made of them.
  void forget();

  [[nodiscard]] const core::Dataset& data() const { return data_; }
  [[nodiscard]] core::Index position(core::Index sample) const { return position_of_[sample]; }
  [[nodiscard]] core::Index sample(core::Index position) const { return sample_at_[position]; }
  /// Returns the prepared samples at `positions`, sparse if the dataset is.
  [[nodiscard]] SupportVectors vectors(const KernelMatrix& matrix, std::span<const core::Index> positions) const;
  /// Returns where the problems of a fit, one after the other, find memory and what the last one left.
  [[nodiscard]] ProblemMemory& problem_memory() { return problem_memory_; }
  /// Returns the first steps of problems on the last matrix; rest() leaves them.
  [[nodiscard]] FirstSteps& first_steps() { return first_steps_; }

 private:
  /// Returns the samples last taken, in full.
  [[nodiscard]] core::MatrixView view() const { return prepared_->view(data_); }
  /// Says whether they are the dataset's own, the same for all folds.
  [[nodiscard]] bool are_own() const { return prepared_->x == nullptr; }
  void take_sparse();
  void take_full(const core::MatrixView& x);
  [[nodiscard]] std::shared_ptr<KernelMatrix> make_matrix(const Kernel& kernel, bool same_for_all_folds);
  void check_finite(const core::MatrixView& x) const;
  void check_finite(const core::SparseView& x) const;
  void check_products(KernelKind kind) const;
  [[nodiscard]] std::string name_of_feature(std::size_t feature) const;
  void make_products();
  [[nodiscard]] std::shared_ptr<const PairProducts> shared_products();
  [[nodiscard]] std::shared_ptr<const PairProducts> own_products() const;
  /// Makes the whole matrix if it fits into memory and is likely to be read, else rows on demand.
  [[nodiscard]] std::unique_ptr<KernelRows> make_rows(const Kernel& kernel, bool same_for_all_folds);
  /// Rows of one fold's kernel on demand, in the memory of a whole matrix.
  [[nodiscard]] std::unique_ptr<KernelRows> own_rows(const Kernel& kernel);
  /// Returns null if other ranks keep all shared matrices for themselves too long.
  [[nodiscard]] std::unique_ptr<KernelRows> shared_gram(const Kernel& kernel);
  /// Says whether a matrix with the last options, of another fold, had most of its rows read.
  [[nodiscard]] bool expects_most_rows() const;
  void forget_first_steps();
  /// Lets go of the last matrix, and keeps its memory if no fit holds it.
  void drop_matrix();

  const core::Dataset& data_;
  KernelMemory plan_;
  std::vector<core::Index> position_of_;
  std::vector<core::Index> sample_at_;
  core::HeapMemory heap_;  // used if there is no memory of the node
  std::optional<core::NodeSlots> product_slot_;
  std::optional<core::NodeSlots> gram_slots_;

  std::optional<core::PreparedSamples> prepared_;  // last taken
  std::span<const std::string> names_;             // of their features
  std::shared_ptr<const CentredSamples> samples_;
  std::shared_ptr<const PairProducts> products_;  // null: not made yet, or no room
  std::shared_ptr<KernelMatrix> matrix_;
  AlignedFloats spare_;                     // memory of a Gram of this dataset, or null
  KernelOptions options_;                   // of the last matrix
  std::vector<KernelOptions> mostly_read_;  // kernels of which another fold has read most rows; decides no bit
  ProblemMemory problem_memory_;
  FirstSteps first_steps_;
  std::optional<Kernel> kernel_of_steps_;  // on the samples last taken
};

}  // namespace gridmill::models::svm
