#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/frame.hpp"
#include "core/matrix.hpp"
#include "core/table.hpp"
#include "core/words.hpp"

namespace gridmill::prepare {

/// A column of words, "" for a missing one.
class WordColumn {
 public:
  WordColumn(std::string name, const std::vector<std::string>& cells,
             core::ColumnType type = core::ColumnType::categorical)
      : name_(std::move(name)), type_(type) {
    std::vector<std::string> words = cells;
    std::erase(words, "");
    std::ranges::sort(words);
    words.erase(std::unique(words.begin(), words.end()), words.end());
    for (const std::string& word : words) start_.push_back((bytes_ += word).size());
    for (const std::string& cell : cells) {
      const auto at = std::ranges::find(words, cell);
      codes_.push_back(at == words.end() ? core::kMissingCode : static_cast<std::int32_t>(at - words.begin()));
    }
  }
  [[nodiscard]] core::Words view() const { return {name_, type_, {start_, bytes_}, codes_}; }

 private:
  std::string name_;
  core::ColumnType type_;
  std::string bytes_;
  std::vector<std::uint64_t> start_{0};
  std::vector<std::int32_t> codes_;
};

/// WordRows of words, and of a number that counts them.
struct WordRows {
  explicit WordRows(std::vector<WordColumn> of) : columns(std::move(of)) {
    for (const WordColumn& each : columns) words.push_back(each.view());
    const std::size_t n = words.front().codes.size();
    numbers.set_size(1, n);
    for (std::size_t i = 0; i < n; ++i) numbers(0, i) = static_cast<double>(i);
  }
  [[nodiscard]] core::Frame frame() const { return {.numbers = numbers, .words = words}; }

  std::vector<WordColumn> columns;
  core::Matrix numbers;
  std::vector<core::Words> words;
};

}  // namespace gridmill::prepare
