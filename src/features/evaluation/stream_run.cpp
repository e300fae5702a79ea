// What a Run does about rows that many groups share: it reads them once, some at a time, and merges what it has learned
// of each piece into what every group wants to know.
#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "features/evaluation/condition.hpp"
#include "features/evaluation/footprint.hpp"
#include "features/evaluation/kept_places.hpp"
#include "features/evaluation/missing.hpp"
#include "features/evaluation/pieces.hpp"
#include "features/evaluation/run.hpp"

namespace gridmill::features {
namespace {

/// The features whose columns are wanted of each row, each once.
class WantedColumns {
 public:
  std::size_t add(const FeatureRef& feature) {
    const auto [found, is_new] = places_.try_emplace(feature.get(), features_.size());
    if (is_new) features_.push_back(feature);
    return found->second;
  }
  [[nodiscard]] const std::vector<FeatureRef>& features() const { return features_; }

 private:
  std::map<const Feature*, std::size_t> places_;
  std::vector<FeatureRef> features_;
};

/// One aggregation of a grouping.
struct Streamed {
  NodeId node = 0;
  std::vector<std::size_t> columns;  // of those wanted
  std::unique_ptr<PieceStates> states;
};

/// Aggregations of the rows that meet the same condition, or of all.
struct StreamedGroups {
  const Where* where = nullptr;
  std::size_t where_column = 0;
  std::vector<Streamed> aggregations;
};

/// Rows at places [first, last) as they were read: whole pieces.
struct Chunk {
  std::int64_t first = 0;
  std::vector<std::uint32_t> pieces;
  std::vector<std::int64_t> begins, ends;  // of the pieces, from `first`
};

/// Cuts the places into chunks of whole pieces, some of which may lie in two of them.
class Chunks {
 public:
  Chunks(const Pieces& pieces, std::int64_t n_places)
      : pieces_(pieces), n_places_(n_places), order_(pieces.begins.size()) {
    std::iota(order_.begin(), order_.end(), std::uint32_t{0});
    const auto earlier = [&pieces](std::uint32_t a, std::uint32_t b) { return pieces.begins[a] < pieces.begins[b]; };
    if (!std::is_sorted(order_.begin(), order_.end(), earlier)) std::stable_sort(order_.begin(), order_.end(), earlier);
  }

  [[nodiscard]] bool done() const { return next_ == order_.size(); }

  Chunk take() {
    Chunk chunk;
    chunk.first = pieces_.begins[order_[next_]];
    for (; next_ < order_.size() && pieces_.begins[order_[next_]] < chunk.first + n_places_; ++next_) {
      chunk.pieces.push_back(order_[next_]);
      chunk.begins.push_back(pieces_.begins[order_[next_]] - chunk.first);
      chunk.ends.push_back(pieces_.ends[order_[next_]] - chunk.first);
    }
    return chunk;
  }

 private:
  const Pieces& pieces_;
  std::int64_t n_places_;
  std::vector<std::uint32_t> order_;
  std::size_t next_ = 0;
};

/// Shows the pieces of a chunk to the aggregations of a grouping.
void add_chunk(StreamedGroups& groups, const Chunk& chunk, const std::vector<std::vector<Column>>& columns,
               const std::vector<Node>& nodes, Semantics semantics) {
  std::vector<std::int64_t> begins = chunk.begins;
  std::vector<std::int64_t> ends = chunk.ends;
  std::map<std::size_t, Column> kept;
  if (groups.where != nullptr) {
    const KeptPlaces places(meets(columns[groups.where_column].front(), *groups.where, semantics));
    for (std::int64_t& each : begins) each = places.place(each);
    for (std::int64_t& each : ends) each = places.place(each);
    for (const Streamed& each : groups.aggregations) {
      for (const std::size_t column : each.columns) {
        if (!kept.contains(column)) kept.emplace(column, columns[column].front().take(places.entries()));
      }
    }
  }
  GroupMemo memo;
  const std::int64_t no_cutoff = kEndOfTime;  // summaries do not depend on it
  for (Streamed& each : groups.aggregations) {
    std::vector<const Column*> inputs;
    for (const std::size_t column : each.columns) {
      inputs.push_back(groups.where != nullptr ? &kept.at(column) : &columns[column].front());
    }
    each.states->add({.columns = inputs,
                      .groups = {begins, ends},
                      .cutoffs = {.times = {&no_cutoff, 1}},
                      .arguments = nodes[each.node].feature->primitive.arguments,
                      .semantics = semantics,
                      .memo = memo},
                     chunk.pieces);
  }
}

}  // namespace

void Run::stream(ViewId shared) {
  const std::vector<Node>& nodes = plan_.nodes();
  WantedColumns wanted;
  std::map<GroupsId, StreamedGroups> groupings;
  for (NodeId id = 0; id < nodes.size(); ++id) {
    const Node& node = nodes[id];
    if (node.work != Work::stream || plan_.groupings()[node.groups].bottom() != shared) continue;
    const Primitive& primitive = *node.feature->primitive.primitive;
    StreamedGroups& groups = groupings[node.groups];
    groups.where = plan_.groupings()[node.groups].where;
    if (groups.where != nullptr) groups.where_column = wanted.add(groups.where->feature);
    Streamed streamed{.node = id, .columns = {}, .states = primitive.partial->make_states()};
    for (const FeatureRef& base : node.feature->bases) {
      if (!primitive.counts_rows) streamed.columns.push_back(wanted.add(base));
    }
    groups.aggregations.push_back(std::move(streamed));
  }
  const SharedRows& rows = views_.shared_rows(shared);
  const Pieces pieces = cut_into_pieces(rows.begins, rows.ends, rows.firsts);
  std::vector<std::vector<Column>> columns;
  Chunks chunks(pieces, streamed_rows(wanted.features().size(), context_.options.working_bytes));
  do {
    const Chunk chunk = chunks.done() ? Chunk{} : chunks.take();
    std::int64_t n = 0;
    for (const std::int64_t end : chunk.ends) n = std::max(n, end);
    if (!wanted.features().empty()) {
      Run run(context_, rows.rows(context_.data, chunk.first, n, kEndOfTime), false);
      columns = run.evaluate(wanted.features());
    }
    for (auto& [id, groups] : groupings) add_chunk(groups, chunk, columns, nodes, context_.options.semantics);
  } while (!chunks.done());
  std::vector<Column> kinds;
  for (const std::vector<Column>& column : columns) kinds.push_back(column.front().all_missing(0));
  const std::vector<std::int64_t> none(rows.begins.size(), 0);
  for (auto& [id, groups] : groupings) {
    for (Streamed& each : groups.aggregations) {
      const Feature& feature = *nodes[each.node].feature;
      std::vector<const Column*> inputs;
      for (const std::size_t column : each.columns) inputs.push_back(&kinds[column]);
      GroupMemo memo;
      std::vector<Column> results =
          each.states->finish(pieces.lists, {.columns = inputs,
                                             .groups = {none, none},
                                             .cutoffs = views_.at(nodes[each.node].view).cutoff_times(),
                                             .arguments = feature.primitive.arguments,
                                             .semantics = context_.options.semantics,
                                             .memo = memo});
      for (Column& result : results) {
        if (fills_defaults()) fill_missing(result, feature.default_value);
        columns_[each.node].push_back(std::make_shared<Column>(std::move(result)));
      }
    }
  }
}

}  // namespace gridmill::features
