#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "features/aggregations/code_counts.hpp"
#include "features/aggregations/reduction.hpp"
#include "features/aggregations/sorted_groups.hpp"
#include "features/aggregations/vocabulary.hpp"
#include "features/definitions/primitive.hpp"

namespace gridmill::features {
namespace {

using namespace aggregations;

using EntrySpan = std::span<const CodeCounts::Entry>;

/// What the counts say of one group.
struct GroupCounts {
  EntrySpan entries;
  std::size_t n_missing = 0;
  std::size_t n_rows = 0;

  [[nodiscard]] std::size_t n_known() const { return n_rows - n_missing; }
};

struct OfCounts {
  explicit OfCounts(const AggregateInput& all) : input(all), counts(code_counts(all)) {}
  [[nodiscard]] GroupCounts of(std::size_t group) const {
    return {counts.of(group), counts.n_missing(group), slice(input, group).size()};
  }
  [[nodiscard]] bool strict() const { return input.semantics == Semantics::strict; }
  /// Returns how many categories there are to count in, absent ones included where Featuretools does so.
  [[nodiscard]] std::size_t n_categories(EntrySpan entries) const {
    const Dictionary& dictionary = *input.columns[0]->dictionary;
    return !strict() && dictionary.is_stored() ? dictionary.size() : entries.size();
  }

  const AggregateInput& input;
  const CodeCounts& counts;
};

bool flag(const AggregateInput& input, const char* name) { return input.arguments.at(name).boolean(); }

double ratio(std::size_t part, std::size_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

struct NumUnique : OfCounts {
  using OfCounts::OfCounts;
  double operator()(std::size_t group) const {
    const GroupCounts found = of(group);
    return counted(found.entries.size(), found.n_known(), found.n_rows, input.semantics);
  }
};

struct AverageCount : OfCounts {
  explicit AverageCount(const AggregateInput& all) : OfCounts(all), skipna(flag(all, "skipna")) {}
  double operator()(std::size_t group) const {
    const GroupCounts found = of(group);
    if (found.n_rows == 0) return kNaN;
    const std::size_t n = n_categories(found.entries);
    return skipna ? ratio(found.n_known(), n) : ratio(found.n_rows, n + static_cast<std::size_t>(found.n_missing > 0));
  }
  bool skipna;
};

struct PercentUnique : OfCounts {
  explicit PercentUnique(const AggregateInput& all) : OfCounts(all), skipna(flag(all, "skipna")) {}
  double operator()(std::size_t group) const {
    const GroupCounts found = of(group);
    if (strict() && found.n_known() == 0) return kNaN;
    return ratio(found.entries.size() + static_cast<std::size_t>(!skipna && found.n_missing > 0), found.n_rows);
  }
  bool skipna;
};

struct EntropyOf : OfCounts {
  explicit EntropyOf(const AggregateInput& all)
      : OfCounts(all),
        dropna(flag(all, "dropna")),
        unit(all.arguments.at("base").is_null() ? 1.0 : std::log(all.arguments.at("base").number())) {}
  double operator()(std::size_t group) const {
    const GroupCounts found = of(group);
    const std::size_t n = dropna ? found.n_known() : found.n_rows;
    // Shares of no rows are 0/0 where pandas knows the column's categories; where it knows of none there are no shares.
    if (n == 0) return found.n_rows == 0 || strict() || n_categories(found.entries) > 0 ? kNaN : 0.0;
    double sum = 0;
    for (const auto& entry : found.entries) sum += surprise(ratio(entry.count, n));
    if (!dropna && found.n_missing > 0) sum += surprise(ratio(found.n_missing, n));
    return sum / unit;
  }
  static double surprise(double share) { return share < 1 ? -share * std::log(share) : 0.0; }

  bool dropna;
  double unit;
};

bool occurs_twice(EntrySpan entries) {
  return std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return entry.count > 1; });
}

struct IsUnique : OfCounts {
  using OfCounts::OfCounts;
  std::uint8_t operator()(std::size_t group) const {
    const GroupCounts found = of(group);
    return decided(found.n_missing < 2 && !occurs_twice(found.entries), found.n_known(), found.n_rows, input.semantics);
  }
};

/// Groups of a column that may hold codes or numbers: how many values are known, how many of them distinct.
class Distinct {
 public:
  explicit Distinct(const AggregateInput& all) : input(all) {
    if (std::holds_alternative<Column::Codes>(all.columns[0]->values)) {
      codes_ = &code_counts(all);
    } else if (has_rests(all)) {
      ranks_.emplace(all.columns[0]->numbers().ranks(), all.groups);
      numbers_ = &*ranks_;
    } else {
      numbers_ = &sorted_groups(all);
    }
  }

 protected:
  [[nodiscard]] std::size_t n_rows(std::size_t group) const { return slice(input, group).size(); }
  [[nodiscard]] std::size_t n_known(std::size_t group) const {
    return codes_ ? n_rows(group) - codes_->n_missing(group) : numbers_->of(group).size();
  }
  [[nodiscard]] std::size_t n_distinct(std::size_t group) const {
    if (codes_) return codes_->of(group).size();
    const std::span<const double> sorted = numbers_->of(group);
    std::size_t n = sorted.empty() ? 0 : 1;
    for (std::size_t i = 1; i < sorted.size(); ++i) n += static_cast<std::size_t>(sorted[i - 1] != sorted[i]);
    return n;
  }

  const AggregateInput& input;

 private:
  const CodeCounts* codes_ = nullptr;
  const SortedGroups* numbers_ = nullptr;
  std::optional<SortedGroups> ranks_;  // in place of numbers that doubles do not hold
};

struct HasNoDuplicates : Distinct {
  explicit HasNoDuplicates(const AggregateInput& all) : Distinct(all), skipna(flag(all, "skipna")) {}
  std::uint8_t operator()(std::size_t group) const {
    const std::size_t n = n_known(group);
    const bool missing_twice = !skipna && n_rows(group) - n > 1;
    return decided(n_distinct(group) == n && !missing_twice, n, n_rows(group), input.semantics);
  }
  bool skipna;
};

struct DistinctOverCount : Distinct {
  using Distinct::Distinct;
  double operator()(std::size_t group) const { return ratio(n_distinct(group), n_known(group)); }
};

/// Gives categories back: columns of codes into the input's dictionary.
std::vector<Column> category_results(const AggregateInput& input, std::vector<Column::Codes>&& codes) {
  const DictionaryRef dictionary = Dictionary::of_results(input.columns[0]->dictionary);
  std::vector<Column> outputs;
  for (Column::Codes& each : codes) outputs.push_back({std::move(each), dictionary});
  return outputs;
}

std::vector<Column> compute_mode(const AggregateInput& input) {
  const CodeCounts& counts = code_counts(input);
  std::vector<Column::Codes> modes(1, Column::Codes(input.n_groups(), core::kMissingCode));
  for (std::size_t group = 0; group < input.n_groups(); ++group) {
    std::uint32_t most = 0;
    for (const auto& entry : counts.of(group)) {
      if (entry.count > most) modes[0][group] = entry.code;
      most = std::max(most, entry.count);
    }
  }
  return category_results(input, std::move(modes));
}

/// Orders a group's categories as they come: what Featuretools does with equally frequent results of an aggregation.
void sort_by_appearance(std::vector<CodeCounts::Entry>& entries, std::span<const std::int32_t> codes) {
  const auto place = [codes](const CodeCounts::Entry& entry) { return std::ranges::find(codes, entry.code); };
  std::sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
}

/// Sorts by falling count; equal counts keep their order. Most groups are small: no memory is taken for them.
void sort_by_count(std::vector<CodeCounts::Entry>& entries) {
  const auto more = [](const auto& a, const auto& b) { return a.count > b.count; };
  constexpr std::size_t kSmall = 16;
  if (entries.size() > kSmall) {
    std::stable_sort(entries.begin(), entries.end(), more);
    return;
  }
  for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
    std::rotate(std::upper_bound(entries.begin(), entry, *entry, more), entry, entry + 1);
  }
}

std::vector<Column> compute_n_most_common(const AggregateInput& input) {
  const CodeCounts& counts = code_counts(input);
  const auto n = static_cast<std::size_t>(input.arguments.at("n").integer());
  const std::span<const std::int32_t> codes = input.columns[0]->codes();
  const bool by_appearance = input.semantics == Semantics::featuretools && !input.columns[0]->dictionary->is_stored();
  std::vector<Column::Codes> common(n, Column::Codes(input.n_groups(), core::kMissingCode));
  std::vector<CodeCounts::Entry> entries;
  for (std::size_t group = 0; group < input.n_groups(); ++group) {
    const EntrySpan found = counts.of(group);
    entries.assign(found.begin(), found.end());
    if (by_appearance) {
      const Slice rows = slice(input, group);  // merged pieces show fewer entries: the first of each category
      sort_by_appearance(entries, codes.subspan(rows.begin, std::min(rows.size(), codes.size() - rows.begin)));
    }
    sort_by_count(entries);
    for (std::size_t k = 0; k < std::min(n, entries.size()); ++k) common[k][group] = entries[k].code;
  }
  return category_results(input, std::move(common));
}

std::vector<Column> compute_n_most_common_frequency(const AggregateInput& input) {
  const OfCounts of_counts(input);
  const auto n = static_cast<std::size_t>(input.arguments.at("n").integer());
  const bool skipna = flag(input, "skipna");
  std::vector<Column::Codes> frequencies(n, Column::Codes(input.n_groups(), core::kMissingCode));
  std::vector<std::int32_t> found;
  std::int32_t greatest = 0;
  for (std::size_t group = 0; group < input.n_groups(); ++group) {
    const GroupCounts counts = of_counts.of(group);
    if (counts.n_rows == 0) continue;
    found.clear();
    for (const auto& entry : counts.entries) found.push_back(static_cast<std::int32_t>(entry.count));
    // Absent categories come last: no more of them than are asked for.
    found.resize(std::max(found.size(), std::min(n, of_counts.n_categories(counts.entries))), 0);
    if (!skipna && counts.n_missing > 0) found.push_back(static_cast<std::int32_t>(counts.n_missing));
    const std::size_t n_found = std::min(n, found.size());
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(n_found), found.end(),
                      std::greater<>());
    for (std::size_t k = 0; k < n_found; ++k) frequencies[k][group] = found[k];
    if (n_found > 0) greatest = std::max(greatest, found[0]);
  }
  const auto numbers = std::make_shared<const Dictionary>(std::int64_t{0}, static_cast<std::size_t>(greatest) + 1);
  std::vector<Column> outputs;
  for (Column::Codes& each : frequencies) outputs.push_back({std::move(each), numbers});
  return outputs;
}

std::size_t n_of(const core::Params& arguments) { return static_cast<std::size_t>(arguments.at("n").integer()); }

Primitive mode() {
  return {.name = "mode",
          .meaning = "Most frequent value; of several, the first in the order of the categories.",
          .inputs = {{kCategory}},
          .by_default = true,
          .aggregate = compute_mode};
}

Primitive num_unique() {
  return {.name = "num_unique",
          .meaning = "Number of distinct values.",
          .inputs = {{kCategory}},
          .output = kIntegerNullable,
          .stacks_on_itself = false,
          .by_default = true};
}

Primitive n_most_common() {
  return {.name = "n_most_common",
          .meaning = "The n most frequent values; of equally frequent ones, the first in the order of the categories.",
          .inputs = {{kCategory}},
          .arguments = {count_argument("n", 3, "how many values")},
          .n_outputs = n_of,
          .needs_order = true,
          .aggregate = compute_n_most_common};
}

Primitive n_most_common_frequency() {
  return {.name = "n_most_common_frequency",
          .meaning = "How often each of the n most frequent values occurs.",
          .inputs = {{kCategory}},
          .output = kCategorical,
          .arguments = {count_argument("n", 3, "how many values"),
                        switch_argument("skipna", true, "whether missing is not a value of its own")},
          .n_outputs = n_of,
          .aggregate = compute_n_most_common_frequency};
}

Primitive average_count_per_unique() {
  return {.name = "average_count_per_unique",
          .meaning = "How often a distinct value occurs on average.",
          .inputs = {{kCategory}},
          .output = kReal,
          .default_value = 0,
          .arguments = {switch_argument("skipna", true, "whether missing is not a value of its own")}};
}

Primitive percent_unique() {
  return {.name = "percent_unique",
          .meaning = "Number of distinct values, as a fraction of the number of rows.",
          .inputs = {{kCategory}},
          .output = kReal,
          .default_value = 0,
          .arguments = {switch_argument("skipna", true, "whether missing is not a value of its own")}};
}

Primitive entropy() {
  return {.name = "entropy",
          .meaning = "Entropy of the values' frequencies.",
          .inputs = {{kCategory}},
          .output = kUntypedNumber,
          .arguments = {switch_argument("dropna", false, "whether missing is not a value of its own"),
                        {.name = "base",
                         .kinds = {core::Kind::null, core::Kind::real},
                         .default_value = {},
                         .range = core::Range::positive(),
                         .choices = {},
                         .meaning = "base of the logarithm; null: natural"}},
          .stacks_on_itself = false};
}

Primitive is_unique() {
  return {.name = "is_unique",
          .meaning = "Whether no value occurs twice; missing is a value of its own.",
          .inputs = {{kCategory}},
          .output = kTruthNullable,
          .default_value = false,
          .stacks_on_itself = false};
}

Primitive has_no_duplicates() {
  return {.name = "has_no_duplicates",
          .meaning = "Whether no value occurs twice.",
          .inputs = {{kCategory}, {kNumber}},
          .output = kTruthNullable,
          .default_value = true,
          .arguments = {switch_argument("skipna", true, "whether missing is not a value of its own")},
          .stacks_on_itself = false};
}

Primitive count_distinct_over_count() {
  return {.name = "count_distinct_over_count",
          .meaning = "Number of distinct values, as a fraction of the number of values that are not missing.",
          .ours = true,
          .inputs = {{kCategory}, {kNumber}},
          .output = kReal,
          .stacks_on_itself = false};
}

}  // namespace

std::vector<Primitive> category_aggregations() {
  return {
      counted_in_parts(mode()),
      counted_in_parts(computed_by<NumUnique>(num_unique())),
      counted_in_parts(n_most_common()),
      counted_in_parts(n_most_common_frequency()),
      counted_in_parts(computed_by<AverageCount>(average_count_per_unique())),
      counted_in_parts(computed_by<PercentUnique>(percent_unique())),
      counted_in_parts(computed_by<EntropyOf>(entropy())),
      counted_in_parts(computed_by<IsUnique>(is_unique())),
      counted_in_parts(computed_by<HasNoDuplicates>(has_no_duplicates())),
      counted_in_parts(computed_by<DistinctOverCount>(count_distinct_over_count())),
  };
}

}  // namespace gridmill::features
