#include "io/infer.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "io/cell.hpp"
#include "io/csv.hpp"
#include "io/datetime.hpp"
#include "io/table_source.hpp"

namespace gridmill::io {
namespace {

using core::ColumnType;

constexpr std::size_t kAlwaysCategorical = 20;  // distinct words
constexpr std::size_t kAnyRows = static_cast<std::size_t>(-1);

/// What the cells of one column have in common so far.
class ColumnGuess {
 public:
  enum class Kind { nothing, boolean, integer, real, datetime, words };

  ColumnGuess(std::size_t file_column, std::optional<ColumnType> given, std::size_t max_categories)
      : file_column_(file_column), given_(given), max_distinct_(given ? kAnyRows : max_categories) {
    if (given == ColumnType::categorical) kind_ = Kind::words;
  }

  /// Nothing to find out about a column whose type is given and needs no list of categories.
  [[nodiscard]] bool is_settled() const { return given_ && *given_ != ColumnType::categorical; }
  /// Words were met after cells of another kind, which were not written down.
  [[nodiscard]] bool turned_late() const { return turned_late_; }
  [[nodiscard]] std::size_t file_column() const { return file_column_; }

  void look(const CellBlock& block, const MissingWords& missing, char decimal) {
    std::string scratch;
    for (std::size_t row = 0; row < block.n_rows(); ++row) {
      const std::string_view cell = block.cell(row, file_column_, scratch);
      if (missing.contains(cell)) continue;
      ++n_present_;
      if (!fits(cell, decimal)) widen(cell, decimal);
    }
  }

  /// Begins again, knowing that there are words.
  void start_over_with_words() {
    kind_ = Kind::words;
    turned_late_ = false;
    words_.clear();
  }
  void forget_count() { n_present_ = 0; }

  core::Column column(std::string name) {
    core::Column column;
    column.name = std::move(name);
    column.type = type();
    column = empty_column(column);
    if (column.type == ColumnType::categorical) {
      column.categories.assign(words_.begin(), words_.end());
      sort_categories(column.categories);
    }
    return column;
  }

 private:
  bool fits(std::string_view cell, char decimal) {
    switch (kind_) {
      case Kind::nothing: return false;
      case Kind::boolean: return parse_boolean(cell).has_value();
      case Kind::integer: return parse_integer(cell).has_value();
      case Kind::real: return parse_real(cell, decimal).has_value();
      case Kind::datetime: return parse_datetime(cell).has_value();
      case Kind::words: note_word(cell); return true;
    }
    return false;
  }

  void widen(std::string_view cell, char decimal) {
    const bool is_first = kind_ == Kind::nothing;
    if (is_first && parse_boolean(cell)) {
      kind_ = Kind::boolean;
    } else if (is_first && parse_integer(cell)) {
      kind_ = Kind::integer;
    } else if ((is_first || kind_ == Kind::integer) && parse_real(cell, decimal)) {
      kind_ = Kind::real;
    } else if (is_first && parse_datetime(cell)) {
      kind_ = Kind::datetime;
    } else {
      turned_late_ = !is_first;
      kind_ = Kind::words;
      note_word(cell);
    }
  }

  void note_word(std::string_view cell) {
    if (words_.size() > max_distinct_) return;  // text it is
    key_.assign(cell);
    words_.insert(key_);
  }

  [[nodiscard]] ColumnType type() const {
    if (given_) return *given_;
    switch (kind_) {
      case Kind::boolean: return ColumnType::boolean;
      case Kind::integer: return ColumnType::integer;
      case Kind::datetime: return ColumnType::datetime;
      case Kind::words: {
        const bool few = words_.size() <= kAlwaysCategorical || words_.size() <= n_present_ / 2;
        return few && words_.size() <= max_distinct_ ? ColumnType::categorical : ColumnType::text;
      }
      default: return ColumnType::real;
    }
  }

  std::size_t file_column_;
  std::optional<ColumnType> given_;
  std::size_t max_distinct_;
  Kind kind_ = Kind::nothing;
  bool turned_late_ = false;
  std::size_t n_present_ = 0;
  std::unordered_set<std::string> words_;
  std::string key_;
};

void check_column_names(const std::string& file, const std::vector<std::string>& names, const ImportOptions& options) {
  std::vector<core::Problem> problems;
  const auto check = [&](const std::string& option, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    problems.push_back({{file}, "no column '" + name + "', which " + option + " names", core::hint_for(name, names)});
  };
  for (const auto& [name, type] : options.types) check("types", name);
  for (const std::string& name : options.ignore) check("ignore", name);
  if (!problems.empty()) throw core::UserError(std::move(problems));
}

std::vector<ColumnGuess> first_guesses(const std::vector<std::string>& names, const ImportOptions& options) {
  std::vector<ColumnGuess> guesses;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::find(options.ignore.begin(), options.ignore.end(), names[i]) != options.ignore.end()) continue;
    const auto given = options.types.find(names[i]);
    guesses.emplace_back(i, given == options.types.end() ? std::nullopt : std::optional(given->second),
                         options.max_categories);
  }
  return guesses;
}

/// Shows each guess all rows; returns their number.
std::size_t look_at_all(CsvReader& reader, std::vector<ColumnGuess>& guesses, const ImportOptions& options) {
  const MissingWords missing(options.missing);
  std::size_t n_rows = 0;
  while (const CellBlock* block = reader.next(kAnyRows)) {
    n_rows += block->n_rows();
    for (ColumnGuess& guess : guesses) {
      if (!guess.is_settled()) guess.look(*block, missing, options.decimal);
    }
  }
  return n_rows;
}

}  // namespace

void sort_categories(std::vector<std::string>& categories) {
  std::sort(categories.begin(), categories.end());
  std::vector<std::pair<double, std::string>> numbers;
  for (const std::string& category : categories) {
    const std::optional<double> number = parse_real(category);
    if (!number || *number != *number) return;
    numbers.emplace_back(*number, category);
  }
  std::sort(numbers.begin(), numbers.end());
  std::transform(numbers.begin(), numbers.end(), categories.begin(), [](auto& entry) { return entry.second; });
}

CsvSchema infer_csv(const std::filesystem::path& path, const ImportOptions& options) {
  CsvReader reader(path, options);
  check_column_names(path.string(), reader.names(), options);
  std::vector<ColumnGuess> guesses = first_guesses(reader.names(), options);
  CsvSchema schema;
  schema.n_rows = look_at_all(reader, guesses, options);
  if (std::any_of(guesses.begin(), guesses.end(), [](const ColumnGuess& guess) { return guess.turned_late(); })) {
    for (ColumnGuess& guess : guesses) {
      if (guess.turned_late()) guess.start_over_with_words();
      guess.forget_count();
    }
    CsvReader again(path, options);
    look_at_all(again, guesses, options);
  }
  schema.table.name = options.table.empty() ? table_name_of(path.string()) : options.table;
  schema.table.source = path.string();
  for (ColumnGuess& guess : guesses) {
    schema.file_columns.push_back(guess.file_column());
    schema.table.columns.push_back(guess.column(reader.names()[guess.file_column()]));
  }
  if (schema.table.columns.empty()) {
    throw core::UserError(core::Problem{{path.string()}, "every column is ignored", {}});
  }
  return schema;
}

}  // namespace gridmill::io
