#include "jobs/report/correlated_features.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "features/matrix/select.hpp"
#include "io/store/store_entity_data.hpp"
#include "jobs/report/content.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kMostCompared = 400;
constexpr std::size_t kRunsOfRows = 4;  // neighbours are read at once
constexpr std::size_t kRowsOfRun = features::Correlations::kCorrelationBlock;
constexpr std::size_t kMostPairs = 30;
constexpr double kLeastCommonRows = 30;      // fewer go together by chance
constexpr std::size_t kMostDrawnNames = 32;  // a side of the picture
constexpr double kSame = 0.999;
constexpr int kCorrelationDigits = 3;

struct CorrelatedPair {
  std::size_t a = 0;  // b < a
  std::size_t b = 0;
  double correlation = 0;
};

/// Runs of rows at even distances: where each begins, and its length.
std::vector<core::RowSet> drawn_rows(std::size_t n_rows) {
  if (n_rows <= kRunsOfRows * kRowsOfRun) return {core::RowSet::range(0, n_rows)};
  std::vector<core::RowSet> runs;
  for (std::size_t run = 0; run < kRunsOfRows; ++run) {
    const std::size_t first = run * (n_rows - kRowsOfRun) / (kRunsOfRows - 1);
    runs.push_back(core::RowSet::range(static_cast<core::RowId>(first), kRowsOfRun));
  }
  return runs;
}

/// Entries as numbers, NaN = missing; nothing: the column is of another kind.
std::optional<std::vector<double>> entries_as_numbers(const core::Column& column) {
  const auto taken = [&](const auto& values) {
    std::vector<double> numbers(values.begin(), values.end());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (column.missing(i) || !std::isfinite(numbers[i])) numbers[i] = std::numeric_limits<double>::quiet_NaN();
    }
    return numbers;
  };
  switch (column.type) {
    case core::ColumnType::integer: return taken(std::get<core::Column::Integers>(column.values));
    case core::ColumnType::real: return taken(std::get<core::Column::Reals>(column.values));
    case core::ColumnType::boolean: return taken(std::get<core::Column::Booleans>(column.values));
    default: return std::nullopt;
  }
}

double mean_entry(std::span<const double> values) {
  double sum = 0;
  double n = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    n += 1;
  }
  return n > 0 ? sum / n : 0;
}

/// The features that can be compared, and their entries.
struct Compared {
  std::vector<std::string> names;
  std::vector<std::vector<double>> values;
  std::size_t n_rows = 0;
};

Compared read_compared(const std::filesystem::path& matrix, std::span<const std::string> features) {
  Compared compared;
  const io::StoreEntityData data(matrix);
  if (data.entity_set().tables.empty()) return compared;
  const core::EntityTable& table = data.entity_set().tables.front();
  const std::vector<core::RowSet> runs = drawn_rows(table.n_rows);
  for (const core::RowSet& run : runs) compared.n_rows += run.size();
  for (const std::string& name : features) {
    if (compared.names.size() == kMostCompared) break;
    if (table.find(name) == nullptr) continue;  // of another matrix
    std::vector<double> values;
    for (const core::RowSet& run : runs) {
      const auto numbers = entries_as_numbers(data.read(0, name, run));
      if (!numbers) break;
      values.insert(values.end(), numbers->begin(), numbers->end());
    }
    if (values.size() != compared.n_rows) continue;
    compared.names.push_back(name);
    compared.values.push_back(std::move(values));
  }
  return compared;
}

/// All correlations, symmetric, 1 with itself.
class CorrelationTable {
 public:
  explicit CorrelationTable(const Compared& compared) : n_(compared.names.size()), values_(n_ * n_, 1) {
    std::vector<double> means;
    std::vector<const double*> columns;
    for (const std::vector<double>& values : compared.values) {
      means.push_back(mean_entry(values));
      columns.push_back(values.data());
    }
    // A row of the table at a time: each pair once.
    for (std::size_t i = 1; i < n_; ++i) {
      features::Correlations row({means[i]}, {means.begin(), means.begin() + static_cast<std::ptrdiff_t>(i)});
      row.add(std::span(columns).subspan(i, 1), std::span(columns).first(i), compared.n_rows);
      for (std::size_t j = 0; j < i; ++j) {
        const bool is_known = row.n_common(0, j) >= kLeastCommonRows;
        values_[i * n_ + j] = values_[j * n_ + i] = is_known ? row.correlation(0, j) : std::nan("");
      }
    }
  }

  [[nodiscard]] double at(std::size_t i, std::size_t j) const { return values_[i * n_ + j]; }

  /// Those that have a value, the strongest first.
  [[nodiscard]] std::vector<CorrelatedPair> pairs() const {
    std::vector<CorrelatedPair> all;
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (!std::isnan(at(i, j))) all.push_back({i, j, at(i, j)});
      }
    }
    std::ranges::stable_sort(all, std::ranges::greater(),
                             [](const CorrelatedPair& pair) { return std::abs(pair.correlation); });
    return all;
  }

 private:
  std::size_t n_;
  std::vector<double> values_;
};

/// Features of the strongest pairs, each beside the one that it goes with most.
std::vector<std::size_t> drawn_features(const std::vector<CorrelatedPair>& pairs, const CorrelationTable& table) {
  std::vector<std::size_t> waiting;
  for (const CorrelatedPair& pair : pairs) {
    for (const std::size_t each : {pair.b, pair.a}) {
      if (waiting.size() < kMostDrawnNames && std::ranges::find(waiting, each) == waiting.end())
        waiting.push_back(each);
    }
    if (waiting.size() == kMostDrawnNames) break;
  }
  std::vector<std::size_t> order;
  while (!waiting.empty()) {
    const auto strength = [&](std::size_t i) {
      const double value = order.empty() ? 0 : std::abs(table.at(order.back(), i));
      return std::isnan(value) ? -1 : value;
    };
    const auto next = std::ranges::max_element(waiting, {}, strength);
    order.push_back(*next);
    waiting.erase(next);
  }
  return order;
}

}  // namespace

core::Value correlations_content(const std::filesystem::path& matrix, std::span<const std::string> features) {
  Compared compared;
  try {
    compared = read_compared(matrix, features);
  } catch (const core::UserError&) {
    return {};  // gone or changed: the rest of the page stands without it
  }
  const CorrelationTable table(compared);
  const std::vector<CorrelatedPair> pairs = table.pairs();
  if (pairs.empty()) return {};
  core::ValueList strongest;
  for (const CorrelatedPair& pair : std::span(pairs).first(std::min(pairs.size(), kMostPairs))) {
    strongest.emplace_back(core::ValueList{compared.names[pair.b], compared.names[pair.a],
                                           drawn_number(pair.correlation, kCorrelationDigits)});
  }
  core::ValueList names;
  core::ValueList cells;
  const std::vector<std::size_t> drawn = drawn_features(pairs, table);
  for (const std::size_t i : drawn) {
    names.emplace_back(compared.names[i]);
    for (const std::size_t j : drawn) cells.push_back(drawn_number(table.at(i, j), kCorrelationDigits));
  }
  const auto is_same = [](const CorrelatedPair& pair) { return std::abs(pair.correlation) >= kSame; };
  return core::ValueMapping{{"features", count_value(features.size())},
                            {"compared", count_value(compared.names.size())},
                            {"rows", count_value(compared.n_rows)},
                            {"pairs", std::move(strongest)},
                            {"names", std::move(names)},
                            {"cells", std::move(cells)},
                            {"same", static_cast<std::int64_t>(std::ranges::count_if(pairs, is_same))}};
}

}  // namespace gridmill::jobs
