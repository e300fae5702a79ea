#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/dataset.hpp"
#include "models/family/model.hpp"

namespace gridmill::models::svm {

/// Which kernel matrices a search asks for.
struct KernelWork {
  bool shared = false;       // the same for all folds
  bool own_kernel = false;   // same samples, but a gamma learnt from the fold's training samples ('scale')
  bool own_samples = false;  // prepared by what the fold's training samples have taught
};

/// Returns the kinds of matrices the candidates ask for; of no candidates nothing is known, so all kinds.
KernelWork kernel_work(std::span<const Candidate> candidates);

/// How kernel matrices are kept on a node; matrices of one fold's own are kept by each rank for itself.
struct KernelMemory {
  bool shared_products = false;    // products of pairs of the samples as they are, once a node
  std::size_t n_shared_grams = 0;  // whole matrices that ranks build and read together; 0: none fits
  bool own_grams = false;          // each rank may keep a whole matrix of its own
  bool own_products = false;       // ... and products of pairs of samples prepared for one fold
  std::size_t cache_bytes = 0;     // each rank, for rows of matrices that do not fit
  std::size_t copy_bytes = 0;      // each rank, for copies of rows in the order of a fit
  std::size_t bytes = 0;           // all ranks of the node together
  std::size_t least_bytes = 0;     // the least limit that can be kept to

  /// Says it in a few words.
  [[nodiscard]] std::string describe(const KernelWork& work, std::size_t n_ranks) const;
};

/// Decides how `n_ranks` ranks of a node keep the matrices of `work` within `limit` bytes (0: no limit).
///
/// First choice: products of pairs and one matrix for every two ranks (one for each, if they are small); what does not
/// fit is left out in turn: more matrices than one, room for copies down to the least of use, the products, at last the
/// matrix. Each rank's own samples, and the least for copies and for rows that no matrix holds, are always taken: below
/// `least_bytes` the limit is passed. What is chosen changes no bit of any result.
KernelMemory plan_kernel_memory(const KernelWork& work, std::size_t n_samples, std::size_t n_features,
                                std::size_t limit, std::size_t n_ranks);

/// Decides it for what a trainer is given.
KernelMemory plan_kernel_memory(const core::Dataset& data, const Resources& resources);
/// Returns the same as Family::memory_use wants it.
MemoryUse kernel_memory_use(const core::Dataset& data, const Resources& resources);

}  // namespace gridmill::models::svm
