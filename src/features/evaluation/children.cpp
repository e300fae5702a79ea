#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "features/evaluation/child_positions.hpp"
#include "features/evaluation/view.hpp"

namespace gridmill::features {
namespace {

using core::RowId;

/// Children of each parent entry, before any cutoff: places [begin[i], end[i]) of `rows`.
struct Reach {
  std::vector<std::int64_t> begin, end;
  RowId first = 0;  // place p is row first + p ...
  std::size_t n = 0;
  std::vector<RowId> rows;  // ... or rows[p]

  [[nodiscard]] core::RowSet row_set() const {
    return rows.empty() ? core::RowSet::range(first, n) : core::RowSet::of(rows);
  }
  [[nodiscard]] RowId row(std::int64_t place) const {
    return rows.empty() ? first + place : rows[static_cast<std::size_t>(place)];
  }
};

/// Replaces positions among the children of the relationship by places in `rows`.
void set_rows(const core::EntityData& data, core::RelationshipId relationship, Reach& reach) {
  const bool contiguous = data.children_are_contiguous(relationship);
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < reach.begin.size(); ++i) {
    if (reach.begin[i] == reach.end[i]) continue;
    low = total == 0 ? reach.begin[i] : std::min(low, reach.begin[i]);
    high = total == 0 ? reach.end[i] : std::max(high, reach.end[i]);
    total += reach.end[i] - reach.begin[i];
  }
  if (high - low <= 4 * total + kReadGap) {  // little lies between them: all at once
    for (std::int64_t& each : reach.begin) each = std::clamp(each, low, high) - low;
    for (std::int64_t& each : reach.end) each = std::clamp(each, low, high) - low;
    reach.first = low;
    reach.n = static_cast<std::size_t>(high - low);
    if (!contiguous) reach.rows = data.children(relationship, low, reach.n);
    return;
  }
  reach.rows.reserve(static_cast<std::size_t>(total));
  for (std::size_t i = 0; i < reach.begin.size(); ++i) {
    const auto place = static_cast<std::int64_t>(reach.rows.size());
    const auto n = static_cast<std::size_t>(reach.end[i] - reach.begin[i]);
    if (contiguous) {
      for (std::int64_t p = reach.begin[i]; p < reach.end[i]; ++p) reach.rows.push_back(p);
    } else if (n > 0) {
      const std::vector<RowId> rows = data.children(relationship, reach.begin[i], n);
      reach.rows.insert(reach.rows.end(), rows.begin(), rows.end());
    }
    reach.begin[i] = place;
    reach.end[i] = static_cast<std::int64_t>(reach.rows.size());
  }
  reach.n = reach.rows.size();
}

/// Narrows each range to the times of `span`; rows of one parent are sorted by time, missing times last.
void narrow(const std::vector<std::int64_t>& times, const Visibility::Span& span, std::int64_t& begin,
            std::int64_t& end) {
  const auto at = [&times](std::int64_t place) { return times[static_cast<std::size_t>(place)]; };
  if (begin == end || (span.has(at(end - 1)) && span.first <= at(begin))) return;
  const auto first = times.begin() + begin;
  const auto known = [&span](std::int64_t time) { return time != core::kMissingTime && time <= span.last; };
  const auto after = std::partition_point(first, times.begin() + end, known);
  const auto from = std::partition_point(first, after, [&span](std::int64_t time) { return time < span.first; });
  end = after - times.begin();
  begin = from - times.begin();
}

/// Says whether each parent's children follow on the children of the one before.
bool is_unbroken(const Reach& reach) {
  std::int64_t at = -1;
  for (std::size_t i = 0; i < reach.begin.size(); ++i) {
    if (reach.begin[i] == reach.end[i]) continue;
    if (at >= 0 && reach.begin[i] != at) return false;
    at = reach.end[i];
  }
  return true;
}

template <class Take>
void for_each_place(const Reach& reach, Take take) {
  for (std::size_t i = 0; i < reach.begin.size(); ++i) {
    for (std::int64_t place = reach.begin[i]; place < reach.end[i]; ++place) take(i, place);
  }
}

std::int64_t first_place(const Reach& reach) {
  for (std::size_t i = 0; i < reach.begin.size(); ++i) {
    if (reach.begin[i] != reach.end[i]) return reach.begin[i];
  }
  return 0;
}

View view_of(const Reach& reach) {
  View view;
  view.offsets.assign(1, 0);
  view.offsets.reserve(reach.begin.size() + 1);
  for (std::size_t i = 0; i < reach.begin.size(); ++i) {
    view.offsets.push_back(view.offsets.back() + reach.end[i] - reach.begin[i]);
  }
  view.n = static_cast<std::size_t>(view.offsets.back());
  if (reach.rows.empty() && is_unbroken(reach)) {
    view.first = reach.row(first_place(reach));
    return view;
  }
  view.rows.reserve(view.n);
  for_each_place(reach, [&](std::size_t, std::int64_t place) { view.rows.push_back(reach.row(place)); });
  return view;
}

std::vector<std::int64_t> times_of(const Reach& reach, std::vector<std::int64_t>&& times, std::size_t n) {
  if (n == times.size() && is_unbroken(reach)) return std::move(times);
  std::vector<std::int64_t> taken;
  taken.reserve(n);
  for_each_place(reach,
                 [&](std::size_t, std::int64_t place) { taken.push_back(times[static_cast<std::size_t>(place)]); });
  return taken;
}

std::vector<std::int64_t> spread(const std::vector<std::int64_t>& cutoffs, const std::vector<std::int64_t>& offsets) {
  std::vector<std::int64_t> spread(static_cast<std::size_t>(offsets.back()));
  for (std::size_t i = 0; i < cutoffs.size(); ++i) {
    std::fill(spread.begin() + offsets[i], spread.begin() + offsets[i + 1], cutoffs[i]);
  }
  return spread;
}

/// Keeps the entries of a view that `mask` says to keep.
void keep(View& view, const std::vector<std::uint8_t>& mask) {
  if (std::find(mask.begin(), mask.end(), 0) == mask.end()) return;
  const core::RowSet all = view.row_set();
  std::vector<RowId> rows;
  std::size_t group = 0;
  std::vector<std::int64_t> offsets(view.offsets.size(), 0);
  for (std::size_t i = 0; i < view.n; ++i) {
    while (view.offsets[group + 1] <= static_cast<std::int64_t>(i))
      offsets[++group] = static_cast<std::int64_t>(rows.size());
    if (mask[i] == 0) continue;
    rows.push_back(all[i]);
    if (view.times) (*view.times)[rows.size() - 1] = (*view.times)[i];
    if (!view.has_common_cutoff()) view.cutoffs[rows.size() - 1] = view.cutoffs[i];
  }
  while (++group < offsets.size()) offsets[group] = static_cast<std::int64_t>(rows.size());
  view.n = rows.size();
  if (view.times) view.times->resize(view.n);
  if (!view.has_common_cutoff()) view.cutoffs.resize(view.n);
  view.offsets = std::move(offsets);
  view.rows = std::move(rows);
}

/// Returns the visible ones of the children in reach.
View visible(const core::EntityData& data, const Visibility& visibility, core::RelationshipId relationship,
             const View& parent, Reach reach) {
  const core::TableId table = data.entity_set().relationships[relationship].child;
  set_rows(data, relationship, reach);
  std::vector<std::int64_t> times;
  if (visibility.filters(table)) {
    times = data.times(table, reach.row_set());
    Visibility::Span span = parent.has_common_cutoff() ? visibility.outer_span(parent.cutoffs[0]) : Visibility::Span{};
    for (std::size_t i = 0; i < reach.begin.size(); ++i) {
      if (!parent.has_common_cutoff()) span = visibility.outer_span(parent.cutoffs[i]);
      narrow(times, span, reach.begin[i], reach.end[i]);
    }
  }
  View view = view_of(reach);
  view.table = table;
  view.cutoffs = parent.has_common_cutoff() ? parent.cutoffs : spread(parent.cutoffs, view.offsets);
  if (visibility.filters(table)) view.times = times_of(reach, std::move(times), view.n);
  if (visibility.filters(table) && !visibility.is_one_range()) {
    keep(view, visibility.mask(table, view.row_set(), view.cutoff_times()));
  }
  return view;
}

}  // namespace

View ViewMaker::children(const View& parent, core::RelationshipId relationship) const {
  ChildPositions positions = child_positions(data_, relationship, parent);
  Reach reach{.begin = std::move(positions.begins), .end = std::move(positions.ends), .rows = {}};
  std::vector<View::Giant> giants;
  if (!giants_.of(relationship).empty()) {
    const core::RowSet rows = parent.row_set();
    for (std::size_t i = 0; i < parent.n; ++i) {
      const GiantGroup* group = giants_.find(relationship, rows[i]);
      if (group == nullptr) continue;
      giants.push_back({.entry = i, .group = group});
      reach.end[i] = reach.begin[i];
    }
  }
  View view = visible(data_, visibility_, relationship, parent, std::move(reach));
  view.giants = std::move(giants);
  return view;
}

View ViewMaker::children_in(const View& one, core::RelationshipId relationship, const ChildRange& range) const {
  Reach reach{.begin = {range.first}, .end = {range.first + range.n}, .rows = {}};
  return visible(data_, visibility_, relationship, one, std::move(reach));
}

}  // namespace gridmill::features
