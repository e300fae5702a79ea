#include "models/linear/elastic_net_fold.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace gridmill::models::linear {

namespace {

/// A path begins where all coefficients are 0; of a smaller l1_ratio they never are, and it begins as if of this one.
constexpr double kLeastRatio = 1e-3;
constexpr double kLongestPath = 60;
/// Gap of the path's solutions: they are to start from.
constexpr double kRoughGap = 1e-4;

}  // namespace

ElasticNetFold::ElasticNetFold(NormalEquations equations)
    : equations_(std::move(equations)), whole_(std::make_unique<WholeGram>(equations_.gram)), gram_(whole_.get()) {}

ElasticNetFold::ElasticNetFold(std::unique_ptr<FeatureGram> gram)
    : equations_{.weight = gram->known().weight,
                 .mean = gram->known().mean,
                 .target_mean = gram->known().target_mean,
                 .gram = {},
                 .products = gram->products(),
                 .target_squares = gram->target_squares()},
      features_(std::move(gram)),
      gram_(features_.get()) {}

std::size_t ElasticNetFold::bytes() const {
  std::size_t numbers = equations_.gram.n_elem;
  for (const auto& [ratio, path] : paths_) numbers += path.size() * equations_.products.n_elem;
  return numbers * sizeof(double) + (features_ == nullptr ? 0 : features_->bytes());
}

ElasticNetFold::Penalties ElasticNetFold::penalties(double alpha, double l1_ratio) const {
  return {.l1 = alpha * l1_ratio * equations_.weight, .l2 = alpha * (1 - l1_ratio) * equations_.weight};
}

SparsePenaltyProblem ElasticNetFold::problem(const Penalties& penalties) const {
  arma::vec each(equations_.products.n_elem);
  each.fill(penalties.l1);
  return {.gram = *gram_, .products = equations_.products, .penalty = std::move(each), .ridge = penalties.l2};
}

arma::vec ElasticNetFold::start(const ElasticNetSetting& setting) {
  const double greatest = arma::norm(equations_.products, "inf");
  const double first = greatest / (equations_.weight * std::max(setting.l1_ratio, kLeastRatio));
  const double halvings = std::floor(std::log2(first / setting.alpha));
  std::vector<arma::vec>& path = paths_[setting.l1_ratio];
  if (path.empty()) path.emplace_back(equations_.products.n_elem, arma::fill::zeros);
  if (!(halvings >= 1)) return path.front();
  const auto last = static_cast<std::size_t>(std::min(halvings, kLongestPath));
  while (path.size() <= last) {
    const double alpha = first * std::pow(0.5, static_cast<double>(path.size()));
    const Penalties at = penalties(alpha, setting.l1_ratio);
    const SparsePenaltyProblem rough = problem(at);
    DescentState state = descent_state(rough, path.back());
    const double enough = kRoughGap * equations_.target_squares;
    (void)descend(rough, state, {.max_sweeps = 100, .solve_equations = false, .is_done = [&](const DescentState& now) {
                                   return gap(now, at) <= enough;
                                 }});
    path.push_back(std::move(state.coefficients));
  }
  return path[last];
}

double ElasticNetFold::gap(const DescentState& state, const Penalties& penalties) const {
  const arma::vec& w = state.coefficients;
  const double explained = arma::dot(equations_.products, w);
  const double errors = std::max(0.0, equations_.target_squares - explained - arma::dot(state.rest, w));
  const double squares = arma::dot(w, w);
  const double steepest = arma::norm(state.rest - penalties.l2 * w, "inf");
  const double scale = steepest > penalties.l1 ? penalties.l1 / steepest : 1;
  return 0.5 * errors * (1 + scale * scale) + penalties.l1 * arma::norm(w, 1) -
         scale * (equations_.target_squares - explained) + 0.5 * penalties.l2 * (1 + scale * scale) * squares;
}

ElasticNetSolution ElasticNetFold::solve(const ElasticNetSetting& setting) {
  const Penalties at = penalties(setting.alpha, setting.l1_ratio);
  const SparsePenaltyProblem exact = problem(at);
  DescentState state = descent_state(exact, start(setting));
  const double enough = setting.tolerance * equations_.target_squares;
  ElasticNetSolution out;
  out.result = descend(exact, state,
                       {.max_sweeps = setting.max_sweeps,
                        .is_done = [&](const DescentState& now) { return gap(now, at) <= enough; },
                        .is_late = setting.is_late});
  const double squares = equations_.target_squares;
  out.gap = squares > 0 ? std::max(0.0, gap(state, at)) / squares : 0;
  out.coefficients = std::move(state.coefficients);
  out.intercept = equations_.intercept(out.coefficients);
  return out;
}

}  // namespace gridmill::models::linear
