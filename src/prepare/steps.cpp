#include "prepare/steps.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "prepare/all_rows.hpp"
#include "prepare/by_column.hpp"
#include "prepare/column_exceptions.hpp"
#include "prepare/dates.hpp"
#include "prepare/encode.hpp"
#include "prepare/impute.hpp"
#include "prepare/keep_features.hpp"
#include "prepare/missing_indicator.hpp"
#include "prepare/preprocessing.hpp"
#include "prepare/saved_step.hpp"
#include "prepare/texts.hpp"

namespace gridmill::prepare {

namespace {

// Rows go through all steps a block at a time, which the cache holds.
constexpr std::size_t kBlockEntries = std::size_t{1} << 15U;

/// A fitted step is told from the others by the entry of its name.
const StepKind& kind_of(const core::Value& saved) {
  if (!saved.is_mapping()) reject_saved("a step must be a mapping");
  for (const StepKind* kind : step_kinds()) {
    for (const auto& [name, value] : saved.mapping()) {
      if (name == kind->saved_name()) return *kind;
    }
  }
  reject_saved("there is a step that this program does not know");
}

/// Its first option, and what else is not as it is by default.
std::string setting_of(const StepKind& kind, const core::Params& params) {
  std::string setting;
  for (const core::OptionSpec& option : kind.options) {
    const core::Value& value = kind.value_of(params, option.name);
    if (&option != &kind.options.front() && value == option.default_value) continue;
    setting += fmt::format("{}{}={}", setting.empty() ? "" : " ", option.name, value.python_str());
  }
  return setting;
}

/// What is not of a step, and so of the model.
std::string model_setting(const core::Params& params) {
  std::string setting;
  for (const auto& [name, value] : params) {
    if (core::find_option(step_options(), name) == nullptr) setting += fmt::format(" {}={}", name, value.python_repr());
  }
  return setting;
}

}  // namespace

const std::vector<const StepKind*>& step_kinds() {
  static const std::vector<const StepKind*> kinds{&dates_kind(),  &missing_indicator_kind(),
                                                  &impute_kind(), &preprocessing_kind(),
                                                  &encode_kind(), &keep_features_kind()};
  return kinds;
}

bool is_of_columns(const StepKind& kind) { return &kind != &keep_features_kind(); }

const std::vector<core::OptionSpec>& step_options() {
  static const std::vector<core::OptionSpec> options = [] {
    std::vector<core::OptionSpec> of_kinds;
    for (const StepKind* kind : step_kinds())
      of_kinds.insert(of_kinds.end(), kind->options.begin(), kind->options.end());
    of_kinds.push_back(column_exceptions_option());
    return of_kinds;
  }();
  return options;
}

std::vector<std::string> check_steps(const core::Params& params) { return check_keep_features(params); }

std::string setting_of(const core::Params& params) { return Steps(params).setting(); }

std::vector<core::Problem> check_values(const core::Params& params) {
  std::vector<core::OptionSpec> of_columns;
  for (const StepKind* kind : step_kinds()) {
    if (is_of_columns(*kind)) of_columns.insert(of_columns.end(), kind->options.begin(), kind->options.end());
  }
  std::vector<core::Problem> problems;
  if (std::string wrong = check_text(params); !wrong.empty()) problems.push_back({{}, std::move(wrong), {}});
  for (core::Problem& wrong : check_dates(params)) problems.push_back(std::move(wrong));
  const core::Value exceptions(exceptions_of(params));
  for (core::Problem& each : check_exceptions(exceptions, of_columns)) problems.push_back(std::move(each));
  if (!problems.empty()) return problems;
  for (const auto& [column, own] : exceptions.mapping()) {
    const core::Params given(own.mapping().begin(), own.mapping().end());
    const std::string wrong = check_text(given);
    if (!wrong.empty()) problems.push_back({{}, fmt::format("columns.{}: {}", column, wrong), {}});
    for (core::Problem& each : check_dates(given)) {
      problems.push_back({{}, fmt::format("columns.{}: {}", column, each.what), std::move(each.hint)});
    }
  }
  return problems;
}

bool fills_missing(const core::Params& params, std::string_view column) {
  core::Params own = params_for(params, column);
  own.erase(column_exceptions_option().name);
  return Steps(own).fills_missing();
}

std::size_t FittedSteps::numbers_a_feature() const {
  std::size_t n = 0;
  for (const auto& step : steps_) n += step->numbers_a_feature();
  return n;
}

bool FittedSteps::fills_missing() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->fills_missing(); });
}

FittedSteps FittedSteps::bound_to(const core::Frame& frame) const {
  FittedSteps bound = *this;
  for (auto& step : bound.steps_) {
    if (auto ready = step->bound_to(frame)) step = std::move(ready);
  }
  return bound;
}

template <class Take>
void FittedSteps::for_each_block(const core::Frame& frame, Take take) const {
  const FittedSteps bound = bound_to(frame);
  const std::vector<core::Index> rows = all_rows(frame.n_rows());
  constexpr std::size_t kMostOfWords = 1024;  // which become many features
  std::size_t most = std::max<std::size_t>(1, kBlockEntries / std::max<std::size_t>(1, frame.numbers.n_features));
  if (!frame.words.empty()) most = std::min(most, kMostOfWords);
  for (std::size_t first = 0; first < rows.size(); first += most) {
    const std::size_t n = std::min(most, rows.size() - first);
    const std::span<const core::Index> of_block = std::span(rows).first(n);
    std::vector<core::Words> words(frame.words.begin(), frame.words.end());
    for (core::Words& each : words) each.codes = each.codes.subspan(first, n);
    core::Matrix numbers;
    core::SparseMatrix sparse;
    core::Frame seen{.numbers = {frame.numbers.data + first * frame.numbers.n_features, frame.numbers.n_features, n},
                     .words = words};
    for (std::size_t s = 0; s + 1 < bound.steps_.size(); ++s) {
      const FittedStep& step = *bound.steps_[s];
      if (step.is_sparse()) {
        sparse = step.apply_sparse(seen, of_block);
        seen = {.numbers = {}, .words = words, .sparse = sparse.view()};
        continue;
      }
      numbers = step.apply(seen, of_block);
      seen = {.numbers = numbers, .words = words};
    }
    take(*bound.steps_.back(), seen, of_block, first);
  }
}

core::Matrix FittedSteps::apply(const core::Frame& frame) const {
  if (empty()) return {frame.numbers.data, frame.numbers.n_features, frame.numbers.n_samples};
  core::Matrix out;
  for_each_block(frame, [&](const FittedStep& last, const core::Frame& seen, std::span<const core::Index> rows,
                            std::size_t first) {
    const core::Matrix block = last.apply(seen, rows);
    if (first == 0) out.set_size(block.n_rows, frame.n_rows());
    std::copy(block.begin(), block.end(), out.colptr(first));
  });
  return out;
}

core::SparseMatrix FittedSteps::apply_sparse(const core::Frame& frame) const {
  core::SparseMatrix out;
  for_each_block(frame, [&](const FittedStep& last, const core::Frame& seen, std::span<const core::Index> rows,
                            std::size_t first) {
    const core::SparseMatrix block = last.apply_sparse(seen, rows);
    out.n_features = block.n_features;
    if (first == 0) {  // the others have as many entries, more or less
      const std::size_t expected = (block.value.size() / rows.size() + 1) * frame.n_rows();
      out.feature.reserve(expected);
      out.value.reserve(expected);
      out.start.reserve(frame.n_rows() + 1);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) out.add(block.view().sample(i));
  });
  return out;
}

bool FittedSteps::is_cross_fitted() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->is_cross_fitted(); });
}

std::vector<UnseenWords> FittedSteps::unseen_words(const core::Frame& frame) const {
  for (const auto& step : steps_) {
    if (std::vector<UnseenWords> found = prepare::unseen_words(*step, frame); !found.empty()) return found;
  }
  return {};
}

namespace {

/// The rows of a lesson alone, as one step after the other leaves them.
class LessonRows {
 public:
  LessonRows(const core::Frame& frame, const Lesson& lesson) : seen_(frame), lesson_(lesson) {}

  [[nodiscard]] const core::Frame& frame() const { return seen_; }
  [[nodiscard]] Lesson& lesson() { return lesson_; }

  void apply(const FittedStep& step) {
    core::Matrix left;
    core::SparseMatrix sparse;
    if (step.is_sparse()) {
      sparse = step.apply_sparse(seen_, lesson_.rows);
    } else {
      left = step.apply_to_lesson(seen_, lesson_);
    }
    lesson_.names = step.names(lesson_.names);
    if (rows_.empty()) pick_words();
    held_ = std::move(left);
    sparse_ = std::move(sparse);
    seen_.numbers = held_;
    seen_.sparse = step.is_sparse() ? sparse_.view() : core::SparseView{};
    lesson_.rows = rows_;
  }
  [[nodiscard]] core::Matrix& held() { return held_; }

 private:
  void pick_words() {
    words_.assign(seen_.words.begin(), seen_.words.end());
    codes_.resize(words_.size());
    for (std::size_t c = 0; c < words_.size(); ++c) {
      for (const core::Index row : lesson_.rows) codes_[c].push_back(words_[c].codes[row]);
      words_[c].codes = codes_[c];
    }
    seen_.words = words_;
    rows_ = all_rows(lesson_.rows.size());
  }

  core::Frame seen_;
  Lesson lesson_;
  core::Matrix held_;
  core::SparseMatrix sparse_;
  std::vector<core::Index> rows_;  // 0, 1, ...; empty: no step yet
  std::vector<core::Words> words_;
  std::vector<std::vector<std::int32_t>> codes_;
};

}  // namespace

core::Matrix FittedSteps::apply_to_lesson(const core::Frame& frame, const Lesson& lesson) const {
  LessonRows rows(frame, lesson);
  for (const auto& step : steps_) rows.apply(*step);
  return std::move(rows.held());
}

core::ValueList FittedSteps::to_value() const {
  core::ValueList list;
  for (const auto& step : steps_) list.emplace_back(step->to_value());
  return list;
}

std::vector<std::string> FittedSteps::names(std::vector<std::string> before) const {
  for (const auto& step : steps_) before = step->names(before);
  return before;
}

std::vector<std::string> FittedSteps::report(std::vector<std::string> before) const {
  std::vector<std::string> sentences;
  for (const auto& step : steps_) {
    if (std::string sentence = step->report(before); !sentence.empty()) sentences.push_back(std::move(sentence));
    before = step->names(before);
  }
  return sentences;
}

FittedSteps FittedSteps::from_value(const core::Value& value, std::vector<std::string> names) {
  if (!value.is_list()) reject_saved("must be a list of steps");
  std::vector<std::shared_ptr<const FittedStep>> steps;
  for (const core::Value& saved : value.list()) {
    steps.push_back(is_by_column(saved) ? read_by_column(saved, names.size(), kind_of)
                                        : kind_of(saved).read(saved, names.size()));
    names = steps.back()->names(names);
  }
  return FittedSteps(std::move(steps));
}

Steps::Steps(const core::Params& params) : asks_model_(keeps_by_model(params)) {
  for (const StepKind* kind : step_kinds()) {
    const bool by_itself = kind == &encode_kind() || kind == &dates_kind() || !is_of_columns(*kind);
    std::unique_ptr<Step> step = by_itself ? kind->make(params) : by_column(*kind, params);
    if (step == nullptr) continue;
    steps_.push_back(std::move(step));
    setting_ += (setting_.empty() ? "" : " ") + setting_of(*kind, params);
  }
  const core::ValueMapping& exceptions = exceptions_of(params);
  if (!empty() && !exceptions.empty()) setting_ += " columns=" + core::Value(exceptions).python_str();
  if (asks_model_) setting_ += " of" + model_setting(params);
}

void Steps::measure_by(MeasureByModel measure, std::string_view whose) {
  if (!asks_model_) return;
  measure_ = std::move(measure);
  setting_ += fmt::format(" by {}", whose);
}

void Steps::allow_sparse() {
  may_be_sparse_ = true;
  if (!empty()) setting_ += " (may be sparse)";
}

bool Steps::fills_missing() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->fills_missing(); });
}

FittedSteps Steps::fit(const core::Frame& frame, Lesson lesson) const {
  GRIDMILL_ASSERT(!lesson.rows.empty(), "there are rows to learn from");
  for (std::size_t j = lesson.names.size(); j < frame.numbers.n_features; ++j)
    lesson.names.push_back(fmt::format("x{}", j));
  lesson.measure = measure_;
  std::vector<std::shared_ptr<const FittedStep>> fitted;
  LessonRows rows(frame, lesson);
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const bool is_last = s + 1 == steps_.size();
    rows.lesson().may_be_sparse =
        may_be_sparse_ && std::all_of(steps_.begin() + static_cast<std::ptrdiff_t>(s) + 1, steps_.end(),
                                      [](const auto& step) { return step->takes_sparse(); });
    auto learnt = steps_[s]->fit(rows.frame(), rows.lesson());
    if (learnt == nullptr) continue;
    fitted.push_back(std::move(learnt));
    if (!is_last) rows.apply(*fitted.back());
  }
  return FittedSteps(std::move(fitted));
}

}  // namespace gridmill::prepare
