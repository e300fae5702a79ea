#include "io/text/libsvm_text.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hint.hpp"
#include "core/memory_size.hpp"
#include "io/text/categories.hpp"
#include "io/text/cell.hpp"
#include "io/text/text_window.hpp"

namespace gridmill::io {
namespace {

using core::Column;
using core::ColumnType;

constexpr std::string_view kBlanks = " \t\r";
constexpr std::size_t kMostFeatures = 10'000'000;
constexpr std::size_t kMostColumns = 1'000'000;  // of a table
constexpr std::size_t kEmptyColumnBytes = 800;   // that a column takes without a single row

struct Line {
  std::string_view label;
  std::vector<std::pair<std::size_t, double>> entries;  // position of the feature from 0, ascending; value
};

/// Takes the next word off a line.
std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlanks));
  rest.remove_prefix(word.size());
  return word;
}

class LibsvmReader {
 public:
  LibsvmReader(const std::filesystem::path& path, const ImportOptions& options)
      : window_(path, options.encoding),
        first_index_(options.first_index == IndexBase::one ? 1 : 0),
        n_features_(options.first_index == IndexBase::automatic ? 0 : options.n_features),
        first_index_is_open_(options.first_index == IndexBase::automatic ? 1 : 0) {}

  /// Reads the next line that holds a sample; false at the end of the file. `line.label` is valid until the next call.
  bool next(Line& line) {
    while (true) {
      window_.drop(consumed_, consumed_ == 0 || !has_feed_ ? 0 : 1);
      consumed_ = 0;
      std::size_t feed = window_.text().find('\n');
      while (feed == std::string_view::npos && !window_.at_end()) {
        window_.refill();
        feed = window_.text().find('\n');
      }
      has_feed_ = feed != std::string_view::npos;
      const std::string_view text = window_.text().substr(0, feed);
      refuse_carriage_returns(text);
      if (text.empty() && !has_feed_) return false;
      consumed_ = text.size() + (has_feed_ ? 1 : 0);
      std::string_view rest = text.substr(0, text.find('#'));
      if (rest.find_first_not_of(kBlanks) == std::string_view::npos) continue;
      parse(rest, line);
      return true;
    }
  }

  /// Returns the place of the line read last.
  [[nodiscard]] core::Location location() const { return window_.location(0); }

  [[noreturn]] void fail(std::string_view at, std::string what, std::string hint = {}) const {
    window_.fail(static_cast<std::size_t>(at.data() - window_.text().data()), std::move(what), std::move(hint));
  }

 private:
  /// Old Macintosh text would be one long line.
  void refuse_carriage_returns(std::string_view text) const {
    const std::size_t at = text.find('\r');
    if (at == std::string_view::npos || text.find_first_not_of(kBlanks, at) == std::string_view::npos) return;
    fail(text.substr(at), "the line ends in a carriage return alone", "convert it: tr '\\r' '\\n' < old.svm > new.svm");
  }

  void parse(std::string_view rest, Line& line) const {
    line.label = take_word(rest);
    line.entries.clear();
    if (!parse_real(line.label)) {
      fail(line.label, fmt::format("the label '{}' is not a number", line.label),
           line.label.find(',') != std::string_view::npos ? "samples with several labels are not supported"
                                                          : "expected: label index:value index:value ...");
    }
    for (std::string_view word = take_word(rest); !word.empty(); word = take_word(rest)) {
      if (word.substr(0, 4) != "qid:") line.entries.push_back(parse_entry(word, line));
    }
  }

  [[nodiscard]] std::pair<std::size_t, double> parse_entry(std::string_view word, const Line& line) const {
    const std::size_t colon = word.find(':');
    const std::optional<std::int64_t> index = parse_integer(word.substr(0, colon));
    if (colon == std::string_view::npos || !index) fail(word, fmt::format("'{}' is not index:value", word));
    const std::optional<double> value = parse_real(word.substr(colon + 1));
    if (!value) fail(word.substr(colon + 1), fmt::format("'{}' is not a number", word.substr(colon + 1)));
    if (*index < first_index_) {
      fail(word, fmt::format("index {}, but indices begin at {}", *index, first_index_),
           *index == 0
               ? "set first_index: 0 if the features are counted from 0, also in the data the model learned from"
               : "");
    }
    const auto position = static_cast<std::size_t>(*index - first_index_);
    const std::size_t limit = n_features_ == 0 ? kMostFeatures : n_features_;
    if (position >= limit + first_index_is_open_)
      fail(word, fmt::format("index {} is beyond the {} features", *index, limit));
    if (!line.entries.empty() && position <= line.entries.back().first) {
      fail(word, fmt::format("index {} does not ascend from {}", *index,
                             static_cast<std::int64_t>(line.entries.back().first) + first_index_));
    }
    return {position, *value};
  }

  TextWindow window_;
  std::int64_t first_index_;
  std::size_t n_features_;
  std::size_t first_index_is_open_;  // 1: indices are taken to begin at 0 until all of them are known
  std::size_t consumed_ = 0;
  bool has_feed_ = false;
};

void set_target(Column& target, std::size_t row, std::string_view label) {
  if (target.type == ColumnType::integer) {
    std::get<Column::Integers>(target.values)[row] = parse_integer(label).value_or(0);
  } else if (target.type == ColumnType::real) {
    std::get<Column::Reals>(target.values)[row] = parse_real(label).value_or(0);
  } else {
    const auto found = std::find(target.categories.begin(), target.categories.end(), label);
    std::get<Column::Codes>(target.values)[row] = static_cast<std::int32_t>(found - target.categories.begin());
  }
}

class LibsvmTable : public TableSource {
 public:
  enum class Columns { all, target_only };  // those of features take memory without a single row

  LibsvmTable(const std::filesystem::path& path, const ImportOptions& options, Columns columns = Columns::all)
      : path_(path), options_(options) {
    schema_.name = options.table.empty() ? table_name_of(path.string()) : options.table;
    schema_.source = path.string();
    const Column target = target_column();
    if (columns == Columns::all) refuse_too_many_columns();
    for (std::size_t i = 0; columns == Columns::all && i < n_features_; ++i) {
      schema_.columns.push_back(
          empty_column({.name = libsvm_feature_name(i, options_.first_index), .type = ColumnType::real}));
    }
    schema_.columns.push_back(target);
    check_options();
  }

  /// The options, with the first index as it was found.
  [[nodiscard]] const ImportOptions& options() const { return options_; }

  [[nodiscard]] const core::Table& schema() const override { return schema_; }
  [[nodiscard]] std::size_t n_rows() const override { return n_rows_; }
  [[nodiscard]] std::size_t n_features() const { return n_features_; }

  core::Table next(std::size_t max_rows) override {
    const std::size_t wanted = std::min(max_rows, n_rows_ - n_read_);
    core::Table table{.name = schema_.name, .columns = {}, .source = schema_.source};
    for (const Column& column : schema_.columns) table.columns.push_back(empty_column(column, wanted));
    if (!reader_) reader_.emplace(path_, options_);
    Line line;
    if (options_.absent_is_missing) {
      for (std::size_t feature = 0; feature < n_features_; ++feature) {
        std::ranges::fill(std::get<Column::Reals>(table.columns[feature].values),
                          std::numeric_limits<double>::quiet_NaN());
      }
    }
    for (std::size_t row = 0; row < wanted && reader_->next(line); ++row) {
      for (const auto& [feature, value] : line.entries) {
        if (feature < n_features_) std::get<Column::Reals>(table.columns[feature].values)[row] = value;
      }
      set_target(table.columns.back(), row, line.label);
    }
    n_read_ += wanted;
    return table;
  }

 private:
  /// Reads the file once: number of rows and features, first index, kind of label.
  Column target_column() {
    LibsvmReader reader(path_, options_);
    Line line;
    bool integers = true;
    bool beyond = false;  // a whole number that 64 bits do not hold: doubles would make some of them equal
    std::set<std::string> labels;
    const auto given = options_.types.find(kLibsvmTarget);
    const bool categorical = given != options_.types.end() && given->second == ColumnType::categorical;
    bool has_zero = false;
    std::size_t n_positions = 0;  // up to the greatest one
    while (reader.next(line)) {
      ++n_rows_;
      if (widest_.line == 0 && !line.entries.empty() && line.entries.back().first >= kMostColumns) {
        widest_ = reader.location();
      }
      integers = integers && parse_integer(line.label);
      beyond = beyond || (is_whole_number(line.label) && !parse_integer(line.label));
      if (categorical) labels.emplace(line.label);
      if (line.entries.empty()) continue;
      has_zero = has_zero || line.entries.front().first == 0;
      n_positions = std::max(n_positions, line.entries.back().first + 1);
    }
    if (beyond && given == options_.types.end()) {
      options_.types[kLibsvmTarget] = ColumnType::categorical;
      n_rows_ = 0;
      return target_column();
    }
    if (options_.first_index == IndexBase::automatic) {
      options_.first_index = has_zero ? IndexBase::zero : IndexBase::one;
      if (!has_zero && n_positions > 0) --n_positions;  // they were counted from 0
    }
    n_features_ = std::max(options_.n_features, n_positions);
    if (n_rows_ == 0) throw core::UserError(core::Problem{{path_.string()}, "holds no samples", {}});
    Column target{.name = kLibsvmTarget, .type = integers ? ColumnType::integer : ColumnType::real};
    if (given != options_.types.end() && given->second != ColumnType::integer) target.type = given->second;
    target.categories = std::vector<std::string>(labels.begin(), labels.end());
    sort_categories(target.categories);
    return empty_column(target);
  }

  void refuse_too_many_columns() const {
    if (n_features_ <= kMostColumns) return;
    throw core::UserError(core::Problem{
        widest_.line == 0 ? core::Location{path_.string()} : widest_,
        fmt::format(
            "a table of {} features would take {} of memory before its first row; at most {} are read as a table",
            n_features_, core::size_text(kEmptyColumnBytes * n_features_), kMostColumns),
        "'gridmill search' takes such text as it is, where no candidate has preprocessing or impute"});
  }

  void check_options() const {
    if (!options_.ignore.empty()) {
      throw core::UserError(core::Problem{{path_.string()}, "columns of LIBSVM text cannot be ignored", {}});
    }
    std::vector<std::string> names;
    for (const Column& column : schema_.columns) names.push_back(column.name);
    for (const auto& [name, type] : options_.types) {
      if (schema_.find(name) == nullptr) {
        throw core::UserError(core::Problem{
            {path_.string()}, "no column '" + name + "', which types names", core::hint_for(name, names)});
      }
      const bool label = name == kLibsvmTarget && (type == ColumnType::integer || type == ColumnType::categorical);
      if (schema_.find(name)->type != type || !(type == ColumnType::real || label)) {
        throw core::UserError(core::Problem{{path_.string()},
                                            fmt::format("column '{}' of LIBSVM text cannot be {}", name, name_of(type)),
                                            "features are double; target is integer, double or categorical"});
      }
    }
  }

  std::filesystem::path path_;
  ImportOptions options_;
  std::size_t n_rows_ = 0;
  std::size_t n_features_ = 0;
  core::Location widest_;  // the first line with an index beyond kMostColumns
  std::size_t n_read_ = 0;
  core::Table schema_;
  std::optional<LibsvmReader> reader_;
};

}  // namespace

std::unique_ptr<TableSource> open_libsvm(const std::filesystem::path& path, const ImportOptions& options) {
  return std::make_unique<LibsvmTable>(path, options);
}

SparseText read_libsvm(const std::filesystem::path& path, const ImportOptions& options) {
  const LibsvmTable layout(path, options, LibsvmTable::Columns::target_only);
  const core::Table& schema = layout.schema();
  SparseText out{.rest = {.name = schema.name, .columns = {}, .source = schema.source},
                 .x = {},
                 .first_index = layout.options().first_index};
  out.x.n_features = layout.n_features();
  Column target = empty_column(schema.columns.back(), layout.n_rows());
  LibsvmReader reader(path, layout.options());
  Line line;
  for (std::size_t row = 0; reader.next(line); ++row) {
    for (const auto& [feature, value] : line.entries) {
      if (value == 0 && !options.absent_is_missing) continue;
      out.x.feature.push_back(static_cast<core::Index>(feature));
      out.x.value.push_back(value);
    }
    out.x.start.push_back(out.x.value.size());
    set_target(target, row, line.label);
  }
  out.rest.columns.push_back(std::move(target));
  return out;
}

std::string libsvm_feature_name(std::size_t position, IndexBase first_index) {
  return fmt::format("f{}", position + (first_index == IndexBase::zero ? 0 : 1));
}

IndexBase libsvm_first_index(const std::vector<std::string>& features) {
  const auto is_there = [&](const char* name) {
    return std::find(features.begin(), features.end(), name) != features.end();
  };
  if (is_there("f0")) return IndexBase::zero;
  return is_there("f1") ? IndexBase::one : IndexBase::automatic;
}

core::Location locate_libsvm_row(const std::filesystem::path& path, const ImportOptions& options, std::size_t row) {
  LibsvmReader reader(path, options);
  Line line;
  for (std::size_t i = 0; reader.next(line); ++i) {
    if (i == row) return {.file = path.string(), .line = reader.location().line};
  }
  return {path.string()};
}

bool looks_like_libsvm(std::string_view first_bytes) {
  while (!first_bytes.empty()) {
    const std::size_t feed = first_bytes.find('\n');
    std::string_view line = first_bytes.substr(0, feed);
    first_bytes.remove_prefix(feed == std::string_view::npos ? first_bytes.size() : feed + 1);
    line = line.substr(0, line.find('#'));
    const std::string_view label = take_word(line);
    if (label.empty()) continue;
    const std::string_view entry = take_word(line);
    if (entry.empty() && parse_real(label)) continue;  // a row without entries: the next one tells
    const std::size_t colon = entry.find(':');
    if (!parse_real(label) || colon == std::string_view::npos) return false;
    return entry.substr(0, colon) == "qid" || (parse_integer(entry.substr(0, colon)) && colon + 1 < entry.size() &&
                                               entry.find_first_of(",;:", colon + 1) == std::string_view::npos);
  }
  return false;
}

}  // namespace gridmill::io
