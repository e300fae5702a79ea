#include "features/evaluation/shared_rows.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "features/evaluation/child_positions.hpp"

namespace gridmill::features {
namespace {

using core::RowId;

constexpr std::int64_t kTimesAtOnce = 1 << 16;  // times read at once
constexpr std::int64_t kGap = 4096;             // as fast to read as to jump over

/// Entries of a view in the order of their parents' children; those without children are left out.
std::vector<std::size_t> by_position(const ChildPositions& positions) {
  std::vector<std::size_t> order;
  order.reserve(positions.begins.size());
  for (std::size_t i = 0; i < positions.begins.size(); ++i) {
    if (positions.begins[i] < positions.ends[i]) order.push_back(i);
  }
  const auto earlier = [&positions](std::size_t a, std::size_t b) { return positions.begins[a] < positions.begins[b]; };
  if (!std::is_sorted(order.begin(), order.end(), earlier)) std::stable_sort(order.begin(), order.end(), earlier);
  return order;
}

/// Narrows the children of entries to those in a span of time each. Times are read a block at a time, each once: rows
/// of one parent are sorted by time, missing times last.
class Narrowing {
 public:
  Narrowing(const core::EntityData& data, core::TableId table, core::RelationshipId relationship,
            const std::vector<Visibility::Span>& spans, ChildPositions& positions)
      : data_(data), table_(table), relationship_(relationship), spans_(spans), positions_(positions) {}

  void run(const std::vector<std::size_t>& order) {
    const ChildPositions all = positions_;
    for (std::size_t at = 0; at < order.size();) {
      const std::int64_t first = all.begins[order[at]];
      std::int64_t last = all.ends[order[at]];
      std::size_t next = at + 1;
      for (; next < order.size(); ++next) {
        const std::int64_t begin = all.begins[order[next]];
        const std::int64_t end = all.ends[order[next]];
        if (begin - last > kGap || (end > last && end - first > kTimesAtOnce)) break;
        last = std::max(last, end);
      }
      narrow({order.data() + at, next - at}, all, first, last);
      at = next;
    }
  }

 private:
  /// Counts for each of the entries how many rows of its parent come before its span, and how many before its end.
  void narrow(std::span<const std::size_t> entries, const ChildPositions& all, std::int64_t first, std::int64_t last) {
    for (const std::size_t i : entries) positions_.ends[i] = positions_.begins[i];
    for (std::int64_t from = first; from < last; from += kTimesAtOnce) {
      const std::int64_t to = std::min(from + kTimesAtOnce, last);
      const std::vector<std::int64_t> times = read(from, to);
      for (const std::size_t i : entries) {
        const auto begin = times.begin() + std::clamp(all.begins[i], from, to) - from;
        const auto end = times.begin() + std::clamp(all.ends[i], from, to) - from;
        const Visibility::Span& span = spans_[i];
        const auto known = [&span](std::int64_t time) { return time != core::kMissingTime && time <= span.last; };
        const auto after = std::partition_point(begin, end, known);
        const auto inside =
            std::partition_point(begin, after, [&span](std::int64_t time) { return time < span.first; });
        positions_.begins[i] += inside - begin;
        positions_.ends[i] += after - begin;
      }
    }
  }

  [[nodiscard]] std::vector<std::int64_t> read(std::int64_t from, std::int64_t to) const {
    const auto n = static_cast<std::size_t>(to - from);
    if (data_.children_are_contiguous(relationship_)) return data_.times(table_, core::RowSet::range(from, n));
    const std::vector<RowId> rows = data_.children(relationship_, from, n);
    return data_.times(table_, core::RowSet::of(rows));
  }

  const core::EntityData& data_;
  core::TableId table_;
  core::RelationshipId relationship_;
  const std::vector<Visibility::Span>& spans_;
  ChildPositions& positions_;
};

bool is_in_rows(const SharedKind& kind) {
  return kind.use_previous && kind.use_previous->unit == Window::Unit::observations;
}

/// Returns for each entry the times in which its children count.
std::vector<Visibility::Span> spans_of(const Visibility& visibility, const View& parent, const SharedKind& kind) {
  std::vector<Visibility::Span> spans(parent.n);
  for (std::size_t i = 0; i < parent.n; ++i) {
    const std::int64_t cutoff = parent.cutoff_times()[i];
    spans[i] = visibility.outer_span(cutoff);
    if (kind.use_previous && !is_in_rows(kind)) {
      spans[i].first = std::max(spans[i].first, kind.use_previous->before(cutoff));
    }
  }
  return spans;
}

/// Gives the children that are seen their places.
void set_places(const ChildPositions& all, const ChildPositions& seen, const std::vector<std::size_t>& order,
                SharedRows& rows) {
  for (std::size_t at = 0; at < order.size();) {
    const std::int64_t first = all.begins[order[at]];
    std::size_t next = at;
    std::int64_t low = all.ends[order[at]];
    std::int64_t high = first;
    for (; next < order.size() && all.begins[order[next]] == first; ++next) {
      const std::size_t i = order[next];
      if (seen.begins[i] >= seen.ends[i]) continue;
      low = std::min(low, seen.begins[i]);
      high = std::max(high, seen.ends[i]);
    }
    for (; at < next; ++at) {
      const std::size_t i = order[at];
      if (seen.begins[i] >= seen.ends[i]) continue;
      rows.begins[i] = rows.n + seen.begins[i] - low;
      rows.ends[i] = rows.n + seen.ends[i] - low;
      rows.firsts[i] = rows.n + first - low;
    }
    if (low >= high) continue;
    if (!rows.runs.empty() && rows.runs.back().position + rows.runs.back().n == low) {
      rows.runs.back().n += high - low;
    } else {
      rows.runs.push_back({.place = rows.n, .position = low, .n = high - low});
    }
    rows.n += high - low;
  }
}

}  // namespace

View SharedRows::rows(const core::EntityData& data, std::int64_t first, std::int64_t n_places,
                      std::int64_t cutoff) const {
  View view{.table = table, .n = static_cast<std::size_t>(n_places), .cutoffs = {cutoff}};
  if (n_places == 0) return view;
  const bool contiguous = data.children_are_contiguous(relationship);
  auto run = std::upper_bound(runs.begin(), runs.end(), first,
                              [](std::int64_t place, const Run& each) { return place < each.place; }) -
             1;
  if (contiguous && first + n_places <= run->place + run->n) {
    view.first = run->position + first - run->place;
    return view;
  }
  view.rows.reserve(view.n);
  for (std::int64_t place = first; place < first + n_places; ++run) {
    const std::int64_t position = run->position + place - run->place;
    const std::int64_t n_taken = std::min(run->place + run->n, first + n_places) - place;
    if (contiguous) {
      for (std::int64_t i = 0; i < n_taken; ++i) view.rows.push_back(position + i);
    } else {
      const std::vector<RowId> taken = data.children(relationship, position, static_cast<std::size_t>(n_taken));
      view.rows.insert(view.rows.end(), taken.begin(), taken.end());
    }
    place += n_taken;
  }
  return view;
}

SharedRows share_children(const core::EntityData& data, const Visibility& visibility, const GiantGroups& giants,
                          const View& parent, const SharedKind& kind) {
  SharedRows rows{.table = data.entity_set().relationships[kind.relationship].child,
                  .relationship = kind.relationship,
                  .begins = std::vector<std::int64_t>(parent.n, 0),
                  .ends = std::vector<std::int64_t>(parent.n, 0),
                  .firsts = std::vector<std::int64_t>(parent.n, 0),
                  .runs = {},
                  .giants = {}};
  ChildPositions all = child_positions(data, kind.relationship, parent);
  for (std::size_t i = 0; !kind.with_giants && !giants.of(kind.relationship).empty() && i < parent.n; ++i) {
    const GiantGroup* group = giants.find(kind.relationship, parent.row_set()[i]);
    if (group == nullptr) continue;
    rows.giants.push_back({.entry = i, .group = group});
    all.ends[i] = all.begins[i];
  }
  const std::vector<std::size_t> order = by_position(all);
  ChildPositions seen = all;
  if (visibility.filters(rows.table)) {
    const std::vector<Visibility::Span> spans = spans_of(visibility, parent, kind);
    Narrowing(data, rows.table, kind.relationship, spans, seen).run(order);
  }
  for (std::size_t i = 0; is_in_rows(kind) && i < parent.n; ++i) {
    seen.begins[i] = std::max(seen.begins[i], seen.ends[i] - kind.use_previous->amount);
  }
  set_places(all, seen, order, rows);
  return rows;
}

}  // namespace gridmill::features
