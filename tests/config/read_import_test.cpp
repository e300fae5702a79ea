#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/run_file.hpp"
#include "core/error.hpp"

namespace gridmill::config {
namespace {

using core::LogicalType;
using core::Tag;
using Texts = std::vector<std::string>;

constexpr const char* kShop = R"(
import:
  store: shop.h5
  tables:
    orders:
      source: orders.csv.gz
      index: id
      time_index: placed
      secondary_time_index: {shipped: [rating, note]}
      types: {zip: PostalCode, note: natural_language, amount: double}
      time_format: {placed: "%y%m%d"}
      tags: {birthday: date_of_birth}
      ignore: [row]
    customers: {source: customers.csv, index: customer, make_index: true, delimiter: ;}
    "a.b": {source: c.csv, index: id}
  relationships:
    - orders.customer -> customers.customer
    - {parent: a.b, parent_column: id, child: orders, child_column: x}
    - orders.y.z->a.b.id
memory_limit: 1GiB
)";

ImportJob import_of(std::string_view text) { return RunFile(text, "configs/a.yaml").import_job(); }

std::vector<std::string> import_problems_of(std::string_view text) {
  std::vector<std::string> all;
  try {
    (void)RunFile(text, "a.yaml").import_job();
  } catch (const core::UserError& error) {
    for (const core::Problem& problem : error.problems()) all.push_back(problem.text());
  }
  return all;
}

/// Two tables, with those relationships.
std::string related(const std::string& relationships) {
  return "import:\n  tables: {a: {source: a.csv, index: id}, b: {source: b.csv, index: id}}\n  relationships: [" +
         relationships + "]\n";
}

TEST(read_import, keeps_tables_and_relationships_in_order) {
  const ImportJob job = import_of(kShop);
  ASSERT_EQ(job.tables.size(), 3U);
  EXPECT_EQ(job.tables[0].source.table, "orders");
  EXPECT_EQ(job.tables[0].types.meant.at("zip"), LogicalType::postal_code);
  EXPECT_EQ(job.tables[0].types.meant.at("note"), LogicalType::natural_language);
  EXPECT_EQ(job.tables[0].types.held.at("amount"), core::ColumnType::real);
  EXPECT_EQ(job.tables[0].tags.at("birthday"), core::Tags(Tag::date_of_birth));
  EXPECT_EQ(job.tables[0].secondary_times[0].columns, (Texts{"rating", "note"}));
  EXPECT_EQ(job.tables[0].time_formats.at("placed"), core::TimeFormat("%y%m%d"));
  EXPECT_EQ(job.tables[0].section, "import.tables.orders");
  EXPECT_TRUE(job.tables[1].make_index);
  EXPECT_EQ(job.relationships[0], (RelationshipOptions{"customers", "customer", "orders", "customer"}));
  EXPECT_EQ(job.relationships[1], (RelationshipOptions{"a.b", "id", "orders", "x"}));
  EXPECT_EQ(job.relationships[2], (RelationshipOptions{"a.b", "id", "orders", "y.z"}));
  EXPECT_EQ(job.store, "shop.h5");
  EXPECT_EQ(job.memory_limit.bytes, std::size_t{1} << 30);
}

TEST(read_import, remembers_where_columns_are_named) {
  const ImportJob job = import_of(kShop);
  EXPECT_EQ(job.places.at("import.tables.orders.time_index").text(), "configs/a.yaml:8:19");
  EXPECT_EQ(job.places.at("import.tables.orders.types.zip").text(), "configs/a.yaml:10:15");
  EXPECT_EQ(job.places.at("import.relationships[0]").text(), "configs/a.yaml:17:7");
}

TEST(read_import, makes_tables_of_others_with_their_keys) {
  const ImportJob job = import_of(
      "import:\n  tables:\n    sales: {source: s.csv, index: id, time_index: at}\n    hours: {from: sales, each: 2 "
      "hours}\n"
      "    stores: {from: sales, each: store}\n    days: {from: sales, each: [store, 1 day], index: day}\n"
      "    weeks: {from: hours, each: 1 week}\n  relationships: [days.store -> stores.store]\n");
  ASSERT_EQ(job.derived.size(), 4U);
  EXPECT_EQ(job.derived[0].index, "hours_id");
  EXPECT_EQ(job.derived[0].step, (features::Window{2, features::Window::Unit::hours}));
  EXPECT_EQ(job.derived[1].index, "store");
  EXPECT_EQ(job.derived[2].columns, (Texts{"store"}));
  EXPECT_EQ(job.relationships, (std::vector<RelationshipOptions>{{"stores", "store", "days", "store"},
                                                                 {"hours", "hours_id", "sales", "hours_id"},
                                                                 {"stores", "store", "sales", "store"},
                                                                 {"days", "day", "sales", "day"},
                                                                 {"weeks", "weeks_id", "hours", "weeks_id"}}));
}

TEST(read_import, refuses_tables_that_cannot_be_made) {
  const auto refused = [](const std::string& options, const std::string& what) {
    const Texts problems = import_problems_of(
        "import:\n  tables:\n    a: {source: a.csv, index: id, time_index: at}\n    h: {" + options + "}\n");
    ASSERT_EQ(problems.size(), 1U) << options << (problems.empty() ? "" : problems.front());
    EXPECT_EQ(problems.front().find("a.yaml:4:"), 0U) << problems.front();
    EXPECT_NE(problems.front().find(what), std::string::npos) << problems.front();
  };
  refused("from: a, each: 0 hours", "import.tables.h.each: a step of '0 hours' goes nowhere");
  refused("from: a, each: 3 observations", "import.tables.h.each: '3 observations' is no length of time");
  refused("from: a, each: 1 fortnight", "import.tables.h.each: '1 fortnight' is no step of time");
  refused("from: a, each: [1 day, 1 hour]", "import.tables.h.each: '1 hour' is a second step of time");
  refused("from: a, each: []", "import.tables.h.each: names neither a step of time nor a column");
  refused("from: b, each: 1 day", "import.tables.h.from: no table 'b' to make it of");
  refused("from: h, each: 1 day", "import.tables.h.from: no table 'h' to make it of");
  refused("each: 1 day", "import.tables.h.from is missing");
  refused("from: a", "import.tables.h.each is missing");
  refused("from: a, each: store, index: other", "import.tables.h.index: the index is the column of 'each', 'store'");
  refused("from: a, each: 1 day, source: b.csv", "import.tables.h.source: unknown option");
}

TEST(read_import, names_the_store_after_the_config) {
  EXPECT_EQ(import_of("import: {tables: {a: {source: data/a.csv, index: id}}}").store, "data/a.h5");
}

TEST(read_import, takes_one_table_as_the_whole_section) {
  const ImportJob job = import_of("import: {source: a.csv, table: t, index: id, types: {id: Integer}}");
  EXPECT_EQ(job.tables.at(0).source.table, "t");
  EXPECT_EQ(job.tables.at(0).index, "id");
  EXPECT_EQ(job.store, "a.h5");
}

TEST(read_import, refuses_words_it_does_not_know_with_hints) {
  EXPECT_EQ(
      import_problems_of("import: {source: a.csv, index: i, types: {a: Integre}, tags: {b: date_of_brith, c: index}}"),
      (Texts{"a.yaml:1:46: import.types.a: unknown type 'Integre'\n"
             "  did you mean 'integer'? known: integer, double, boolean, categorical, datetime, text, latlong, "
             "key, Integer, IntegerNullable, Double, Age, AgeFractional, AgeNullable, Boolean, BooleanNullable, "
             "Categorical, Ordinal, PostalCode, CountryCode and 12 more",
             "a.yaml:1:66: import.tags.b: unknown tag 'date_of_brith'\n"
             "  did you mean 'date_of_birth'? known: numeric, category, date_of_birth",
             "a.yaml:1:84: import.tags.c: follows from other options, the tag 'index'\n"
             "  known: numeric, category, date_of_birth"}));
}

TEST(read_import, refuses_time_formats_that_are_none) {
  EXPECT_EQ(
      import_problems_of("import: {source: a.csv, time_format: {a: yymmdd, b: [x], c: \"%Y\"}, types: {c: Integer}}"),
      (Texts{"a.yaml:1:42: import.time_format.a: 'yymmdd' has no year, %Y or %y\n"
             "  write what stands for year, month, day: \"%y%m%d\" reads 930101, \"%d.%m.%Y %H:%M\" 1.1.1993 "
             "8:30; s, ms, us "
             "and ns read numbers since 1970",
             "a.yaml:1:53: import.time_format.b: ['x'] is no format\n"
             "  write what stands for year, month, day: \"%y%m%d\" reads 930101, \"%d.%m.%Y %H:%M\" 1.1.1993 "
             "8:30; s, ms, us "
             "and ns read numbers since 1970",
             "a.yaml:1:61: import.time_format.c: the column holds times, but 'types' says otherwise"}));
}

TEST(read_import, refuses_relationships_of_unknown_tables_and_columns) {
  EXPECT_EQ(import_problems_of(related("bb.a_id -> a.id, b.a_id -> a.key, b.a_id, b.id -> b.id")),
            (Texts{"a.yaml:3:19: import.relationships[0]: no table 'bb'\n  did you mean 'b'? known: a, b",
                   "a.yaml:3:36: import.relationships[1]: 'key' is not the index of 'a'\n  write b.a_id -> a.id",
                   "a.yaml:3:53: import.relationships[2]: 'b.a_id' is no relationship\n"
                   "  write child.column -> parent.column: orders.customer_id -> customers.id",
                   "a.yaml:3:61: import.relationships[3]: 'b' would be its own parent\n"
                   "  import the file a second time under another name, as the parent"}));
}

TEST(read_import, reads_keys_of_several_columns_in_the_order_of_the_index) {
  const auto job = [](const std::string& way) {
    return import_of(
        "import:\n  tables: {a: {source: a.csv, index: [x, y]}, b: {source: b.csv, index: id}}\n  relationships:\n    "
        "- " +
        way + "\n");
  };
  const RelationshipOptions wanted{.parent = "a",
                                   .parent_column = "x, y",
                                   .child = "b",
                                   .child_column = "p, q",
                                   .parent_columns = {"x", "y"},
                                   .child_columns = {"p", "q"}};
  for (const char* const way :
       {"b.[p, q] -> a.[x, y]", "b.[ q ,p] -> a.[y,x]", "{child: b, parent: a, columns: {q: y, p: x}}",
        "{child: b, parent: a, child_column: [q, p], parent_column: [y, x]}"}) {
    EXPECT_EQ(job(way).relationships.at(0), wanted) << way;
  }
  const ImportJob one = import_of(
      "import: {tables: {a: {source: a.csv, index: [x]}, b: {source: b.csv, index: id}}, "
      "relationships: [\"b.[p] -> a.x\"]}");
  EXPECT_EQ(one.tables.at(0).index, "x");
  EXPECT_EQ(one.relationships.at(0), (RelationshipOptions{"a", "x", "b", "p"}));
  EXPECT_EQ(import_problems_of(related("\"b.[p, -> a.id\"")),
            (Texts{"a.yaml:3:19: import.relationships[0]: 'b.[p, -> a.id' is no relationship\n"
                   "  write flights.[origin, hour] -> weather.[origin, hour]"}));
}

TEST(read_import, refuses_circles_and_repetition) {
  EXPECT_EQ(import_problems_of(related("b.x -> a.id, a.y -> b.id")),
            (Texts{"a.yaml:3:18: import.relationships: go in a circle: a -> b -> a\n"
                   "  a table cannot be its own ancestor; leave one of them out"}));
  EXPECT_EQ(import_problems_of(related("b.x -> a.id, b.y -> a.id")), Texts{});
  EXPECT_EQ(import_problems_of(related("b.x -> a.id, b.x -> a.id")),
            (Texts{"a.yaml:3:32: import.relationships[1]: stands there twice"}));
}

TEST(read_import, refuses_what_does_not_go_together) {
  EXPECT_EQ(import_problems_of("import: {tables: {a: {source: a.csv}}, index: id}"),
            (Texts{"a.yaml:1:19: import.tables.a.index is missing: column with one value a row\n"
                   "  where there is none: {index: row, make_index: true}",
                   "a.yaml:1:40: import.index: belongs to one of the tables\n  write it below import.tables.<name>"}));
  EXPECT_EQ(import_problems_of("import: {source: a.csv, time_index: at, relationships: []}"),
            (Texts{"a.yaml:1:37: import.time_index: needs an index beside it, which tells rows of the same time apart\n"
                   "  name the column with one value a row, or a new one with make_index: true",
                   "a.yaml:1:41: import.relationships: need 'tables'\n  one table has none"}));
  EXPECT_EQ(import_problems_of("import: {store: b.h5}"),
            (Texts{"a.yaml:1:9: import.source is missing: file with the rows of a table, or 'tables' with several"}));
}

}  // namespace
}  // namespace gridmill::config
