#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/entity_data.hpp"
#include "features/columns/column.hpp"
#include "features/evaluation/view.hpp"

namespace gridmill::features {

/// Reads columns of tables for views. Categories of a column are the same object each time.
class ColumnReader {
 public:
  explicit ColumnReader(const core::EntityData& data) : data_(data) {}

  /// Returns the values known at the cutoffs: those with a secondary time are missing until then.
  [[nodiscard]] Column read(const View& view, const std::string& column) const;
  /// Returns the time index of each entry.
  [[nodiscard]] std::vector<std::int64_t> times(const View& view) const;

 private:
  [[nodiscard]] Column read_plain(const View& view, const std::string& column) const;
  [[nodiscard]] DictionaryRef dictionary(core::TableId table, const std::string& column) const;

  const core::EntityData& data_;
  mutable std::map<std::pair<core::TableId, std::string>, DictionaryRef> dictionaries_;
};

}  // namespace gridmill::features
