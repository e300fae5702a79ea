#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/table.hpp"
#include "core/time_format.hpp"

namespace gridmill::io {

enum class FileFormat { automatic, csv, libsvm };
enum class Header { automatic, yes, no };
enum class Encoding { utf8, latin1 };
enum class IndexBase { automatic, zero, one };

/// How text becomes a table. The defaults read what pandas' read_csv reads with its own.
struct ImportOptions {
  /// automatic: by content (the store's signature; `label index:value ...` lines; else CSV), never by file name.
  FileFormat format = FileFormat::automatic;

  /// Between cells; blanks around unquoted cells do not count. None: comma, semicolon or tab, whichever cuts the
  /// first lines into equally many cells.
  std::optional<char> delimiter;
  /// yes: the first line names the columns. no: columns are called c0, c1, ... automatic: it does if it holds one of
  /// the names that the user gives (here and in `used`); else its cells decide (see judge_first_line).
  Header header = Header::automatic;
  /// Columns that the user names elsewhere.
  std::vector<std::string> used;
  /// A CSV file with a header alone is a table without rows.
  bool may_be_empty = false;
  Encoding encoding = Encoding::utf8;
  /// '.' or ','.
  char decimal = '.';

  /// Cells that stand for "no value", exactly as written. NaN is missing in a column of doubles in any case.
  std::vector<std::string> missing = {"",     "NA",   "N/A",  "n/a", "NaN",  "nan", "NULL",
                                      "null", "None", "#N/A", "#NA", "<NA>", "?"};
  /// Types of columns, by name, instead of the inferred ones.
  std::map<std::string, core::ColumnType> types;
  /// How the times of columns are written that are none of those which are known at once; the columns hold times.
  std::map<std::string, core::TimeFormat> time_formats;
  /// Columns of dates in which the day comes before the month, unless a cell shows another order.
  std::vector<std::string> day_first;
  /// New columns of times, at the end: the columns whose cells make them. In the order year, month, day, hour, minute,
  /// second, at least the first three; with a format of theirs in `time_formats`, any, with blanks between; one or two,
  /// any that make a time as it stands.
  std::map<std::string, std::vector<std::string>> made_times;
  /// Columns of times that decide which rows are known: one that is out of range is refused, not missing.
  std::vector<std::string> deciding_times;
  /// Columns of keys: their words are categorical, however many there are, and so are numbers that a double would
  /// round.
  std::vector<std::string> keys;
  /// Words such as yes and no are booleans (see boolean_pair), not categories.
  bool boolean_words = false;
  /// Columns left out; the empty name means all that have none.
  std::vector<std::string> ignore;
  /// A column of words is categorical, not text, up to so many distinct ones (see column_builder.hpp).
  std::size_t max_categories = 10000;

  /// LIBSVM text: what the first feature is numbered. automatic: 0 if that index stands anywhere in the file, else 1,
  /// as scikit-learn's zero_based='auto'.
  IndexBase first_index = IndexBase::automatic;
  /// LIBSVM text: a feature that a line leaves out is missing, not 0.
  bool absent_is_missing = false;
  /// LIBSVM text: number of features; 0: the greatest index in the file. Test files need it: their last features
  /// may be zero throughout.
  std::size_t n_features = 0;

  /// Which table of a store; and the name a table made from text gets. Empty: the only one; the file's stem.
  std::string table;

  /// Returns the names of all columns that the user names.
  [[nodiscard]] std::vector<std::string> named_columns() const;
};

/// Returns what stands in a file name before its first dot: "digits" for "data/digits.csv.gz".
std::string table_name_of(const std::string& path);

}  // namespace gridmill::io
