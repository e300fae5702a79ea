#include "jobs/search/row_findings.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "report/findings/parameter_importance.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kMostJudged = 5'000;
constexpr std::size_t kMostLookedAt = 2'000;
constexpr std::size_t kMostDrift = 200;  // features that are told
constexpr std::size_t kDriftBars = 20;
constexpr std::size_t kImportant = 12;
constexpr std::size_t kMostBy = 8;           // features by which errors are told
constexpr std::size_t kErrorGroups = 8;      // of a feature
constexpr std::size_t kOrderGroups = 10;     // of the order of rows
constexpr std::size_t kMostNameGroups = 10;  // of a feature that have a group of their own

/// Every so manieth, so that at most `most` are left.
std::vector<std::size_t> every_so_many(std::size_t n, std::size_t most) {
  const std::size_t step = std::max<std::size_t>(1, (n + most - 1) / most);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < n; i += step) places.push_back(i);
  return places;
}

std::vector<double> entries_at(const core::Dataset& data, std::size_t feature, std::span<const std::size_t> samples) {
  std::vector<double> values;
  values.reserve(samples.size());
  for (const std::size_t i : samples) values.push_back(data.x.sample(i)[feature]);
  return values;
}

std::vector<std::int32_t> codes_of(const core::Words& words, std::span<const std::size_t> samples) {
  std::vector<std::int32_t> codes;
  codes.reserve(samples.size());
  for (const std::size_t i : samples) codes.push_back(words.codes[i]);
  return codes;
}

std::size_t n_told_features(const core::Dataset& data) {
  return data.is_sparse() ? 0 : std::min(data.n_features(), kMostLookedAt);
}

/// Keys, times and sentences are hardly ever the same twice.
bool is_of_names(const core::Words& words) { return words.type == core::ColumnType::categorical; }

/// Names that were not there before count each on its own.
report::Drift drift_of_words(const core::Words& before, std::span<const std::size_t> rows_before,
                             const core::Words& after, std::span<const std::size_t> rows_after) {
  std::unordered_map<std::string_view, std::int32_t> known;
  for (std::size_t i = 0; i < before.list.size(); ++i) known.emplace(before.list[i], static_cast<std::int32_t>(i));
  std::vector<std::int32_t> code_of;  // a file of its own has a list of its own
  for (std::size_t i = 0; i < after.list.size(); ++i) {
    const auto next = static_cast<std::int32_t>(known.size());
    code_of.push_back(known.emplace(after.list[i], next).first->second);
  }
  std::vector<std::int32_t> codes = codes_of(after, rows_after);
  for (std::int32_t& code : codes) code = code < 0 ? code : code_of[static_cast<std::size_t>(code)];
  return report::drift_of_names(codes_of(before, rows_before), codes, known.size());
}

std::vector<RowFindings::FeatureDrift> find_drift(const core::Dataset& train, const core::Dataset& held_out) {
  const std::vector<std::size_t> before = every_so_many(train.n_samples(), kMostJudged);
  const std::vector<std::size_t> after = every_so_many(held_out.n_samples(), kMostJudged);
  std::vector<RowFindings::FeatureDrift> all;
  for (std::size_t f = 0; f < n_told_features(train); ++f) {
    all.push_back({train.feature_names[f],
                   report::drift(entries_at(train, f, before), entries_at(held_out, f, after), kDriftBars)});
  }
  for (std::size_t w = 0; w < std::min(train.words.size(), held_out.words.size()); ++w) {
    if (!is_of_names(train.words[w])) continue;
    all.push_back({train.words[w].name, drift_of_words(train.words[w], before, held_out.words[w], after)});
  }
  std::erase_if(all, [](const auto& each) { return std::isnan(each.drift.distance); });
  std::ranges::stable_sort(all, std::ranges::greater(), [](const auto& each) { return each.drift.distance; });
  all.resize(std::min(all.size(), kMostDrift));
  return all;
}

/// Rows whose predictions are known.
struct JudgedRows {
  const core::Dataset& data;
  std::vector<std::size_t> samples;
  std::vector<double> error;     // NaN: there is no prediction
  std::vector<double> residual;  // truth minus prediction; empty for classes
};

JudgedRows judged_rows(const core::Dataset& data, std::vector<std::size_t> samples, std::span<const double> truth,
                       std::span<const double> predicted) {
  JudgedRows rows{.data = data, .samples = {}, .error = {}, .residual = {}};
  for (const std::size_t place : every_so_many(samples.size(), kMostJudged)) {
    const double residual = truth[place] - predicted[place];
    rows.samples.push_back(samples[place]);
    if (data.task == core::Task::regression) {
      rows.error.push_back(std::abs(residual));
      rows.residual.push_back(residual);
    } else {
      rows.error.push_back(std::isnan(residual) ? residual : residual == 0 ? 0 : 1);
    }
  }
  return rows;
}

JudgedRows judged_rows(const core::Dataset& data, const OutOfFold& part) {
  std::unordered_map<std::int64_t, std::size_t> sample_of;
  for (std::size_t i = 0; i < data.row.size(); ++i) sample_of.emplace(data.row[i], i);
  std::vector<std::size_t> samples;
  for (const std::int64_t row : part.row) samples.push_back(sample_of.at(row));
  return judged_rows(data, std::move(samples), part.truth, part.prediction.value);
}

ErrorsBy by_order(const JudgedRows& rows) {
  const std::vector<double> order(rows.samples.begin(), rows.samples.end());
  return {.feature = {},
          .groups = report::error_groups(order, report::similar(order, kOrderGroups), rows.error, rows.residual),
          .names = {}};
}

/// A way to part rows into groups, by a feature.
struct Parting {
  std::string feature;
  std::vector<double> value;  // by row; NaN: it has none
  std::vector<std::size_t> group;
  std::vector<std::string> names;  // by value, of a feature that holds names
  double explained = 0;            // share of the errors' variance
};

Parting by_numbers(const JudgedRows& rows, std::size_t feature) {
  Parting parting{
      .feature = rows.data.feature_names[feature], .value = entries_at(rows.data, feature, rows.samples), .group = {}};
  parting.group = report::similar(parting.value, kErrorGroups);
  parting.explained = report::explained_alone(parting.group, rows.error).value_or(0);
  return parting;
}

/// The most frequent names have a group each; the others share one, and so does what is missing.
Parting by_names(const JudgedRows& rows, const core::Words& words) {
  const std::vector<std::int32_t> codes = codes_of(words, rows.samples);
  std::vector<std::size_t> n(words.list.size(), 0);
  for (const std::int32_t code : codes) {
    if (code >= 0) ++n[static_cast<std::size_t>(code)];
  }
  std::vector<std::size_t> order(n.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t code) { return n[code]; });
  order.resize(std::min(order.size(), kMostNameGroups));
  Parting parting{.feature = words.name, .value = {}, .group = {}};
  const std::size_t other = order.size();
  std::vector<std::size_t> group_of(n.size(), other);
  for (std::size_t place = 0; place < order.size(); ++place) {
    group_of[order[place]] = place;
    parting.names.emplace_back(words.list[order[place]]);
  }
  parting.names.emplace_back("all others");
  parting.names.emplace_back("(missing)");
  for (const std::int32_t code : codes) {
    parting.group.push_back(code < 0 ? other + 1 : group_of[static_cast<std::size_t>(code)]);
  }
  parting.value.assign(parting.group.begin(), parting.group.end());
  parting.explained = report::explained_alone(parting.group, rows.error).value_or(0);
  return parting;
}

ErrorsBy errors_by(const Parting& parting, const JudgedRows& rows) {
  ErrorsBy errors{.feature = parting.feature,
                  .groups = report::error_groups(parting.value, parting.group, rows.error, rows.residual),
                  .names = {}};
  if (parting.names.empty()) return errors;
  for (const report::ErrorGroup& each : errors.groups) {
    errors.names.push_back(parting.names[static_cast<std::size_t>(each.low)]);
  }
  return errors;
}

/// The features that the model makes most of; all where it does not tell.
std::vector<std::size_t> important_features(const core::Dataset& data, const KnownImportance& importance) {
  std::unordered_map<std::string, double> known;
  for (std::size_t i = 0; i < importance.values.size(); ++i) known[importance.features[i]] = importance.values[i];
  std::vector<std::size_t> features;
  for (std::size_t f = 0; f < n_told_features(data); ++f) {
    if (known.empty() || known.contains(data.feature_names[f])) features.push_back(f);
  }
  if (known.empty()) return features;
  std::erase_if(features, [&](std::size_t f) { return !(known.at(data.feature_names[f]) > 0); });
  std::ranges::stable_sort(features, std::ranges::greater(),
                           [&](std::size_t f) { return known.at(data.feature_names[f]); });
  features.resize(std::min(features.size(), kImportant));
  return features;
}

/// Leaves those that explain most.
void keep_most(std::vector<Parting>& partings) {
  std::erase_if(partings, [](const Parting& each) { return !(each.explained > 0); });
  std::ranges::stable_sort(partings, std::ranges::greater(), &Parting::explained);
  if (partings.size() > kMostBy) partings.erase(partings.begin() + kMostBy, partings.end());
}

std::vector<ErrorsBy> find_errors(const JudgedRows& rows, const KnownImportance& importance) {
  if (rows.samples.empty()) return {};
  std::vector<Parting> partings;
  for (const std::size_t f : important_features(rows.data, importance)) {
    partings.push_back(by_numbers(rows, f));
    if (partings.size() > 8 * kMostBy) keep_most(partings);  // each holds all rows
  }
  for (const core::Words& words : rows.data.words) {
    if (is_of_names(words)) partings.push_back(by_names(rows, words));
  }
  keep_most(partings);
  std::vector<ErrorsBy> all{by_order(rows)};
  for (const Parting& each : partings) all.push_back(errors_by(each, rows));
  return all;
}

}  // namespace

RowFindings find_in_rows(const SearchData& data, const std::optional<OutOfFold>& out_of_fold,
                         const std::optional<models::Prediction>& held_out, const KnownImportance& importance) {
  RowFindings found;
  if (data.held_out) found.drift = find_drift(data.train, *data.held_out);
  if (out_of_fold) found.out_of_fold = find_errors(judged_rows(data.train, *out_of_fold), importance);
  if (held_out) {
    std::vector<std::size_t> samples(data.held_out->n_samples());
    std::iota(samples.begin(), samples.end(), std::size_t{0});
    found.held_out =
        find_errors(judged_rows(*data.held_out, std::move(samples), data.held_out->y, held_out->value), importance);
  }
  return found;
}

}  // namespace gridmill::jobs
