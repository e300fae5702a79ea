#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/value.hpp"
#include "features/columns/column.hpp"

namespace gridmill::features {

/// How often values fall into bins of equal width. The width is a power of two, and edges are whole multiples of it, so
/// that histograms of parts add up to exactly the histogram of the whole, in any order.
class Histogram {
 public:
  static constexpr std::size_t kMostBins = 64;

  /// Counts the finite ones of `values`; these lie in [least, greatest].
  void add(std::span<const double> values, double least, double greatest);
  void merge(const Histogram& other);

  [[nodiscard]] double width() const;
  /// Lower edge of bin 0.
  [[nodiscard]] double low() const;
  [[nodiscard]] const std::vector<std::int64_t>& counts() const { return counts_; }
  friend bool operator==(const Histogram&, const Histogram&) = default;

 private:
  friend class StatisticsWire;
  void cover(double least, double greatest);
  void rebin(int exponent);

  double least_ = 0;  // of what was counted
  double greatest_ = 0;
  int exponent_ = 0;                  // width 2^exponent
  std::int64_t first_ = 0;            // lower edge of bin 0, in widths
  std::vector<std::int64_t> counts_;  // empty: nothing was counted
};

/// How often a category occurs.
struct ValueCount {
  std::string label;
  std::int64_t count = 0;

  friend bool operator==(const ValueCount&, const ValueCount&) = default;
};

/// What is known of one column of a feature matrix. Of numbers and booleans (as 0 and 1): all; of other kinds the
/// counts alone.
struct ColumnStatistics {
  std::int64_t n = 0;
  std::int64_t n_missing = 0;
  std::int64_t n_infinite = 0;
  double least = std::numeric_limits<double>::infinity();  // also of infinite values
  double greatest = -std::numeric_limits<double>::infinity();
  double mean = 0;  // of the finite values
  double m2 = 0;    // their sum of squared distances from the mean
  Histogram histogram;
  std::vector<std::int64_t> code_counts;  // categories: by code of `dictionary`
  DictionaryRef dictionary;
  bool counts_numbers = false;  // numbers that stand for categories (keys): also count each
  std::map<core::Numbers::Exact, std::int64_t> number_counts;

  [[nodiscard]] std::int64_t n_finite() const { return n - n_missing - n_infinite; }
  /// Sample standard deviation (ddof 1); NaN for fewer than two.
  [[nodiscard]] double standard_deviation() const;
  /// Number of different values, counted up to 2 only unless they are categories. Missing is none.
  [[nodiscard]] std::size_t n_distinct() const;
};

/// Rows are taken up in blocks of this many, counted from the first row of a part: sums then come out the same to the
/// last bit however many rows are at hand at a time.
constexpr std::size_t kStatisticsBlock = 256;

/// Adds rows of one column to what is known of it. Their number is a multiple of kStatisticsBlock but in the last call.
/// If the categories are others than before, `dictionary` becomes the union of both.
void add_rows(ColumnStatistics& statistics, const Column& column);

/// Adds what is known of later rows. Deterministic: in the order of the calls.
void merge(ColumnStatistics& into, const ColumnStatistics& more);

/// Returns the categories that occur, most frequent first, ties by value descending (numbers by value, else by code
/// point).
std::vector<ValueCount> counts_by_frequency(const ColumnStatistics& statistics);

/// Returns the dictionary of all labels of both, sorted as core::Column says; one of the two if it holds them all.
DictionaryRef united(const DictionaryRef& a, const DictionaryRef& b);

/// Returns for each code of `from` the code of the same label in `to`.
std::vector<std::int32_t> code_map(const Dictionary& from, const Dictionary& to);

/// Returns it as a mapping for people: count, missing, mean, quantities, histogram or the most frequent values.
core::Value to_value(const ColumnStatistics& statistics);

/// Writes it as bytes, and reads it back, from where the bytes begin; the dictionary does not travel.
void append_bytes(const ColumnStatistics& statistics, std::vector<std::byte>& bytes);
ColumnStatistics take_statistics(std::span<const std::byte>& bytes);

}  // namespace gridmill::features
