#include "prepare/feature_scores.hpp"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/numpy_sum.hpp"
#include "prepare/column_statistics.hpp"

namespace gridmill::prepare {

namespace {

double as_it_is(double value, std::size_t /*feature*/) { return value; }
double squared(double value, std::size_t /*feature*/) { return value * value; }

// Source: f_oneway.
template <class Samples>
std::vector<double> f_of_classes(const Samples& x, const Lesson& lesson) {
  std::vector<std::vector<core::Index>> members(lesson.labels.n_classes);
  for (std::size_t i = 0; i < lesson.rows.size(); ++i) {
    members[static_cast<std::size_t>(lesson.labels.y[i])].push_back(lesson.rows[i]);
  }
  std::erase_if(members, [](const auto& rows) { return rows.empty(); });
  const auto n = static_cast<double>(lesson.rows.size());
  std::vector<double> squares(x.n_features);
  std::vector<double> sums(x.n_features);
  std::vector<double> between(x.n_features);
  for (const std::vector<core::Index>& rows : members) {
    const std::vector<double> own_squares = column_sums(x, rows, squared);
    const std::vector<double> own_sums = column_sums(x, rows, as_it_is);
    for (std::size_t j = 0; j < sums.size(); ++j) {
      squares[j] += own_squares[j];
      sums[j] += own_sums[j];
      between[j] += own_sums[j] * own_sums[j] / static_cast<double>(rows.size());
    }
  }
  std::vector<double> f;
  for (std::size_t j = 0; j < sums.size(); ++j) {
    const double mean_part = sums[j] * sums[j] / n;
    const double total = squares[j] - mean_part;
    between[j] -= mean_part;
    const double within = total - between[j];
    const auto n_classes = static_cast<double>(members.size());
    f.push_back(between[j] / (n_classes - 1) / (within / (n - n_classes)));
  }
  return f;
}

// Source: r_regression and f_regression.
template <class Samples>
std::vector<double> f_of_regression(const Samples& x, const Lesson& lesson) {
  const auto n = static_cast<double>(lesson.rows.size());
  std::vector<double> y(lesson.labels.y.begin(), lesson.labels.y.end());
  const double mean_y = core::numpy_average(y);
  double norm = 0;
  for (double& value : y) {
    value -= mean_y;
    norm += value * value;
  }
  norm = std::sqrt(norm);
  const std::vector<double> means = column_means(x, lesson.rows);
  const std::vector<double> squares = column_sums(x, lesson.rows, squared);
  std::vector<double> products(x.n_features);
  for (std::size_t i = 0; i < y.size(); ++i) {
    for_each_entry(x, lesson.rows[i], [&](std::size_t j, double value) { products[j] += y[i] * value; });
  }
  std::vector<double> f;
  for (std::size_t j = 0; j < products.size(); ++j) {
    const double correlation = products[j] / std::sqrt(squares[j] - n * means[j] * means[j]) / norm;
    const double square = std::isnan(correlation) ? 0.0 : correlation * correlation;
    const double statistic = square / (1 - square) * (n - 2);
    f.push_back(std::isinf(statistic) ? std::numeric_limits<double>::max() : std::isnan(statistic) ? 0.0 : statistic);
  }
  return f;
}

}  // namespace

std::vector<double> variances(const core::MatrixView& x, const Lesson& lesson) {
  const std::vector<double> means = column_means(x, lesson.rows);
  const std::vector<double> counts = present_counts(x, lesson.rows);
  std::vector<double> out =
      column_sums(x, lesson.rows, [&](double value, std::size_t j) { return (value - means[j]) * (value - means[j]); });
  for (std::size_t j = 0; j < out.size(); ++j) out[j] /= counts[j];
  return out;
}

std::vector<double> variances(const core::SparseView& x, const Lesson& lesson) {
  const std::vector<double> means = column_means(x, lesson.rows);
  const std::vector<double> counts = present_counts(x, lesson.rows);
  const std::vector<double> entries = column_sums(x, lesson.rows, [](double, std::size_t) { return 1.0; });
  std::vector<double> out =
      column_sums(x, lesson.rows, [&](double value, std::size_t j) { return (value - means[j]) * (value - means[j]); });
  const auto n = static_cast<double>(lesson.rows.size());
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = (out[j] + (n - entries[j]) * means[j] * means[j]) / counts[j];
  return out;
}

namespace {

template <class Samples>
std::vector<double> f_tests_of(const Samples& x, const Lesson& lesson) {
  refuse_missing(x, lesson, "f_test");
  return lesson.labels.task == core::Task::classification ? f_of_classes(x, lesson) : f_of_regression(x, lesson);
}

template <class Samples>
void refuse_missing_in(const Samples& x, const Lesson& lesson, const char* measure) {
  const std::vector<double> present = present_counts(x, lesson.rows);
  for (std::size_t j = 0; j < present.size(); ++j) {
    if (present[j] == static_cast<double>(lesson.rows.size())) continue;
    throw core::UserError(
        fmt::format("keep_by: {} takes no missing values, but feature '{}' has some", measure, lesson.names[j]),
        "impute them, or keep_by: variance");
  }
}

}  // namespace

std::vector<double> f_tests(const core::MatrixView& x, const Lesson& lesson) { return f_tests_of(x, lesson); }
std::vector<double> f_tests(const core::SparseView& x, const Lesson& lesson) { return f_tests_of(x, lesson); }

void refuse_missing(const core::MatrixView& x, const Lesson& lesson, const char* measure) {
  refuse_missing_in(x, lesson, measure);
}
void refuse_missing(const core::SparseView& x, const Lesson& lesson, const char* measure) {
  refuse_missing_in(x, lesson, measure);
}

}  // namespace gridmill::prepare
