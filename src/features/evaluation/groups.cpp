#include "features/evaluation/groups.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "features/evaluation/kept_places.hpp"

namespace gridmill::features {

Groups::Groups(Views& views, std::span<const ViewId> below) {
  for (const ViewId view : below) {
    const std::vector<std::int64_t>& offsets = views.at(view).offsets;
    if (offsets_.empty()) {
      offsets_ = offsets;
    } else {
      for (std::int64_t& each : offsets_) each = offsets[static_cast<std::size_t>(each)];
    }
  }
}

Groups::Groups(const SharedRows& rows) : begins_(rows.begins), ends_(rows.ends) {}

void Groups::name_entries() {
  if (!all_) return;
  all_ = false;
  entries_.resize(static_cast<std::size_t>(offsets_.back()));
  std::iota(entries_.begin(), entries_.end(), std::int64_t{0});
}

void Groups::sort(const std::vector<std::int64_t>& positions) {
  name_entries();
  const auto earlier = [&positions](std::int64_t a, std::int64_t b) {
    return positions[static_cast<std::size_t>(a)] < positions[static_cast<std::size_t>(b)];
  };
  for (std::size_t g = 0; g + 1 < offsets_.size(); ++g) {
    const auto first = entries_.begin() + offsets_[g];
    const auto last = entries_.begin() + offsets_[g + 1];
    if (!std::is_sorted(first, last, earlier)) std::sort(first, last, earlier);
  }
}

template <class Keep>
void Groups::leave(Keep keep) {
  name_entries();
  std::int64_t n = 0;
  std::int64_t begin = 0;
  for (std::size_t g = 0; g + 1 < offsets_.size(); ++g) {
    const std::int64_t end = offsets_[g + 1];
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t entry = entries_[static_cast<std::size_t>(i)];
      if (keep(g, static_cast<std::size_t>(entry), end - i)) entries_[static_cast<std::size_t>(n++)] = entry;
    }
    begin = end;
    offsets_[g + 1] = n;
  }
  entries_.resize(static_cast<std::size_t>(n));
}

void Groups::filter(const std::vector<std::uint8_t>& mask) {
  if (offsets_.empty()) {
    const KeptPlaces kept(mask);
    for (std::int64_t& each : begins_) each = kept.place(each);
    for (std::int64_t& each : ends_) each = kept.place(each);
    all_ = false;
    entries_ = kept.entries();
    return;
  }
  leave([&mask](std::size_t, std::size_t entry, std::int64_t) { return mask[entry] != 0; });
}

void Groups::keep_last(std::int64_t n) {
  leave([n](std::size_t, std::size_t, std::int64_t left) { return left <= n; });
}

void Groups::keep_since(const std::vector<std::int64_t>& times, const Window& window, Cutoffs cutoffs) {
  std::vector<std::int64_t> since(cutoffs.times.size());
  std::transform(cutoffs.times.begin(), cutoffs.times.end(), since.begin(),
                 [&window](std::int64_t cutoff) { return window.before(cutoff); });
  const Cutoffs first{.times = since};
  leave([&](std::size_t group, std::size_t entry, std::int64_t) { return times[entry] >= first[group]; });
}

const Column& Groups::gather(const ColumnRef& column) {
  if (all_) return *column;
  ColumnRef& gathered = gathered_[column.get()];
  if (!gathered) gathered = std::make_shared<Column>(column->take(entries_));
  return *gathered;
}

void Groups::forget(const Column& column) {
  memo_.forget(column);
  const auto gathered = gathered_.find(&column);
  if (gathered == gathered_.end()) return;
  memo_.forget(*gathered->second);
  gathered_.erase(gathered);
}

}  // namespace gridmill::features
