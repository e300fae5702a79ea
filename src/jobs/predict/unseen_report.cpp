#include "jobs/predict/unseen_report.hpp"

#include <fmt/format.h>

namespace gridmill::jobs {

void UnseenReport::add(const prepare::UnseenWords& words) {
  Column& column = columns_[words.column];
  column.n_rows += words.n_rows;
  for (const std::string& word : words.words) {
    if (column.words.size() < kMost) column.words.insert(word);
  }
}

std::vector<std::string> UnseenReport::sentences() const {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> all;
  for (const auto& [name, column] : columns_) {
    std::string shown;
    std::size_t n = 0;
    for (const std::string& word : column.words) {
      if (n++ == kShown) break;
      shown += fmt::format("{}'{}'", shown.empty() ? "" : ", ", word);
    }
    if (column.words.size() > kShown) shown += ", ...";
    all.push_back(fmt::format("column '{}': {} row{} {} a category that the training rows do not have ({}{}: {})", name,
                              column.n_rows, column.n_rows == 1 ? "" : "s", column.n_rows == 1 ? "holds" : "hold",
                              column.words.size() == kMost ? "at least " : "", column.words.size(), shown));
  }
  return all;
}

}  // namespace gridmill::jobs
