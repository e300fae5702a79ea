#include "models/svm/problem_rows.hpp"

#include <algorithm>
#include <utility>

namespace gridmill::models::svm {

ProblemRows::ProblemRows(KernelRows& source, std::vector<core::Index> positions, RowSlots& copies)
    : source_(source), positions_(std::move(positions)), copies_(copies) {
  copies_.reset(source.n(), positions_.size());
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
  const auto [values, fresh] = copies_.claim(positions_[k]);
  if (fresh) {
    const float* whole = source_.row(positions_[k]);
    float* out = values;
    for (const Run& run : runs_) out = std::copy_n(whole + run.first, run.size, out);
  }
  return values;
}

}  // namespace gridmill::models::svm
