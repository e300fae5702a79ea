#include "models/svm/solver/part_rows.hpp"

#include <utility>

#include "models/svm/solver/keep_entries.hpp"

namespace gridmill::models::svm {

PartRows::PartRows(ProblemRows& whole, std::vector<std::size_t> kept)
    : whole_(&whole), kept_(std::move(kept)), is_kept_(whole.n_slots()) {
  for (const std::size_t slot : kept_) is_kept_.assign(slot, true);
  whole.part_copies().reset(kept_.size(), kept_.size(), whole.part_bytes());
}

const float* PartRows::row(std::size_t k) {
  const auto [values, fresh] = whole_->part_copies().claim(k);
  if (fresh) keep_entries(whole_->row(kept_[k]), whole_->windows(), is_kept_, values);
  return values;
}

}  // namespace gridmill::models::svm
