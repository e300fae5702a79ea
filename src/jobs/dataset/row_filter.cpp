#include "jobs/dataset/row_filter.hpp"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/class_label.hpp"
#include "core/error.hpp"
#include "core/hint.hpp"
#include "io/text/datetime.hpp"

namespace gridmill::jobs {

namespace {

using config::RowCondition;
using core::Column;
using core::ColumnType;
using core::Value;

std::string words_of(const RowCondition& condition) {
  const std::string value = condition.value.python_repr();
  return condition.comparison == "isin" ? fmt::format("{} isin {}", condition.column, value)
                                        : fmt::format("{} {} {}", condition.column, condition.comparison, value);
}

bool holds(std::partial_ordering order, const std::string& comparison) {
  if (comparison == "<") return order < 0;
  if (comparison == "<=") return order <= 0;
  if (comparison == ">") return order > 0;
  if (comparison == ">=") return order >= 0;
  return comparison == "!=" ? order != 0 : order == 0;
}

bool holds_words(ColumnType type) {
  return type == ColumnType::categorical || type == ColumnType::text || type == ColumnType::key;
}

/// A condition on one column, whose values are what the column holds.
class Condition {
 public:
  Condition(const SourceTable& source, const RowCondition& condition)
      : source_(source), asked_(condition), column_(column_of(source, condition.column, "data.filter")) {
    const core::ValueList one{condition.value};
    for (const Value& value : condition.value.is_list() ? condition.value.list() : one) {
      if (value.is_null()) {
        asks_missing_ = true;
      } else {
        add(value);
      }
    }
    const bool orders = asked_.comparison.front() == '<' || asked_.comparison.front() == '>';
    if (orders && (holds_words(column_.type) || asks_missing_)) {
      refuse(source_, fmt::format("data.filter: '{}' has no order that {} could go by", column_.name, words_of(asked_)),
             "words and missing values compare by ==, != and isin");
    }
  }

  [[nodiscard]] bool meets(std::size_t row) const {
    const bool differs = asked_.comparison == "!=";
    if (column_.missing(row)) return asks_missing_ != differs;
    for (std::size_t i = 0; i < n_values(); ++i) {
      if (holds(compare(row, i), asked_.comparison)) return true;
    }
    return differs && asks_missing_;
  }

  /// Says which of its words or numbers no row has.
  void warn_of_absent(io::Remarks& remarks) const {
    if (asked_.comparison != "isin" && asked_.comparison != "==") return;
    for (std::size_t i = 0; i < n_values(); ++i) {
      bool occurs = false;
      for (std::size_t row = 0; row < column_.size() && !occurs; ++row) {
        occurs = !column_.missing(row) && compare(row, i) == 0;
      }
      if (occurs) continue;
      remarks.warnings.push_back(fmt::format("{}: data.filter: no row has the {} {}", source_.file.string(),
                                             column_.name, given_[i].python_repr()));
    }
  }

 private:
  void add(const Value& value) {
    given_.push_back(value);
    if (holds_words(column_.type)) {
      words_.push_back(value.python_str());
    } else if (column_.type == ColumnType::datetime) {
      const auto time = value.is_text() ? io::parse_datetime(value.text()) : std::nullopt;
      if (!time) refuse_value(value);
      integers_.push_back(*time);
    } else if (is_number(column_.type) && (value.is_number() || value.is_boolean())) {
      reals_.push_back(value.is_boolean() ? static_cast<double>(value.boolean()) : value.number());
      integers_.push_back(value.is_integer() ? value.integer() : 0);
      is_integer_.push_back(value.is_integer());
    } else {
      refuse_value(value);
    }
  }

  [[noreturn]] void refuse_value(const Value& value) const {
    refuse(source_,
           fmt::format("data.filter: '{}' is of type {} and cannot be compared with {}", column_.name,
                       core::name_of(column_.type), value.python_repr()),
           column_.type == ColumnType::datetime ? "write a time such as 2021-08-12" : "");
  }

  [[nodiscard]] std::size_t n_values() const { return given_.size(); }

  /// Whole numbers beyond 2^53 stay whole.
  [[nodiscard]] std::partial_ordering compare(std::size_t row, std::size_t i) const {
    switch (column_.type) {
      case ColumnType::categorical:
        return column_.categories[static_cast<std::size_t>(std::get<Column::Codes>(column_.values)[row])] <=> words_[i];
      case ColumnType::text:
      case ColumnType::key: return std::get<Column::Texts>(column_.values)[row] <=> words_[i];
      case ColumnType::datetime: return std::get<Column::Integers>(column_.values)[row] <=> integers_[i];
      case ColumnType::integer: {
        const std::int64_t own = std::get<Column::Integers>(column_.values)[row];
        if (is_integer_[i]) return own <=> integers_[i];
        return static_cast<double>(own) <=> reals_[i];
      }
      case ColumnType::boolean:
        return static_cast<double>(std::get<Column::Booleans>(column_.values)[row]) <=> reals_[i];
      case ColumnType::real: return std::get<Column::Reals>(column_.values)[row] <=> reals_[i];
      case ColumnType::latlong: break;
    }
    GRIDMILL_ASSERT(false, "the column compares with the value");
  }

  const SourceTable& source_;
  const RowCondition& asked_;
  const Column& column_;
  bool asks_missing_ = false;
  std::vector<Value> given_;  // but null
  std::vector<std::string> words_;
  std::vector<double> reals_;
  std::vector<std::int64_t> integers_;
  std::vector<bool> is_integer_;
};

}  // namespace

std::vector<std::size_t> rows_that_meet(const SourceTable& source, const std::vector<RowCondition>& filter,
                                        io::Remarks& remarks) {
  const std::size_t n = source.table.n_rows();
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  for (const RowCondition& asked : filter) {
    const Condition condition(source, asked);
    const std::size_t n_before = rows.size();
    std::erase_if(rows, [&](std::size_t row) { return !condition.meets(row); });
    condition.warn_of_absent(remarks);
    if (!rows.empty() || n == 0) continue;
    refuse(source, fmt::format("data.filter leaves no row: none of {} has {}{}", n_before, words_of(asked),
                               n_before < n ? " beside what is asked for before it" : ""));
  }
  if (!filter.empty()) {
    remarks.notes.push_back(fmt::format("{}: data.filter takes {} of {} rows", source.file.string(), rows.size(), n));
  }
  return rows;
}

}  // namespace gridmill::jobs
