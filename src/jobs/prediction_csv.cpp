#include "jobs/prediction_csv.hpp"

#include <cstddef>

#include "core/csv_field.hpp"
#include "core/value.hpp"

namespace gridmill::jobs {

namespace {

void append_sample(const core::Matrix& outputs, std::size_t sample, std::string& line) {
  for (std::size_t i = 0; i < outputs.n_rows; ++i) line += ',' + core::python_float(outputs(i, sample));
}

}  // namespace

std::string prediction_header(const PipelineInfo& info, models::Outputs wanted) {
  constexpr std::size_t kBinary = 2;
  std::string line = "prediction";
  if (wanted.decision && info.classes.size() == kBinary) line += ",decision";
  if (wanted.decision && info.classes.size() > kBinary) {
    for (const std::string& name : info.classes) line += ',' + core::csv_field("decision_" + name);
  }
  if (wanted.probability) {
    for (const std::string& name : info.classes) line += ',' + core::csv_field("probability_" + name);
  }
  return line + '\n';
}

std::string prediction_lines(const PipelineInfo& info, const models::Prediction& prediction) {
  std::string lines;
  for (std::size_t sample = 0; sample < prediction.value.size(); ++sample) {
    const double value = prediction.value[sample];
    const bool is_class = info.task == core::Task::classification;
    lines += is_class ? core::csv_field(info.classes.at(static_cast<std::size_t>(value))) : core::python_float(value);
    append_sample(prediction.decision, sample, lines);
    append_sample(prediction.probability, sample, lines);
    lines += '\n';
  }
  return lines;
}

}  // namespace gridmill::jobs
