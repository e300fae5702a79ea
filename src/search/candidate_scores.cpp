#include "search/candidate_scores.hpp"

#include "core/error.hpp"
#include "core/numpy_sum.hpp"

namespace gridmill::search {

void CandidateScores::add(const Round& round, std::size_t n_metrics, std::span<const double> scores) {
  means.resize(n_metrics);
  deviations.resize(n_metrics);
  std::vector<double> of_folds(round.n_folds);
  for (std::size_t metric = 0; metric < n_metrics; ++metric) {
    GRIDMILL_ASSERT(means[metric].size() == round.first_candidate, "rounds are added in the order of the plan");
    for (std::size_t i = 0; i < round.n_candidates; ++i) {
      for (std::size_t k = 0; k < round.n_folds; ++k)
        of_folds[k] = scores[(i * round.n_folds + k) * n_metrics + metric];
      means[metric].push_back(core::numpy_average(of_folds));
      deviations[metric].push_back(core::numpy_std(of_folds, means[metric].back()));
    }
  }
}

}  // namespace gridmill::search
