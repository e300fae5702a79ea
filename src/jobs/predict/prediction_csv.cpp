#include "jobs/predict/prediction_csv.hpp"

#include <cstddef>

#include <fmt/format.h>

#include "core/csv_field.hpp"
#include "core/value.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::jobs {

namespace {

void append_sample(const core::Matrix& outputs, std::size_t sample, std::string& line) {
  for (std::size_t i = 0; i < outputs.n_rows; ++i) line += ',' + core::python_float(outputs(i, sample));
}

/// Leaves are whole numbers.
void append_explanation(const Explained& explained, std::size_t sample, std::string& line) {
  if (explained.what != models::Explanation::leaf) return append_sample(explained.numbers, sample, line);
  for (const double leaf : explained.numbers.col(sample)) line += fmt::format(",{:.0f}", leaf);
}

std::string cell(const core::Column& column, std::size_t row) {
  using core::Column;
  using core::ColumnType;
  if (column.missing(row)) return {};
  switch (column.type) {
    case ColumnType::integer: return fmt::format("{}", std::get<Column::Integers>(column.values)[row]);
    case ColumnType::real: return core::python_float(std::get<Column::Reals>(column.values)[row]);
    case ColumnType::boolean: return std::get<Column::Booleans>(column.values)[row] != 0 ? "True" : "False";
    case ColumnType::categorical:
      return core::csv_field(column.categories[static_cast<std::size_t>(std::get<Column::Codes>(column.values)[row])]);
    case ColumnType::datetime: return io::datetime_text(std::get<Column::Integers>(column.values)[row]);
    case ColumnType::text:
    case ColumnType::key: return core::csv_field(std::get<Column::Texts>(column.values)[row]);
    case ColumnType::latlong: break;
  }
  const auto& [latitude, longitude] = std::get<Column::Places>(column.values)[row];
  return core::csv_field(fmt::format("({}, {})", core::python_float(latitude), core::python_float(longitude)));
}

}  // namespace

std::string prediction_header(const PipelineInfo& info, models::Outputs wanted, std::span<const std::string> kept,
                              bool interval) {
  constexpr std::size_t kBinary = 2;
  std::string line;
  for (const std::string& name : kept) line += core::csv_field(name) + ',';
  line += interval ? "prediction,lower,upper" : "prediction";
  if (wanted.decision && info.classes.size() == kBinary) line += ",decision";
  if (wanted.decision && info.classes.size() > kBinary) {
    for (const std::string& name : info.classes) line += ',' + core::csv_field("decision_" + name);
  }
  if (wanted.probability) {
    for (const std::string& name : info.classes) line += ',' + core::csv_field("probability_" + name);
  }
  return line;
}

std::string explanation_header(const PipelineInfo& info, std::span<const std::string> features,
                               models::Explanation what, std::size_t width) {
  std::string line;
  if (what == models::Explanation::leaf) {
    for (std::size_t tree = 0; tree < width; ++tree) line += fmt::format(",leaf_{}", tree);
    return line;
  }
  const std::size_t n_outputs = width / (features.size() + 1);
  for (std::size_t output = 0; output < n_outputs; ++output) {
    const std::string prefix = n_outputs == 1 ? "contribution_" : fmt::format("contribution_{}_", info.classes[output]);
    for (const std::string& name : features) line += ',' + core::csv_field(prefix + name);
    line += ',' + core::csv_field(prefix + "bias");
  }
  return line;
}

std::string prediction_lines(const PipelineInfo& info, const models::Prediction& prediction,
                             std::span<const core::Column* const> kept, std::span<const Explained> explanations,
                             std::optional<double> margin) {
  std::string lines;
  for (std::size_t sample = 0; sample < prediction.value.size(); ++sample) {
    for (const core::Column* column : kept) lines += cell(*column, sample) + ',';
    const double value = prediction.value[sample];
    const bool is_class = info.task == core::Task::classification;
    lines += is_class ? core::csv_field(info.classes.at(static_cast<std::size_t>(value))) : core::python_float(value);
    if (margin) lines += ',' + core::python_float(value - *margin) + ',' + core::python_float(value + *margin);
    append_sample(prediction.decision, sample, lines);
    append_sample(prediction.probability, sample, lines);
    for (const Explained& each : explanations) append_explanation(each, sample, lines);
    lines += '\n';
  }
  return lines;
}

}  // namespace gridmill::jobs
