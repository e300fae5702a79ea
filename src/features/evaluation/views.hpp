#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "core/entity_data.hpp"
#include "features/evaluation/view.hpp"

namespace gridmill::features {

using ViewId = std::size_t;

/// The views of one evaluation: named while planning, made when first needed, kept to its end.
///
/// A place that can be reached in two ways is one view: going up the relationship by which a view was reached leads
/// back to where it was reached from.
class Views {
 public:
  enum class Way : std::uint8_t { root, down, piece, up, whole };

  /// Makes the view of all rows of a table that count at a cutoff.
  using MakeWhole = std::function<std::shared_ptr<const View>(core::TableId, std::int64_t cutoff)>;

  /// `common` is the cutoff of all entries of `root`, if they have the same; `above`: no steps down lead to it.
  Views(const core::EntityData& data, const ViewMaker& maker, std::optional<std::int64_t> bin, View root,
        std::optional<std::int64_t> common, bool above, MakeWhole make_whole);

  static constexpr ViewId kRoot = 0;
  ViewId down(ViewId from, core::RelationshipId relationship);
  /// A range of the children of the root's one entry.
  ViewId piece(core::RelationshipId relationship, const ChildRange& range);
  /// `floored`: at the start of the bin in which each cutoff lies.
  ViewId up(ViewId from, core::RelationshipId relationship, bool floored = false);
  ViewId whole(core::TableId table, std::int64_t cutoff);

  [[nodiscard]] core::TableId table(ViewId id) const { return places_[id].table; }
  /// Returns the cutoff that all entries share, known before the view is made.
  [[nodiscard]] std::optional<std::int64_t> cutoff(ViewId id) const { return places_[id].cutoff; }
  [[nodiscard]] bool is_whole(ViewId id) const { return places_[id].way == Way::whole; }
  /// Says whether only steps up lead from the root to it.
  [[nodiscard]] bool is_above_root(ViewId id) const { return places_[id].above_root; }
  /// Returns the steps by which the root leads down to it; nothing if others lead to it.
  [[nodiscard]] std::optional<std::vector<core::RelationshipId>> way_down(ViewId id) const;
  /// Says whether `above` is the view from which `below` was reached by a step down.
  [[nodiscard]] bool leads_back(ViewId below, ViewId above) const {
    return is_below(places_[below]) && places_[below].from == above;
  }

  const View& at(ViewId id);

 private:
  struct Place {
    Way way = Way::root;
    core::TableId table = 0;
    ViewId from = 0;
    core::RelationshipId via = 0;
    bool floored = false;
    bool above_root = false;
    ChildRange range;  // piece
    std::optional<std::int64_t> cutoff;
    std::shared_ptr<const View> view;
  };

  [[nodiscard]] static bool is_below(const Place& place) { return place.way == Way::down || place.way == Way::piece; }
  ViewId find_or_add(Place place);

  const core::EntityData& data_;
  const ViewMaker& maker_;
  MakeWhole make_whole_;
  std::optional<std::int64_t> bin_;
  std::deque<Place> places_;  // views must not move
};

}  // namespace gridmill::features
