#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "config/convert.hpp"
#include "config/field.hpp"
#include "config/import_config.hpp"
#include "config/sections.hpp"
#include "core/joined_key.hpp"

namespace gridmill::config {

namespace {

using core::Kind;

/// Takes the columns of a key; `name` is the one, or what several are called.
void take_key(std::vector<std::string> given, std::string& name, std::vector<std::string>& columns) {
  name = core::joined_key(given);
  if (given.size() == 1) name = given.front();
  columns = given.size() > 1 ? std::move(given) : std::vector<std::string>();
}

void refuse_repeated(const Node& node, const std::string& path, std::vector<std::string> names, Problems& problems) {
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) problems.add(node.where, fmt::format("{}: '{}' stands there twice", path, *twice));
}

/// A key of one column, by its name, or of several, as a list.
template <class Options>
Field<Options> key_field(std::string option, std::string Options::*name, std::vector<std::string> Options::*columns,
                         std::string meaning) {
  Field<Options> made = field(std::move(option), name, std::move(meaning));
  made.spec.kinds.insert(made.spec.kinds.begin() + 1, Kind::list);
  made.set = [name, columns, of_one = made.set](const Node& node, const std::string& path, Options& options,
                                                Problems& problems) {
    if (!node.is_list()) return of_one(node, path, options, problems);
    std::vector<std::string> given;
    Conversion<std::vector<std::string>>::from_node(node, path, given, problems);
    refuse_repeated(node, path, given, problems);
    take_key(std::move(given), options.*name, options.*columns);
  };
  made.get = [name, columns](const Options& options) -> core::Value {
    if ((options.*columns).empty()) return Conversion<std::string>::to_value(options.*name);
    return core::ValueList((options.*columns).begin(), (options.*columns).end());
  };
  return made;
}

/// [origin, hour], or {origin: origin, hour: time_hour}: the child's columns, and the parent's.
void set_matched_columns(const Node& node, const std::string& path, RelationshipOptions& options, Problems& problems) {
  std::vector<std::string> of_child, of_parent;
  if (node.is_list()) {
    Conversion<std::vector<std::string>>::from_node(node, path, of_child, problems);
    of_parent = of_child;
  }
  for (const Node& entry : node.is_mapping() ? node.children : std::vector<Node>()) {
    of_child.push_back(entry.key);
    Conversion<std::string>::from_node(entry, path_of(path, entry.key), of_parent.emplace_back(), problems);
  }
  refuse_repeated(node, path, of_child, problems);
  if (of_parent != of_child) refuse_repeated(node, path, of_parent, problems);
  take_key(std::move(of_child), options.child_column, options.child_columns);
  take_key(std::move(of_parent), options.parent_column, options.parent_columns);
}

}  // namespace

Fields<TableOptions> table_fields() {
  Fields<TableOptions> fields = nested(&TableOptions::source, source_fields());
  const auto types =
      std::find_if(fields.begin(), fields.end(), [](const auto& each) { return each.spec.name == "types"; });
  *types = field("types", &TableOptions::types,
                 "types of columns instead of those found out, {zip: PostalCode, age: double}: what they mean (" +
                     meant_types() + "), or how they are held (" + held_types() + ")");
  const Fields<TableOptions> own{
      field("time_format", &TableOptions::time_formats,
            "how times are written that are not found out, by column, {issued: \"%y%m%d\"}, in the letters of "
            "strptime; or "
            "s, ms, us, ns, D: numbers of seconds, ..., days since 1970-01-01"),
      field("make_time", &TableOptions::made_times,
            "new columns of times, each with the columns that make it, {departed: [year, month, day, hour]}: from the "
            "year "
            "down to the second, or in the form that time_format gives the new column, with blanks between"),
      key_field("index", &TableOptions::index, &TableOptions::index_columns,
                "column with one value a row, or several that have one together, [origin, hour]; null: none"),
      field("make_index", &TableOptions::make_index, "make the index: a new column with the number of the row"),
      field("time_index", &TableOptions::time_index, "column with the time from which on the row is known"),
      field("secondary_time_index", &TableOptions::secondary_times,
            "columns that become known later than their row, {closed: [balance, reason]}: missing until that time"),
      field("tags", &TableOptions::tags, "what else is to be known of columns, {birthday: [date_of_birth]}"),
      field("ignore", &TableOptions::ignore,
            "columns to leave out; one without a name is called 'Unnamed: 0' after its place, and \"\" means all of "
            "them"),
  };
  fields.insert(fields.end(), own.begin(), own.end());
  return fields;
}

Fields<DerivedOptions> derived_fields() {
  return {
      required(field("from", &DerivedOptions::from, "table of whose rows this one is made")),
      {.spec = {.name = "each",
                .kinds = {Kind::text, Kind::list},
                .meaning = "what has a row: a step of time, `1 hour`, `1 day`, `1 week`, `1 month`, between the first "
                           "and the last time, also where nothing is; the values of a column, `store`; or both, "
                           "[store, 1 day]"},
       .required = true,
       .set =
           [](const Node& node, const std::string& path, DerivedOptions& options, Problems& problems) {
             if (node.is_list()) {
               Conversion<std::vector<std::string>>::from_node(node, path, options.each, problems);
             } else {
               options.each = {node.text};
             }
           },
       .get = [](const DerivedOptions& options) { return core::ValueList(options.each.begin(), options.each.end()); }},
      key_field(
          "index", &DerivedOptions::index, &DerivedOptions::index_columns,
          "name of its index, and of the key that the other table gets, or all that `each` names, [store, begin], "
          "by which others can find its rows; null: the table's name and _id, or the one column of `each`"),
  };
}

Fields<ImportSection> import_fields() {
  Fields<ImportSection> fields = nested(&ImportSection::table, table_fields());
  for (Field<ImportSection>& each : fields) each.required = false;  // depends on `tables`
  fields.push_back(
      field("store", &ImportSection::store, "store to write (.h5); null: beside the source, named after it"));
  fields.push_back({.spec = {.name = "tables",
                             .kinds = {Kind::mapping},
                             .meaning = "tables by name, each with the options of one: {orders: {source: orders.csv, "
                                        "index: id}}, or made of another: {days: {from: orders, each: 1 day}}"}});
  fields.push_back(
      {.spec = {.name = "relationships",
                .kinds = {Kind::list},
                .meaning = "which key names a row of which table: [orders.customer -> customers.id]; a key "
                           "of several columns: flights.[origin, hour] -> weather.[origin, hour]; or "
                           "{parent, parent_column, child, child_column} or {parent, child, columns} "
                           "each"}});
  return fields;
}

Fields<RelationshipOptions> relationship_fields() {
  return {
      required(field("parent", &RelationshipOptions::parent, "table whose rows have children")),
      key_field("parent_column", &RelationshipOptions::parent_column, &RelationshipOptions::parent_columns,
                "its index"),
      required(field("child", &RelationshipOptions::child, "table whose rows belong to it")),
      key_field("child_column", &RelationshipOptions::child_column, &RelationshipOptions::child_columns,
                "the key: the index of the row's parent"),
      {.spec = {.name = "columns",
                .kinds = {Kind::list, Kind::mapping},
                .meaning = "instead of both: columns that are called the same in both tables, [origin, hour], or the "
                           "child's with the parent's, {origin: origin, hour: time_hour}"},
       .set = set_matched_columns},
  };
}

}  // namespace gridmill::config
