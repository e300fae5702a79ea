#include "features/columns/statistics.hpp"
#include "core/bytes.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <type_traits>
#include <utility>

namespace gridmill::features {

namespace {

constexpr int kLeastExponent = -1000;  // so that 2^-exponent is finite
constexpr int kFinest = 10;            // bins are not narrower than 2^-10 of the greatest magnitude
constexpr std::size_t kShownValues = 10;

std::int64_t bin_of(double value, int exponent) {
  return static_cast<std::int64_t>(std::floor(std::ldexp(value, -exponent)));
}

/// The least exponent, given the range alone, that needs no more than kMostBins bins.
int exponent_for(double least, double greatest) {
  const double magnitude = std::max(std::abs(least), std::abs(greatest));
  int exponent = magnitude > 0 ? std::max(std::ilogb(magnitude) - kFinest, kLeastExponent) : kLeastExponent;
  while (bin_of(greatest, exponent) - bin_of(least, exponent) >= static_cast<std::int64_t>(Histogram::kMostBins)) {
    ++exponent;
  }
  return exponent;
}

/// Label of a number that stands for a category: a key, which is whole.
std::string number_label(core::Numbers::Exact number) {
  constexpr core::Numbers::Exact kEnd = 18446744073709551616.0L;  // 2^64
  if (std::trunc(number) == number && std::abs(number) < kEnd) return core::digits_of(number);
  return core::python_float(static_cast<double>(number));
}

struct Summed {
  std::int64_t n = 0;
  double mean = 0;
  double m2 = 0;
};

/// Source: Chan, Golub and LeVeque 1983, "Algorithms for computing the sample variance".
void merge_moments(ColumnStatistics& into, std::int64_t n_before, const Summed& more) {
  if (more.n == 0) return;
  const auto n_a = static_cast<double>(n_before);
  const auto n_b = static_cast<double>(more.n);
  const double distance = more.mean - into.mean;
  into.mean += distance * (n_b / (n_a + n_b));
  into.m2 += more.m2 + distance * distance * (n_a * n_b / (n_a + n_b));
}

/// Adds up to kStatisticsBlock numbers.
void add_block(ColumnStatistics& statistics, std::span<const double> values) {
  double finite[kStatisticsBlock];
  std::size_t n_finite = 0;
  std::int64_t n_missing = 0;
  for (const double value : values) {
    finite[n_finite] = value;
    n_finite += std::isfinite(value) ? 1U : 0U;
    n_missing += std::isnan(value) ? 1 : 0;
    if (std::isinf(value)) {
      statistics.least = std::min(statistics.least, value);
      statistics.greatest = std::max(statistics.greatest, value);
    }
  }
  const std::int64_t n_before = statistics.n_finite();
  statistics.n += static_cast<std::int64_t>(values.size());
  statistics.n_missing += n_missing;
  statistics.n_infinite += static_cast<std::int64_t>(values.size() - n_finite) - n_missing;
  if (n_finite == 0) return;
  double sum = 0;
  double least = finite[0];
  double greatest = finite[0];
  for (std::size_t i = 0; i < n_finite; ++i) {
    sum += finite[i];
    least = std::min(least, finite[i]);
    greatest = std::max(greatest, finite[i]);
  }
  Summed block{.n = static_cast<std::int64_t>(n_finite), .mean = sum / static_cast<double>(n_finite)};
  for (std::size_t i = 0; i < n_finite; ++i) block.m2 += (finite[i] - block.mean) * (finite[i] - block.mean);
  merge_moments(statistics, n_before, block);
  statistics.least = std::min(statistics.least, least);
  statistics.greatest = std::max(statistics.greatest, greatest);
  statistics.histogram.add({finite, n_finite}, least, greatest);
}

void add_numbers(ColumnStatistics& statistics, const Column::Numbers& numbers) {
  const std::span<const double> values(numbers);
  for (std::size_t first = 0; first < values.size(); first += kStatisticsBlock) {
    add_block(statistics, values.subspan(first, std::min(kStatisticsBlock, values.size() - first)));
  }
  if (!statistics.counts_numbers) return;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (!std::isnan(numbers[i])) ++statistics.number_counts[numbers.exact(i)];
  }
}

void add_booleans(ColumnStatistics& statistics, const Column::Booleans& values) {
  double numbers[kStatisticsBlock];
  for (std::size_t first = 0; first < values.size(); first += kStatisticsBlock) {
    const std::size_t n = std::min(kStatisticsBlock, values.size() - first);
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint8_t value = values[first + i];
      numbers[i] = value == Column::kMissingBoolean ? std::numeric_limits<double>::quiet_NaN() : value;
    }
    add_block(statistics, {numbers, n});
  }
}

/// Moves the counts to the codes of `dictionary`, which has all labels of the old one.
void recode(ColumnStatistics& statistics, const DictionaryRef& dictionary) {
  if (statistics.dictionary == dictionary) return;
  std::vector<std::int64_t> counts(dictionary->size(), 0);
  if (statistics.dictionary != nullptr) {
    const auto codes = code_map(*statistics.dictionary, *dictionary);
    for (std::size_t code = 0; code < statistics.code_counts.size(); ++code) {
      if (statistics.code_counts[code] > 0) {
        counts[static_cast<std::size_t>(codes[code])] += statistics.code_counts[code];
      }
    }
  }
  statistics.code_counts = std::move(counts);
  statistics.dictionary = dictionary;
}

void add_codes(ColumnStatistics& statistics, const Column& column) {
  const DictionaryRef all = united(statistics.dictionary, column.dictionary);
  recode(statistics, all);
  const bool same = all == column.dictionary;
  const std::vector<std::int32_t> codes = same ? std::vector<std::int32_t>() : code_map(*column.dictionary, *all);
  statistics.n += static_cast<std::int64_t>(column.size());
  for (const std::int32_t code : column.codes()) {
    if (code == core::kMissingCode) {
      ++statistics.n_missing;
    } else {
      ++statistics.code_counts[static_cast<std::size_t>(same ? code : codes[static_cast<std::size_t>(code)])];
    }
  }
}

void count_missing(ColumnStatistics& statistics, const Column& column) {
  statistics.n += static_cast<std::int64_t>(column.size());
  for (std::size_t i = 0; i < column.size(); ++i) statistics.n_missing += column.missing(i) ? 1 : 0;
}

template <class Number>
std::optional<Number> parsed(const std::string& label) {
  Number number = 0;
  const char* const end = label.data() + label.size();
  const auto [stop, error] = std::from_chars(label.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

/// Whole numbers beyond 2^53 keep their order.
std::optional<core::Numbers::Exact> exact_number(const std::string& label) {
  if (const auto whole = parsed<std::int64_t>(label)) return *whole;
  if (const auto whole = parsed<std::uint64_t>(label)) return *whole;
  return parsed<double>(label);
}

bool label_before(const std::string& a, const std::string& b) {
  const auto number_a = exact_number(a);
  const auto number_b = exact_number(b);
  return number_a && number_b && *number_a != *number_b ? *number_a < *number_b : a < b;
}

std::vector<std::string> labels_of(const Dictionary& dictionary) {
  std::vector<std::string> labels(dictionary.size());
  for (std::size_t code = 0; code < labels.size(); ++code)
    labels[code] = dictionary.label(static_cast<std::int32_t>(code));
  return labels;
}

}  // namespace

double Histogram::width() const { return std::ldexp(1.0, exponent_); }

double Histogram::low() const { return std::ldexp(static_cast<double>(first_), exponent_); }

void Histogram::rebin(int exponent) {
  const std::int64_t first = bin_of(least_, exponent);
  std::vector<std::int64_t> counts(static_cast<std::size_t>(bin_of(greatest_, exponent) - first + 1), 0);
  for (std::size_t bin = 0; bin < counts_.size(); ++bin) {
    if (counts_[bin] == 0) continue;
    std::int64_t at = first_ + static_cast<std::int64_t>(bin);
    for (int step = exponent_; step < exponent && at != 0 && at != -1; ++step) at >>= 1;  // floors, also below zero
    counts[static_cast<std::size_t>(at - first)] += counts_[bin];
  }
  first_ = first;
  exponent_ = exponent;
  counts_ = std::move(counts);
}

void Histogram::cover(double least, double greatest) {
  const bool is_new = counts_.empty();
  if (!is_new && least >= least_ && greatest <= greatest_) return;
  least_ = is_new ? least : std::min(least_, least);
  greatest_ = is_new ? greatest : std::max(greatest_, greatest);
  rebin(exponent_for(least_, greatest_));
}

void Histogram::add(std::span<const double> values, double least, double greatest) {
  cover(least, greatest);
  const double scale = std::ldexp(1.0, -exponent_);
  for (const double value : values) {
    ++counts_[static_cast<std::size_t>(static_cast<std::int64_t>(std::floor(value * scale)) - first_)];
  }
}

void Histogram::merge(const Histogram& other) {
  if (other.counts_.empty()) return;
  cover(other.least_, other.greatest_);
  Histogram aligned = other;
  aligned.rebin(exponent_);
  for (std::size_t bin = 0; bin < aligned.counts_.size(); ++bin) {
    counts_[static_cast<std::size_t>(aligned.first_ - first_) + bin] += aligned.counts_[bin];
  }
}

double ColumnStatistics::standard_deviation() const {
  return n_finite() < 2 ? std::numeric_limits<double>::quiet_NaN()
                        : std::sqrt(m2 / static_cast<double>(n_finite() - 1));
}

std::size_t ColumnStatistics::n_distinct() const {
  if (dictionary != nullptr) {
    return static_cast<std::size_t>(
        std::count_if(code_counts.begin(), code_counts.end(), [](std::int64_t count) { return count > 0; }));
  }
  if (n == n_missing) return 0;
  return least == greatest ? 1 : 2;
}

void add_rows(ColumnStatistics& statistics, const Column& column) {
  if (const auto* numbers = std::get_if<Column::Numbers>(&column.values)) {
    add_numbers(statistics, *numbers);
  } else if (const auto* booleans = std::get_if<Column::Booleans>(&column.values)) {
    add_booleans(statistics, *booleans);
  } else if (std::holds_alternative<Column::Codes>(column.values)) {
    add_codes(statistics, column);
  } else {
    count_missing(statistics, column);
  }
}

void merge(ColumnStatistics& into, const ColumnStatistics& more) {
  if (more.dictionary != nullptr) {
    recode(into, united(into.dictionary, more.dictionary));
    const auto codes = code_map(*more.dictionary, *into.dictionary);
    for (std::size_t code = 0; code < more.code_counts.size(); ++code) {
      into.code_counts[static_cast<std::size_t>(codes[code])] += more.code_counts[code];
    }
  }
  merge_moments(into, into.n_finite(), {.n = more.n_finite(), .mean = more.mean, .m2 = more.m2});
  into.n += more.n;
  into.n_missing += more.n_missing;
  into.n_infinite += more.n_infinite;
  into.least = std::min(into.least, more.least);
  into.greatest = std::max(into.greatest, more.greatest);
  into.histogram.merge(more.histogram);
  into.counts_numbers = into.counts_numbers || more.counts_numbers;
  for (const auto& [number, count] : more.number_counts) into.number_counts[number] += count;
}

std::vector<ValueCount> counts_by_frequency(const ColumnStatistics& statistics) {
  std::vector<ValueCount> counts;
  for (std::size_t code = statistics.code_counts.size(); code-- > 0;) {
    if (statistics.code_counts[code] == 0) continue;
    counts.push_back({statistics.dictionary->label(static_cast<std::int32_t>(code)), statistics.code_counts[code]});
  }
  for (auto each = statistics.number_counts.rbegin(); each != statistics.number_counts.rend(); ++each) {
    counts.push_back({number_label(each->first), each->second});
  }
  std::stable_sort(counts.begin(), counts.end(),
                   [](const ValueCount& a, const ValueCount& b) { return a.count > b.count; });
  return counts;
}

DictionaryRef united(const DictionaryRef& a, const DictionaryRef& b) {
  if (a == nullptr || a == b) return b;
  if (b == nullptr) return a;
  if (a->is_numbers() && b->is_numbers() && a->size() > 0 && b->size() > 0) {
    const std::int64_t first = std::min(a->first_number(), b->first_number());
    const std::int64_t end = std::max(a->first_number() + static_cast<std::int64_t>(a->size()),
                                      b->first_number() + static_cast<std::int64_t>(b->size()));
    const auto n = static_cast<std::size_t>(end - first);
    if (first == a->first_number() && n == a->size()) return a;
    if (first == b->first_number() && n == b->size()) return b;
    return std::make_shared<const Dictionary>(first, n);
  }
  const std::vector<std::string> labels_a = labels_of(*a);
  const std::vector<std::string> labels_b = labels_of(*b);
  if (labels_a == labels_b) return a;
  std::vector<std::string> all = labels_a;
  all.insert(all.end(), labels_b.begin(), labels_b.end());
  const bool numbers = std::all_of(all.begin(), all.end(), [](const std::string& label) { return exact_number(label); });
  if (numbers) {
    std::sort(all.begin(), all.end(), label_before);
  } else {
    std::sort(all.begin(), all.end());
  }
  all.erase(std::unique(all.begin(), all.end()), all.end());
  if (all == labels_a) return a;
  if (all == labels_b) return b;
  return std::make_shared<const Dictionary>(std::make_shared<const std::vector<std::string>>(std::move(all)));
}

std::vector<std::int32_t> code_map(const Dictionary& from, const Dictionary& to) {
  std::vector<std::int32_t> codes(from.size());
  if (&from == &to) {
    for (std::size_t code = 0; code < codes.size(); ++code) codes[code] = static_cast<std::int32_t>(code);
    return codes;
  }
  std::map<std::string, std::int32_t> places;
  for (std::size_t code = 0; code < to.size(); ++code) {
    places.emplace(to.label(static_cast<std::int32_t>(code)), static_cast<std::int32_t>(code));
  }
  for (std::size_t code = 0; code < codes.size(); ++code) {
    const auto place = places.find(from.label(static_cast<std::int32_t>(code)));
    codes[code] = place == places.end() ? core::kMissingCode : place->second;
  }
  return codes;
}

core::Value to_value(const ColumnStatistics& statistics) {
  core::ValueMapping entries{{"rows", statistics.n}, {"missing", statistics.n_missing}};
  if (statistics.dictionary != nullptr) {
    const auto counts = counts_by_frequency(statistics);
    core::ValueMapping shown;
    for (std::size_t i = 0; i < std::min(counts.size(), kShownValues); ++i) {
      shown.emplace_back(counts[i].label, counts[i].count);
    }
    entries.emplace_back("values", static_cast<std::int64_t>(counts.size()));
    entries.emplace_back("most_frequent", std::move(shown));
  } else if (!statistics.histogram.counts().empty()) {
    core::ValueList counts(statistics.histogram.counts().begin(), statistics.histogram.counts().end());
    entries.emplace_back("infinite", statistics.n_infinite);
    entries.emplace_back("least", statistics.least);
    entries.emplace_back("greatest", statistics.greatest);
    entries.emplace_back("mean", statistics.mean);
    entries.emplace_back("std", statistics.standard_deviation());
    entries.emplace_back("histogram", core::ValueMapping{{"low", statistics.histogram.low()},
                                                         {"width", statistics.histogram.width()},
                                                         {"counts", std::move(counts)}});
  }
  return entries;
}

/// Writes and reads plain values; friend of what keeps them to itself.
class StatisticsWire {
 public:
  static void write(const ColumnStatistics& statistics, std::vector<std::byte>& bytes) {
    const Histogram& histogram = statistics.histogram;
    for (const std::int64_t value : {statistics.n, statistics.n_missing, statistics.n_infinite})
      core::append_value(value, bytes);
    for (const double value : {statistics.least, statistics.greatest, statistics.mean, statistics.m2, histogram.least_,
                               histogram.greatest_}) {
      core::append_value(value, bytes);
    }
    core::append_value(histogram.exponent_, bytes);
    core::append_value(histogram.first_, bytes);
    core::append_list(histogram.counts_, bytes);
    core::append_list(statistics.code_counts, bytes);
    core::append_value(statistics.counts_numbers, bytes);
    Column::Numbers numbers(statistics.number_counts.size());
    std::vector<std::int64_t> counts;
    for (const auto& [number, count] : statistics.number_counts) {
      numbers.set(counts.size(), number);
      counts.push_back(count);
    }
    core::append_list(numbers, bytes);
    core::append_list(numbers.rests(), bytes);
    core::append_list(counts, bytes);
  }

  static ColumnStatistics read(std::span<const std::byte>& bytes) {
    ColumnStatistics statistics;
    Histogram& histogram = statistics.histogram;
    for (std::int64_t* value : {&statistics.n, &statistics.n_missing, &statistics.n_infinite}) {
      *value = core::take_value<std::int64_t>(bytes);
    }
    for (double* value : {&statistics.least, &statistics.greatest, &statistics.mean, &statistics.m2, &histogram.least_,
                          &histogram.greatest_}) {
      *value = core::take_value<double>(bytes);
    }
    histogram.exponent_ = core::take_value<int>(bytes);
    histogram.first_ = core::take_value<std::int64_t>(bytes);
    histogram.counts_ = core::take_list<std::int64_t>(bytes);
    statistics.code_counts = core::take_list<std::int64_t>(bytes);
    statistics.counts_numbers = core::take_value<bool>(bytes);
    Column::Numbers numbers(core::take_list<double>(bytes));
    numbers.set_rests(core::take_list<core::Numbers::Rest>(bytes));
    const auto counts = core::take_list<std::int64_t>(bytes);
    for (std::size_t i = 0; i < numbers.size(); ++i) statistics.number_counts.emplace(numbers.exact(i), counts[i]);
    return statistics;
  }
};

void append_bytes(const ColumnStatistics& statistics, std::vector<std::byte>& bytes) {
  StatisticsWire::write(statistics, bytes);
}

ColumnStatistics take_statistics(std::span<const std::byte>& bytes) { return StatisticsWire::read(bytes); }

}  // namespace gridmill::features
