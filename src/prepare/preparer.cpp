#include "prepare/preparer.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/bytes.hpp"

namespace gridmill::prepare {

namespace {

/// How many lessons like this one are kept: some numbers a feature each, or all terms of texts.
std::size_t most_kept(const core::Frame& frame, const FittedSteps& steps) {
  constexpr std::size_t kMostOfWords = 8;
  if (!frame.words.empty()) return kMostOfWords;
  constexpr std::size_t kMost = std::size_t{1} << 20U;  // bytes
  const std::size_t n_numbers = frame.numbers.n_features * steps.numbers_a_feature();
  return std::max<std::size_t>(1, kMost / (sizeof(double) * std::max<std::size_t>(1, n_numbers)));
}

std::size_t hash_of(std::span<const core::Index> rows) { return std::hash<std::string_view>()(core::text_of(rows)); }

}  // namespace

Preparer::Learnt Preparer::learn(const Steps& steps, std::span<const core::Index> rows) {
  if (steps.empty()) return {};
  const LessonKey lesson{steps.setting(), rows.size(), hash_of(rows)};
  if (const auto found = learnt_.find(lesson); found != learnt_.end()) return last_ = found->second;
  ++n_learnt_;
  const std::vector<double> y = labels_of(rows);
  Labels labels = labels_;
  labels.y = y;
  Learnt learnt{.steps = steps.fit(frame_, {.rows = rows, .labels = labels, .names = names_}), .key = n_learnt_};
  if (learnt.steps.empty()) return {};
  const bool shows_rows = learnt.steps.is_cross_fitted();
  if (!shows_rows && learnt.steps == last_.steps) learnt.key = last_.key;  // zeros for missing values, for one
  if (learnt_.size() >= most_kept(frame_, learnt.steps)) learnt_.clear();
  learnt_.emplace(lesson, learnt);
  return last_ = learnt;
}

std::vector<double> Preparer::labels_of(std::span<const core::Index> rows) const {
  std::vector<double> y;
  if (labels_.y.empty()) return y;
  for (const core::Index row : rows) y.push_back(labels_.y[row]);
  return y;
}

core::PreparedSamples Preparer::apply(const Learnt& learnt, std::span<const core::Index> rows) const {
  if (learnt.key == 0) return {};
  core::PreparedSamples samples{.key = learnt.key};
  if (!names_.empty()) samples.names = std::make_shared<const std::vector<std::string>>(learnt.steps.names(names_));
  if (learnt.steps.is_sparse()) {
    samples.sparse = std::make_shared<const core::SparseMatrix>(learnt.steps.apply_sparse(frame_));
    return samples;
  }
  core::Matrix x = learnt.steps.apply(frame_);
  if (learnt.steps.is_cross_fitted()) {
    const std::vector<double> y = labels_of(rows);
    Labels labels = labels_;
    labels.y = y;
    const core::Matrix own = learnt.steps.apply_to_lesson(frame_, {.rows = rows, .labels = labels, .names = names_});
    for (std::size_t i = 0; i < rows.size(); ++i) std::copy_n(own.colptr(i), own.n_rows, x.colptr(rows[i]));
  }
  samples.x = std::make_shared<const core::Matrix>(std::move(x));
  return samples;
}

}  // namespace gridmill::prepare
