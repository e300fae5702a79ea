#include "features/evaluation/series.hpp"

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <variant>

namespace gridmill::features {
namespace {

bool is_identity(const std::vector<std::int64_t>& order, std::size_t n) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (order[i] != static_cast<std::int64_t>(i)) return false;
  }
  return order.size() == n;
}

}  // namespace

Series::Series(const std::vector<std::int64_t>& positions)
    : n_entries_(positions.size()), order_(positions.size()), offsets_{0, static_cast<std::int64_t>(positions.size())} {
  std::iota(order_.begin(), order_.end(), std::int64_t{0});
  const auto earlier = [&positions](std::int64_t a, std::int64_t b) {
    return positions[static_cast<std::size_t>(a)] < positions[static_cast<std::size_t>(b)];
  };
  if (!std::is_sorted(order_.begin(), order_.end(), earlier)) std::sort(order_.begin(), order_.end(), earlier);
}

Series::Series(const Series& all, const std::vector<std::uint8_t>& mask) : n_entries_(all.n_entries_), offsets_{0} {
  for (const std::int64_t entry : all.order_) {
    if (mask[static_cast<std::size_t>(entry)] != 0) order_.push_back(entry);
  }
  offsets_.push_back(static_cast<std::int64_t>(order_.size()));
}

Series::Series(const Series& all, const Column& group_by) : n_entries_(all.n_entries_), offsets_{0} {
  for (const std::int64_t entry : all.order_) {
    if (!group_by.missing(static_cast<std::size_t>(entry))) order_.push_back(entry);
  }
  std::visit(
      [this]<class Values>(const Values& values) {
        const auto less = [&values](std::int64_t a, std::int64_t b) {
          const auto i = static_cast<std::size_t>(a);
          const auto j = static_cast<std::size_t>(b);
          if constexpr (std::is_same_v<Values, Column::Numbers>) {
            if (values[i] == values[j]) return values.exact(i) < values.exact(j);
          }
          return values[i] < values[j];
        };
        std::stable_sort(order_.begin(), order_.end(), less);
        for (std::size_t i = 1; i < order_.size(); ++i) {
          if (less(order_[i - 1], order_[i])) offsets_.push_back(static_cast<std::int64_t>(i));
        }
      },
      group_by.values);
  if (!order_.empty()) offsets_.push_back(static_cast<std::int64_t>(order_.size()));
}

Column Series::apply(const Feature& feature, const std::vector<const Column*>& columns, Cutoffs cutoffs,
                     Semantics semantics) const {
  const bool as_they_are = is_identity(order_, n_entries_);
  std::vector<Column> gathered;
  gathered.reserve(columns.size());
  std::vector<const Column*> ordered(columns);
  if (!as_they_are) {
    for (const Column*& column : ordered) column = &gathered.emplace_back(column->take(order_));
  }
  const std::vector<HeldType> types = held_inputs(feature);
  Column result = feature.primitive.primitive->transform({.columns = ordered,
                                                          .types = types,
                                                          .n = order_.size(),
                                                          .series = offsets_,
                                                          .cutoffs = cutoffs,
                                                          .arguments = feature.primitive.arguments,
                                                          .semantics = semantics});
  if (as_they_are) return result;
  std::vector<std::int64_t> places(n_entries_, -1);
  for (std::size_t i = 0; i < order_.size(); ++i) {
    places[static_cast<std::size_t>(order_[i])] = static_cast<std::int64_t>(i);
  }
  return result.take(places);
}

}  // namespace gridmill::features
