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
#include "features/evaluation/lag_kind.hpp"
#include "features/evaluation/shared_rows.hpp"
#include "features/evaluation/view.hpp"

namespace gridmill::features {

using ViewId = std::size_t;

/// The views of one evaluation: named while planning, made when first needed, kept to its end.
///
/// A place that can be reached in two ways is one view: going up the relationship by which a view was reached leads
/// back to where it was reached from.
class Views {
 public:
  enum class Way : std::uint8_t { root, down, shared, piece, up, whole, lagged };

  /// Makes the view of all rows of a table that count at a cutoff.
  using MakeWhole = std::function<std::shared_ptr<const View>(core::TableId, std::int64_t cutoff)>;
  /// Makes the view of rows before others.
  using MakeLagged = std::function<View(const View&, const LagKind&)>;

  /// `common` is the cutoff of all entries of `root`, if they have the same; `above`: no steps down lead to it.
  Views(const core::EntityData& data, const ViewMaker& maker, std::optional<std::int64_t> bin, View root,
        std::optional<std::int64_t> common, bool above, MakeWhole make_whole, MakeLagged make_lagged);

  static constexpr ViewId kRoot = 0;
  ViewId down(ViewId from, core::RelationshipId relationship);
  /// Children of the entries as they are for good, each once: for what does not change with the cutoff.
  ViewId shared(ViewId from, const SharedKind& kind);
  /// A range of the children of the root's one entry.
  ViewId piece(core::RelationshipId relationship, const ChildRange& range);
  /// `floored`: at the start of the bin in which each cutoff lies.
  ViewId up(ViewId from, core::RelationshipId relationship, bool floored = false);
  ViewId whole(core::TableId table, std::int64_t cutoff);
  /// The rows before those of a view with cutoffs of their own, each seen at the same cutoff.
  ViewId lagged(ViewId from, const LagKind& kind);

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
  /// Returns how many entries a view has. Cheaper than the view where it is one of children at own cutoffs; what lies
  /// between the root and it is made.
  std::size_t n_entries(ViewId id);
  /// Returns a number that is not below `n_entries`, and cheaper: children count before any cutoff.
  std::size_t most_entries(ViewId id);
  [[nodiscard]] std::size_t size() const { return places_.size(); }
  [[nodiscard]] Way way(ViewId id) const { return places_[id].way; }
  /// Returns the view that it lies below or above.
  [[nodiscard]] ViewId from(ViewId id) const { return places_[id].from; }
  [[nodiscard]] bool is_shared(ViewId id) const { return places_[id].way == Way::shared; }
  /// Returns which entries see which rows of a shared view. Cheap beside the view: no rows are named.
  const SharedRows& shared_rows(ViewId id);

 private:
  struct Place {
    Way way = Way::root;
    core::TableId table = 0;
    ViewId from = 0;
    core::RelationshipId via = 0;
    bool floored = false;
    bool above_root = false;
    ChildRange range;  // piece
    SharedKind kind;   // shared
    LagKind lag;       // lagged
    std::optional<std::int64_t> cutoff;
    std::shared_ptr<const View> view;
    std::shared_ptr<const SharedRows> shared_rows;
  };

  [[nodiscard]] static bool is_below(const Place& place) { return place.way == Way::down || place.way == Way::piece; }
  ViewId find_or_add(Place place);

  const core::EntityData& data_;
  const ViewMaker& maker_;
  MakeWhole make_whole_;
  MakeLagged make_lagged_;
  std::optional<std::int64_t> bin_;
  std::deque<Place> places_;  // views must not move
};

}  // namespace gridmill::features
