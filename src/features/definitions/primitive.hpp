#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <typeindex>
#include <utility>
#include <vector>

#include "core/option.hpp"
#include "core/value.hpp"
#include "features/columns/column.hpp"
#include "features/definitions/held_type.hpp"
#include "features/definitions/value_type.hpp"

namespace gridmill::features {

enum class Semantics {
  featuretools,  // Featuretools 1.28, bugs included
  strict,        // unknown stays missing; no dependence on absent categories; TREND per day
};

/// Cutoff times of groups or rows [ns since 1970 UTC].
struct Cutoffs {
  std::span<const std::int64_t> times;  // one entry: common to all

  [[nodiscard]] std::int64_t operator[](std::size_t i) const { return times.size() == 1 ? times[0] : times[i]; }
  /// Returns those of groups or rows [first, last).
  [[nodiscard]] Cutoffs part(std::size_t first, std::size_t last) const {
    return {.times = times.size() == 1 ? times : times.subspan(first, last - first)};
  }
};

/// Keeps what several primitives want of the same columns in the same groups (moments, counts by code), computed once.
class GroupMemo {
 public:
  /// Returns make()'s T for `column`, kept from the first call on. Not for several threads.
  template <class T, class Make>
  const T& get(const Column& column, Make make) {
    std::shared_ptr<void>& kept = kept_[{std::type_index(typeid(T)), &column}];
    if (!kept) kept = std::make_shared<T>(make());
    return *static_cast<const T*>(kept.get());
  }

  /// Forgets what is kept of `column`; called before it goes, because another may come to lie at its address.
  void forget(const Column& column) {
    std::erase_if(kept_, [&column](const auto& each) { return each.first.second == &column; });
  }

 private:
  std::map<std::pair<std::type_index, const Column*>, std::shared_ptr<void>> kept_;
};

/// Where groups lie among the entries of columns: group g is entries [begin(g), end(g)). Most follow one another; those
/// of the same rows known at several times overlap.
class GroupRanges {
 public:
  /// Groups that follow one another; n_groups + 1 offsets.
  GroupRanges(std::span<const std::int64_t> offsets)  // NOLINT(google-explicit-constructor)
      : begins_(offsets.first(offsets.size() - 1)), ends_(offsets.subspan(1)) {}
  GroupRanges(const std::vector<std::int64_t>& offsets)  // NOLINT(google-explicit-constructor)
      : GroupRanges(std::span(offsets)) {}
  /// Any groups.
  GroupRanges(std::span<const std::int64_t> begins, std::span<const std::int64_t> ends)
      : begins_(begins), ends_(ends) {}

  [[nodiscard]] std::size_t size() const { return begins_.size(); }
  [[nodiscard]] std::int64_t begin(std::size_t group) const { return begins_[group]; }
  [[nodiscard]] std::int64_t end(std::size_t group) const { return ends_[group]; }
  [[nodiscard]] std::int64_t n(std::size_t group) const { return ends_[group] - begins_[group]; }
  /// Returns groups [first, last).
  [[nodiscard]] GroupRanges part(std::size_t first, std::size_t last) const {
    return {begins_.subspan(first, last - first), ends_.subspan(first, last - first)};
  }
  /// Says whether some group does not begin where the one before ends.
  [[nodiscard]] bool overlap() const {
    for (std::size_t group = 1; group < size(); ++group) {
      if (begins_[group] != ends_[group - 1]) return true;
    }
    return false;
  }
  /// Returns how many entries all groups have; those of several groups count several times.
  [[nodiscard]] std::int64_t n_entries() const {
    std::int64_t n = 0;
    for (std::size_t group = 0; group < size(); ++group) n += ends_[group] - begins_[group];
    return n;
  }

 private:
  std::span<const std::int64_t> begins_, ends_;
};

/// What an aggregation sees. Entries of a group are in table order if the primitive asks for that. Empty groups occur.
struct AggregateInput {
  std::span<const Column* const> columns;  // by input; none if the primitive only counts rows
  GroupRanges groups;
  Cutoffs cutoffs;                // by group
  const core::Params& arguments;  // all of them, defaults included
  Semantics semantics = Semantics::featuretools;
  GroupMemo& memo;

  [[nodiscard]] std::size_t n_groups() const { return groups.size(); }
};

/// What a transform sees: entries of equal number in each column.
struct TransformInput {
  std::span<const Column* const> columns;  // by input
  std::span<const HeldType> types;         // by input; none: plain
  std::size_t n = 0;                       // entries
  /// Scope::table: series s is entries [series[s], series[s + 1]), in table order: the visible rows of the table (of
  /// one group, for a group-by). Scope::row: one series.
  std::span<const std::int64_t> series;
  Cutoffs cutoffs;                // by entry
  const core::Params& arguments;  // all of them, defaults included
  Semantics semantics = Semantics::featuretools;
};

/// Returns one column per output with one entry a group. May leave entries missing: in the semantics of Featuretools
/// the default is filled in after it. Strict results are final: without rows counts and sums are 0, where no value is
/// known all else is missing.
using Aggregate = std::function<std::vector<Column>(const AggregateInput&)>;

/// What is known of one group after some of its entries, as plain bytes that may be kept and travel to other ranks of
/// the same program. Most are of constant size; those of categories grow with the number of distinct ones.
using GroupState = std::vector<std::byte>;

/// Groups as lists of pieces, where many groups have most of their entries in common: a piece is summarised once.
struct PieceLists {
  struct Run {
    std::uint32_t first = 0, last = 0;  // nodes [first, last)
  };
  /// Nodes are the pieces in order and then these: each the merged nodes of a run of earlier ones.
  std::vector<Run> merged;
  std::vector<std::uint32_t> nodes;   // of all groups, one after the other; a group has one at least
  std::vector<std::int64_t> offsets;  // n_groups + 1, into nodes
};

/// What is known of each piece, while pieces come in.
class PieceStates {
 public:
  virtual ~PieceStates() = default;
  /// Adds pieces: the groups of the input, by their numbers.
  virtual void add(const AggregateInput& pieces, std::span<const std::uint32_t> numbers) = 0;
  /// Returns what Aggregate would, for groups made of the pieces. The input has no entries, and columns of the right
  /// kind. Once.
  virtual std::vector<Column> finish(const PieceLists& lists, const AggregateInput& groups) = 0;
};

/// An aggregation in three steps, for groups too large for one task: pieces of a group are summarised where they lie,
/// the summaries merged in the order of the pieces, and the result finished once. Any cut gives the same result but for
/// rounding; the same cut gives the same bits.
struct PartialAggregate {
  /// Says whether columns held like these can be summarised: what it needs of them is known before their entries are.
  /// Empty: all can.
  std::function<bool(const AggregateInput&)> takes;
  /// The input has one group.
  std::function<GroupState(const AggregateInput&)> summarize;
  /// Adds what is known of later entries. (Without `needs_order` any fixed order of pieces will do.)
  std::function<void(GroupState& into, const GroupState& later)> merge;
  /// Returns what Aggregate would. The input has one group, without entries, and columns of the right kind.
  std::function<std::vector<Column>(const GroupState&, const AggregateInput&)> finish;
  /// The same for many groups of many pieces. Empty: states are no plain values, and merging many does not pay.
  std::function<std::unique_ptr<PieceStates>()> make_states;
};

class SortedRuns;

/// An aggregation that depends on the numbers of a group in ascending order alone: made from them where they lie, for
/// groups too large for one task. Returns what Aggregate would.
using AggregateSorted =
    std::function<double(const SortedRuns& numbers, std::size_t n_missing, const core::Params& arguments)>;

/// Returns one column with one entry per entry.
using Transform = std::function<Column(const TransformInput&)>;

enum class PrimitiveKind { aggregation, transform };

enum class Scope {
  row,    // an entry depends on its own row only
  table,  // ... on its place among all visible rows of the table (Featuretools: uses_full_dataframe, and all others
          // that look at neighbours)
};

/// Declares one primitive, once: synthesis chooses its inputs, evaluation calls it, `describe` prints it.
/// Source: Featuretools 1.28 unless `ours`.
struct Primitive {
  std::string name;  // "n_most_common", in configs; upper case in names of features
  PrimitiveKind kind = PrimitiveKind::aggregation;
  std::string meaning;  // one sentence, with units and what missing entries do
  bool ours = false;    // not in Featuretools

  std::vector<std::vector<InputSlot>> inputs;  // alternatives, in order
  std::optional<ValueType> output;             // nothing: as the first input
  core::Value default_value;                   // of empty groups and missing results; null: missing
  std::vector<core::OptionSpec> arguments;     // in the order in which names print them
  /// Says what is wrong with arguments that are right one by one, or nothing. Empty: nothing ever is.
  std::function<std::optional<std::string>(const core::Params&)> problem;
  std::function<std::size_t(const core::Params&)> n_outputs;  // empty: 1
  /// Writes the feature's name from those of its inputs ("a + b"). Empty: NAME(inputs, arguments).
  std::function<std::string(std::span<const std::string> inputs, const core::Params& arguments)> write_name;

  bool stacks_on_itself = true;
  std::vector<std::string> never_on;  // names of primitives it is not stacked on
  bool commutative = false;           // unless an argument of that name says otherwise
  bool by_default = false;            // used when the user names no primitives
  bool counts_rows = false;           // aggregation: needs the groups only, not the column (COUNT)
  bool needs_order = false;           // aggregation: groups must come in table order
  bool uses_cutoff = false;
  Scope scope = Scope::row;  // transform only
  /// Scope::table: says whether an entry depends on rows after it too, not only on those before. Empty: no.
  std::function<bool(const core::Params&)> looks_ahead;
  /// Scope::table: the input of which an entry is that of another row of the series, as the arguments `periods` (rows,
  /// or a length of time) and `fill_value` say. Nothing: of most.
  std::optional<std::size_t> lagged_input;

  Aggregate aggregate;                      // kind aggregation
  std::optional<PartialAggregate> partial;  // aggregation; nothing: needs all entries of a group at once, ...
  AggregateSorted aggregate_sorted;         // ... or, not empty, only sorted
  Transform transform;                      // kind transform
};

/// A primitive with arguments chosen.
struct PrimitiveUse {
  const Primitive* primitive = nullptr;
  core::Params arguments;  // all of them, defaults included
  // What a synthesis is asked for; features do not keep it.
  std::vector<std::string> columns = {};  // names of the inputs it takes, with * and ?; empty: all that fit
  std::string written_as = {};            // names of its features, "{column}_lag{periods}"; empty: the usual ones

  /// Returns ", n=2, unit=hours": the arguments that differ from their defaults, in declaration order.
  [[nodiscard]] std::string argument_text() const;
  [[nodiscard]] std::size_t n_outputs() const;
  /// Says whether one order of its inputs is enough.
  [[nodiscard]] bool is_commutative() const;
  /// Says whether an entry depends on rows of its table after it.
  [[nodiscard]] bool looks_ahead() const;
  /// Returns it as a feature keeps it.
  [[nodiscard]] PrimitiveUse without_wishes() const { return {.primitive = primitive, .arguments = arguments}; }
  friend bool operator==(const PrimitiveUse&, const PrimitiveUse&) = default;
};

/// Returns all primitives: aggregations by name, then transforms by name. They live as long as the program.
const std::vector<Primitive>& all_primitives();
/// Returns the primitive called `name` (case does not matter) of that kind, or null.
const Primitive* find_primitive(PrimitiveKind kind, std::string_view name);

/// Reads "n_most_common" or {name: n_most_common, n: 2} or Python's "n_most_common(n=2, unit='hours')".
/// Errors: UserError with a hint for an unknown primitive or argument, or a value out of range.
PrimitiveUse read_primitive(PrimitiveKind kind, const core::Value& value);

/// Reads the same for a synthesis: a list as an argument that takes one value gives a use for each, in its order;
/// `columns` are names of inputs, with * and ?; `as` is how features are called, in which {column}, {group} and the
/// names of arguments stand in braces. Errors: as above, and for an empty list, a name in braces that is none.
std::vector<PrimitiveUse> read_primitive_uses(PrimitiveKind kind, const core::Value& value);

// The families. Each returns its declarations; all_primitives() puts them together.
std::vector<Primitive> counting_aggregations();   // rows, thresholds, ranges, extremes and how often they occur
std::vector<Primitive> moment_aggregations();     // sum, mean, standard deviation, skewness, kurtosis
std::vector<Primitive> order_statistics();        // median, quantiles
std::vector<Primitive> category_aggregations();   // mode, distinct values, entropy
std::vector<Primitive> boolean_aggregations();    // any, all, percent true, runs
std::vector<Primitive> time_aggregations();       // first and last times, gaps, trend, distinct days
std::vector<Primitive> sequence_aggregations();   // first, last, runs, peaks, crossings, monotonicity
std::vector<Primitive> calendar_transforms();     // day, month, ..., season, holidays, age
std::vector<Primitive> numeric_transforms();      // absolute, logarithm, cumulative, difference, percentile
std::vector<Primitive> binary_transforms();       // arithmetic, comparisons, logic, with two inputs or a scalar
std::vector<Primitive> time_series_transforms();  // lag, rolling, expanding, exponentially weighted
std::vector<Primitive> text_transforms();         // counts of characters and words
std::vector<Primitive> place_transforms();        // distances and boxes
std::vector<Primitive> parsing_transforms();      // e-mail addresses, URLs, postal codes, names, paths

}  // namespace gridmill::features
