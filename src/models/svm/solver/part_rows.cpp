#include "models/svm/solver/part_rows.hpp"

#include <utility>

#include "models/svm/solver/keep_entries.hpp"

namespace gridmill::models::svm {

PartRows::PartRows(ProblemRows& whole, std::vector<std::size_t> kept)
    : whole_(&whole), kept_(std::move(kept)), is_kept_(whole.n_slots()) {
  for (const std::size_t slot : kept_) is_kept_.assign(slot, true);
  constexpr std::size_t kFew = 4;  // times as many: looking each of them up then takes less time than passing over all
  if (kFew * kept_.size() <= whole.n_slots()) {
    for (const std::size_t slot : kept_) columns_.push_back(static_cast<std::uint32_t>(whole.column(slot)));
  }
  whole.part_copies().reset(kept_.size(), kept_.size(), whole.part_bytes());
}

const float* PartRows::row(std::size_t k) {
  const auto [values, fresh] = whole_->part_copies().claim(k);
  if (!fresh) return values;
  const float* const row = whole_->row(kept_[k]);
  if (columns_.empty()) {
    keep_entries(row, whole_->windows(), is_kept_, values);
  } else {
    for (std::size_t l = 0; l < columns_.size(); ++l) values[l] = row[columns_[l]];
  }
  return values;
}

}  // namespace gridmill::models::svm
