#include "features/evaluation/lagged.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

#include "features/evaluation/series.hpp"
#include "features/evaluation/settled.hpp"

namespace gridmill::features {
namespace {

using core::RowId;

/// Rows of a table one series after the other, each in table order.
class SeriesOfRows {
 public:
  SeriesOfRows(core::TableId table, const LagKind& kind, const core::EntityData& data, const ColumnReader& reader)
      : n_rows_(data.entity_set().tables[table].n_rows), place_(n_rows_, -1) {
    const core::RowSet all = core::RowSet::range(0, n_rows_);
    const Series whole(data.table_positions(table, all));
    if (kind.group_by.empty()) {
      take(whole);
    } else {
      const View view{.table = table, .n = n_rows_, .cutoffs = {kEndOfTime}};
      take(Series(whole, reader.read(view, kind.group_by)));
    }
    times_.reserve(rows_.size());
    const std::vector<std::int64_t> stored = data.times(table, all);
    for (const RowId row : rows_) times_.push_back(stored[static_cast<std::size_t>(row)]);
  }

  [[nodiscard]] bool has(RowId row) const { return place_[static_cast<std::size_t>(row)] >= 0; }

  /// Returns the row before one of these rows, or kNoRow. Rows up to the time `last` count.
  [[nodiscard]] RowId before(RowId row, const LagKind& kind, std::int64_t last) const {
    const std::int64_t at = place_[static_cast<std::size_t>(row)];
    if (!kind.time && kind.rows == 0) return row;
    const auto series = std::upper_bound(offsets_.begin(), offsets_.end(), at) - 1;
    const auto begin = times_.begin() + *series;
    const auto own = times_.begin() + at;
    std::ptrdiff_t found = -1;
    if (kind.time) {
      if (*own == core::kMissingTime) return core::kNoRow;
      const std::int64_t wanted = kind.time->before(*own);
      const auto later = std::upper_bound(begin, own, wanted);
      if (later == begin || *(later - 1) != wanted) return core::kNoRow;
      found = later - 1 - times_.begin();
    } else {
      const auto first_unknown = *own != core::kMissingTime && *own > last ? std::upper_bound(begin, own, last) : own;
      found = first_unknown - times_.begin() - kind.rows;
    }
    return found < *series ? core::kNoRow : rows_[static_cast<std::size_t>(found)];
  }

 private:
  void take(const Series& series) {
    rows_ = series.order();
    offsets_ = series.offsets();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      place_[static_cast<std::size_t>(rows_[i])] = static_cast<std::int64_t>(i);
    }
  }

  std::size_t n_rows_;
  std::vector<std::int64_t> place_;  // by row: in `rows_`; -1: in no series
  std::vector<RowId> rows_;
  std::vector<std::int64_t> offsets_;  // of series
  std::vector<std::int64_t> times_;    // of `rows_`
};

}  // namespace

std::optional<LagKind> lag_of(const Feature& feature, const core::EntitySet& set, const EvaluationOptions& options) {
  const Primitive* primitive = feature.primitive.primitive;
  if (primitive == nullptr || !primitive->lagged_input || feature.primitive.looks_ahead()) return std::nullopt;
  if (options.training_window && options.last_time_indexes) return std::nullopt;  // known rows have gaps between
  LagKind kind;
  if (feature.group_by) {
    if (feature.group_by->kind != FeatureKind::identity || !is_settled(*feature.group_by, set, options)) {
      return std::nullopt;
    }
    kind.group_by = feature.group_by->column;
  }
  const core::Value& periods = feature.primitive.arguments.at("periods");
  if (periods.is_text()) {
    kind.time = read_window(periods.text());
  } else {
    kind.rows = periods.integer();
  }
  return kind;
}

View lagged(const View& view, const LagKind& kind, const core::EntityData& data, const ColumnReader& reader,
            const Visibility& visibility) {
  const SeriesOfRows series(view.table, kind, data, reader);
  const core::RowSet rows = view.row_set();
  const Cutoffs cutoffs = view.cutoff_times();
  View before{.table = view.table, .cutoffs = {}};
  before.links.assign(view.n, -1);
  std::vector<std::size_t> whose;
  for (std::size_t i = 0; i < view.n; ++i) {
    if (!series.has(rows[i])) {
      before.links[i] = kInNoSeries;
      continue;
    }
    const RowId row = series.before(rows[i], kind, visibility.span(cutoffs[i]).last);
    if (row == core::kNoRow) continue;
    before.rows.push_back(row);
    before.cutoffs.push_back(cutoffs[i]);
    whose.push_back(i);
  }
  const std::vector<std::uint8_t> known =
      visibility.mask(view.table, core::RowSet::of(before.rows), {.times = before.cutoffs});
  std::size_t n = 0;
  for (std::size_t i = 0; i < before.rows.size(); ++i) {
    // A lag of no rows is the row's own value.
    if (known[i] == 0 && before.rows[i] != rows[whose[i]]) continue;
    before.links[whose[i]] = static_cast<std::int64_t>(n);
    before.rows[n] = before.rows[i];
    before.cutoffs[n++] = before.cutoffs[i];
  }
  before.rows.resize(n);
  before.cutoffs.resize(n);
  before.n = n;
  if (n == 0) before.cutoffs = {0};
  return before;
}

void fill_where_none(std::span<const std::int64_t> links, const core::Params& arguments, Column& column) {
  const core::Value& fill = arguments.at("fill_value");
  if (fill.is_null()) return;
  auto* numbers = std::get_if<Column::Numbers>(&column.values);
  auto* flags = std::get_if<Column::Booleans>(&column.values);
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (links[i] != -1) continue;
    if (numbers != nullptr) (*numbers)[i] = fill.number();
    if (flags != nullptr) (*flags)[i] = fill.number() != 0 ? 1 : 0;
  }
}

}  // namespace gridmill::features
