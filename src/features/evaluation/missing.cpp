#include "features/evaluation/missing.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace gridmill::features {

void fill_missing(Column& column, const core::Value& value) {
  if (!value.is_number() && !value.is_boolean()) return;
  const double number = value.is_boolean() ? static_cast<double>(value.boolean()) : value.number();
  if (auto* numbers = std::get_if<Column::Numbers>(&column.values)) {
    std::replace_if(
        numbers->begin(), numbers->end(), [](double x) { return std::isnan(x); }, number);
  } else if (auto* booleans = std::get_if<Column::Booleans>(&column.values)) {
    std::replace(booleans->begin(), booleans->end(), Column::kMissingBoolean, static_cast<std::uint8_t>(number != 0));
  } else if (auto* codes = std::get_if<Column::Codes>(&column.values)) {
    const std::int32_t code = column.dictionary->code(std::to_string(static_cast<std::int64_t>(number)));
    std::replace(codes->begin(), codes->end(), core::kMissingCode, code);
  }
}

}  // namespace gridmill::features
