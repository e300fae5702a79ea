#include "prepare/idle_options.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/option.hpp"
#include "core/table.hpp"
#include "prepare/categories.hpp"
#include "prepare/column_exceptions.hpp"
#include "prepare/dates.hpp"
#include "prepare/encode.hpp"
#include "prepare/step.hpp"
#include "prepare/steps.hpp"
#include "prepare/texts.hpp"

namespace gridmill::prepare {

namespace {

enum class ColumnKind { number, name, sentence, time };

struct ColumnOf {
  std::string name;
  ColumnKind kind;
};

std::vector<ColumnOf> columns_of(const core::Frame& frame, std::span<const std::string> names) {
  std::vector<ColumnOf> columns;
  for (const std::string& name : names) columns.push_back({name, ColumnKind::number});
  for (const core::Words& each : frame.words) {
    columns.push_back({each.name, each.type == core::ColumnType::datetime ? ColumnKind::time
                                  : each.type == core::ColumnType::text   ? ColumnKind::sentence
                                                                          : ColumnKind::name});
  }
  return columns;
}

bool is_one_of(const std::vector<core::OptionSpec>& options, std::string_view name) {
  return core::find_option(options, name) != nullptr;
}

/// Why a kind of steps leaves a column alone; nothing: it does not. Empty: the column is not of its kind.
std::optional<std::string> left_alone(const StepKind& kind, std::string_view option, const ColumnOf& column,
                                      const core::Params& own) {
  const bool is_word = column.kind == ColumnKind::name || column.kind == ColumnKind::sentence;
  if (&kind == &dates_kind()) return column.kind == ColumnKind::time ? std::nullopt : std::optional(std::string());
  if (&kind != &encode_kind()) return is_word ? std::optional(std::string()) : std::nullopt;
  if (!is_word) return "";
  const bool is_of_text = is_one_of(text_options(), option);
  const Encoding encoding = encoding_of(own, column.kind == ColumnKind::sentence);
  if (is_of_text && encoding == Encoding::categories && column.kind == ColumnKind::name) return "";
  if (!is_of_text && encoding == Encoding::text) return "text encodes all columns of words";
  return std::nullopt;
}

std::string none_of_kind(const StepKind& kind, std::string_view option) {
  if (&kind == &dates_kind()) return "no feature is a column of times";
  if (&kind != &encode_kind()) return "no feature is a column of numbers";
  return is_one_of(text_options(), option) ? "no feature is a column of sentences" : "no feature is a column of words";
}

/// Why an option does nothing with these parameters, whatever the column; nothing: it does something.
std::optional<std::string> out_of_place(const StepKind& kind, std::string_view option, const core::Params& own) {
  const auto use = std::ranges::find(kind.uses, option, &OptionUse::option);
  if (use == kind.uses.end()) return std::nullopt;
  const core::Value& other = kind.value_of(own, use->beside);
  const bool fits = use->values.empty()
                        ? other != core::find_option(kind.options, use->beside)->default_value
                        : std::ranges::any_of(use->values, [&](auto value) { return other.python_str() == value; });
  if (fits) return std::nullopt;
  const std::string is = other.is_null() ? "null" : other.python_str();
  if (use->values.empty()) return fmt::format("{} is {}", use->beside, is);
  return fmt::format("it goes with {}: {}, and {} is {}", use->beside, fmt::join(use->values, " or "), use->beside, is);
}

class Idle {
 public:
  Idle(const core::Params& params, std::vector<ColumnOf> columns) : params_(params), columns_(std::move(columns)) {}

  std::vector<IdleOption> all() {
    for (const auto& [name, value] : params_) look_at(name, value, {});
    for (const auto& [pattern, own] : exceptions_of(params_)) {
      if (!own.is_mapping()) continue;
      for (const auto& [name, value] : own.mapping()) look_at(name, value, pattern);
    }
    return std::move(idle_);
  }

 private:
  /// `pattern`: of the exception that gives the option; empty: it is for all columns.
  void look_at(const std::string& option, const core::Value& value, const std::string& pattern) {
    for (const StepKind* kind : step_kinds()) {
      const core::OptionSpec* const spec = core::find_option(kind->options, option);
      if (spec == nullptr || value == spec->default_value) continue;
      if (const auto why = idle(*kind, option, value, pattern)) {
        idle_.push_back({pattern.empty() ? option : fmt::format("columns.{}.{}", pattern, option), *why});
      }
    }
  }

  std::optional<std::string> idle(const StepKind& kind, const std::string& option, const core::Value& value,
                                  const std::string& pattern) const {
    if (!is_of_columns(kind)) return out_of_place(kind, option, params_);
    std::string why;
    for (const ColumnOf& column : columns_) {
      if (!pattern.empty() && pattern != column.name && !matches(pattern, column.name)) continue;
      const core::Params own = own_params(params_, column.name);
      if (kind.value_of(own, option) != value) continue;  // an exception has the say
      std::optional<std::string> reason = out_of_place(kind, option, own);
      if (!reason) reason = left_alone(kind, option, column, own);
      if (!reason) return std::nullopt;
      if (why.empty()) why = *reason;
    }
    return why.empty() ? none_of_kind(kind, option) : why;
  }

  const core::Params& params_;
  std::vector<ColumnOf> columns_;
  std::vector<IdleOption> idle_;
};

}  // namespace

std::vector<IdleOption> idle_options(const core::Params& params, const core::Frame& frame,
                                     std::span<const std::string> names) {
  return Idle(params, columns_of(frame, names)).all();
}

}  // namespace gridmill::prepare
