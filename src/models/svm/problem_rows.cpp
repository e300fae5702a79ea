#include "models/svm/problem_rows.hpp"

#include <algorithm>
#include <utility>

namespace gridmill::models::svm {

ProblemRows::ProblemRows(KernelRows& source, std::vector<core::Index> positions, ProblemMemory& memory)
    : source_(source), positions_(std::move(positions)), memory_(memory) {
  if (memory_.positions != positions_) {
    memory_.positions = positions_;
    memory_.copies.reset(source.n(), positions_.size());
    memory_.direction.clear();
  }
  for (const core::Index position : positions_) {
    const bool follows = !runs_.empty() && runs_.back().first + runs_.back().size == position;
    if (follows) {
      ++runs_.back().size;
    } else {
      runs_.push_back({position, 1});
    }
  }
}

const float* ProblemRows::row(std::size_t k) {
  if (runs_.size() == 1) return source_.row(positions_[k]) + runs_.front().first;
  const auto [values, fresh] = memory_.copies.claim(positions_[k]);
  if (fresh) {
    const float* whole = source_.row(positions_[k]);
    float* out = values;
    for (const Run& run : runs_) out = std::copy_n(whole + run.first, run.size, out);
  }
  return values;
}

void ProblemRows::narrow(std::span<const std::size_t> kept) {
  kept_.clear();
  for (const std::size_t k : kept) kept_.push_back(positions_[k]);
  memory_.narrow_copies.reset(kept.size(), kept.size());
}

const float* ProblemRows::narrow_row(std::size_t k) {
  const auto [values, fresh] = memory_.narrow_copies.claim(k);
  if (fresh) {
    const float* whole = source_.row(kept_[k]);
    for (std::size_t l = 0; l < kept_.size(); ++l) values[l] = whole[kept_[l]];
  }
  return values;
}

const std::vector<double>& ProblemRows::products_with(const std::vector<double>& direction) {
  if (memory_.direction == direction) return memory_.sums;
  memory_.direction = direction;
  // The matrix is symmetric: rows are added up, which reads memory in order.
  std::vector<double> sums(source_.n(), 0.0);
  for (std::size_t k = 0; k < positions_.size(); ++k) {
    const float* row = source_.row(positions_[k]);
    for (std::size_t l = 0; l < sums.size(); ++l) sums[l] += direction[k] * static_cast<double>(row[l]);
  }
  memory_.sums.clear();
  for (const core::Index position : positions_) memory_.sums.push_back(sums[position]);
  return memory_.sums;
}

}  // namespace gridmill::models::svm
