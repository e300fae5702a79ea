#include "jobs/audit/later_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "features/columns/column.hpp"
#include "io/text/datetime.hpp"
#include "jobs/audit/cut_data.hpp"

namespace gridmill::jobs {

namespace {

using features::Instance;

constexpr std::size_t kCompared = 200;

bool is_same(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) == std::isnan(b);
  return a == b || std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

bool is_same(const features::Column& a, const features::Column& b, std::size_t i) {
  if (a.missing(i) || b.missing(i)) return a.missing(i) == b.missing(i);
  if (a.values.index() != b.values.index()) return false;
  if (const auto* const numbers = std::get_if<features::Column::Numbers>(&a.values))
    return is_same((*numbers)[i], b.numbers()[i]);
  if (const auto* const codes = std::get_if<features::Column::Codes>(&a.values)) {
    return a.dictionary->label((*codes)[i]) == b.dictionary->label(b.codes()[i]);
  }
  return std::visit(
      [&](const auto& values) { return values[i] == std::get<std::decay_t<decltype(values)>>(b.values)[i]; }, a.values);
}

std::int64_t middle_of(std::vector<std::int64_t> times) {
  const auto half = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), half, times.end());
  return *half;
}

/// The instances that are there at a time: in the whole data, and in the cut.
struct Pairs {
  std::vector<Instance> whole;
  std::vector<Instance> cut;
};

class Comparison {
 public:
  Comparison(const core::EntityData& data, const DatedFeatures& dated) : data_(data), dated_(dated) {}

  LaterRows run() const {
    if (dated_.evaluation.last_time_indexes) return {.outcome = "not done with last_time_indexes"};
    const std::optional<std::int64_t> time = time_of_cut();
    if (!time) return {.outcome = "not done: rows have no time, and no cutoff time is given"};
    const CutData cut(data_, *time);
    const Pairs pairs = known_by(*time, cut);
    const std::string when = io::datetime_text(*time);
    if (pairs.whole.empty()) return {.outcome = fmt::format("not done: no row is known at {}", when)};
    const auto before = values(data_, pairs.whole);
    const auto after = values(cut, pairs.cut);
    LaterRows result{.done = true};
    const std::size_t n = std::min(kCompared, pairs.whole.size());
    result.outcome = fmt::format("{} features of {} rows up to {}", dated_.features.size(), n, when);
    result.finding = compare(before, after, n, when);
    return result;
  }

 private:
  /// The row's own time; with cutoffs of their own, that.
  [[nodiscard]] std::vector<std::int64_t> times_of_instances() const {
    std::vector<std::int64_t> times;
    if (!dated_.cutoff) {
      for (const Instance& each : dated_.instances) times.push_back(each.cutoff);
      return times;
    }
    if (data_.entity_set().tables[dated_.target].time_index.empty()) return times;
    std::vector<core::RowId> rows;
    for (const Instance& each : dated_.instances) rows.push_back(each.row);
    return data_.times(dated_.target, core::RowSet::of(rows));
  }

  [[nodiscard]] std::optional<std::int64_t> time_of_cut() const {
    if (dated_.cutoff && !dated_.is_now) return dated_.cutoff;
    std::vector<std::int64_t> times = times_of_instances();
    std::erase(times, core::kMissingTime);
    return times.empty() ? std::nullopt : std::optional(middle_of(std::move(times)));
  }

  [[nodiscard]] Pairs known_by(std::int64_t time, const CutData& cut) const {
    Pairs pairs;
    for (const Instance& each : dated_.instances) {
      if (each.row == core::kNoRow || (!dated_.cutoff && each.cutoff > time)) continue;
      const core::RowId row = cut.row_of(dated_.target, each.row);
      if (row == core::kNoRow) continue;
      pairs.whole.push_back(each);
      pairs.cut.push_back({.row = row, .cutoff = each.cutoff});
    }
    return pairs;
  }

  /// Some of these rows, spread over all; their neighbours are those of all.
  [[nodiscard]] std::vector<std::vector<features::Column>> values(const core::EntityData& data,
                                                                  const std::vector<Instance>& known) const {
    features::EvaluationOptions options = dated_.evaluation;
    const bool is_whole = &data == &data_;
    options.neighbourhood = features::neighbourhood_of(dated_.target, dated_.features,
                                                       is_whole ? dated_.instances : std::span<const Instance>(known),
                                                       dated_.cutoff.has_value());
    std::vector<Instance> some;
    const std::size_t n = std::min(kCompared, known.size());
    for (std::size_t i = 0; i < n; ++i) some.push_back(known[i * known.size() / n]);
    return features::Evaluator(data, options).evaluate(dated_.target, dated_.features, some);
  }

  [[nodiscard]] std::optional<Finding> compare(const std::vector<std::vector<features::Column>>& before,
                                               const std::vector<std::vector<features::Column>>& after, std::size_t n,
                                               const std::string& when) const {
    std::vector<std::string> changed;
    std::size_t n_rows = 0;
    for (std::size_t f = 0; f < before.size(); ++f) {
      std::size_t n_changed = 0;
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t output = 0; output < before[f].size(); ++output) {
          if (is_same(before[f][output], after[f][output], i)) continue;
          ++n_changed;
          break;
        }
      }
      if (n_changed > 0) changed.push_back(dated_.features[f]->name);
      n_rows = std::max(n_rows, n_changed);
    }
    if (changed.empty()) return std::nullopt;
    const bool is_one_time = dated_.cutoff.has_value();
    const std::string table = data_.entity_set().tables[dated_.target].name;
    return Finding{
        .check = "later rows",
        .what = fmt::format(
            "{} of {} features of rows up to {} are others without the rows that came later ('{}'{}, in up "
            "to {} of {} rows)",
            changed.size(), before.size(), when, changed.front(), changed.size() > 1 ? ", ..." : "", n_rows, n),
        .why = "so that they tell of what nobody knew at the time",
        .cure = is_one_time
                    ? fmt::format("see each row of '{}' as of its own time: 'features: {{cutoff_time: {{column: "
                                  "...}}}}', or leave these features out",
                                  table)
                    : "give each table a time_index, or leave these features out"};
  }

  const core::EntityData& data_;
  const DatedFeatures& dated_;
};

}  // namespace

LaterRows find_later_rows(const core::EntityData& data, const DatedFeatures& dated) {
  return Comparison(data, dated).run();
}

}  // namespace gridmill::jobs
