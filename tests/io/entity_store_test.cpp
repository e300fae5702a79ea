#include <functional>
#include <random>
#include <tuple>

#include <gtest/gtest.h>

#include "brief.hpp"
#include "core/error.hpp"
#include "entity_promises.hpp"
#include "file_size_limit.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/import/entity_import.hpp"
#include "io/import/table_file.hpp"
#include "io/store/store.hpp"
#include "io/store/store_entity_data.hpp"
#include "scratch_folder.hpp"

// The HDF5 library cannot free a file that did not fit on the disk.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }

namespace gridmill::io {
namespace {

using core::Column;
using core::LogicalType;
using core::RowSet;
using core::Tag;

constexpr std::size_t kPlenty = std::size_t{1} << 30;  // [bytes]
using Rows = std::vector<core::RowId>;

class EntityStore : public ScratchFolder {
 protected:
  [[nodiscard]] TableImport table(const std::string& name, std::string_view csv, std::string index,
                                  std::string time_index = {}) const {
    TableImport table{.source = put(name + ".csv", csv), .section = "import.tables." + name};
    table.options.table = name;
    table.index = std::move(index);
    table.time_index = std::move(time_index);
    return table;
  }

  /// Shops with a wrong order in the file; visits of which one knows no shop, one has none, one no time; two ways
  /// from transfers to shops.
  [[nodiscard]] EntityImport shops() const {
    EntityImport import;
    import.tables = {
        table("visits",
              "id,shop,at,spent,note\n4,b,2024-01-03,1.5,x\n2,a,2024-01-02,,\n7,z,2024-01-01,3,y\n"
              "1,b,2024-01-03,4,\"a, b\"\n9,,2024-02-01,5,\n5,a,,6,u\n3,b,2023-01-01,7,v\n",
              "id", "at"),
        table("shops", "shop,opened\nb,2020-01-01\na,2024-06-01\nc,\n", "shop", "opened"),
        table("transfers", "id,from,to,n\n1,b,a,1\n2,a,b,2\n3,b,c,3\n4,,a,4\n", "id"),
        table("items", "visit,item,price\n4,pen,1\n1,ink,2\n4,cap,3\n8,bag,4\n", "number"),
    };
    import.tables[3].make_index = true;
    import.tables[0].logical_types = {{ "note", LogicalType::natural_language }};
    import.tables[0].tags = {{ "spent", Tag::date_of_birth }};
    import.tables[0].secondary_times = {{.time_column = "at", .columns = { "spent", "note" } }};
    import.relationships = {{"shops", "shop", "visits", "shop"},
                            {"shops", "shop", "transfers", "from"},
                            {"shops", "shop", "transfers", "to"},
                            { "visits",
                              "id",
                              "items",
                              "visit" }};
    return import;
  }

  ImportedSet make(const EntityImport& import, std::size_t memory_limit = kPlenty) const {
    return import_entity_set(import, at("s.h5"), memory_limit);
  }

  std::string refusal(const EntityImport& import) const {
    return message<core::UserError>([&] { make(import); });
  }

  [[nodiscard]] static std::vector<std::int64_t> integers(const core::EntityData& data, core::TableId table,
                                                          const std::string& column) {
    const std::size_t n = data.entity_set().tables[table].n_rows;
    return std::get<Column::Integers>(data.read(table, column, RowSet::range(0, n)).values);
  }
};

TEST_F(EntityStore, gives_back_the_entity_set) {
  const core::EntitySet made = make(shops()).set;
  const StoreEntityData data(at("s.h5"));
  EXPECT_EQ(data.entity_set(), made);
  EXPECT_EQ(StoreReader(at("s.h5")).entity_set(), made);
  EXPECT_EQ(made.tables[0].name, "visits");
  EXPECT_EQ(made.tables[0].secondary_times.front().columns, (std::vector<std::string>{"spent", "note"}));
  EXPECT_EQ(made.tables[3].columns.front().name, "number");
  EXPECT_EQ(made.relationships[2].child_column, "to");
}

TEST_F(EntityStore, tags_columns_by_role) {
  const core::EntitySet set = make(shops()).set;
  EXPECT_EQ(set.tables[0].find("id")->tags, core::Tags(Tag::index));
  EXPECT_EQ(set.tables[0].find("shop")->tags, (core::Tags{Tag::category, Tag::foreign_key}));
  EXPECT_EQ(set.tables[0].find("at")->tags, (core::Tags{Tag::time_index, Tag::secondary_time_index}));
  EXPECT_EQ(set.tables[0].find("spent")->tags, (core::Tags{Tag::numeric, Tag::date_of_birth}));
  EXPECT_EQ(set.tables[0].find("note")->type, LogicalType::natural_language);
  EXPECT_EQ(set.tables[3].find("number")->tags, core::Tags(Tag::index));
  EXPECT_EQ(set.tables[2].find("n")->type, LogicalType::integer);
}

TEST_F(EntityStore, stores_children_by_parent_then_time_then_index) {
  make(shops());
  const StoreEntityData data(at("s.h5"));
  const std::vector<std::int64_t> visits = integers(data, 0, "id");
  EXPECT_EQ(visits, (std::vector<std::int64_t>{3, 1, 4, 2, 5, 7, 9}));  // b, then a; c has none; orphans by time
  EXPECT_EQ(data.in_table_order(0, 0, 7), (Rows{0, 5, 3, 1, 2, 6, 4}));
  EXPECT_EQ(integers(data, 3, "number"), (std::vector<std::int64_t>{1, 0, 2, 3}));  // of visits 1, 4, 4 and none
  EXPECT_FALSE(data.children_are_contiguous(2));
  EXPECT_EQ(data.children(2, 0, 3), (Rows{2, 0, 3}));  // to b: 2; to a: 1, 4; to c: 3, whose stored row comes first
  expect_promises(data);
}

TEST_F(EntityStore, counts_keys_without_parents) {
  const ImportedSet imported = make(shops());
  EXPECT_EQ(imported.unmatched[0].n_missing, 1U);
  EXPECT_EQ(imported.unmatched[0].n_unknown, 1U);
  EXPECT_EQ(imported.unmatched[0].example, "z");
  EXPECT_EQ(imported.unmatched[3].n_unknown, 1U);
  EXPECT_EQ(imported.unmatched[3].example, "8");
}

TEST_F(EntityStore, keeps_times_of_descendants) {
  make(shops());
  const StoreEntityData data(at("s.h5"));
  const std::vector<std::int64_t> last = data.last_times(1, RowSet::range(0, 3));
  EXPECT_EQ(last[0], data.times(0, RowSet::range(2, 1))[0]);  // b: its visits of 2024-01-03
  EXPECT_EQ(last[1], data.times(1, RowSet::range(1, 1))[0]);  // a: opened after its visits
  EXPECT_EQ(last[2], core::kMissingTime);
}

TEST_F(EntityStore, is_read_as_plain_tables_too) {
  make(shops());
  const core::Table visits = StoreReader(at("s.h5")).read("visits");
  EXPECT_EQ(std::get<Column::Texts>(visits.find("note")->values)[1], "a, b");
  EXPECT_FALSE(visits.find("spent")->missing(0));
  EXPECT_TRUE(visits.find("spent")->missing(3));
}

TEST_F(EntityStore, of_one_plain_table_has_no_relations) {
  EntityImport import;
  import.tables = {table("a", "n,word\n1,x\n,y\n", "")};
  make(import);
  const StoreEntityData data(at("s.h5"));
  EXPECT_EQ(data.entity_set().tables[0].index, "");
  EXPECT_EQ(data.entity_set().tables[0].columns[0].type, LogicalType::integer_nullable);
  EXPECT_EQ(data.entity_set().tables[0].columns[1].tags, core::Tags(Tag::category));
  EXPECT_EQ(data.in_table_order(0, 0, 2), (Rows{0, 1}));
  EXPECT_EQ(data.find_row(0, "1"), core::kNoRow);
}

/// How many rows the children of random_set have.
int many() { return tests_are_brief() ? 70000 : 150000; }

/// Tables of many rows: in several pieces and windows of them.
EntityImport random_set(const std::function<TableImport(const char*, std::string, const char*, const char*)>& table) {
  std::mt19937_64 random(11);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  std::string parents = "id,at,word\n";
  for (int i = 0; i < 3000; ++i) {
    parents += "k" + std::to_string(i * 7919 % 3000) + ",2024-01-" + std::to_string(10 + below(20)) + "," +
               (below(3) == 0 ? "" : "w" + std::to_string(below(50))) + "\n";
  }
  std::string children = "id,parent,other,at,x,flag,note\n";
  for (int i = 0; i < many(); ++i) {
    children += std::to_string(i * 7919LL % many() * 1000003) + ",k" + std::to_string(below(3100)) + ",";
    children += (below(9) == 0 ? "" : "k" + std::to_string(below(3000))) + ",";
    children += below(40) == 0 ? "," : "2024-02-01 00:" + std::to_string(10 + below(50)) + ":00,";
    children += (below(5) == 0 ? "" : std::to_string(static_cast<double>(below(100000)) / 8)) + ",";
    children += std::string(below(6) == 0 ? "" : below(2) == 0 ? "true" : "false") + ",t" + std::to_string(i) + "\n";
  }
  EntityImport import;
  import.tables = {table("children", children, "id", "at"), table("parents", parents, "id", "at")};
  import.relationships = {{"parents", "id", "children", "parent"}, { "parents", "id", "children", "other" }};
  return import;
}

TEST_F(EntityStore, orders_many_rows_within_and_beyond_memory_alike) {
  const EntityImport import = random_set([&](const char* name, const std::string& csv, const char* index,
                                             const char* time) { return table(name, csv, index, time); });
  EXPECT_EQ(make(import).bytes_set_aside, 0U);
  const std::string whole = contents(at("s.h5"));
  expect_promises(StoreEntityData(at("s.h5")));
  // Two fifths of it are for keys: several runs of rows, and no room for the index of the children; none for any index.
  for (const std::size_t memory : {1U << 20U, 1U << 10U}) {
    EXPECT_GT(make(import, memory).bytes_set_aside, static_cast<std::size_t>(many()) * 66);
    EXPECT_TRUE(contents(at("s.h5")) == whole) << memory;
    EXPECT_EQ(n_files(), 3U);
  }
}

/// Tables three deep, keyed by numbers: the middle one without times but with children; its rows in no order.
EntityImport numbered_set(const std::function<TableImport(const char*, std::string, const char*, const char*)>& table) {
  std::mt19937_64 random(5);
  const auto below = [&](std::uint64_t n) { return std::to_string(random() % n); };
  std::string top = "id\n", middle = "id,top,other\n", low = "id,middle,at\n";
  for (int i = 0; i < 9000; ++i) top += std::to_string(i * 7919 % 9000 * 1000003LL) + "\n";
  for (int i = 0; i < 20000; ++i) {
    middle += std::to_string(i * 7919LL % 20000 * 97) + "," + below(9100) + "000003,";
    middle += (i % 7 == 0 ? "" : std::to_string(random() % 9000 * 1000003)) + "\n";
  }
  for (int i = 0; i < 70000; ++i) {
    low += std::to_string(i) + "," + std::to_string(random() % 20100 * 97) +
           ",2024-01-01 00:00:" + std::to_string(10 + random() % 50) + "\n";
  }
  EntityImport import;
  import.tables = {table("low", low, "id", "at"), table("middle", middle, "id", ""), table("top", top, "id", "")};
  import.relationships = {{"middle", "id", "low", "middle"},
                          {"top", "id", "middle", "top"},
                          { "top",
                            "id",
                            "middle",
                            "other" }};
  return import;
}

TEST_F(EntityStore, looks_up_parents_within_and_beyond_memory_alike) {
  const EntityImport import = numbered_set([&](const char* name, const std::string& csv, const char* index,
                                               const char* time) { return table(name, csv, index, time); });
  const ImportedSet imported = make(import);
  const std::string whole = contents(at("s.h5"));
  expect_promises(StoreEntityData(at("s.h5")));
  for (const std::size_t memory : {1U << 20U, 1U << 16U, 1U}) {
    const ImportedSet again = make(import, memory);
    EXPECT_TRUE(contents(at("s.h5")) == whole) << memory;
    for (std::size_t id = 0; id < 3; ++id) {
      EXPECT_EQ(again.unmatched[id].n_unknown, imported.unmatched[id].n_unknown);
      EXPECT_EQ(again.unmatched[id].n_missing, imported.unmatched[id].n_missing);
      EXPECT_EQ(again.unmatched[id].example, imported.unmatched[id].example);
    }
  }
}

TEST_F(EntityStore, finds_repeated_keys_within_and_beyond_memory_alike) {
  std::string csv = "id\n";
  for (int i = 0; i < 20000; ++i) csv += std::to_string(i * 7919LL % 19000 * 1000003) + "\n";
  EntityImport import;
  import.tables = {table("a", csv, "id")};
  const std::string said = refusal(import);
  EXPECT_EQ(said.substr(0, 80), "a.csv:19002: index 'id' of table 'a' has a value again in 1000 of 20000 rows: 0 ");
  EXPECT_EQ(message<core::UserError>([&] { make(import, 1); }), said);
}

TEST_F(EntityStore, says_when_the_disk_is_full_and_leaves_nothing) {
  const EntityImport import = random_set([&](const char* name, const std::string& csv, const char* index,
                                             const char* time) { return table(name, csv, index, time); });
  for (const std::size_t memory : {kPlenty, std::size_t{1} << 20}) {
    const FileSizeLimit limit(1 << 20);
    EXPECT_EQ(message<core::RunError>([&] { make(import, memory); }), "cannot write s.h5: File too large");
    EXPECT_EQ(n_files(), 2U);
  }
}

TEST_F(EntityStore, refuses_an_index_that_is_no_index) {
  EntityImport import;
  import.tables = {table("a", "id\n1\n2\n1\n2\n3\n1\n", "id"), table("b", "id,x\n,1\nu,2\n", "id")};
  import.places["import.tables.a.index"] = {"c.yaml", 3, 12};
  import.relationships = {};
  EXPECT_EQ(refusal(import),
            "a.csv:4: index 'id' of table 'a' has a value again in 3 of 6 rows: 1 in row 3, 2 in row 4, 1 in row 6\n"
            "  c.yaml:3:12 names it; where no column has one value a row, set make_index: true\n"
            "b.csv:2: index 'id' of table 'b' has no value in 1 of 2 rows\n"
            "  index names it; where no column has one value a row, set make_index: true");
}

TEST_F(EntityStore, refuses_unknown_columns_of_all_tables_at_once) {
  EntityImport import = shops();
  import.tables[0].time_index = "att";
  import.tables[1].logical_types = {{ "shopp", LogicalType::categorical }};
  import.relationships[3].child_column = "visits";
  import.places["import.relationships[3]"] = {"c.yaml", 9, 5};
  EXPECT_EQ(refusal(import),
            "visits.csv: import.tables.visits.time_index: no column 'att' in visits.csv\n"
            "  did you mean 'at'? known: id, shop, at, spent, note\n"
            "shops.csv: import.tables.shops.types.shopp: no column 'shopp' in shops.csv\n"
            "  did you mean 'shop'? known: shop, opened\n"
            "c.yaml:9:5: import.relationships[3]: no column 'visits' in items.csv\n"
            "  did you mean 'visit'? known: visit, item, price");
}

TEST_F(EntityStore, refuses_types_that_do_not_fit_their_roles) {
  EntityImport import = shops();
  import.tables[0].index = "spent";
  import.relationships = {{ "shops", "shop", "items", "visit" }};
  import.tables[0].logical_types = {{ "spent", LogicalType::real }};
  import.tables[2].logical_types = {{"n", LogicalType::boolean}, { "from", LogicalType::categorical }};
  import.tables[3].logical_types = {{ "visit", LogicalType::integer }};
  EXPECT_EQ(
      refusal(import),
      "visits.csv: import.tables.visits.index: 'spent' holds double; an index is integer or categorical\n"
      "  give it one of these types in 'types'\n"
      "transfers.csv:3:7: '2' in column 'n' is not a boolean\n"
      "  expected true, false, yes, no, t, f, y, n, 1 or 0; add it to the missing words if it means no value\n"
      "items.csv: import.relationships[0]: items.visit holds integer and shops.shop holds categorical: they cannot "
      "match\n  give both the same type in 'types'");
}

TEST_F(EntityStore, refuses_missing_entries_of_types_without_room_for_them) {
  EntityImport import;
  import.tables = {table("a", "id,n\n1,3\n2,\n", "id")};
  import.tables[0].logical_types = {{ "n", LogicalType::integer }};
  EXPECT_EQ(refusal(import),
            "a.csv: import.tables.a.types.n: 1 of 2 entries are missing, which Integer has no room for\n  use "
            "IntegerNullable");
}

TEST_F(EntityStore, refuses_times_that_are_none_with_their_place) {
  EntityImport import;
  import.tables = {table("a", "id,at\n1,2024-01-01\n2,soon\n", "id", "at")};
  EXPECT_EQ(refusal(import),
            "a.csv:3:3: 'soon' in column 'at' is not a date\n"
            "  expected dates such as 2024-12-31T23:59:59, 12/31/2024 or 31-Dec-2024; time_format: {at: \"%d.%m.%Y\"} "
            "says how it "
            "is written; or add it to the missing words if it means no value");
}

TEST_F(EntityStore, reads_times_as_they_are_written) {
  EntityImport import;
  import.tables = {table("a", "id,on,paid\n1,930105,5.1.93 8:30\n2,921231,\n", "id", "on")};
  import.tables[0].options.time_formats = {{"on", core::TimeFormat("%y%m%d")},
                                           { "paid",
                                             core::TimeFormat("%d.%m.%y %H:%M") }};
  const core::EntityTable made = make(import).set.tables[0];
  EXPECT_EQ(made.find("on")->type, LogicalType::datetime);
  EXPECT_EQ(made.find("paid")->type, LogicalType::datetime);
  const std::int64_t day = 86400LL * 1000000000;
  const StoreEntityData data(at("s.h5"));
  EXPECT_EQ(integers(data, 0, "id"), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(integers(data, 0, "on"), (std::vector<std::int64_t>{8400 * day, 8405 * day}));
  EXPECT_EQ(integers(data, 0, "paid"), (std::vector<std::int64_t>{core::kMissingTime, 8405 * day + day * 17 / 48}));
}

TEST_F(EntityStore, refuses_times_that_are_written_otherwise_with_their_place) {
  EntityImport import;
  import.tables = {table("a", "id,on\n1,930105\n2,931305\n", "id", "on")};
  import.tables[0].options.time_formats = {{ "on", core::TimeFormat("%y%m%d") }};
  EXPECT_EQ(refusal(import),
            "a.csv:3:3: '931305' in column 'on' is not a date\n"
            "  expected times written as %y%m%d; add it to the missing words if it means no value");
  import.tables[0].options.time_formats.emplace("off", core::TimeFormat("%Y"));
  EXPECT_EQ(refusal(import), "a.csv: import.tables.a.time_format.off: no column 'off' in a.csv\n  known: id, on");
}

TEST_F(EntityStore, takes_children_without_rows) {
  EntityImport import = shops();
  import.tables[0] = table("visits", "id,shop,at,spent,note\n\n", "id", "at");
  import.tables[0].logical_types = {{ "spent", LogicalType::real }};
  const ImportedSet imported = make(import);
  const core::EntityTable& visits = imported.set.tables[0];
  EXPECT_EQ(visits.n_rows, 0U);
  EXPECT_EQ(visits.find("id")->type, LogicalType::integer);
  EXPECT_EQ(visits.find("shop")->type, LogicalType::categorical);
  EXPECT_EQ(visits.find("spent")->type, LogicalType::real);
  EXPECT_EQ(visits.find("note")->type, LogicalType::unknown);
  EXPECT_EQ(imported.untyped.at(0), (std::vector<std::string>{"note"}));
  EXPECT_EQ(imported.unmatched[3].n_unknown, 4U);
  const StoreEntityData data(at("s.h5"));
  EXPECT_EQ(data.entity_set(), imported.set);
  expect_promises(data);
  EXPECT_EQ(data.child_offsets(0, 0, 3), (std::vector<std::int64_t>{0, 0, 0, 0}));
  EXPECT_EQ(StoreReader(at("s.h5")).read("visits").n_rows(), 0U);
}

TEST_F(EntityStore, takes_parents_without_rows_and_what_is_said_of_their_columns) {
  EntityImport import;
  import.tables = {table("a", "id,x,word\n", "id"), table("b", "id,a,y\n1,2,0.5\n", "id")};
  import.relationships = {{ "a", "id", "b", "a" }};
  const ImportedSet imported = make(import);
  EXPECT_EQ(imported.unmatched[0].n_unknown, 1U);
  EXPECT_EQ(imported.untyped.at(0), (std::vector<std::string>{"x", "word"}));
  StoreEntityData data(at("s.h5"));
  EXPECT_EQ(data.entity_set().tables[0].n_rows, 0U);
  data.take_type(0, "x", core::LogicalType::real);
  data.take_type(0, "word", core::LogicalType::categorical);
  data.take_type(0, "id", core::LogicalType::real);  // is known
  data.take_type(1, "y", core::LogicalType::categorical);
  const auto type = [&](core::TableId id, const char* column) {
    return data.entity_set().tables[id].find(column)->type;
  };
  EXPECT_EQ(type(0, "x"), core::LogicalType::real);
  EXPECT_EQ(type(0, "id"), core::LogicalType::integer);
  EXPECT_EQ(type(1, "y"), core::LogicalType::real);
  EXPECT_TRUE(data.entity_set().tables[0].find("x")->tags.has(core::Tag::numeric));
  EXPECT_TRUE(std::get<core::Column::Reals>(data.read(0, "x", core::RowSet::range(0, 0)).values).empty());
  EXPECT_TRUE(std::get<core::Column::Codes>(data.read(0, "word", core::RowSet::range(0, 0)).values).empty());
  EXPECT_TRUE(data.categories(0, "word")->empty());
}

TEST_F(EntityStore, refuses_a_table_alone_without_rows_or_index) {
  EntityImport import;
  import.tables = {table("a", "id\n", "")};
  EXPECT_EQ(refusal(import), "a.csv: has a header but no rows\n  set header: no if its first line is data");
}

TEST_F(EntityStore, names_the_cell_that_makes_an_index_no_whole_numbers) {
  EntityImport import;
  import.tables = {table("a", "x,id\n1,800000\n2,9e+05\n3,900001\n", "id")};
  import.places["import.tables.a.index"] = {"c.yaml", 3, 12};
  EXPECT_EQ(refusal(import),
            "a.csv:3:3: '9e+05' in column 'id', the index of table 'a', is not a whole number\n"
            "  c.yaml:3:12 names it; where all are whole (9e+05 is 900000): types: {id: integer}; else read it as words: "
            "categorical");
}

TEST_F(EntityStore, matches_whole_numbers_written_as_doubles) {
  EntityImport import;
  import.tables = {table("p", "id\n1\n2\n", "id"), table("c", "id,p\n1,2.0\n2,\n3,1.0\n4,1.5\n", "id")};
  import.relationships = {{ "p", "id", "c", "p" }};
  const ImportedSet imported = make(import);
  EXPECT_EQ(imported.unmatched[0].n_missing, 2U);
  EXPECT_EQ(integers(StoreEntityData(at("s.h5")), 1, "id"), (std::vector<std::int64_t>{3, 1, 2, 4}));
}

TEST_F(EntityStore, names_a_damaged_file) {
  make(shops());
  const std::string whole = contents(at("s.h5"));
  for (std::size_t size = 100; size < whole.size(); size += 997) {
    put("cut.h5", whole.substr(0, size));
    const std::string said = message<core::UserError>([&] { expect_promises(StoreEntityData(at("cut.h5"))); });
    EXPECT_EQ(said.substr(0, 31), "cut.h5: is damaged or cut short") << size;
  }
}

TEST_F(EntityStore, refuses_numbers_that_lie_outside_of_what_they_refer_to) {
  make(shops());
  const auto broken = [&](const char* dataset, auto&& use) {
    const std::optional<std::uint64_t> offset = hdf5::File::open(at("s.h5")).root().dataset(dataset).file_offset();
    std::string bytes = contents(at("s.h5"));
    bytes[*offset + 1] = 'x';
    bytes.replace(bytes.find("checksums"), 9, "something");  // an earlier gridmill's: nothing is compared
    bytes.resize(bytes.size() - 8);
    put("broken.h5", bytes);
    return message<core::UserError>([&] { use(StoreEntityData(at("broken.h5"))); });
  };
  const auto said = [](const char* what) {
    return std::string("broken.h5: is damaged or cut short: ") + what + "\n  import it again";
  };
  EXPECT_EQ(broken("tables/visits/shop",
                   [](const StoreEntityData& data) { std::ignore = data.read(0, "shop", RowSet::range(0, 7)); }),
            said("codes lie outside of what they refer to"));
  EXPECT_EQ(broken("relations/links/0/parents",
                   [](const StoreEntityData& data) { std::ignore = data.parents(0, RowSet::range(0, 7)); }),
            said("parents lie outside of what they refer to"));
  EXPECT_EQ(broken("relations/links/0/offsets",
                   [](const StoreEntityData& data) { std::ignore = data.child_offsets(0, 0, 3); }),
            said("children lie outside of what they refer to"));
  EXPECT_EQ(
      broken("relations/links/2/children", [](const StoreEntityData& data) { std::ignore = data.children(2, 0, 3); }),
      said("children lie outside of what they refer to"));
  EXPECT_EQ(broken("relations/orders/visits/in_table_order",
                   [](const StoreEntityData& data) { std::ignore = data.in_table_order(0, 0, 7); }),
            said("rows lie outside of what they refer to"));
}

}  // namespace
}  // namespace gridmill::io
