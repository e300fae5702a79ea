#include "features/columns/column.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <type_traits>

namespace gridmill::features {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

template <class Values>
typename Values::value_type missing_entry() {
  if constexpr (std::is_same_v<Values, Column::Numbers>) return kNaN;
  if constexpr (std::is_same_v<Values, Column::Booleans>) return Column::kMissingBoolean;
  if constexpr (std::is_same_v<Values, Column::Codes>) return core::kMissingCode;
  if constexpr (std::is_same_v<Values, Column::Times>) return core::kMissingTime;
  if constexpr (std::is_same_v<Values, Column::Places>) return {kNaN, kNaN};
  if constexpr (std::is_same_v<Values, Column::Texts>) return std::nullopt;
}

bool is_valid(const core::Column& stored, std::size_t row) { return stored.valid.empty() || stored.valid[row] != 0; }

Column::Texts texts_of(core::Column& stored) {
  auto& strings = std::get<core::Column::Texts>(stored.values);
  Column::Texts texts(strings.size());
  for (std::size_t i = 0; i < strings.size(); ++i) {
    if (is_valid(stored, i)) texts[i] = std::move(strings[i]);
  }
  return texts;
}

}  // namespace

std::shared_ptr<const Dictionary> Dictionary::of_results(const std::shared_ptr<const Dictionary>& dictionary) {
  if (!dictionary || !dictionary->is_stored()) return dictionary;
  auto computed = std::make_shared<Dictionary>(*dictionary);
  computed->of_results_ = true;
  return computed;
}

std::string Dictionary::label(std::int32_t code) const {
  return labels_ ? (*labels_)[static_cast<std::size_t>(code)] : std::to_string(first_ + code);
}

std::int32_t Dictionary::code(const std::string& label) const {
  if (labels_) {
    // Numbers sort by value, other labels by code point: a plain search suits both.
    const auto found = std::find(labels_->begin(), labels_->end(), label);
    return found == labels_->end() ? core::kMissingCode : static_cast<std::int32_t>(found - labels_->begin());
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), number);
  const bool inside = error == std::errc{} && end == label.data() + label.size() && number >= first_ &&
                      number - first_ < static_cast<std::int64_t>(n_);
  return inside ? static_cast<std::int32_t>(number - first_) : core::kMissingCode;
}

std::size_t Column::size() const {
  return std::visit([](const auto& entries) { return entries.size(); }, values);
}

bool Column::missing(std::size_t i) const {
  return std::visit(
      [i]<class V>(const V& entries) {
        if constexpr (std::is_same_v<V, Numbers>) {
          return std::isnan(entries[i]);
        } else if constexpr (std::is_same_v<V, Places>) {
          return std::isnan(entries[i][0]) || std::isnan(entries[i][1]);
        } else {
          return entries[i] == missing_entry<V>();
        }
      },
      values);
}

Column Column::take(const std::vector<std::int64_t>& rows) const {
  return {std::visit(
              [&rows]<class V>(const V& entries) -> Values {
                if constexpr (std::is_same_v<V, Numbers>) return entries.take(rows);
                V taken(rows.size());
                for (std::size_t i = 0; i < rows.size(); ++i) {
                  taken[i] = rows[i] < 0 ? missing_entry<V>() : entries[static_cast<std::size_t>(rows[i])];
                }
                return taken;
              },
              values),
          dictionary};
}

Column Column::all_missing(std::size_t n) const {
  return {std::visit([n]<class V>(const V&) -> Values { return V(n, missing_entry<V>()); }, values), dictionary};
}

std::size_t Column::bytes() const {
  const auto* numbers = std::get_if<Numbers>(&values);
  const std::size_t rests = numbers != nullptr ? numbers->rests().size() * sizeof(core::Numbers::Rest) : 0;
  return rests + std::visit([](const auto& entries) { return entries.size() * sizeof(entries.front()); }, values);
}

Column to_column(core::Column&& stored, DictionaryRef dictionary) {
  switch (stored.type) {
    case core::ColumnType::integer:
      return {Column::Numbers::of(std::get<core::Column::Integers>(stored.values), stored.valid), nullptr};
    case core::ColumnType::real:
      return {Column::Numbers(std::move(std::get<core::Column::Reals>(stored.values))), nullptr};
    case core::ColumnType::boolean: {
      auto& booleans = std::get<core::Column::Booleans>(stored.values);
      for (std::size_t i = 0; i < stored.valid.size(); ++i) {
        if (stored.valid[i] == 0) booleans[i] = Column::kMissingBoolean;
      }
      return {std::move(booleans), nullptr};
    }
    case core::ColumnType::categorical:
      return {std::move(std::get<core::Column::Codes>(stored.values)), std::move(dictionary)};
    case core::ColumnType::datetime: return {std::move(std::get<core::Column::Integers>(stored.values)), nullptr};
    case core::ColumnType::latlong: return {std::move(std::get<core::Column::Places>(stored.values)), nullptr};
    case core::ColumnType::text:
    case core::ColumnType::key: break;
  }
  return {texts_of(stored), nullptr};
}

}  // namespace gridmill::features
