#include "search/strategy.hpp"

#include <numeric>

namespace gridmill::search {

namespace {

class AllAtOnce final : public Strategy {
 public:
  explicit AllAtOnce(std::size_t n_candidates) : n_candidates_(n_candidates) {}

  std::optional<Proposal> next(std::span<const double> scores) override {
    if (!scores.empty()) return std::nullopt;
    Proposal all{.candidates = std::vector<std::size_t>(n_candidates_), .n_resources = 0};
    std::iota(all.candidates.begin(), all.candidates.end(), std::size_t{0});
    return all;
  }

 private:
  std::size_t n_candidates_;
};

}  // namespace

std::unique_ptr<Strategy> all_at_once(std::size_t n_candidates) { return std::make_unique<AllAtOnce>(n_candidates); }

}  // namespace gridmill::search
