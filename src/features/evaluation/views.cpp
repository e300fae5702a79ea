#include "features/evaluation/views.hpp"

#include <algorithm>
#include <utility>

namespace gridmill::features {

Views::Views(const core::EntityData& data, const ViewMaker& maker, std::optional<std::int64_t> bin, View root,
             std::optional<std::int64_t> common, bool above, MakeWhole make_whole, MakeLagged make_lagged)
    : data_(data), maker_(maker), make_whole_(std::move(make_whole)), make_lagged_(std::move(make_lagged)), bin_(bin) {
  const core::TableId table = root.table;
  places_.push_back(
      {.table = table, .above_root = above, .cutoff = common, .view = std::make_shared<View>(std::move(root))});
}

ViewId Views::find_or_add(Place place) {
  const auto key = [](const Place& p) {
    return std::tie(p.way, p.table, p.from, p.via, p.floored, p.cutoff, p.range.first, p.range.n, p.kind, p.lag);
  };
  for (ViewId id = 0; id < places_.size(); ++id) {
    if (key(places_[id]) == key(place)) return id;
  }
  places_.push_back(std::move(place));
  return places_.size() - 1;
}

ViewId Views::down(ViewId from, core::RelationshipId relationship) {
  return find_or_add({.way = Way::down,
                      .table = data_.entity_set().relationships[relationship].child,
                      .from = from,
                      .via = relationship,
                      .cutoff = places_[from].cutoff});
}

ViewId Views::shared(ViewId from, const SharedKind& kind) {
  return find_or_add({.way = Way::shared,
                      .table = data_.entity_set().relationships[kind.relationship].child,
                      .from = from,
                      .via = kind.relationship,
                      .kind = kind,
                      .cutoff = kEndOfTime});
}

const SharedRows& Views::shared_rows(ViewId id) {
  Place& place = places_[id];
  if (!place.shared_rows) {
    place.shared_rows = std::make_shared<SharedRows>(maker_.share_children(at(place.from), place.kind));
  }
  return *place.shared_rows;
}

ViewId Views::piece(core::RelationshipId relationship, const ChildRange& range) {
  return find_or_add({.way = Way::piece,
                      .table = data_.entity_set().relationships[relationship].child,
                      .from = kRoot,
                      .via = relationship,
                      .range = range,
                      .cutoff = places_[kRoot].cutoff});
}

std::optional<std::vector<core::RelationshipId>> Views::way_down(ViewId id) const {
  std::vector<core::RelationshipId> steps;
  for (; places_[id].way == Way::down; id = places_[id].from) steps.push_back(places_[id].via);
  if (id != kRoot) return {};
  std::reverse(steps.begin(), steps.end());
  return steps;
}

ViewId Views::up(ViewId from, core::RelationshipId relationship, bool floored) {
  if (is_below(places_[from]) && places_[from].via == relationship) return places_[from].from;
  std::optional<std::int64_t> cutoff = places_[from].cutoff;
  if (floored && cutoff) cutoff = floor_to(*cutoff, *bin_);
  return find_or_add({.way = Way::up,
                      .table = data_.entity_set().relationships[relationship].parent,
                      .from = from,
                      .via = relationship,
                      .floored = floored,
                      .above_root = places_[from].above_root,
                      .cutoff = cutoff});
}

ViewId Views::whole(core::TableId table, std::int64_t cutoff) {
  return find_or_add({.way = Way::whole, .table = table, .cutoff = cutoff});
}

ViewId Views::lagged(ViewId from, const LagKind& kind) {
  return find_or_add({.way = Way::lagged, .table = places_[from].table, .from = from, .lag = kind});
}

std::size_t Views::n_entries(ViewId id) {
  const Place& place = places_[id];
  if (place.view) return place.view->n;
  switch (place.way) {
    case Way::shared: return static_cast<std::size_t>(shared_rows(id).n);
    case Way::down: return maker_.count_children(at(place.from), place.via);
    case Way::whole: return data_.entity_set().tables[place.table].n_rows;
    default: return at(id).n;
  }
}

std::size_t Views::most_entries(ViewId id) {
  const Place& place = places_[id];
  if (!place.view && place.way == Way::down) return maker_.count_all_children(at(place.from), place.via);
  return n_entries(id);
}

const View& Views::at(ViewId id) {
  Place& place = places_[id];
  if (place.view) return *place.view;
  switch (place.way) {
    case Way::root: break;
    case Way::down: place.view = std::make_shared<View>(maker_.children(at(place.from), place.via)); break;
    case Way::shared: {
      const SharedRows& rows = shared_rows(id);
      View view = rows.rows(data_, 0, rows.n, kEndOfTime);
      view.giants = rows.giants;
      place.view = std::make_shared<View>(std::move(view));
      break;
    }
    case Way::piece:
      place.view = std::make_shared<View>(maker_.children_in(at(place.from), place.via, place.range));
      break;
    case Way::up:
      place.view = std::make_shared<View>(
          maker_.parents(at(place.from), place.via, place.floored ? bin_ : std::optional<std::int64_t>{}));
      break;
    case Way::lagged: place.view = std::make_shared<View>(make_lagged_(at(place.from), place.lag)); break;
    case Way::whole: place.view = make_whole_(place.table, *place.cutoff); break;
  }
  return *place.view;
}

}  // namespace gridmill::features
