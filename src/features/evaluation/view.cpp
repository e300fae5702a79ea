#include "features/evaluation/view.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "features/evaluation/child_positions.hpp"
#include "features/evaluation/shared_rows.hpp"

namespace gridmill::features {
namespace {

using core::RowId;

bool is_range(const std::vector<RowId>& rows) {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i] != rows[i - 1] + 1) return false;
  }
  return true;
}

/// Gives each distinct row a place in ascending order: links[i] becomes the place of rows[i], -1 for kNoRow.
std::vector<RowId> distinct_rows(const std::vector<RowId>& rows, std::vector<std::int64_t>& links) {
  RowId low = 0;
  RowId high = -1;
  for (const RowId row : rows) {
    if (row == core::kNoRow) continue;
    low = high < 0 ? row : std::min(low, row);
    high = std::max(high, row);
  }
  links.assign(rows.size(), -1);
  std::vector<RowId> distinct;
  if (high - low <= static_cast<RowId>(8 * rows.size())) {
    std::vector<std::int64_t> place(static_cast<std::size_t>(high - low) + 1, -1);
    for (const RowId row : rows) {
      if (row != core::kNoRow) place[static_cast<std::size_t>(row - low)] = 0;
    }
    for (std::size_t i = 0; i < place.size(); ++i) {
      if (place[i] < 0) continue;
      place[i] = static_cast<std::int64_t>(distinct.size());
      distinct.push_back(low + static_cast<RowId>(i));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] != core::kNoRow) links[i] = place[static_cast<std::size_t>(rows[i] - low)];
    }
    return distinct;
  }
  distinct = rows;
  std::erase(distinct, core::kNoRow);
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == core::kNoRow) continue;
    links[i] = std::lower_bound(distinct.begin(), distinct.end(), rows[i]) - distinct.begin();
  }
  return distinct;
}

struct KnownRow {
  RowId row;
  std::int64_t cutoff;
  std::size_t entry;
  friend auto operator<=>(const KnownRow&, const KnownRow&) = default;
};

/// As distinct_rows, for rows at cutoffs of their own; `cutoffs` become those of the distinct ones.
std::vector<RowId> distinct_known(const std::vector<RowId>& rows, std::vector<std::int64_t>& cutoffs,
                                  std::vector<std::int64_t>& links) {
  std::vector<KnownRow> all;
  all.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] != core::kNoRow) all.push_back({.row = rows[i], .cutoff = cutoffs[i], .entry = i});
  }
  std::sort(all.begin(), all.end());
  links.assign(rows.size(), -1);
  cutoffs.clear();
  std::vector<RowId> distinct;
  for (const KnownRow& each : all) {
    if (distinct.empty() || distinct.back() != each.row || cutoffs.back() != each.cutoff) {
      distinct.push_back(each.row);
      cutoffs.push_back(each.cutoff);
    }
    links[each.entry] = static_cast<std::int64_t>(distinct.size()) - 1;
  }
  return distinct;
}

/// Takes out the entries that `mask` does not keep, links to them included.
void keep(std::vector<RowId>& rows, std::vector<std::int64_t>& cutoffs, std::vector<std::int64_t>& links,
          const std::vector<std::uint8_t>& mask) {
  if (std::find(mask.begin(), mask.end(), 0) == mask.end()) return;
  std::vector<std::int64_t> place(rows.size(), -1);
  std::size_t n = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (mask[i] == 0) continue;
    rows[n] = rows[i];
    if (cutoffs.size() == rows.size()) cutoffs[n] = cutoffs[i];
    place[i] = static_cast<std::int64_t>(n++);
  }
  if (cutoffs.size() == rows.size()) cutoffs.resize(n);
  rows.resize(n);
  for (std::int64_t& link : links) {
    if (link >= 0) link = place[static_cast<std::size_t>(link)];
  }
}

/// Calls take(part) for so many entries of a view at a time: counting must not take more memory than what is counted.
template <class Take>
void for_each_part(const View& view, Take take) {
  constexpr std::size_t kCountedAtOnce = 1U << 16U;
  if (view.n <= kCountedAtOnce) return take(view);
  const auto some = [](const std::vector<std::int64_t>& all, std::size_t first, std::size_t n) {
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return std::vector<std::int64_t>(begin, begin + static_cast<std::ptrdiff_t>(n));
  };
  for (std::size_t first = 0; first < view.n; first += kCountedAtOnce) {
    View part{.table = view.table, .n = std::min(kCountedAtOnce, view.n - first), .cutoffs = view.cutoffs};
    if (view.rows.empty()) {
      part.first = view.first + static_cast<RowId>(first);
    } else {
      part.rows = some(view.rows, first, part.n);
    }
    if (!view.has_common_cutoff()) part.cutoffs = some(view.cutoffs, first, part.n);
    take(part);
  }
}

}  // namespace

View ViewMaker::of_rows(core::TableId table, std::vector<RowId> rows, std::vector<std::int64_t> cutoffs) const {
  View view{.table = table, .n = rows.size(), .cutoffs = std::move(cutoffs)};
  if (is_range(rows)) {
    view.first = rows.empty() ? 0 : rows.front();
  } else {
    view.rows = std::move(rows);
  }
  return view;
}

View ViewMaker::parents(const View& child, core::RelationshipId relationship, std::optional<std::int64_t> bin) const {
  const core::TableId table = data_.entity_set().relationships[relationship].parent;
  const std::vector<RowId> rows = data_.parents(relationship, child.row_set());
  std::vector<std::int64_t> cutoffs = child.cutoffs;
  if (bin) {
    for (std::int64_t& each : cutoffs) each = floor_to(each, *bin);
  }
  std::vector<std::int64_t> links;
  std::vector<RowId> distinct =
      child.has_common_cutoff() ? distinct_rows(rows, links) : distinct_known(rows, cutoffs, links);
  keep(distinct, cutoffs, links, visibility_.mask(table, core::RowSet::of(distinct), {.times = cutoffs}));
  View view = of_rows(table, std::move(distinct), std::move(cutoffs));
  view.links = std::move(links);
  return view;
}

SharedRows ViewMaker::share_children(const View& parent, const SharedKind& kind) const {
  return features::share_children(data_, visibility_, giants_, parent, kind);
}

std::size_t ViewMaker::count_children(const View& parent, core::RelationshipId relationship) const {
  std::int64_t n = 0;
  for_each_part(parent, [&](const View& part) {
    const SharedRows rows = share_children(part, {.relationship = relationship});
    for (std::size_t i = 0; i < rows.begins.size(); ++i) n += rows.ends[i] - rows.begins[i];
  });
  return static_cast<std::size_t>(n);
}

std::size_t ViewMaker::count_all_children(const View& parent, core::RelationshipId relationship) const {
  std::int64_t n = 0;
  for_each_part(parent, [&](const View& part) {
    const ChildPositions all = child_positions(data_, relationship, part);
    for (std::size_t i = 0; i < all.begins.size(); ++i) n += all.ends[i] - all.begins[i];
  });
  return static_cast<std::size_t>(n);
}

View ViewMaker::whole(core::TableId table, std::int64_t cutoff, const View* instances) const {
  const std::size_t n = data_.entity_set().tables[table].n_rows;
  const core::RowSet all = core::RowSet::range(0, n);
  std::vector<std::int64_t> cutoffs{cutoff};
  std::vector<std::uint8_t> mask = visibility_.mask(table, all, {.times = cutoffs});
  const core::RowSet own = instances == nullptr ? core::RowSet{} : instances->row_set();
  for (std::size_t i = 0; i < own.size(); ++i) mask[static_cast<std::size_t>(own[i])] = 1;
  std::vector<RowId> rows;
  for (std::size_t i = 0; i < n; ++i) {
    if (mask[i] != 0) rows.push_back(static_cast<RowId>(i));
  }
  return of_rows(table, std::move(rows), std::move(cutoffs));
}

}  // namespace gridmill::features
