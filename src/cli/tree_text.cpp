#include "cli/tree_text.hpp"
#include "core/counted.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

namespace gridmill::cli {

namespace {

class Tree {
 public:
  explicit Tree(const jobs::FileSummary& file) : file_(file), shown_(file.set.tables.size(), false) {}

  std::string text() {
    for (core::TableId table = 0; table < file_.set.tables.size(); ++table) {
      const auto& all = file_.set.relationships;
      const bool is_root = std::none_of(all.begin(), all.end(), [&](const auto& each) { return each.child == table; });
      if (!is_root) continue;
      text_ += table_text(table) + "\n";
      add_children(table, "");
    }
    return std::move(text_);
  }

 private:
  [[nodiscard]] std::string table_text(core::TableId id) const {
    const core::EntityTable& table = file_.set.tables[id];
    std::string text = fmt::format("{}: {}, index {}", table.name, core::counted(table.n_rows, "row"), table.index);
    if (!table.time_index.empty()) text += ", time index " + table.time_index;
    return text;
  }

  void add_children(core::TableId parent, const std::string& margin) {
    if (shown_[parent]) return;
    shown_[parent] = true;
    std::vector<core::RelationshipId> children;
    for (core::RelationshipId id = 0; id < file_.set.relationships.size(); ++id) {
      if (file_.set.relationships[id].parent == parent) children.push_back(id);
    }
    for (const core::RelationshipId id : children) {
      const core::Relationship& each = file_.set.relationships[id];
      const bool is_last = id == children.back();
      text_ += fmt::format("{}{} {}, by {}", margin, is_last ? "`-" : "|-", table_text(each.child), each.child_column);
      if (file_.n_orphans[id] > 0) text_ += fmt::format(", {} without parent", file_.n_orphans[id]);
      text_ += "\n";
      add_children(each.child, margin + (is_last ? "   " : "|  "));
    }
  }

  const jobs::FileSummary& file_;
  std::vector<bool> shown_;
  std::string text_;
};

}  // namespace

std::string tree_text(const jobs::FileSummary& file) {
  return file.set.relationships.empty() ? std::string() : Tree(file).text();
}

std::vector<core::Value> relationship_lines(const jobs::FileSummary& file) {
  std::vector<core::Value> lines;
  for (core::RelationshipId id = 0; id < file.set.relationships.size(); ++id) {
    const core::Relationship& each = file.set.relationships[id];
    lines.emplace_back(core::ValueMapping{{"event", "relationship"},
                                          {"parent", file.set.tables[each.parent].name},
                                          {"parent_column", each.parent_column},
                                          {"child", file.set.tables[each.child].name},
                                          {"child_column", each.child_column},
                                          {"without_parent", static_cast<std::int64_t>(file.n_orphans[id])}});
  }
  return lines;
}

}  // namespace gridmill::cli
