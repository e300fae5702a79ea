#include "models/svm/machines/svc_training.hpp"
#include "models/family/class_weights.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "models/svm/machines/pair_votes.hpp"
#include "models/svm/solver/bound_start.hpp"
#include "models/svm/solver/problem_rows.hpp"

namespace gridmill::models::svm {

namespace {

/// The training samples of one class.
struct ClassSamples {
  std::size_t code = 0;
  double cost = 0;                     // C times the class's weight
  std::vector<core::Index> positions;  // ascending: data order
  std::vector<double> upper;           // cost times the sample's weight
};

std::vector<ClassSamples> split_by_class(const SharedKernels& shared, const SvcOptions& options,
                                         std::span<const core::Index> train) {
  const core::Dataset& data = shared.data();
  const std::vector<double> weight = class_weights(options.class_weight, data, train);
  std::vector<ClassSamples> by_code(weight.size());
  for (std::size_t c = 0; c < weight.size(); ++c) by_code[c] = {.code = c, .cost = options.C * weight[c]};
  for (const core::Index sample : train) {
    const double own = data.weight.empty() ? 1.0 : data.weight[sample];
    ClassSamples& group = by_code[static_cast<std::size_t>(data.y[sample])];
    if (!(own * group.cost > 0)) continue;
    group.positions.push_back(shared.position(sample));
    group.upper.push_back(own * group.cost);
  }
  std::erase_if(by_code, [](const ClassSamples& group) { return group.positions.empty(); });
  return by_code;
}

void require_two_classes(const std::vector<ClassSamples>& groups, const core::Dataset& data) {
  if (groups.empty()) throw FitError("all training samples have weight 0");
  if (groups.size() == 1) {
    throw FitError(fmt::format("all training samples are of class '{}'; svc needs at least two classes",
                               data.classes[groups.front().code]));
  }
}

SmoProblem problem_of(const ClassSamples& first, const ClassSamples& second) {
  const std::size_t n = first.positions.size() + second.positions.size();
  SmoProblem problem{.y = std::vector<double>(n, -1.0), .linear = std::vector<double>(n, -1.0), .upper = first.upper};
  std::fill_n(problem.y.begin(), first.positions.size(), 1.0);
  problem.upper.insert(problem.upper.end(), second.upper.begin(), second.upper.end());
  return problem;
}

/// The row of TrainedPairs::dual in which samples of class `own` have their alphas against class `other`.
std::size_t dual_row(std::size_t own, std::size_t other) { return other < own ? other : other - 1; }

/// The pairs of classes of one fit, solved one after the other.
class PairSolver {
 public:
  PairSolver(SharedKernels& shared, KernelRows& rows, const SmoOptions& options, const PairStarts& starts)
      : shared_(shared), rows_(rows), options_(options), starts_(starts) {
    options_.keep_products = starts.chain != nullptr;
  }

  SmoSolution solve(const ClassSamples& first, const ClassSamples& second) {
    const SmoProblem problem = problem_of(first, second);
    std::vector<core::Index> positions = first.positions;
    positions.insert(positions.end(), second.positions.begin(), second.positions.end());
    ProblemRows rows(rows_, std::move(positions), shared_.problem_memory(), options_.deadline);
    const bool step_by_step = starts_.chain == nullptr && starts_.dual.empty() && rows.size() < kSmallProblem;
    if (step_by_step) return shared_.first_steps().solve(problem, rows, options_);
    SmoSolution solution = solve_warm(problem, rows, options_, start(problem, rows, first, second),
                                      [&] { return start_at_bound(problem, rows); });
    // Where the clock stopped it would not be found again.
    if (starts_.chain != nullptr && solution.status != FitStatus::time_limit) {
      starts_.chain->keep(id_, problem, rows.positions(), solution);
    }
    ++id_;
    return solution;
  }

 private:
  [[nodiscard]] std::optional<SmoStart> start(const SmoProblem& problem, ProblemRows& rows, const ClassSamples& first,
                                              const ClassSamples& second) const {
    if (!starts_.dual.empty()) return repaired_start(problem, dual_of(first, second), rows);
    if (starts_.chain != nullptr) return starts_.chain->start(id_, problem, rows.positions());
    return std::nullopt;
  }

  [[nodiscard]] std::vector<double> dual_of(const ClassSamples& first, const ClassSamples& second) const {
    const std::size_t n_samples = shared_.data().n_samples();
    std::vector<double> alpha;
    const auto append = [&](const ClassSamples& own, std::size_t other) {
      const std::size_t row = dual_row(own.code, other);
      for (const core::Index p : own.positions) alpha.push_back(starts_.dual[row * n_samples + shared_.sample(p)]);
    };
    append(first, second.code);
    append(second, first.code);
    return alpha;
  }

  SharedKernels& shared_;
  KernelRows& rows_;
  SmoOptions options_;
  const PairStarts& starts_;
  std::size_t id_ = 0;  // of the pair that is next
};

void add_certificate(Certificate& sum, const Certificate& part) {
  sum.iterations += part.iterations;
  sum.gap = std::max(sum.gap, part.gap);
  sum.converged = sum.converged && part.converged;
  sum.objective += part.objective;
  sum.n_support += part.n_support;
  sum.n_bounded += part.n_bounded;
}

/// Coefficients of all training samples, libsvm's layout; samples that support nothing are dropped at the end.
class Collector {
 public:
  explicit Collector(const std::vector<ClassSamples>& groups) : groups_(groups), start_(groups.size() + 1, 0) {
    for (std::size_t a = 0; a < groups.size(); ++a) start_[a + 1] = start_[a] + groups[a].positions.size();
    dense_.zeros(groups.size() - 1, start_.back());
  }

  void add(std::size_t a, std::size_t b, const SmoSolution& solution) {
    const std::size_t split = start_[a + 1] - start_[a];
    for (std::size_t k = 0; k < solution.alpha.size(); ++k) {
      if (k < split) {
        dense_(b - 1, start_[a] + k) = solution.alpha[k];
      } else {
        dense_(a, start_[b] + k - split) = -solution.alpha[k];
      }
    }
    rho_.push_back(solution.rho);
  }

  void store(TrainedPairs& out) {
    std::vector<arma::uword> kept;
    out.machine.start.push_back(0);
    for (std::size_t a = 0; a < groups_.size(); ++a) {
      out.machine.classes.push_back(groups_[a].code);
      for (std::size_t s = start_[a]; s < start_[a + 1]; ++s) {
        if (!arma::any(dense_.col(s))) continue;
        kept.push_back(s);
        out.support.push_back(groups_[a].positions[s - start_[a]]);
      }
      out.machine.start.push_back(kept.size());
    }
    out.machine.coefficients = dense_.cols(arma::uvec(kept));
    out.machine.rho = std::move(rho_);
  }

 private:
  const std::vector<ClassSamples>& groups_;
  std::vector<std::size_t> start_;
  core::Matrix dense_;
  std::vector<double> rho_;
};

}  // namespace

TrainedPairs train_pairs(SharedKernels& shared, SvcOptions& options, std::span<const core::Index> train) {
  return train_pairs(shared, options, train, PairStarts{});
}

TrainedPairs train_pairs(SharedKernels& shared, SvcOptions& options, std::span<const core::Index> train,
                         const PairStarts& starts) {
  const std::vector<ClassSamples> groups = split_by_class(shared, options, train);
  require_two_classes(groups, shared.data());
  TrainedPairs out{.matrix = shared.matrix(options.kernel, train, &options.smo.deadline)};
  out.certificate.converged = true;  // so far
  if (starts.chain != nullptr) starts.chain->begin(out.matrix, options.class_weight.python_repr());
  PairSolver solver(shared, *out.matrix->rows, options.smo, starts);
  Collector collector(groups);
  for (std::size_t a = 0; a < groups.size(); ++a) {
    for (std::size_t b = a + 1; b < groups.size(); ++b) {
      const SmoSolution solution = solver.solve(groups[a], groups[b]);
      collector.add(a, b, solution);
      add_certificate(out.certificate, solution.certificate);
      out.status = std::max(out.status, solution.status);
    }
  }
  collector.store(out);
  return out;
}

std::vector<double> TrainedPairs::dual(const SharedKernels& shared) const {
  const std::size_t n_samples = shared.data().n_samples();
  const std::size_t k = machine.n_classes();
  std::vector<double> out((shared.data().classes.size() - 1) * n_samples, 0.0);
  for (std::size_t a = 0; a < k; ++a) {
    for (std::size_t v = machine.start[a]; v < machine.start[a + 1]; ++v) {
      for (std::size_t b = 0; b < k; ++b) {
        if (b == a) continue;
        const double coefficient = machine.coefficients(dual_row(a, b), v);
        const std::size_t row = dual_row(machine.classes[a], machine.classes[b]);
        out[row * n_samples + shared.sample(support[v])] = std::abs(coefficient);
      }
    }
  }
  return out;
}

core::Matrix TrainedPairs::decide(const SharedKernels& shared, std::span<const core::Index> rows) const {
  core::Matrix values(machine.n_pairs(), rows.size());
  std::vector<double> kernel(support.size());
  Decider decider(machine);
  for (std::size_t s = 0; s < rows.size(); ++s) {
    matrix->samples->kernel_row(matrix->kernel, matrix->products.get(), shared.position(rows[s]), support, kernel);
    decider.decide(kernel, {values.colptr(s), values.n_rows});
  }
  return values;
}

std::vector<double> TrainedPairs::vote(const SharedKernels& shared, std::span<const core::Index> rows) const {
  std::vector<core::Index> positions;
  for (const core::Index sample : rows) positions.push_back(shared.position(sample));
  const std::vector<std::optional<std::size_t>> winners = count_votes(machine, support, *matrix->rows, positions);
  std::vector<double> out;
  std::vector<core::Index> doubtful;
  for (std::size_t s = 0; s < rows.size(); ++s) {
    if (!winners[s]) doubtful.push_back(rows[s]);
    out.push_back(winners[s] ? static_cast<double>(machine.classes[*winners[s]]) : 0.0);
  }
  const core::Matrix values = decide(shared, doubtful);
  std::size_t next = 0;
  for (std::size_t s = 0; s < rows.size(); ++s) {
    if (!winners[s]) out[s] = machine.vote({values.colptr(next++), values.n_rows});
  }
  return out;
}

}  // namespace gridmill::models::svm
