#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/table.hpp"
#include "jobs/dataset/dataset_block.hpp"

namespace gridmill::jobs {

/// What all candidates make of columns.
struct FeatureUse {
  /// Whether a column of numbers may have missing values.
  std::function<bool(const std::string& column)> may_miss = [](const std::string&) { return false; };
  /// Whether a column of words becomes features.
  std::function<bool(const std::string& column)> takes_words = [](const std::string&) { return false; };
  /// Whether numbers are made of a column of times, and whether these may be missing.
  std::function<bool(const std::string& column)> takes_dates = [](const std::string&) { return false; };
  std::function<bool(const std::string& column)> may_miss_dates = [](const std::string&) { return false; };
  /// Whether a column of numbers is one of words: numbers of places, say.
  std::function<bool(const std::string& column)> as_words = [](const std::string&) { return false; };
  /// Names of columns, or patterns, that candidates make exceptions for.
  std::vector<std::string> exceptions = {};
};

/// True for columns of words: categorical, text, key.
bool holds_words(core::ColumnType type);

/// Returns a column as words; numbers by what they are called, 3, not 3.0, for a whole one; times by their nanoseconds
/// since 1970. Places are none.
WordArrays words_of(const core::Column& column);

/// Returns what the value of a row is called; it must not be missing, nor a place.
std::string label_of(const core::Column& column, std::size_t row);

}  // namespace gridmill::jobs
