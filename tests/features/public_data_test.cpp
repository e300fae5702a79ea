// Two public databases, looked for beside the project: Berka's bank (PKDD'99), with a cutoff time for each loan and two
// ways from a loan to a district, and the Chinook music shop. Expected values were computed with pandas, as said beside
// them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "features/columns/memory_entity_data.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/synthesis/synthesis.hpp"
#include "golden_setting.hpp"
#include "io/import/table_file.hpp"

namespace gridmill::features {
namespace {

namespace fs = std::filesystem;
using core::LogicalType;
using ::testing::DoubleNear;

/// A table as it is described in a test: its file and the columns to use, the index first.
struct Described {
  std::string name;
  std::string file;
  std::vector<std::pair<std::string, LogicalType>> columns;
  std::string time_index;
};

struct Link {
  std::string parent, child, key;
};

/// 930705, also with a time of day behind it that is always midnight: the 5th of July 1993.
std::int64_t time_of_digits(std::int64_t digits) {
  const auto text = std::to_string(19'000'000 + digits);
  return golden_time(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 2) + " 00:00:00");
}

void make_time(core::Column& column) {
  column.type = core::ColumnType::datetime;
  for (std::int64_t& each : std::get<core::Column::Integers>(column.values)) each = time_of_digits(each);
}

core::Table read(const fs::path& folder, const Described& described, bool times_are_digits) {
  io::ImportOptions options;
  for (const auto& [name, type] : described.columns) {
    const bool digits = times_are_digits && type == LogicalType::datetime;
    options.types[name] = digits ? core::ColumnType::integer : core::column_type_of(type);
  }
  core::Table all = io::read_table(folder / described.file, options);
  core::Table table{.name = described.name};
  for (const auto& [name, type] : described.columns) {
    core::Column& column = table.columns.emplace_back(*all.find(name));
    if (times_are_digits && type == LogicalType::datetime) make_time(column);
  }
  return table;
}

MemoryEntityData read_set(const fs::path& folder, const std::vector<Described>& described,
                          const std::vector<Link>& links, bool times_are_digits) {
  core::EntitySet set;
  std::vector<core::Table> tables;
  for (const Described& each : described) {
    core::EntityTable table{.name = each.name, .index = each.columns.front().first, .time_index = each.time_index};
    for (const auto& [name, type] : each.columns) {
      core::Tags tags = core::standard_tags(type);
      if (name == table.index) tags = core::Tag::index;
      if (name == table.time_index) tags.add(core::Tag::time_index);
      table.columns.push_back({name, type, tags});
    }
    set.tables.push_back(std::move(table));
    tables.push_back(read(folder, each, times_are_digits));
  }
  for (const Link& link : links) {
    const core::TableId parent = set.find(link.parent);
    const core::TableId child = set.find(link.child);
    for (core::EntityColumn& column : set.tables[child].columns) {
      if (column.name == link.key) column.tags.add(core::Tag::foreign_key);
    }
    set.relationships.push_back({parent, child, set.tables[parent].index, link.key});
  }
  return {std::move(set), std::move(tables)};
}

MemoryEntityData read_bank(const fs::path& folder) {
  const LogicalType integer = LogicalType::integer;
  const LogicalType category = LogicalType::categorical;
  const LogicalType real = LogicalType::real;
  const LogicalType time = LogicalType::datetime;
  return read_set(
      folder,
      {{"district", "district.asc.gz", {{"A1", integer}, {"A3", category}, {"A4", integer}, {"A11", integer}}, ""},
       {"account",
        "account.asc.gz",
        {{"account_id", integer}, {"district_id", integer}, {"frequency", category}, {"date", time}},
        "date"},
       {"client", "client.asc.gz", {{"client_id", integer}, {"district_id", integer}}, ""},
       {"disp",
        "disp.asc.gz",
        {{"disp_id", integer}, {"client_id", integer}, {"account_id", integer}, {"type", category}},
        ""},
       {"loan",
        "loan.asc.gz",
        {{"loan_id", integer}, {"account_id", integer}, {"date", time}, {"amount", real}, {"duration", integer}},
        "date"},
       {"trans",
        "trans_loan_history.csv.gz",
        {{"trans_id", integer},
         {"account_id", integer},
         {"date", time},
         {"operation", category},
         {"amount", real},
         {"balance", real}},
        "date"}},
      {{"district", "account", "district_id"},
       {"district", "client", "district_id"},
       {"client", "disp", "client_id"},
       {"account", "disp", "account_id"},
       {"account", "loan", "account_id"},
       {"account", "trans", "account_id"}},
      true);
}

MemoryEntityData read_shop(const fs::path& folder) {
  const LogicalType integer = LogicalType::integer;
  const LogicalType category = LogicalType::categorical;
  const LogicalType real = LogicalType::real;
  return read_set(
      folder,
      {{"Employee", "Employee.csv.gz", {{"EmployeeId", integer}, {"City", category}}, ""},
       {"Customer", "Customer.csv.gz", {{"CustomerId", integer}, {"Country", category}, {"SupportRepId", integer}}, ""},
       {"Invoice",
        "Invoice.csv.gz",
        {{"InvoiceId", integer}, {"CustomerId", integer}, {"InvoiceDate", LogicalType::datetime}, {"Total", real}},
        "InvoiceDate"},
       {"Artist", "Artist.csv.gz", {{"ArtistId", integer}}, ""},
       {"Album", "Album.csv.gz", {{"AlbumId", integer}, {"ArtistId", integer}}, ""},
       {"Track",
        "Track.csv.gz",
        {{"TrackId", integer},
         {"AlbumId", integer},
         {"GenreId", category},
         {"Milliseconds", integer},
         {"Bytes", integer}},
        ""},
       {"InvoiceLine",
        "InvoiceLine.csv.gz",
        {{"InvoiceLineId", integer}, {"InvoiceId", integer}, {"TrackId", integer}, {"Quantity", integer}},
        ""}},
      {{"Employee", "Customer", "SupportRepId"},
       {"Customer", "Invoice", "CustomerId"},
       {"Invoice", "InvoiceLine", "InvoiceId"},
       {"Artist", "Album", "ArtistId"},
       {"Album", "Track", "AlbumId"},
       {"Track", "InvoiceLine", "TrackId"}},
      false);
}

std::vector<PrimitiveUse> aggregations(std::initializer_list<const char*> names) {
  std::vector<PrimitiveUse> uses;
  for (const char* name : names) uses.push_back(read_primitive(PrimitiveKind::aggregation, core::Value(name)));
  return uses;
}

/// Evaluates all features of a target and finds values by name.
class Features {
 public:
  Features(const MemoryEntityData& data, const SynthesisOptions& options, std::vector<Instance> instances)
      : instances_(std::move(instances)), features_(synthesize(data.entity_set(), options)) {
    columns_ = Evaluator(data, {}).evaluate(options.target, features_, instances_);
    for (std::size_t i = 0; i < features_.size(); ++i) by_name_[features_[i]->name] = i;
  }

  [[nodiscard]] std::size_t size() const { return features_.size(); }
  [[nodiscard]] const Column& column(const std::string& name) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) throw std::runtime_error("no feature " + name);
    return columns_[found->second].front();
  }
  [[nodiscard]] std::size_t line(core::RowId row) const {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
      if (instances_[i].row == row) return i;
    }
    throw std::runtime_error("no such instance");
  }
  [[nodiscard]] double number(const std::string& name, core::RowId row) const {
    return column(name).numbers().at(line(row));
  }
  [[nodiscard]] std::string label(const std::string& name, core::RowId row) const {
    const Column& found = column(name);
    return found.dictionary->label(found.codes().at(line(row)));
  }

 private:
  std::vector<Instance> instances_;
  std::vector<FeatureRef> features_;
  std::vector<std::vector<Column>> columns_;
  std::map<std::string, std::size_t> by_name_;
};

TEST(PublicData, gives_what_was_known_of_a_bank_when_each_loan_was_granted) {
  const std::optional<fs::path> folder = outside_folder("data/berka");
  if (!folder) GTEST_SKIP() << "GRIDMILL_SHARED names no folder with data/berka";
  const MemoryEntityData data = read_bank(*folder);
  const core::TableId loan = data.entity_set().find("loan");
  const core::RowSet all = core::RowSet::range(0, data.entity_set().tables[loan].n_rows);
  const std::vector<std::int64_t> granted = data.times(loan, all);
  std::vector<Instance> instances;
  for (std::size_t i = 0; i < all.n; ++i) instances.push_back({static_cast<core::RowId>(i), granted[i]});
  SynthesisOptions options{.target = loan};
  options.aggregations = aggregations({"count", "mean", "std", "last", "num_unique", "mode"});
  options.transforms.emplace();
  options.max_depth = 4;
  const Features features(data, options, instances);
  EXPECT_GT(features.size(), 50U);

  // t = trans[(trans.account_id == a) & (trans.date <= d)].sort_values(["date", "trans_id"]) with account and date of
  // the loan; t.balance.mean(), t.balance.iloc[-1], t.amount.std(), t.operation.nunique(), ...
  const core::RowId first = data.find_row(loan, "5314");
  const core::RowId early = data.find_row(loan, "4959");
  const core::RowId late = data.find_row(loan, "7308");
  EXPECT_EQ(features.number("account.COUNT(trans)", first), 4);
  EXPECT_EQ(features.number("account.COUNT(trans)", early), 54);
  EXPECT_EQ(features.number("account.COUNT(trans)", late), 107);
  EXPECT_THAT(features.number("account.MEAN(trans.balance)", early), DoubleNear(32590.624074074065, 1e-8));
  EXPECT_THAT(features.number("account.MEAN(trans.balance)", late), DoubleNear(30869.781308411217, 1e-8));
  EXPECT_EQ(features.number("account.LAST(trans.balance)", early), 27855.2);
  EXPECT_THAT(features.number("account.STD(trans.amount)", first), DoubleNear(3774.8068383251966, 1e-8));
  EXPECT_EQ(features.number("account.NUM_UNIQUE(trans.operation)", late), 3);
  EXPECT_EQ(features.label("account.MODE(trans.operation)", late), "remittance to another bank");
  // Up to the district by the account, and by the clients who dispose of it.
  EXPECT_EQ(features.number("account.district.A11", late), 8110);
  EXPECT_EQ(features.label("account.district.A3", late), "north Moravia");
  EXPECT_EQ(features.number("account.COUNT(disp)", early), 2);
  EXPECT_EQ(features.number("account.MEAN(disp.client.district.A11)", early), 12541);
  // Only accounts opened until the loan was granted. (By way of the clients the district is too deep to count them.)
  options.ignore_tables = {"disp"};
  const Features counted(data, options, instances);
  EXPECT_EQ(counted.number("account.district.COUNT(account)", first), 8);
  EXPECT_EQ(counted.number("account.district.COUNT(account)", early), 145);
  EXPECT_EQ(counted.number("account.district.COUNT(account)", late), 37);
}

TEST(PublicData, follows_a_music_shop_from_customers_to_tracks) {
  const std::optional<fs::path> folder = outside_folder("data/chinook");
  if (!folder) GTEST_SKIP() << "GRIDMILL_SHARED names no folder with data/chinook";
  const MemoryEntityData data = read_shop(*folder);
  const core::TableId customer = data.entity_set().find("Customer");
  const auto features_at = [&](const char* time) {
    std::vector<Instance> instances;
    for (core::RowId row = 0; row < 59; ++row) instances.push_back({row, golden_time(time)});
    SynthesisOptions options{.target = customer};
    options.aggregations = aggregations({"count", "sum", "mean", "std", "num_unique", "mode", "max"});
    options.transforms.emplace();
    options.max_depth = 3;
    return Features(data, options, std::move(instances));
  };
  const core::RowId six = data.find_row(customer, "6");
  const Features features = features_at("2030-01-01 00:00:00");
  EXPECT_GT(features.size(), 100U);
  // i = Invoice[Invoice.CustomerId == 6]; l = InvoiceLine[InvoiceLine.InvoiceId.isin(i.InvoiceId)].merge(Track)
  EXPECT_EQ(features.number("COUNT(Invoice)", six), 7);
  EXPECT_THAT(features.number("SUM(Invoice.Total)", six), DoubleNear(49.62, 1e-9));
  EXPECT_THAT(features.number("STD(Invoice.Total)", six), DoubleNear(8.719507685971399, 1e-9));
  EXPECT_EQ(features.number("COUNT(InvoiceLine)", six), 38);
  EXPECT_EQ(features.label("MODE(InvoiceLine.Track.GenreId)", six), "1");
  EXPECT_EQ(features.number("NUM_UNIQUE(InvoiceLine.Track.GenreId)", six), 9);
  EXPECT_THAT(features.number("MEAN(InvoiceLine.Track.Milliseconds)", six), DoubleNear(992922.8684210526, 1e-6));
  EXPECT_EQ(features.label("Employee.MODE(Customer.Country)", six), "USA");  // of the 18 of employee 5

  const Features earlier = features_at("2023-01-01 00:00:00");
  const core::RowId other = data.find_row(customer, "26");
  EXPECT_EQ(earlier.number("COUNT(Invoice)", other), 3);
  EXPECT_THAT(earlier.number("SUM(Invoice.Total)", other), DoubleNear(11.88, 1e-9));
  EXPECT_EQ(earlier.number("COUNT(InvoiceLine)", six), 9);
}

}  // namespace
}  // namespace gridmill::features
