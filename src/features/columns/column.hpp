#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/numbers.hpp"
#include "core/table.hpp"

namespace gridmill::features {

/// What the codes 0, 1, ... of a category stand for, in ascending order.
class Dictionary {
 public:
  using Labels = std::shared_ptr<const std::vector<std::string>>;

  explicit Dictionary(Labels labels) : labels_(std::move(labels)), n_(labels_->size()) {}
  /// The whole numbers first, first + 1, ...: days of the month, hours, years.
  Dictionary(std::int64_t first, std::size_t n) : first_(first), n_(n) {}

  /// Returns the same categories for values that an aggregation has given: no whole column is behind them, so that
  /// Featuretools does not know of categories that do not occur.
  [[nodiscard]] static std::shared_ptr<const Dictionary> of_results(
      const std::shared_ptr<const Dictionary>& dictionary);

  [[nodiscard]] std::size_t size() const { return n_; }
  /// Says whether these are all categories of a stored column, not those of computed values.
  [[nodiscard]] bool is_stored() const { return labels_ && !of_results_; }
  [[nodiscard]] bool is_numbers() const { return labels_ == nullptr; }
  [[nodiscard]] std::int64_t first_number() const { return first_; }
  /// Returns what a code stands for, as text.
  [[nodiscard]] std::string label(std::int32_t code) const;
  /// Returns the code of a label, or core::kMissingCode. Cost: O(n).
  [[nodiscard]] std::int32_t code(const std::string& label) const;

 private:
  Labels labels_;  // sorted as core::Column says; null: numbers
  std::int64_t first_ = 0;
  std::size_t n_ = 0;
  bool of_results_ = false;
};

using DictionaryRef = std::shared_ptr<const Dictionary>;

/// Values of one feature, one entry a row of what it is evaluated for. How it is held says nothing of what it means
/// (ValueType): integers, doubles, ages and timedeltas [s] are Numbers.
struct Column {
  using Numbers = core::Numbers;                          // NaN = missing; whole numbers beyond 2^53 are exact
  using Booleans = std::vector<std::uint8_t>;             // 0, 1, kMissingBoolean
  using Codes = std::vector<std::int32_t>;                // into `dictionary`; core::kMissingCode = missing
  using Times = std::vector<std::int64_t>;                // ns since 1970 UTC; core::kMissingTime = missing
  using Texts = std::vector<std::optional<std::string>>;  // UTF-8
  using Places = std::vector<std::array<double, 2>>;      // latitude, longitude [degrees]; NaN = missing
  using Values = std::variant<Numbers, Booleans, Codes, Times, Texts, Places>;

  static constexpr std::uint8_t kMissingBoolean = 2;

  Values values;
  DictionaryRef dictionary;  // Codes only

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool missing(std::size_t i) const;
  /// Returns the entries at `rows`; a negative row gives a missing entry.
  [[nodiscard]] Column take(const std::vector<std::int64_t>& rows) const;
  /// Returns a column of n missing entries, held as this one is.
  [[nodiscard]] Column all_missing(std::size_t n) const;
  [[nodiscard]] std::size_t bytes() const;

  [[nodiscard]] const Numbers& numbers() const { return std::get<Numbers>(values); }
  [[nodiscard]] const Booleans& booleans() const { return std::get<Booleans>(values); }
  [[nodiscard]] const Codes& codes() const { return std::get<Codes>(values); }
  [[nodiscard]] const Times& times() const { return std::get<Times>(values); }
  [[nodiscard]] const Texts& texts() const { return std::get<Texts>(values); }
  [[nodiscard]] const Places& places() const { return std::get<Places>(values); }
};

/// Turns a stored column into one to compute with; its categories are those of `dictionary`.
Column to_column(core::Column&& stored, DictionaryRef dictionary);

}  // namespace gridmill::features
