#include "config/read_relationships.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/sections.hpp"
#include "core/hint.hpp"
#include "core/joined_key.hpp"
#include "core/option.hpp"

namespace gridmill::config {

namespace {

constexpr const char* kRelationshipHint = "write child.column -> parent.column: orders.customer_id -> customers.id";
constexpr const char* kSeveralHint = "write flights.[origin, hour] -> weather.[origin, hour]";

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

/// Reads `relationships`, in either way to write one.
class RelationshipsReader {
 public:
  RelationshipsReader(ImportJob& job, Problems& problems) : job_(job), problems_(problems) {
    for (const TableOptions& table : job.tables) names_.push_back(table.source.table);
    for (const DerivedOptions& table : job.derived) names_.push_back(table.name);
  }

  /// Adds those of the tables that are made of others.
  void add_made() {
    for (const DerivedOptions& table : job_.derived) {
      const RelationshipOptions made{
          .parent = table.name, .parent_column = table.index, .child = table.from, .child_column = table.index};
      if (std::find(job_.relationships.begin(), job_.relationships.end(), made) != job_.relationships.end()) continue;
      job_.places[fmt::format("import.relationships[{}]", job_.relationships.size())] =
          job_.places[table.section + ".each"];
      job_.relationships.push_back(made);
    }
  }

  void read(const Node& relationships) {
    for (const Node& node : relationships.children) {
      const std::string path = fmt::format("import.relationships[{}]", job_.relationships.size());
      const std::size_t before = problems_.size();
      RelationshipOptions each = node.is_mapping() ? from_mapping(node, path) : from_arrow(node, path);
      if (problems_.size() == before) put_in_order_of_index(each);
      if (problems_.size() == before) check(node, path, each);
      job_.places[path] = node.where;
      job_.relationships.push_back(std::move(each));
    }
  }

  /// Checks all of them together; `node` is where the user wrote some.
  void check_circle(const Node& node) {
    const auto found = circle();
    if (!found) return;
    problems_.add(node.where, fmt::format("import.relationships: go in a circle: {}", *found),
                  "a table cannot be its own ancestor; leave one of them out");
  }

 private:
  RelationshipOptions from_mapping(const Node& node, const std::string& path) {
    RelationshipOptions each;
    const std::size_t before = problems_.size();
    const Fields<RelationshipOptions> fields = relationship_fields();
    read_section(node, path, fields, each, problems_);
    if (problems_.size() > before) return each;
    const std::vector<core::OptionSpec> specs = specs_of(fields);
    const bool says_both = node.find("columns") != nullptr;
    for (const auto& [name, column] :
         {std::pair("parent_column", &each.parent_column), std::pair("child_column", &each.child_column)}) {
      if (says_both && node.find(name) != nullptr) {
        problems_.add(node.find(name)->key_where, fmt::format("{}.{}: 'columns' says it already", path, name));
      } else if (column->empty()) {
        const core::OptionSpec& spec = *core::find_option(specs, says_both ? "columns" : name);
        problems_.add(node.where, fmt::format("{}.{} is missing: {}", path, spec.name, spec.meaning));
        if (says_both) break;
      }
    }
    return each;
  }

  RelationshipOptions from_arrow(const Node& node, const std::string& path) {
    RelationshipOptions each;
    const std::size_t arrow = node.text.find("->");
    const bool readable =
        node.shape == Node::Shape::scalar && arrow != std::string::npos &&
        read_end(trimmed(node.text.substr(0, arrow)), each.child, each.child_column, each.child_columns) &&
        read_end(trimmed(node.text.substr(arrow + 2)), each.parent, each.parent_column, each.parent_columns);
    if (!readable) {
      problems_.add(node.where, fmt::format("{}: {} is no relationship", path, node.value().python_repr()),
                    node.text.find('[') == std::string::npos ? kRelationshipHint : kSeveralHint);
    }
    return each;
  }

  /// "table.column"; either may hold dots of its own, as long as one way to cut names a table.
  [[nodiscard]] bool read_end(const std::string& text, std::string& table, std::string& column,
                              std::vector<std::string>& columns) const {
    std::size_t dot = text.find('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == text.size()) return false;
    for (std::size_t at = dot; at != std::string::npos; at = text.find('.', at + 1)) {
      if (std::find(names_.begin(), names_.end(), text.substr(0, at)) != names_.end()) dot = at;
    }
    table = text.substr(0, dot);
    column = text.substr(dot + 1);
    return !column.empty() && (column.front() != '[' || read_columns(column, columns));
  }

  /// "[origin, hour]": the columns of one key, by which it is called from then on.
  static bool read_columns(std::string& key, std::vector<std::string>& columns) {
    if (key.back() != ']') return false;
    std::vector<std::string> parts;
    for (std::size_t begin = 1; begin < key.size();) {
      const std::size_t end = std::min(key.find(',', begin), key.size() - 1);
      parts.push_back(trimmed(key.substr(begin, end - begin)));
      begin = end + 1;
    }
    if (parts.empty() || std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); })) {
      return false;
    }
    key = parts.size() == 1 ? parts.front() : core::joined_key(parts);
    if (parts.size() > 1) columns = std::move(parts);
    return true;
  }

  /// A key of several columns is named and compared as the index of the parent names them.
  void put_in_order_of_index(RelationshipOptions& each) const {
    const std::vector<std::string>* const index = index_columns_of(each.parent);
    std::vector<std::string>&of_parent = each.parent_columns, &of_child = each.child_columns;
    if (index == nullptr || of_child.size() != of_parent.size() ||
        !std::is_permutation(index->begin(), index->end(), of_parent.begin(), of_parent.end())) {
      return;
    }
    std::vector<std::string> ordered;
    for (const std::string& column : *index) {
      const auto place = std::find(of_parent.begin(), of_parent.end(), column) - of_parent.begin();
      ordered.push_back(of_child[static_cast<std::size_t>(place)]);
    }
    of_child = std::move(ordered);
    of_parent = *index;
    each.child_column = core::joined_key(of_child);
    each.parent_column = core::joined_key(of_parent);
  }

  void check(const Node& node, const std::string& path, const RelationshipOptions& each) {
    bool known = true;
    for (const std::string* table : {&each.child, &each.parent}) {
      if (index_of(*table)) continue;
      known = false;
      problems_.add(node.where, fmt::format("{}: no table '{}'", path, *table), core::hint_for(*table, names_));
    }
    if (!known) return;
    const std::string index = *index_of(each.parent);
    if (each.parent == each.child) {
      problems_.add(node.where, fmt::format("{}: '{}' would be its own parent", path, each.parent),
                    "import the file a second time under another name, as the parent");
    } else if (!index.empty() && each.parent_column != index) {
      problems_.add(node.where, fmt::format("{}: '{}' is not the index of '{}'", path, each.parent_column, each.parent),
                    hint_for_index(each));
    } else if (!index.empty() && n_columns(each.child_columns) != n_columns(each.parent_columns)) {
      problems_.add(node.where,
                    fmt::format("{}: {} of '{}' cannot equal {} of '{}'", path, columns_text(each.child_columns),
                                each.child, columns_text(each.parent_columns), each.parent),
                    fmt::format("name a column for each of {}", shown_key(each.parent_column, each.parent_columns)));
    }
    if (std::find(job_.relationships.begin(), job_.relationships.end(), each) != job_.relationships.end()) {
      problems_.add(node.where, fmt::format("{}: stands there twice", path));
    }
  }

  static std::size_t n_columns(const std::vector<std::string>& several) {
    return std::max<std::size_t>(several.size(), 1);
  }
  static std::string columns_text(const std::vector<std::string>& several) {
    return several.empty() ? "one column" : fmt::format("{} columns", several.size());
  }

  /// How to write a relationship that does not name the parent's index.
  [[nodiscard]] std::string hint_for_index(const RelationshipOptions& each) const {
    const std::vector<std::string>* const columns = index_columns_of(each.parent);
    const std::string index = columns == nullptr ? *index_of(each.parent) : shown_key(*index_of(each.parent), *columns);
    if (columns != nullptr && n_columns(each.child_columns) != n_columns(*columns)) {
      return fmt::format("name a column of '{}' for each of {}", each.child, index);
    }
    if (columns == nullptr && !each.parent_columns.empty()) {
      return fmt::format("give '{}' that index: index: [{}]", each.parent, each.parent_column);
    }
    return fmt::format("write {}.{} -> {}.{}", each.child, shown_key(each.child_column, each.child_columns),
                       each.parent, index);
  }

  /// The columns of an index of several; null where it is one.
  [[nodiscard]] const std::vector<std::string>* index_columns_of(const std::string& name) const {
    for (const TableOptions& table : job_.tables) {
      if (table.source.table == name && !table.index_columns.empty()) return &table.index_columns;
    }
    for (const DerivedOptions& table : job_.derived) {
      if (table.name == name && !table.index_columns.empty()) return &table.index_columns;
    }
    return nullptr;
  }

  /// The index of a table, empty if it names none; nothing if there is no such table.
  [[nodiscard]] std::optional<std::string> index_of(const std::string& name) const {
    for (const TableOptions& table : job_.tables) {
      if (table.source.table == name) return table.index;
    }
    for (const DerivedOptions& table : job_.derived) {
      if (table.name == name) return table.index;
    }
    return std::nullopt;
  }

  /// Returns "a -> b -> a" for tables that are their own ancestors, or nothing.
  [[nodiscard]] std::optional<std::string> circle() const {
    std::vector<std::string> path;
    std::set<std::string> done;
    const std::function<std::optional<std::string>(const std::string&)> climb =
        [&](const std::string& table) -> std::optional<std::string> {
      if (const auto begin = std::find(path.begin(), path.end(), table); begin != path.end()) {
        std::string text;
        for (auto it = begin; it != path.end(); ++it) text += *it + " -> ";
        return text + table;
      }
      if (!done.insert(table).second) return std::nullopt;
      path.push_back(table);
      for (const RelationshipOptions& each : job_.relationships) {
        if (each.child != table || each.child == each.parent) continue;
        if (auto found = climb(each.parent)) return found;
      }
      path.pop_back();
      return std::nullopt;
    };
    for (const std::string& name : names_) {
      if (auto found = climb(name)) return found;
    }
    return std::nullopt;
  }

  ImportJob& job_;
  Problems& problems_;
  std::vector<std::string> names_;
};

}  // namespace

std::string shown_key(const std::string& name, const std::vector<std::string>& columns) {
  return columns.empty() ? name : fmt::format("[{}]", name);
}

void read_relationships(const Node* given, const Node& tables, ImportJob& job, Problems& problems) {
  RelationshipsReader relationships(job, problems);
  if (given != nullptr) relationships.read(*given);
  relationships.add_made();
  relationships.check_circle(given == nullptr ? tables : *given);
}

}  // namespace gridmill::config
