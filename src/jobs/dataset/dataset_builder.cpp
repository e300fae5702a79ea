#include "jobs/dataset/dataset_builder.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <span>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/class_label.hpp"
#include "core/error.hpp"
#include "core/hint.hpp"
#include "core/value.hpp"
#include "io/text/csv_table.hpp"
#include "io/text/libsvm_text.hpp"
#include "jobs/dataset/dataset_block.hpp"
#include "jobs/dataset/feature_problems.hpp"
#include "jobs/dataset/word_columns.hpp"
#include "jobs/run/refusals.hpp"
#include "prepare/column_exceptions.hpp"
#include "prepare/dates.hpp"

namespace gridmill::jobs {

using core::Column;
using core::ColumnType;

namespace {

const Column& column(const SourceTable& source, const std::string& name, const std::string& part) {
  return column_of(source, name, part);
}

double number(const Column& c, std::size_t row) {
  if (c.missing(row)) return std::numeric_limits<double>::quiet_NaN();
  switch (c.type) {
    case ColumnType::integer: return static_cast<double>(std::get<Column::Integers>(c.values)[row]);
    case ColumnType::boolean: return std::get<Column::Booleans>(c.values)[row] != 0 ? 1.0 : 0.0;
    case ColumnType::real: return std::get<Column::Reals>(c.values)[row];
    default: GRIDMILL_ASSERT(false, "the column holds numbers");
  }
}

/// A store says of a matrix of features which instance a row is, and as of when: nothing to learn from.
bool says_which_row(const Column& c) {
  return std::any_of(c.tags.begin(), c.tags.end(),
                     [](const std::string& tag) { return tag == "index" || tag == "time_index"; });
}

void check_no_missing(const SourceTable& source, const Column& c, const std::string& part) {
  const std::size_t n_missing = c.n_missing();
  if (n_missing == 0) return;
  refuse_row(source, first_missing(c),
             fmt::format("{} '{}' is missing (in {} of {} rows, first here)", part, c.name, n_missing, c.size()));
}

/// Dense codes in order of the sorted labels; numbers sort by value, texts by code point.
struct Labels {
  std::vector<std::int64_t> codes;
  std::vector<std::string> names;
};

/// The codes of values of one kind; `name_of` a row says what its value is called.
template <class T, class NameOf>
Labels coded(const std::vector<T>& values, NameOf name_of) {
  std::vector<T> distinct = values;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  Labels out{.codes = {}, .names = std::vector<std::string>(distinct.size())};
  out.codes.reserve(values.size());
  for (std::size_t row = 0; row < values.size(); ++row) {
    const auto at = std::lower_bound(distinct.begin(), distinct.end(), values[row]) - distinct.begin();
    out.codes.push_back(at);
    std::string& name = out.names[static_cast<std::size_t>(at)];
    if (name.empty()) name = name_of(row);
  }
  return out;
}

/// The texts as unsigned numbers if they are such and some are beyond int64, which a column of integers cannot hold.
std::optional<std::vector<std::uint64_t>> as_unsigned(const std::vector<std::string>& texts) {
  std::vector<std::uint64_t> numbers;
  bool any_beyond = false;
  for (const std::string& text : texts) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_padded = text.size() > 1 && text.front() == '0';
    if (text.empty() || is_padded || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    any_beyond = any_beyond || number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    numbers.push_back(number);
  }
  return any_beyond ? std::optional(std::move(numbers)) : std::nullopt;
}

Labels labels_of(const Column& c) {
  const auto name_of = [&](std::size_t row) { return label_of(c, row); };
  // Integers stay integers: a double holds those beyond 2^53 in part only.
  if (c.type == ColumnType::integer) return coded(std::get<Column::Integers>(c.values), name_of);
  if (c.type == ColumnType::boolean) return coded(std::get<Column::Booleans>(c.values), name_of);
  if (c.type == ColumnType::real) return coded(std::get<Column::Reals>(c.values), name_of);
  std::vector<std::string> texts;
  texts.reserve(c.size());
  for (std::size_t row = 0; row < c.size(); ++row) texts.push_back(label_of(c, row));
  if (const auto numbers = as_unsigned(texts)) return coded(*numbers, name_of);
  return coded(texts, name_of);
}

void check_can_hold_labels(const SourceTable& source, const Column& c, const std::string& part) {
  if (c.type == ColumnType::datetime || c.type == ColumnType::latlong) {
    refuse(source, fmt::format("{} '{}' is of type {}, which has no classes", part, c.name, core::name_of(c.type)));
  }
}

/// Numbers with fractions are no classes, as in scikit-learn: most of them are a quantity to be predicted.
void check_no_fractions(const SourceTable& source, const Column& c) {
  if (c.type != ColumnType::real) return;
  const auto& values = std::get<Column::Reals>(c.values);
  const auto it = std::find_if(values.begin(), values.end(),
                               [](double value) { return std::isinf(value) || std::floor(value) != value; });
  if (it == values.end()) return;
  refuse_row(source, static_cast<std::size_t>(it - values.begin()),
             fmt::format("target '{}' is {} here, a quantity and no class, but the model is a classifier", c.name,
                         core::python_float(*it)),
             fmt::format("to predict quantities: model: svr; where the numbers name classes: data: {{types: {{{}: "
                         "categorical}}}}",
                         c.name));
}

/// Doubles hold whole numbers beyond 2^53 in part only: labels that differ may have become one.
void check_exact(const SourceTable& source, const Column& c, const std::string& part) {
  constexpr double kFirstRounded = 9007199254740992.0;  // 2^53
  if (c.type != ColumnType::real) return;
  const auto& values = std::get<Column::Reals>(c.values);
  const auto it = std::find_if(values.begin(), values.end(), [](double v) { return std::abs(v) >= kFirstRounded; });
  if (it == values.end()) return;
  refuse_row(
      source, static_cast<std::size_t>(it - values.begin()),
      fmt::format("{} '{}' is {} here: doubles hold whole numbers beyond 2^53 in part only, so that different "
                  "ones may be equal",
                  part, c.name, core::python_float(*it)),
      fmt::format("keep them exact where text is read, here or in the import: types: {{{}: categorical}}", c.name));
}

void fill_class_target(const SourceTable& source, const Column& c, DatasetArrays& arrays,
                       std::vector<std::string>& classes) {
  check_can_hold_labels(source, c, "target");
  check_no_fractions(source, c);
  check_exact(source, c, "target");
  Labels labels = labels_of(c);
  if (labels.names.size() < 2) {
    refuse(source,
           fmt::format("target '{}' has one class only ('{}'); a classifier needs two", c.name, labels.names.at(0)));
  }
  classes = std::move(labels.names);
  arrays.y.assign(labels.codes.begin(), labels.codes.end());
}

std::vector<double> known_classes(const SourceTable& source, const Column& c, const std::vector<std::string>& classes) {
  check_can_hold_labels(source, c, "target");
  check_exact(source, c, "target");
  const Labels labels = labels_of(c);
  std::vector<double> code_of(labels.names.size());
  for (std::size_t i = 0; i < labels.names.size(); ++i) {
    const auto known = core::find_class(classes, labels.names[i]);
    if (!known) {
      const auto row = std::find(labels.codes.begin(), labels.codes.end(), static_cast<std::int64_t>(i));
      refuse_row(
          source, static_cast<std::size_t>(row - labels.codes.begin()),
          fmt::format("target '{}' is '{}', a label which the training data does not have", c.name, labels.names[i]),
          core::hint_for(labels.names[i], classes));
    }
    code_of[i] = static_cast<double>(*known);
  }
  std::vector<double> codes;
  for (const std::int64_t code : labels.codes) codes.push_back(code_of[static_cast<std::size_t>(code)]);
  return codes;
}

std::vector<double> target_values(const SourceTable& source, const Column& c) {
  if (!is_number(c.type)) {
    refuse(source, fmt::format("target '{}' is of type {}; a regressor needs numbers", c.name, core::name_of(c.type)));
  }
  std::vector<double> values;
  for (std::size_t row = 0; row < c.size(); ++row) values.push_back(number(c, row));
  const auto infinite = std::find_if(values.begin(), values.end(), [](double v) { return std::isinf(v); });
  if (infinite != values.end()) {
    refuse_row(source, static_cast<std::size_t>(infinite - values.begin()),
               fmt::format("target '{}' is infinite", c.name));
  }
  return values;
}

void check_varies(const SourceTable& source, const Column& c, std::span<const double> values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low == *high) {
    refuse(source,
           fmt::format("target '{}' is constant ({}); there is nothing to learn", c.name, core::python_float(*low)));
  }
}

/// Returns a weight for each row; none without a column of weights.
std::vector<double> checked_weights(const SourceTable& source, const std::string& name) {
  if (name.empty()) return {};
  const Column& c = column(source, name, "weight");
  if (!is_number(c.type))
    refuse(source, fmt::format("weight '{}' is of type {}, not numbers", name, core::name_of(c.type)));
  check_no_missing(source, c, "weight");
  std::vector<double> out;
  for (std::size_t row = 0; row < c.size(); ++row) {
    out.push_back(number(c, row));
    if (!(out.back() >= 0) || std::isinf(out.back())) {
      refuse_row(
          source, row,
          fmt::format("weight '{}' is {}; weights are finite and not negative", name, core::python_float(out.back())));
    }
  }
  return out;
}

std::vector<double> weights(const SourceTable& source, const std::string& name) {
  std::vector<double> out = checked_weights(source, name);
  if (!out.empty() && std::all_of(out.begin(), out.end(), [](double w) { return w == 0; })) {
    refuse(source, fmt::format("weight '{}' is 0 in all rows", name));
  }
  return out;
}

std::vector<std::int64_t> groups(const SourceTable& source, const std::string& name) {
  if (name.empty()) return {};
  const Column& c = column(source, name, "group");
  check_can_hold_labels(source, c, "group");
  check_no_missing(source, c, "group");
  check_exact(source, c, "group");
  return labels_of(c).codes;
}

std::vector<std::int64_t> test_folds(const SourceTable& source, const std::string& name) {
  if (name.empty()) return {};
  const Column& c = column(source, name, "fold");
  if (c.type != ColumnType::integer) {
    refuse(source, fmt::format("fold '{}' is of type {}; it must hold whole numbers, -1 for never tested", name,
                               core::name_of(c.type)));
  }
  check_no_missing(source, c, "fold");
  const auto& values = std::get<Column::Integers>(c.values);
  const auto low = std::min_element(values.begin(), values.end());
  if (*low < -1) {
    refuse_row(source, static_cast<std::size_t>(low - values.begin()),
               fmt::format("fold '{}' is {}; folds count from 0, -1 means never tested", name, *low));
  }
  return values;
}

void copy_feature(const Column& c, bool allow_missing, std::size_t feature, core::Matrix& x,
                  FeatureProblems& problems) {
  if (!is_number(c.type)) return holds_words(c.type) ? problems.is_no_number(c) : problems.is_time(c);
  if (!allow_missing && c.n_missing() > 0) return problems.is_missing(c);
  for (std::size_t row = 0; row < c.size(); ++row) {
    const double value = number(c, row);
    if (std::isinf(value)) return problems.is_infinite(c, row);
    x(feature, row) = value;
  }
}

/// Says of all columns that are named but not there.
void check_names(const SourceTable& source, const DatasetColumns& columns) {
  Refusals refusals;
  const auto check = [&](const std::string& name, const char* part) {
    if (!name.empty()) refusals.attempt([&] { column(source, name, part); });
  };
  check(columns.target, "target");
  check(columns.weight, "weight");
  check(columns.group, "group");
  check(columns.fold, "fold");
  check(columns.time, "time");
  const std::vector<std::string>& dropped = source.remarks.dropped;
  for (const std::string& name : columns.ignore) {
    if (std::find(dropped.begin(), dropped.end(), name) == dropped.end()) check(name, "ignored");
  }
  if (!source.sparse) {
    for (const std::string& name : columns.features) check(name, "feature");
  }
  refusals.throw_if_any();
}

/// Fills in what rows are beside their target and features, and makes the dataset.
core::Dataset finish(const SourceTable& source, const DatasetColumns& columns, core::Task task, DatasetArrays arrays,
                     std::vector<std::string> names, std::vector<std::string> classes, Refusals refusals) {
  refusals.attempt([&] { arrays.weight = weights(source, columns.weight); });
  refusals.attempt([&] { arrays.group = groups(source, columns.group); });
  refusals.attempt([&] { arrays.test_fold = test_folds(source, columns.fold); });
  refusals.throw_if_any();
  arrays.row.resize(arrays.y.size());
  for (std::size_t i = 0; i < arrays.row.size(); ++i) arrays.row[i] = static_cast<std::int64_t>(source.file_row(i));
  core::Dataset data = own(std::move(arrays));
  data.task = task;
  data.classes = std::move(classes);
  data.feature_names = std::move(names);
  data.target_name = columns.target;
  return data;
}

std::vector<std::string> feature_names(const SourceTable& source, const DatasetColumns& columns) {
  const std::set<std::string> taken = [&] {
    std::set<std::string> names{columns.target, columns.weight, columns.group, columns.fold};
    for (const Column& c : source.table.columns) {
      const auto is_meant = [&](const std::string& name) { return leaves_out(source, name, c.name); };
      if (std::any_of(columns.ignore.begin(), columns.ignore.end(), is_meant)) names.insert(c.name);
    }
    return names;
  }();
  std::vector<std::string> names;
  if (source.sparse) {
    for (std::size_t f = 0; f < source.sparse->n_features; ++f) {
      names.push_back(io::libsvm_feature_name(f, source.options.first_index));
    }
  } else if (columns.features.empty()) {
    for (const Column& c : source.table.columns) {
      if (!taken.contains(c.name) && c.name != columns.time && !says_which_row(c)) names.push_back(c.name);
    }
  } else {
    for (const std::string& name : columns.features) {
      if (name == columns.target) refuse(source, fmt::format("'{}' is the target and cannot be a feature", name));
      if (!taken.contains(name)) names.push_back(name);
    }
  }
  if (names.empty()) refuse(source, "no column is left as a feature");
  return names;
}

void fill_features(const SourceTable& source, const std::vector<std::string>& numbers,
                   const std::vector<std::string>& words, const FeatureUse& use, DatasetArrays& arrays) {
  if (source.sparse) {
    GRIDMILL_ASSERT(numbers.size() == source.sparse->n_features, "sparse features are all of the text's");
    arrays.sparse = *source.sparse;
    return;
  }
  FeatureProblems problems(source);
  arrays.x.set_size(numbers.size(), source.table.n_rows());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    copy_feature(column(source, numbers[i], "feature"), use.may_miss(numbers[i]), i, arrays.x, problems);
  }
  for (const std::string& name : words) {
    const Column& c = column(source, name, "feature");
    if (c.type == ColumnType::latlong || (c.type == ColumnType::datetime && !use.takes_dates(name))) {
      problems.is_time(c);
    } else if (c.type == ColumnType::datetime) {
      if (c.n_missing() > 0 && !use.may_miss_dates(name)) {
        problems.is_missing(c);
      } else {
        arrays.words.push_back(words_of(c));
      }
    } else if (!use.takes_words(name)) {
      problems.is_no_number(c);
    } else {
      arrays.words.push_back(words_of(c));
    }
  }
  problems.throw_if_any();
}

/// Takes the names of columns that are to be words, or times, out of those of features.
std::vector<std::string> take_words(const SourceTable& source, const FeatureUse& use, std::vector<std::string>& names) {
  std::vector<std::string> words;
  if (source.sparse) return words;
  std::vector<std::string> numbers;
  for (std::string& name : names) {
    const ColumnType type = column(source, name, "feature").type;
    const bool is_word = holds_words(type) || (is_number(type) && use.as_words(name));
    const bool is_date = type == ColumnType::datetime && use.takes_dates(name);
    (is_date || (is_word && use.takes_words(name)) ? words : numbers).push_back(std::move(name));
  }
  names = std::move(numbers);
  return words;
}

/// Errors: UserError for an exception that is for no feature.
void check_exceptions(const SourceTable& source, const FeatureUse& use, const std::vector<std::string>& names) {
  std::vector<core::Problem> problems;
  for (const std::string& pattern : use.exceptions) {
    const auto is_meant = [&](const std::string& name) { return pattern == name || prepare::matches(pattern, name); };
    const auto has_part_meant = [&](const std::string& name) {  // exceptions may be for a part of a time
      return use.takes_dates(name) && std::ranges::any_of(prepare::names_of_parts(name), is_meant);
    };
    if (std::any_of(names.begin(), names.end(), is_meant)) continue;
    if (std::any_of(names.begin(), names.end(), has_part_meant)) continue;
    problems.push_back({{source.file.string()},
                        fmt::format("no feature '{}' (wanted in model.columns)", pattern),
                        io::hint_for_column(pattern, names)});
  }
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

std::vector<std::string> names_of(const std::vector<core::Words>& words) {
  std::vector<std::string> names;
  for (const core::Words& each : words) names.push_back(each.name);
  return names;
}

}  // namespace

core::Dataset features_of(const SourceTable& source, const std::vector<std::string>& numbers,
                          const std::vector<std::string>& words) {
  const auto yes = [](const std::string&) { return true; };
  DatasetArrays arrays;
  fill_features(source, numbers, words,
                {.may_miss = yes, .takes_words = yes, .takes_dates = yes, .may_miss_dates = yes}, arrays);
  return own(std::move(arrays));
}

core::Dataset build_dataset(const SourceTable& source, const DatasetColumns& columns, core::Task task,
                            const FeatureUse& use) {
  check_names(source, columns);
  if (source.table.n_rows() == 0) refuse(source, "no rows");
  const Column& target = column(source, columns.target, "target");
  Refusals refusals;
  DatasetArrays arrays;
  std::vector<std::string> classes;
  refusals.attempt([&] {
    check_no_missing(source, target, "target");
    if (task == core::Task::classification) {
      fill_class_target(source, target, arrays, classes);
    } else {
      arrays.y = target_values(source, target);
      check_varies(source, target, arrays.y);
    }
  });
  std::vector<std::string> names;
  refusals.attempt([&] {
    names = feature_names(source, columns);
    check_exceptions(source, use, names);
    const std::vector<std::string> words = take_words(source, use, names);
    fill_features(source, names, words, use, arrays);
  });
  return finish(source, columns, task, std::move(arrays), std::move(names), std::move(classes), std::move(refusals));
}

std::vector<double> known_target(const SourceTable& source, const std::string& name, core::Task task,
                                 const std::vector<std::string>& classes) {
  const Column& target = column(source, name, "target");
  check_no_missing(source, target, "target");
  return task == core::Task::classification ? known_classes(source, target, classes) : target_values(source, target);
}

core::Dataset build_dataset_like(const core::Dataset& like, const SourceTable& source, const DatasetColumns& columns,
                                 const FeatureUse& use) {
  const std::vector<std::string> words = names_of(like.words);
  DatasetColumns part{.target = columns.target, .features = like.feature_names, .weight = columns.weight};
  part.features.insert(part.features.end(), words.begin(), words.end());
  check_names(source, part);
  if (source.table.n_rows() == 0) refuse(source, "no rows");
  Refusals refusals;
  DatasetArrays arrays;
  refusals.attempt([&] { arrays.y = known_target(source, columns.target, like.task, like.classes); });
  refusals.attempt([&] { fill_features(source, like.feature_names, words, use, arrays); });
  return finish(source, part, like.task, std::move(arrays), like.feature_names, like.classes, std::move(refusals));
}

std::vector<double> known_weights(const SourceTable& source, const std::string& name) {
  return checked_weights(source, name);
}

std::size_t positive_class(const core::Dataset& data, const std::optional<std::string>& wanted) {
  const std::string name = wanted.value_or("1");
  if (const auto found = core::find_class(data.classes, name)) return *found;
  if (wanted) {
    throw core::UserError(fmt::format("data.positive: '{}' is no class of '{}'", name, data.target_name),
                          core::hint_for(name, data.classes));
  }
  return data.classes.empty() ? 0 : data.classes.size() - 1;
}

}  // namespace gridmill::jobs
