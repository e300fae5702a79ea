#include <cmath>

#include <fmt/format.h>

#include "core/csv_field.hpp"
#include "search/cv_results.hpp"

namespace gridmill::search {

namespace {

std::string text_of(double value) { return std::isnan(value) ? "" : core::python_float(value); }

std::string text_of(const std::optional<core::Value>& value) {
  if (!value.has_value() || value->is_null()) return "";
  return value->is_real() ? text_of(value->number()) : value->python_str();
}

std::string field(const CvColumn& column, std::size_t row) {
  switch (column.kind) {
    case CvColumn::Kind::real: return text_of(column.numbers[row]);
    case CvColumn::Kind::integer: return fmt::format("{:.0f}", column.numbers[row]);
    default: return core::csv_field(text_of(column.values[row]));
  }
}

std::size_t n_rows(const CvResults& results) {
  const CvColumn* params = results.find("params");
  return params == nullptr ? 0 : params->values.size();
}

}  // namespace

std::string to_csv(const CvResults& results) {
  std::string csv;
  const auto append_line = [&](auto text_of_column) {
    bool is_first = true;
    for (const CvColumn& column : results.columns) {
      if (!is_first) csv += ',';
      is_first = false;
      csv += text_of_column(column);
    }
    csv += '\n';
  };
  append_line([](const CvColumn& column) { return core::csv_field(column.name); });
  for (std::size_t row = 0; row < n_rows(results); ++row) {
    append_line([row](const CvColumn& column) { return field(column, row); });
  }
  return csv;
}

}  // namespace gridmill::search
