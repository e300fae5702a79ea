#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include "features/definitions/feature.hpp"
#include "features/evaluation/groups.hpp"
#include "features/evaluation/view.hpp"

namespace gridmill::features {

/// Table-scope transforms over all rows of their tables, where a row has the same value at every cutoff: kept from one
/// call of an Evaluator to the next, as far as memory is allowed.
class KeptColumns {
 public:
  explicit KeptColumns(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Returns the column of a feature over all rows at kEndOfTime, or null.
  [[nodiscard]] ColumnRef find(const Feature& feature) const {
    const auto found = columns_.find(&feature);
    return found == columns_.end() ? nullptr : found->second;
  }
  void offer(const Feature& feature, const ColumnRef& column) {
    if (bytes_ + column->bytes() > max_bytes_ || !columns_.emplace(&feature, column).second) return;
    bytes_ += column->bytes();
  }
  /// Returns the view of all rows of a table, made once.
  std::shared_ptr<const View> whole(core::TableId table, const ViewMaker& maker) {
    std::shared_ptr<const View>& view = views_[table];
    if (!view) view = std::make_shared<View>(maker.whole(table, kEndOfTime));
    return view;
  }
  /// Keeps features alive whose parts may come to be among those kept: they are known by their address.
  void hold(std::span<const FeatureRef> features) { held_.insert(features.begin(), features.end()); }

 private:
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::map<const Feature*, ColumnRef> columns_;
  std::map<core::TableId, std::shared_ptr<const View>> views_;
  std::set<FeatureRef> held_;
};

}  // namespace gridmill::features
