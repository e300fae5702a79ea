#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/family/model.hpp"
#include "models/svm/solver/certificate.hpp"
#include "models/svm/solver/deadline.hpp"
#include "models/svm/solver/problem_rows.hpp"

namespace gridmill::models::svm {

/// min 0.5 a'Qa + p'a  subject to  y'a = 0, 0 <= a_k <= upper_k, with Q_kl = y_k y_l K_kl.
struct SmoProblem {
  std::vector<double> y;       // +1 or -1
  std::vector<double> linear;  // p
  std::vector<double> upper;   // > 0
};

/// Problems below this size are solved as they are, step by step like libsvm without its shrinking: there is little
/// to be gained, and one-vs-one machines have many of them.
constexpr std::size_t kSmallProblem = 1000;

/// A feasible point to start from.
struct SmoStart {
  std::vector<double> alpha;
  std::vector<double> products;  // K (y alpha): F without its linear part
};

/// A solve from a = 0 of a problem below kSmallProblem on its way, before any variable has met its upper bound: the
/// same, to the bit, for all bounds above `greatest`.
struct SmoState {
  std::vector<double> alpha;
  std::vector<double> f;  // y times the gradient
  std::int64_t iterations = 0;
  double greatest = 0;   // alpha of any variable so far
  double tolerance = 0;  // every step so far was taken at a violation of at least this
};

struct SmoOptions {
  double tolerance = 1e-3;           // eps: largest KKT violation to stop at
  std::int64_t max_iterations = -1;  // -1: libsvm's own max(10^7, 100 n)
  Deadline deadline = {};
  bool keep_products = false;  // tell K (y alpha), for a later start
  bool keep_state = false;     // tell the last SmoState there was, if the problem is small
};

struct SmoSolution {
  std::vector<double> alpha;
  std::vector<double> products;   // K (y alpha) if they are to be kept
  std::optional<SmoState> state;  // none: not asked for, or the one it went on from
  double rho = 0;
  Certificate certificate;  // of this problem alone; after FitStatus::time_limit gap and objective may be infinite
  FitStatus status = FitStatus::ok;
};

/// Errors: models::FitError if float32 cannot hold that entry of a kernel matrix.
void require_float(double kernel);

/// Solves a problem by sequential minimal optimisation from a = 0, or from a start.
///
/// Working set by second order information, stopping rule, updates and bias are libsvm's, ties included (the last
/// index wins); kernel entries are float32 and everything else double, as there. Problems of kSmallProblem variables
/// and more leave out those that libsvm's shrinking would, for a while. Once they have taken half as many steps as
/// there are variables they keep the gradient in float32 and make steps conjugate to the last (ConjugateDirection): the
/// steps then differ from libsvm's, the stop is always the same one, checked in double on all variables. Always ends:
/// after max_iterations, at the deadline, or when rounding lets no pair move any more; the certificate then says
/// converged = false. Errors: models::FitError if kernel entries overflow, so that nothing that was found means
/// anything. Deterministic, if the deadline does not pass. Cost: O(n) an iteration. Source: Fan, Chen, Lin: Working set
/// selection using second order information (JMLR 2005); libsvm 3.24.
SmoSolution solve(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options,
                  const SmoStart* start = nullptr);
/// The same from the state of another solve; see leads_to.
SmoSolution solve(const SmoProblem& problem, ProblemRows& rows, const SmoOptions& options, const SmoState& state);

/// Says whether a solve of `problem` from a = 0 comes through `state`, which is one of a problem with the same kernel
/// matrix, labels and linear part: the solution is then the same, with all that is told of it, if it goes on from
/// there.
bool leads_to(const SmoState& state, const SmoProblem& problem, const SmoOptions& options);

}  // namespace gridmill::models::svm
