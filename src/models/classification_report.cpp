#include "models/classification_report.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/numpy_sum.hpp"
#include "core/readable_number.hpp"
#include "core/value.hpp"
#include "models/metrics/classification.hpp"
#include "models/metrics/confusion.hpp"
#include "models/metrics/regression.hpp"

namespace gridmill::models {

namespace {

/// Characters of UTF-8 text, which is what Python pads by.
std::size_t n_characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string right_aligned(const std::string& text, std::size_t width) {
  const std::size_t used = n_characters(text);
  return std::string(width > used ? width - used : 0, ' ') + text;
}

std::string line_text(const ReportLine& line, std::size_t name_width, const std::string& support) {
  return fmt::format("{}  {:>9.2f} {:>9.2f} {:>9.2f} {:>9}\n", right_aligned(line.name, name_width), line.precision,
                     line.recall, line.f1, support);
}

}  // namespace

std::string ClassificationReport::text() const {
  const auto support_text = [&](double support) {
    return real_support ? core::python_float(support) : fmt::format("{:.0f}", support);
  };
  std::size_t width = weighted_average.name.size();
  for (const ReportLine& line : classes) width = std::max(width, n_characters(line.name));

  std::string out =
      fmt::format("{:>{}}  {:>9} {:>9} {:>9} {:>9}\n\n", "", width, "precision", "recall", "f1-score", "support");
  for (const ReportLine& line : classes) out += line_text(line, width, support_text(line.support));
  const std::string support = support_text(macro_average.support);
  out += fmt::format("\n{:>{}}  {:>9} {:>9} {:>9.2f} {:>9}\n", "accuracy", width, "", "", micro_f1, support);
  out += line_text(macro_average, width, support);
  out += line_text(weighted_average, width, support);
  return out;
}

ClassificationReport classification_report(std::span<const double> truth, std::span<const double> predicted,
                                           std::span<const double> weight, std::span<const std::string> classes) {
  const LabelCounts counts = count_labels(truth, predicted, weight, present_labels(truth, predicted));
  const std::vector<double> precision = set_metric_by_class(SetMetric::precision, counts);
  const std::vector<double> recall = set_metric_by_class(SetMetric::recall, counts);
  const std::vector<double> f1 = set_metric_by_class(SetMetric::f1, counts);
  ClassificationReport report;
  report.real_support = !weight.empty() || core::numpy_sum(counts.correct) == 0;
  for (std::size_t i = 0; i < counts.labels.size(); ++i) {
    report.classes.push_back({classes[counts.labels[i]], precision[i], recall[i], f1[i], counts.truth[i]});
  }
  const double support = core::numpy_sum(counts.truth);
  const auto averaged = [&](std::string name, Average average) {
    const auto value = [&](SetMetric metric) { return set_metric(metric, average, truth, predicted, weight, 0).value; };
    return ReportLine{std::move(name), value(SetMetric::precision), value(SetMetric::recall), value(SetMetric::f1),
                      support};
  };
  const ReportLine micro = averaged("micro avg", Average::micro);
  report.accuracy = micro.precision;
  report.micro_f1 = micro.f1;
  report.macro_average = averaged("macro avg", Average::macro);
  report.weighted_average = averaged("weighted avg", Average::weighted);
  return report;
}

std::string RegressionReport::text() const {
  std::string out;
  const auto add = [&](std::string_view name, double value) {
    out += fmt::format("{:>23}  {:>12}\n", name, core::six_digits_text(value));
  };
  add("r2", r2);
  add("mean absolute error", mean_absolute_error);
  add("median absolute error", median_absolute_error);
  add("root mean squared error", root_mean_squared_error);
  add("max error", max_error);
  add("support", support);
  return out;
}

RegressionReport regression_report(std::span<const double> truth, std::span<const double> predicted,
                                   std::span<const double> weight) {
  return {.r2 = r2(truth, predicted, weight).value,
          .mean_absolute_error = mean_absolute_error(truth, predicted, weight).value,
          .median_absolute_error = median_absolute_error(truth, predicted, weight).value,
          .root_mean_squared_error = root_mean_squared_error(truth, predicted, weight).value,
          .max_error = max_error(truth, predicted).value,
          .support = weight.empty() ? static_cast<double>(truth.size()) : core::numpy_sum(weight)};
}

}  // namespace gridmill::models
