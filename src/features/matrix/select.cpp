#include "features/matrix/select.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace gridmill::features {

namespace {

constexpr std::size_t kBlockRows = Correlations::kCorrelationBlock;
constexpr std::size_t kQuantiles = 16;

/// A block of rows of one column, ready to be multiplied with others: shifted, missing entries zero.
struct Block {
  std::array<double, kBlockRows> x{};
  std::array<double, kBlockRows> square{};
  std::array<double, kBlockRows> present{};
  double n = 0, sum = 0, sum_of_squares = 0;
  bool whole = true;
};

double dot(const std::array<double, kBlockRows>& a, const std::array<double, kBlockRows>& b) {
  std::array<double, 8> sums{};
  for (std::size_t i = 0; i < kBlockRows; i += sums.size()) {
    for (std::size_t lane = 0; lane < sums.size(); ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

void fill(Block& block, const double* values, std::size_t n, double shift) {
  block = Block{.whole = n == kBlockRows};
  for (std::size_t i = 0; i < n; ++i) {
    if (std::isnan(values[i])) {
      block.whole = false;
      continue;
    }
    block.x[i] = values[i] - shift;
    block.square[i] = block.x[i] * block.x[i];
    block.present[i] = 1;
    block.n += 1;
    block.sum += block.x[i];
    block.sum_of_squares += block.square[i];
  }
}

std::vector<double> edges_of(const Column::Numbers& values) {
  std::vector<double> sorted;
  std::copy_if(values.begin(), values.end(), std::back_inserter(sorted),
               [](double value) { return !std::isnan(value); });
  std::sort(sorted.begin(), sorted.end());
  std::vector<double> edges;
  for (std::size_t quantile = 1; quantile < kQuantiles && !sorted.empty(); ++quantile) {
    const double edge = sorted[quantile * sorted.size() / kQuantiles];
    if (edge > sorted.front() && (edges.empty() || edge > edges.back())) edges.push_back(edge);
  }
  return edges;
}

std::vector<std::string> frequent_labels(const Column& sample) {
  ColumnStatistics statistics;
  add_rows(statistics, sample);
  std::vector<std::string> labels;
  for (const ValueCount& each : counts_by_frequency(statistics)) {
    if (labels.size() + 2 < Binning::kMostBins) labels.push_back(each.label);
  }
  return labels;
}

}  // namespace

std::vector<bool> not_highly_null(std::span<const ColumnStatistics> statistics, double threshold) {
  std::vector<bool> kept;
  for (const ColumnStatistics& each : statistics) {
    const double share = each.n == 0 ? 0 : static_cast<double>(each.n_missing) / static_cast<double>(each.n);
    kept.push_back(threshold == 0 ? share <= 0 : share < threshold);
  }
  return kept;
}

std::vector<bool> not_single_valued(std::span<const ColumnStatistics> statistics, bool count_missing) {
  std::vector<bool> kept;
  for (const ColumnStatistics& each : statistics) {
    kept.push_back(each.n_distinct() + (count_missing && each.n_missing > 0 ? 1U : 0U) > 1);
  }
  return kept;
}

std::vector<bool> not_highly_correlated(std::size_t n, double threshold,
                                        const std::function<double(std::size_t, std::size_t)>& correlation) {
  std::vector<bool> kept(n, true);
  for (std::size_t i = 1; i < n; ++i) {
    for (std::size_t j = 0; j < i && kept[i]; ++j) {
      if (std::abs(correlation(i, j)) >= threshold) kept[i] = false;
    }
  }
  return kept;
}

Correlations::Correlations(std::vector<double> shifts_a, std::vector<double> shifts_b)
    : shifts_a_(std::move(shifts_a)), shifts_b_(std::move(shifts_b)), sums_(shifts_a_.size() * shifts_b_.size()) {}

void Correlations::add(std::span<const double* const> a, std::span<const double* const> b, std::size_t n) {
  for (std::size_t first = 0; first < n; first += kBlockRows) add_block(a, b, first, std::min(kBlockRows, n - first));
}

void Correlations::add_block(std::span<const double* const> a, std::span<const double* const> b, std::size_t first,
                             std::size_t n) {
  std::vector<Block> blocks(b.size());
  for (std::size_t j = 0; j < b.size(); ++j) fill(blocks[j], b[j] + first, n, shifts_b_[j]);
  Block x;
  for (std::size_t i = 0; i < a.size(); ++i) {
    fill(x, a[i] + first, n, shifts_a_[i]);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const Block& y = blocks[j];
      Sums& sums = sums_[i * b.size() + j];
      const bool whole = x.whole && y.whole;
      sums.n += whole ? x.n : dot(x.present, y.present);
      sums.x += y.whole ? x.sum : dot(x.x, y.present);
      sums.y += x.whole ? y.sum : dot(x.present, y.x);
      sums.xx += y.whole ? x.sum_of_squares : dot(x.square, y.present);
      sums.yy += x.whole ? y.sum_of_squares : dot(x.present, y.square);
      sums.xy += dot(x.x, y.x);
    }
  }
}

double Correlations::correlation(std::size_t i, std::size_t j) const {
  const Sums& sums = sums_[i * shifts_b_.size() + j];
  const double xx = sums.xx - sums.x * sums.x / sums.n;
  const double yy = sums.yy - sums.y * sums.y / sums.n;
  const double xy = sums.xy - sums.x * sums.y / sums.n;
  if (!(sums.n > 1) || !(xx > 0) || !(yy > 0)) return std::numeric_limits<double>::quiet_NaN();
  return std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
}

Binning Binning::fit(const Column& sample) {
  Binning binning;
  if (const auto* numbers = std::get_if<Column::Numbers>(&sample.values)) {
    binning.edges_ = edges_of(*numbers);
    binning.n_bins_ = binning.edges_.size() + 2;
  } else if (std::holds_alternative<Column::Codes>(sample.values)) {
    binning.labels_ = frequent_labels(sample);
    binning.n_bins_ = binning.labels_.size() + 2;
  } else if (std::holds_alternative<Column::Booleans>(sample.values)) {
    binning.n_bins_ = 3;
  }
  return binning;
}

std::vector<std::uint32_t> Binning::bins(const Column& column) const {
  const auto missing = static_cast<std::uint32_t>(n_bins_ - 1);
  std::vector<std::uint32_t> bins(column.size(), missing);
  if (const auto* numbers = std::get_if<Column::Numbers>(&column.values)) {
    for (std::size_t i = 0; i < bins.size(); ++i) {
      if (std::isnan((*numbers)[i])) continue;
      const auto edge = std::upper_bound(edges_.begin(), edges_.end(), (*numbers)[i]);
      bins[i] = static_cast<std::uint32_t>(edge - edges_.begin());
    }
  } else if (const auto* booleans = std::get_if<Column::Booleans>(&column.values)) {
    for (std::size_t i = 0; i < bins.size(); ++i) bins[i] = std::min<std::uint32_t>((*booleans)[i], missing);
  } else if (const auto* codes = std::get_if<Column::Codes>(&column.values)) {
    const auto rare = static_cast<std::uint32_t>(labels_.size());
    std::vector<std::uint32_t> by_code(column.dictionary->size(), rare);
    for (std::uint32_t i = 0; i < rare; ++i) {
      const std::int32_t code = column.dictionary->code(labels_[i]);
      if (code != core::kMissingCode) by_code[static_cast<std::size_t>(code)] = i;
    }
    for (std::size_t i = 0; i < bins.size(); ++i) {
      if ((*codes)[i] != core::kMissingCode) bins[i] = by_code[static_cast<std::size_t>((*codes)[i])];
    }
  }
  return bins;
}

double mutual_information(std::span<const std::int64_t> counts, std::size_t n_columns) {
  const std::size_t n_rows = counts.size() / n_columns;
  std::vector<double> rows(n_rows, 0);
  std::vector<double> columns(n_columns, 0);
  double total = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto count = static_cast<double>(counts[i]);
    rows[i / n_columns] += count;
    columns[i % n_columns] += count;
    total += count;
  }
  double information = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const auto count = static_cast<double>(counts[i]);
    information += count / total * std::log(count * total / (rows[i / n_columns] * columns[i % n_columns]));
  }
  return std::max(information, 0.0);
}

}  // namespace gridmill::features
