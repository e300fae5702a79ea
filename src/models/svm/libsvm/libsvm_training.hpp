#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/matrix.hpp"
#include "models/svm/kernels/kernel.hpp"
#include "models/svm/kernels/support_vectors.hpp"
#include "models/svm/libsvm/libsvm_file.hpp"

namespace gridmill::models::svm {

struct LibsvmOptions {
  MachineKind kind = MachineKind::nu_svc;
  Kernel kernel;
  double nu = 0.5;
  double C = 1;  // nu_svr
  double tolerance = 1e-3;
  std::size_t cache_bytes = 200'000'000;  // for kernel rows; changes no bit of the result
};

/// What libsvm found.
struct LibsvmTrained {
  std::vector<std::size_t> support;  // positions among the samples given, in the machine's order
  core::Matrix coefficients;         // (k-1) x n_support; 1 x n_support for nu_svr
  std::vector<double> rho;
  std::vector<std::size_t> n_support;  // by class; empty for nu_svr
  std::int64_t iterations = 0;         // over all pairs of classes
  bool converged = true;               // no pair was given up at libsvm's own limit of steps
};

/// Trains libsvm itself on samples of its own copy: for kinds of machines that our solver does not solve.
///
/// Shapes: n samples, y has n entries: class codes for nu_svc, whose samples must be sorted by class.
/// Errors: FitError when libsvm refuses (nu infeasible), or where kernel values overflow. Deterministic.
/// Memory: 16 bytes an entry that is not 0, and the rows.
LibsvmTrained train_libsvm(const LibsvmOptions& options, const SupportVectors& samples, std::span<const double> y);

}  // namespace gridmill::models::svm
