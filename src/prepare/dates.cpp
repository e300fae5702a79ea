#include "prepare/dates.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "core/matrix.hpp"
#include "core/table.hpp"
#include "core/words.hpp"
#include "prepare/column_exceptions.hpp"
#include "prepare/saved_step.hpp"

namespace gridmill::prepare {

namespace {

constexpr const char* kDates = "dates";

/// A time, taken apart.
struct Moment {
  std::chrono::sys_days day;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::nanoseconds> clock;

  explicit Moment(std::int64_t nanoseconds)
      : Moment(std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(nanoseconds))) {}

  [[nodiscard]] std::int64_t month() const { return unsigned{date.month()}; }
  [[nodiscard]] std::int64_t weekday() const { return std::chrono::weekday(day).iso_encoding() - 1; }
  [[nodiscard]] std::int64_t day_of_year() const { return (day - first_of(date.year())).count() + 1; }
  /// The week of its Thursday, counted in that one's year.
  [[nodiscard]] std::int64_t week() const {
    const std::chrono::sys_days thursday = day + std::chrono::days(3 - weekday());
    return (thursday - first_of(std::chrono::year_month_day(thursday).year())).count() / 7 + 1;
  }
  [[nodiscard]] bool is_last_of_month() const {
    return std::chrono::year_month_day(day + std::chrono::days(1)).month() != date.month();
  }

 private:
  explicit Moment(std::chrono::sys_time<std::chrono::nanoseconds> time)
      : day(std::chrono::floor<std::chrono::days>(time)), date(day), clock(time - day) {}

  static std::chrono::sys_days first_of(std::chrono::year year) { return year / std::chrono::January / 1; }
};

struct Part {
  std::string_view name;
  std::int64_t (*of)(const Moment& time);
};

constexpr std::array<Part, 13> kParts{{
    {"year", [](const Moment& t) { return std::int64_t{int{t.date.year()}}; }},
    {"quarter", [](const Moment& t) { return (t.month() + 2) / 3; }},
    {"month", [](const Moment& t) { return t.month(); }},
    {"week", [](const Moment& t) { return t.week(); }},
    {"day", [](const Moment& t) { return std::int64_t{unsigned{t.date.day()}}; }},
    {"weekday", [](const Moment& t) { return t.weekday(); }},
    {"day_of_year", [](const Moment& t) { return t.day_of_year(); }},
    {"hour", [](const Moment& t) { return std::int64_t{t.clock.hours().count()}; }},
    {"minute", [](const Moment& t) { return std::int64_t{t.clock.minutes().count()}; }},
    {"second", [](const Moment& t) { return std::int64_t{t.clock.seconds().count()}; }},
    {"is_weekend", [](const Moment& t) { return std::int64_t{t.weekday() > 4 ? 1 : 0}; }},
    {"is_month_start", [](const Moment& t) { return std::int64_t{unsigned{t.date.day()} == 1 ? 1 : 0}; }},
    {"is_month_end", [](const Moment& t) { return std::int64_t{t.is_last_of_month() ? 1 : 0}; }},
}};

const Part* find_part(const core::Value& name) {
  const auto* const found = !name.is_text() ? kParts.end() : std::ranges::find(kParts, name.text(), &Part::name);
  return found == kParts.end() ? nullptr : found;
}

std::vector<std::string> part_names() {
  std::vector<std::string> names;
  for (const Part& part : kParts) names.emplace_back(part.name);
  return names;
}

/// The parts that a column's own parameters ask for; null: none.
const core::Value& parts_wanted(const core::Params& own) { return dates_kind().value_of(own, kDates); }

/// A column of times and what becomes of it.
struct DateColumn {
  std::string name;
  std::vector<const Part*> parts;
};

const core::Words& column_of(const core::Frame& frame, const std::string& name) {
  const auto found = std::ranges::find(frame.words, name, &core::Words::name);
  GRIDMILL_ASSERT(found != frame.words.end(), "the frame has the columns that were learnt from");
  return *found;
}

std::int64_t nanoseconds_of(std::string_view word) {
  std::int64_t time = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), time);
  GRIDMILL_ASSERT(error == std::errc() && end == word.data() + word.size(), "a time is a whole number");
  return time;
}

class FittedDates final : public FittedStep {
 public:
  explicit FittedDates(std::vector<DateColumn> columns) : columns_(std::move(columns)) {}

  [[nodiscard]] std::shared_ptr<const FittedStep> bound_to(const core::Frame& frame) const override {
    auto bound = std::make_shared<FittedDates>(*this);
    auto tables = std::make_shared<std::vector<core::Matrix>>();
    for (const DateColumn& each : columns_) tables->push_back(table(column_of(frame, each.name).list, each.parts));
    bound->tables_ = std::move(tables);
    return bound;
  }
  [[nodiscard]] core::Matrix apply(const core::Frame& frame, std::span<const core::Index> rows) const override {
    if (tables_ == nullptr) return bound_to(frame)->apply(frame, rows);
    const std::size_t n = frame.numbers.n_features;
    core::Matrix out(n + n_parts(), rows.size(), arma::fill::none);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::ranges::copy(frame.numbers.sample(rows[i]), out.colptr(i));
    }
    std::size_t first = n;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const core::Matrix& parts = (*tables_)[c];
      const core::Words& times = column_of(frame, columns_[c].name);
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int32_t code = times.codes[rows[i]];
        for (std::size_t p = 0; p < parts.n_rows; ++p) {
          out(first + p, i) = code == core::kMissingCode ? std::numeric_limits<double>::quiet_NaN()
                                                         : parts(p, static_cast<arma::uword>(code));
        }
      }
      first += parts.n_rows;
    }
    return out;
  }
  [[nodiscard]] std::vector<std::string> names(const std::vector<std::string>& before) const override {
    std::vector<std::string> all = before;
    for (const DateColumn& each : columns_) {
      for (const Part* part : each.parts) all.push_back(fmt::format("{}_{}", each.name, part->name));
    }
    return all;
  }
  [[nodiscard]] core::ValueMapping to_value() const override {
    core::ValueList columns;
    for (const DateColumn& each : columns_) {
      core::ValueList parts;
      for (const Part* part : each.parts) parts.emplace_back(std::string(part->name));
      columns.emplace_back(core::ValueMapping{{"column", each.name}, {"parts", std::move(parts)}});
    }
    return {{kDates, std::move(columns)}};
  }

 private:
  /// The parts of each time of a list: parts x times.
  static core::Matrix table(const core::WordList& list, const std::vector<const Part*>& parts) {
    core::Matrix out(parts.size(), list.size(), arma::fill::none);
    for (std::size_t t = 0; t < list.size(); ++t) {
      const Moment time(nanoseconds_of(list[t]));
      for (std::size_t p = 0; p < parts.size(); ++p) out(p, t) = static_cast<double>(parts[p]->of(time));
    }
    return out;
  }
  [[nodiscard]] std::size_t n_parts() const {
    std::size_t n = 0;
    for (const DateColumn& each : columns_) n += each.parts.size();
    return n;
  }

  std::vector<DateColumn> columns_;
  std::shared_ptr<const std::vector<core::Matrix>> tables_;  // by column, of one frame; null: see bound_to
};

class Dates final : public Step {
 public:
  explicit Dates(core::Params params) : params_(std::move(params)) {}

  [[nodiscard]] std::shared_ptr<const FittedStep> fit(const core::Frame& frame,
                                                      const Lesson& /*lesson*/) const override {
    std::vector<DateColumn> columns;
    for (const core::Words& each : frame.words) {
      const core::Params own = params_for(params_, each.name);
      if (each.type != core::ColumnType::datetime || parts_wanted(own).is_null()) continue;
      DateColumn& column = columns.emplace_back(DateColumn{.name = each.name, .parts = {}});
      for (const core::Value& part : parts_wanted(own).list()) column.parts.push_back(find_part(part));
    }
    if (columns.empty()) return nullptr;
    return std::make_shared<FittedDates>(std::move(columns));
  }

 private:
  core::Params params_;
};

std::unique_ptr<Step> make_dates(const core::Params& params) {
  bool any = !parts_wanted(params).is_null();
  for (const auto& [pattern, own] : exceptions_of(params)) {
    if (own.is_mapping())
      any = any || !parts_wanted(core::Params(own.mapping().begin(), own.mapping().end())).is_null();
  }
  return any ? std::make_unique<Dates>(params) : nullptr;
}

std::shared_ptr<const FittedStep> read_dates(const core::Value& saved, std::size_t /*n_features*/) {
  const core::Value& list = saved_entry(saved, kDates);
  if (!list.is_list()) reject_saved("dates must be a list of columns");
  std::vector<DateColumn> columns;
  for (const core::Value& each : list.list()) {
    const core::Value& name = saved_entry(each, "column");
    const core::Value& parts = saved_entry(each, "parts");
    if (!name.is_text() || !parts.is_list()) reject_saved("dates must be columns and their parts");
    DateColumn& column = columns.emplace_back(DateColumn{.name = name.text(), .parts = {}});
    for (const core::Value& part : parts.list()) {
      if (find_part(part) == nullptr) reject_saved("parts of dates must be such that are known");
      column.parts.push_back(find_part(part));
    }
  }
  return std::make_shared<FittedDates>(std::move(columns));
}

}  // namespace

const StepKind& dates_kind() {
  static const StepKind kind{
      .options = {{.name = kDates,
                   .kinds = {core::Kind::list, core::Kind::null},
                   .default_value = {},
                   .range = {},
                   .choices = {},
                   .meaning =
                       fmt::format("Which parts of times become numbers, as [year, month, weekday]: {}. They are "
                                   "imputed and scaled as other numbers are; null: times are refused.",
                                   fmt::join(part_names(), ", "))}},
      .make = make_dates,
      .read = read_dates};
  return kind;
}

std::vector<core::Problem> check_dates(const core::Params& params) {
  std::vector<core::Problem> problems;
  const core::Value& wanted = parts_wanted(params);
  if (!wanted.is_list()) return problems;
  if (wanted.list().empty()) {
    problems.push_back({{}, "dates is an empty list: it needs a part or more", "leave it out to refuse times"});
  }
  std::set<std::string> seen;
  for (const core::Value& part : wanted.list()) {
    const std::string name = part.python_str();
    if (find_part(part) == nullptr) {
      problems.push_back({{}, fmt::format("dates: a time has no part '{}'", name), core::hint_for(name, part_names())});
    } else if (!seen.insert(name).second) {
      problems.push_back({{}, fmt::format("dates names '{}' twice", name), {}});
    }
  }
  return problems;
}

bool takes_dates(const core::Params& params, std::string_view column) {
  return !parts_wanted(params_for(params, column)).is_null();
}

std::vector<std::string> names_of_parts(std::string_view column) {
  std::vector<std::string> names;
  for (const Part& part : kParts) names.push_back(fmt::format("{}_{}", column, part.name));
  return names;
}

}  // namespace gridmill::prepare
