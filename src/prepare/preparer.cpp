#include "prepare/preparer.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace gridmill::prepare {

namespace {

/// How many lessons are kept: a few numbers a feature each.
std::size_t most_kept(std::size_t n_features) {
  constexpr std::size_t kMost = std::size_t{1} << 20U;  // bytes
  constexpr std::size_t kNumbers = 3;
  return std::max<std::size_t>(1, kMost / (kNumbers * sizeof(double) * std::max<std::size_t>(1, n_features)));
}

std::size_t hash_of(std::span<const core::Index> rows) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(rows.data()), rows.size_bytes()});
}

}  // namespace

Preparer::Learnt Preparer::learn(const Steps& steps, std::span<const core::Index> rows) {
  if (steps.empty()) return {};
  const LessonKey lesson{steps.setting(), rows.size(), hash_of(rows)};
  if (const auto found = learnt_.find(lesson); found != learnt_.end()) return last_ = found->second;
  ++n_learnt_;
  std::vector<double> y;
  if (!labels_.y.empty()) {
    for (const core::Index row : rows) y.push_back(labels_.y[row]);
  }
  Labels labels = labels_;
  labels.y = y;
  Learnt learnt{.steps = steps.fit(frame_, {.rows = rows, .labels = labels, .names = names_}), .key = n_learnt_};
  if (learnt.steps == last_.steps) learnt.key = last_.key;  // zeros for missing values, for one
  if (learnt_.size() >= most_kept(frame_.numbers.n_features)) learnt_.clear();
  learnt_.emplace(lesson, learnt);
  return last_ = learnt;
}

core::PreparedSamples Preparer::apply(const Learnt& learnt) const {
  if (learnt.key == 0) return {};
  core::PreparedSamples samples{.x = std::make_shared<const core::Matrix>(learnt.steps.apply(frame_)),
                                .key = learnt.key};
  if (!names_.empty()) samples.names = std::make_shared<const std::vector<std::string>>(learnt.steps.names(names_));
  return samples;
}

}  // namespace gridmill::prepare
