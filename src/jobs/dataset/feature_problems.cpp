#include "jobs/dataset/feature_problems.hpp"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/import/table_file.hpp"

namespace gridmill::jobs {

namespace {

std::string hint_for_words(const std::vector<std::string>& columns) {
  const bool one = columns.size() == 1;
  return fmt::format(
      "a model needs numbers; leave the column{} out with data.ignore: [{}], or have {} words encoded within each "
      "fold: "
      "model: {{name: ..., categories: one_hot}} (text: tfidf for sentences)",
      one ? "" : "s", fmt::join(columns, ", "), one ? "its" : "their");
}

std::string hint_for_times(const std::vector<std::string>& columns) {
  return fmt::format(
      "have parts of {} time made: model: {{name: ..., dates: [year, month, weekday, hour]}} (or by gridmill "
      "features), "
      "or leave the column{} out with data.ignore: [{}]",
      columns.size() == 1 ? "its" : "their", columns.size() == 1 ? "" : "s", fmt::join(columns, ", "));
}

constexpr const char* kHintForMissing =
    "impute it within each fold: model: {name: ..., impute: mean} (mean, median, most_frequent or zero), or leave it "
    "out "
    "with data.ignore";

}  // namespace

void FeatureProblems::is_no_number(const core::Column& column) {
  add(words_, column, [&] { return first_word(column); });
}

void FeatureProblems::is_time(const core::Column& column) {
  add(times_, column, [&] {
    return core::Problem{
        .where = {source_.file.string()},
        .what = fmt::format("feature '{}' is of type {}, which is no number", column.name, core::name_of(column.type)),
        .hint = {}};
  });
}

void FeatureProblems::is_missing(const core::Column& column) {
  add(missing_, column, [&] {
    return problem_at(source_, first_missing(column),
                      fmt::format("feature '{}' is missing (in {} of {} rows, first here)", column.name,
                                  column.n_missing(), column.size()));
  });
}

void FeatureProblems::is_infinite(const core::Column& column, std::size_t row) {
  add(infinite_, column,
      [&] { return problem_at(source_, row, fmt::format("feature '{}' is infinite", column.name)); });
}

void FeatureProblems::throw_if_any() const {
  std::vector<core::Problem> problems;
  finish(words_, "hold no numbers either", hint_for_words(words_.columns), problems);
  finish(times_, "are times or places, too", hint_for_times(times_.columns), problems);
  finish(missing_, "are missing in some rows, too", kHintForMissing, problems);
  finish(infinite_, "are infinite in some row, too", {}, problems);
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

void FeatureProblems::add(Kind& kind, const core::Column& column, const std::function<core::Problem()>& problem) {
  kind.columns.push_back(column.name);
  if (kind.told.size() < kTold) kind.told.push_back(problem());
}

/// A column of text that is not a number throughout is read once more as one: the error then names the cell.
core::Problem FeatureProblems::first_word(const core::Column& column) const {
  const bool is_text = io::format_of(source_.file, source_.options) != io::TableFormat::store;
  if (is_text && !source_.options.types.contains(column.name)) {
    io::ImportOptions options = source_.options;
    options.types[column.name] = core::ColumnType::real;
    try {
      io::read_table(source_.file, options);
    } catch (const core::UserError& error) {
      core::Problem problem = error.problems().front();
      problem.hint.clear();
      return problem;
    }
  }
  return {.where = {source_.file.string()},
          .what = fmt::format("feature '{}' is of type {}", column.name, core::name_of(column.type)),
          .hint = {}};
}

void FeatureProblems::finish(const Kind& kind, const std::string& others, const std::string& hint,
                             std::vector<core::Problem>& problems) const {
  if (kind.columns.empty()) return;
  problems.insert(problems.end(), kind.told.begin(), kind.told.end());
  if (kind.columns.size() > kTold) {
    problems.push_back({.where = {source_.file.string()},
                        .what = fmt::format("{} more features {}: '{}'", kind.columns.size() - kTold, others,
                                            fmt::join(kind.columns.begin() + kTold, kind.columns.end(), "', '")),
                        .hint = {}});
  }
  problems.back().hint = hint;
}

}  // namespace gridmill::jobs
