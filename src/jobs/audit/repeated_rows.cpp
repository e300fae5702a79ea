#include "jobs/audit/repeated_rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/bytes.hpp"
#include "io/files/checksum.hpp"
#include "search/holdout.hpp"

namespace gridmill::jobs {

namespace {

/// A hash of each row's features.
class RowHashes {
 public:
  explicit RowHashes(const core::Dataset& data) : data_(data) {
    for (const core::Words& column : data.words) {
      std::vector<std::uint64_t>& of_words = words_.emplace_back();
      for (std::size_t i = 0; i < column.list.size(); ++i) of_words.push_back(io::checksum(column.list[i]));
    }
  }

  std::uint64_t operator()(std::size_t row) {
    bytes_.clear();
    if (data_.is_sparse()) {
      const core::SparseSample sample = data_.sparse.sample(row);
      bytes_ += core::text_of(sample.feature);
      bytes_ += core::text_of(sample.value);
    } else if (data_.n_features() > 0) {
      bytes_ += core::text_of(data_.x.sample(row));
    }
    for (std::size_t column = 0; column < words_.size(); ++column) {
      const std::int32_t code = data_.words[column].codes[row];
      const std::uint64_t word = code < 0 ? 0 : words_[column][static_cast<std::size_t>(code)];
      core::append_value(word, bytes_);
    }
    return io::checksum(bytes_);
  }

 private:
  const core::Dataset& data_;
  std::vector<std::vector<std::uint64_t>> words_;
  std::string bytes_;
};

std::uint64_t with_label(std::uint64_t hash, double label) {
  std::string bytes;
  core::append_value(hash, bytes);
  core::append_value(label, bytes);
  return io::checksum(bytes);
}

std::vector<std::uint64_t> feature_hashes(const core::Dataset& data) {
  RowHashes hash(data);
  std::vector<std::uint64_t> hashes;
  hashes.reserve(data.n_samples());
  for (std::size_t row = 0; row < data.n_samples(); ++row) hashes.push_back(hash(row));
  return hashes;
}

/// The logarithm of the chance that two rows agree in all columns, if columns had nothing to do with each other.
double log_chance(const core::Dataset& data) {
  constexpr std::size_t kRows = 2000;
  const std::size_t n = std::min(kRows, data.n_samples());
  const auto row_at = [&](std::size_t i) { return i * data.n_samples() / n; };
  double sum = 0;
  const auto add = [&](std::vector<double>& values) {
    std::sort(values.begin(), values.end());
    double same = 0;
    for (std::size_t first = 0; first < n;) {
      std::size_t end = first;
      while (end < n && values[end] == values[first]) ++end;
      const double share = static_cast<double>(end - first) / static_cast<double>(n);
      same += share * share;
      first = end;
    }
    sum += std::log(same);
  };
  std::vector<double> values(n);
  for (std::size_t feature = 0; feature < data.n_features(); ++feature) {
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t row = row_at(i);
      double value = 0;
      if (!data.is_sparse()) {
        value = data.x.sample(row)[feature];
      } else {
        const core::SparseSample sample = data.sparse.sample(row);
        const auto found = std::lower_bound(sample.feature.begin(), sample.feature.end(), feature);
        if (found != sample.feature.end() && *found == feature) {
          value = sample.value[static_cast<std::size_t>(found - sample.feature.begin())];
        }
      }
      values[i] = std::isnan(value) ? -1.7e308 : value;
    }
    add(values);
  }
  for (const core::Words& words : data.words) {
    for (std::size_t i = 0; i < n; ++i) values[i] = words.codes[row_at(i)];
    add(values);
  }
  return sum;
}

/// Whether rows that are equal by their features come of few values rather than of rows that stand there twice: chance
/// makes a good part of so many, or their labels differ.
bool is_natural(const core::Dataset& data, const std::vector<std::uint64_t>& hashes, double share_repeated) {
  const double expected = static_cast<double>(data.n_samples()) * std::exp(log_chance(data));
  if (expected > share_repeated / 10) return true;
  std::unordered_map<std::uint64_t, std::pair<std::size_t, std::size_t>>
      labels;  // rows; those that agree with the first
  std::unordered_map<std::uint64_t, double> first;
  for (std::size_t row = 0; row < hashes.size(); ++row) {
    const double label = first.emplace(hashes[row], data.y[row]).first->second;
    auto& [n, n_agree] = labels[hashes[row]];
    ++n;
    if (data.y[row] == label) ++n_agree;
  }
  std::size_t n_repeated = 0;
  std::size_t n_agree = 0;
  for (const auto& [hash, counts] : labels) {
    if (counts.first < 2) continue;
    n_repeated += counts.first;
    n_agree += counts.second;
  }
  return static_cast<double>(n_agree) < 0.9 * static_cast<double>(n_repeated);
}

/// Some rows that are tested.
struct Tested {
  std::size_t n = 0;
  std::size_t n_repeated = 0;
  std::string_view which;     // "that folds test"
  std::string_view of_which;  // "that they learn from"
};

class RepeatedSearch {
 public:
  explicit RepeatedSearch(const core::Dataset& data) : data_(data), features_(feature_hashes(data)) {
    for (std::size_t row = 0; row < features_.size(); ++row) {
      hashes_.push_back(with_label(features_[row], data.y[row]));
    }
    sorted_ = hashes_;
    std::sort(sorted_.begin(), sorted_.end());
  }

  void look_at(std::span<const search::Fold> folds) {
    Tested tested{.which = "that folds test", .of_which = "that they learn from"};
    for (const search::Fold& fold : folds) tested.n += fold.test.size();
    const auto [number, n_numbers] = numbers();
    std::vector<std::size_t> learnt_in(n_numbers + 1, 0);  // the last fold that learns from a row of that number
    for (std::size_t k = 0; k < folds.size() && n_numbers > 0; ++k) {
      for (const core::Index row : folds[k].train) learnt_in[number[row]] = k + 1;
      for (const core::Index row : folds[k].test) {
        if (number[row] > 0 && learnt_in[number[row]] == k + 1) ++tested.n_repeated;
      }
    }
    judge(tested);
  }

  void look_at(const core::Dataset& held_out) {
    Tested tested{.n = held_out.n_samples(), .which = "that are held out", .of_which = "that are learnt from"};
    RowHashes hash(held_out);
    for (std::size_t row = 0; row < held_out.n_samples(); ++row) {
      if (std::binary_search(sorted_.begin(), sorted_.end(), with_label(hash(row), held_out.y[row])))
        ++tested.n_repeated;
    }
    judge(tested);
  }

  RepeatedRows found() && { return std::move(found_); }

 private:
  /// A number for the rows that have an equal one, 0 for others; and how many numbers there are.
  [[nodiscard]] std::pair<std::vector<std::size_t>, std::size_t> numbers() const {
    std::pair<std::vector<std::size_t>, std::size_t> result;
    if (std::adjacent_find(sorted_.begin(), sorted_.end()) == sorted_.end()) return result;
    std::unordered_map<std::uint64_t, std::size_t> number_of;
    for (const std::uint64_t hash : hashes_) {
      const auto [first, end] = std::equal_range(sorted_.begin(), sorted_.end(), hash);
      result.first.push_back(end - first < 2 ? 0 : number_of.emplace(hash, number_of.size() + 1).first->second);
    }
    result.second = number_of.size();
    return result;
  }

  void judge(const Tested& tested) {
    constexpr double kShare = 0.01;
    found_.n_tested += tested.n;
    found_.n_repeated += tested.n_repeated;
    const double share =
        static_cast<double>(tested.n_repeated) / static_cast<double>(std::max<std::size_t>(tested.n, 1));
    if (tested.n_repeated == 0 || share < kShare || is_natural(data_, features_, share)) return;
    found_.findings.push_back(
        {.check = "repeated rows",
         .what = fmt::format("{} of {} rows {} stand, with all their values and their label, among those {}",
                             tested.n_repeated, tested.n, tested.which, tested.of_which),
         .why = "so that a model is tested on rows that it has learnt by heart",
         .cure = "leave the copies out of the file, or keep them together: a column that is equal for copies as "
                 "'data.group'"});
  }

  const core::Dataset& data_;
  std::vector<std::uint64_t> features_;  // a hash of each row's features
  std::vector<std::uint64_t> hashes_;    // the same with its label
  std::vector<std::uint64_t> sorted_;
  RepeatedRows found_;
};

}  // namespace

RepeatedRows find_repeated_rows(const config::SearchJob& job, const core::Dataset& data,
                                std::span<const search::Fold> folds, const std::optional<core::Dataset>& held_out) {
  using Kind = search::HoldoutOptions::Kind;
  const bool folds_go_by_time = job.search.folds.kind == search::FoldKind::time_series;
  const bool held_out_goes_by_time =
      job.data.test.empty() && (job.data.holdout.kind == Kind::last || job.data.holdout.kind == Kind::after);
  const bool looks_at_held_out = held_out && !held_out_goes_by_time;
  if (folds_go_by_time && !looks_at_held_out) return {};
  RepeatedSearch search(data);
  if (!folds_go_by_time) search.look_at(folds);
  if (looks_at_held_out) search.look_at(*held_out);
  return std::move(search).found();
}

}  // namespace gridmill::jobs
