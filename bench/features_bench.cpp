// Times the evaluation of features on one core: 50,000 loan applicants with 3.4 million rows below them, in memory, and
// the 197 features of depth 2 that the default primitives give.
//
//   features_bench [applicants] [rows a slice] [repetitions]
//
// Prints the seconds from rows in memory to finished columns for one common cutoff time and for one an applicant, the
// least of some repetitions, and the peak of memory. Times are CPU seconds of this process.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "features/columns/memory_entity_data.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/synthesis/synthesis.hpp"

namespace {

using namespace gridmill;
using core::LogicalType;
using core::Tag;

constexpr std::int64_t kSecond = 1'000'000'000;  // [ns]
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kStart = 16'801 * kDay;  // 2016-01-01

/// Makes columns of random values of many kinds.
class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high - 1)(random_);
  }
  bool happens(double probability) { return std::uniform_real_distribution<double>()(random_) < probability; }

  core::Column reals(const std::string& name, std::size_t n, double missing) {
    core::Column::Reals values(n);
    std::lognormal_distribution<double> amount(11, 1);
    for (double& each : values) {
      each = happens(missing) ? std::numeric_limits<double>::quiet_NaN() : std::round(amount(random_) * 100) / 100;
    }
    return {.name = name, .type = core::ColumnType::real, .values = std::move(values)};
  }

  core::Column integers(const std::string& name, std::size_t n, std::int64_t high, double missing) {
    core::Column::Integers values(n);
    core::Column column{.name = name, .type = core::ColumnType::integer};
    for (std::int64_t& each : values) each = between(0, high);
    if (missing > 0) column.valid = validity(n, missing);
    column.values = std::move(values);
    return column;
  }

  core::Column booleans(const std::string& name, std::size_t n, double missing) {
    core::Column::Booleans values(n);
    core::Column column{.name = name, .type = core::ColumnType::boolean};
    for (std::uint8_t& each : values) each = happens(0.4) ? 1 : 0;
    if (missing > 0) column.valid = validity(n, missing);
    column.values = std::move(values);
    return column;
  }

  /// Frequencies fall as those of words do.
  core::Column categories(const std::string& name, std::size_t n, int n_categories, double missing) {
    core::Column column{.name = name, .type = core::ColumnType::categorical};
    std::vector<double> shares;
    for (int k = 0; k < n_categories; ++k) {
      shares.push_back(1 / std::pow(k + 1, 1.2));
      column.categories.push_back(fmt::format("c{:02}", k));
    }
    std::discrete_distribution<std::int32_t> code(shares.begin(), shares.end());
    core::Column::Codes values(n);
    for (std::int32_t& each : values) each = happens(missing) ? core::kMissingCode : code(random_);
    column.values = std::move(values);
    return column;
  }

  /// Numbers of children: none, one, or more in the mean.
  std::vector<std::int64_t> owners(std::size_t n, double mean, double none, double one) {
    std::vector<std::int64_t> owners;
    std::poisson_distribution<int> more((mean - one) / (1 - none - one) - 2);
    for (std::size_t i = 0; i < n; ++i) {
      const double u = std::uniform_real_distribution<double>()(random_);
      const int children = u < none ? 0 : u < none + one ? 1 : 2 + more(random_);
      owners.insert(owners.end(), static_cast<std::size_t>(children), static_cast<std::int64_t>(i));
    }
    return owners;
  }

 private:
  std::vector<std::uint8_t> validity(std::size_t n, double missing) {
    std::vector<std::uint8_t> valid(n);
    for (std::uint8_t& each : valid) each = happens(missing) ? 0 : 1;
    return valid;
  }

  std::mt19937_64 random_;
};

core::Column column(std::string name, core::ColumnType type, std::vector<std::int64_t> values) {
  return {.name = std::move(name), .type = type, .values = std::move(values)};
}

core::Column numbered(const std::string& name, std::size_t n) {
  std::vector<std::int64_t> values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<std::int64_t>(i);
  return column(name, core::ColumnType::integer, std::move(values));
}

core::Column times(const std::string& name, std::vector<std::int64_t> values) {
  return column(name, core::ColumnType::datetime, std::move(values));
}

core::EntitySet loans() {
  const auto number = [](const char* name, LogicalType type = LogicalType::real) {
    return core::EntityColumn{name, type, Tag::numeric};
  };
  const auto index = [](const char* name) { return core::EntityColumn{name, LogicalType::integer, Tag::index}; };
  const auto key = [](const char* name) {
    return core::EntityColumn{name, LogicalType::integer, {Tag::numeric, Tag::foreign_key}};
  };
  const auto time = [](const char* name) { return core::EntityColumn{name, LogicalType::datetime, Tag::time_index}; };
  const auto category = [](const char* name) {
    return core::EntityColumn{name, LogicalType::categorical, Tag::category};
  };
  const auto truth = [](const char* name, LogicalType type) { return core::EntityColumn{name, type, {}}; };
  const LogicalType integer = LogicalType::integer;
  const LogicalType nullable = LogicalType::boolean_nullable;
  core::EntitySet set;
  set.tables = {
      {.name = "applicants",
       .columns = {index("applicant_id"),
                   time("application_time"),
                   {"birth_date", LogicalType::datetime, {}},
                   number("income"),
                   number("credit_amount"),
                   number("annuity"),
                   number("n_children", integer),
                   number("ext_score"),
                   category("education"),
                   category("family_status"),
                   category("region"),
                   truth("owns_car", LogicalType::boolean),
                   truth("owns_realty", nullable)},
       .index = "applicant_id",
       .time_index = "application_time"},
      {.name = "bureau",
       .columns = {index("bureau_id"), key("applicant_id"), time("open_time"), category("credit_type"),
                   category("status"), number("amount"), number("debt"), number("days_overdue", integer),
                   number("prolonged", LogicalType::integer_nullable), truth("secured", LogicalType::boolean)},
       .index = "bureau_id",
       .time_index = "open_time"},
      {.name = "balances",
       .columns = {index("balance_id"), key("bureau_id"), time("month"), category("state"), number("balance"),
                   truth("paid", nullable)},
       .index = "balance_id",
       .time_index = "month"},
      {.name = "previous",
       .columns = {index("prev_id"), key("applicant_id"), time("decision_time"), category("contract_type"),
                   category("outcome"), number("asked"), number("granted"), truth("insured", nullable)},
       .index = "prev_id",
       .time_index = "decision_time"},
      {.name = "card",
       .columns = {index("activity_id"), key("applicant_id"), time("activity_time"), category("kind"),
                   category("merchant"), number("amount"), number("items", integer),
                   truth("online", LogicalType::boolean)},
       .index = "activity_id",
       .time_index = "activity_time"},
  };
  set.relationships = {{0, 1, "applicant_id", "applicant_id"},
                       {1, 2, "bureau_id", "bureau_id"},
                       {0, 3, "applicant_id", "applicant_id"},
                       {0, 4, "applicant_id", "applicant_id"}};
  return set;
}

std::vector<core::Table> make_rows(std::size_t n_applicants) {
  Maker maker(7);
  std::vector<core::Table> tables(5);
  std::vector<std::int64_t> applied(n_applicants);
  std::vector<std::int64_t> born(n_applicants);
  for (std::size_t i = 0; i < n_applicants; ++i) {
    applied[i] = kStart + maker.between(4 * 365 * 86'400, 7 * 365 * 86'400) * kSecond;
    born[i] = applied[i] / kDay * kDay - maker.between(21 * 365, 68 * 365) * kDay;
  }
  const std::size_t n = n_applicants;
  tables[0].columns = {numbered("applicant_id", n),
                       times("application_time", applied),
                       times("birth_date", born),
                       maker.reals("income", n, 0.02),
                       maker.reals("credit_amount", n, 0),
                       maker.reals("annuity", n, 0.01),
                       maker.integers("n_children", n, 4, 0),
                       maker.reals("ext_score", n, 0.3),
                       maker.categories("education", n, 5, 0),
                       maker.categories("family_status", n, 6, 0.03),
                       maker.categories("region", n, 20, 0),
                       maker.booleans("owns_car", n, 0),
                       maker.booleans("owns_realty", n, 0.05)};
  const auto before = [&](const std::vector<std::int64_t>& owners, std::int64_t n_days) {
    std::vector<std::int64_t> found;
    for (const std::int64_t owner : owners) {
      found.push_back(applied[static_cast<std::size_t>(owner)] - maker.between(86'400, n_days * 86'400) * kSecond);
    }
    return found;
  };
  const std::vector<std::int64_t> debtors = maker.owners(n, 5, 0.08, 0.12);
  const std::vector<std::int64_t> opened = before(debtors, 3 * 365);
  const std::size_t m = debtors.size();
  tables[1].columns = {numbered("bureau_id", m),
                       column("applicant_id", core::ColumnType::integer, debtors),
                       times("open_time", opened),
                       maker.categories("credit_type", m, 8, 0),
                       maker.categories("status", m, 4, 0.02),
                       maker.reals("amount", m, 0),
                       maker.reals("debt", m, 0.18),
                       maker.integers("days_overdue", m, 400, 0),
                       maker.integers("prolonged", m, 3, 0.1),
                       maker.booleans("secured", m, 0)};
  const std::vector<std::int64_t> credits = maker.owners(m, 10, 0.05, 0.05);
  std::vector<std::int64_t> months;
  for (std::size_t i = 0; i < credits.size(); ++i) {
    const auto credit = static_cast<std::size_t>(credits[i]);
    const bool follows = i > 0 && credits[i - 1] == credits[i];
    months.push_back(follows ? months.back() + 30 * kDay : (opened[credit] / kDay + 30) * kDay);
  }
  const std::size_t k = credits.size();
  tables[2].columns = {numbered("balance_id", k),       column("bureau_id", core::ColumnType::integer, credits),
                       times("month", months),          maker.categories("state", k, 8, 0.01),
                       maker.reals("balance", k, 0.05), maker.booleans("paid", k, 0.02)};
  const std::vector<std::int64_t> askers = maker.owners(n, 3, 0.15, 0.2);
  const std::size_t p = askers.size();
  tables[3].columns = {numbered("prev_id", p),
                       column("applicant_id", core::ColumnType::integer, askers),
                       times("decision_time", before(askers, 2 * 365)),
                       maker.categories("contract_type", p, 4, 0),
                       maker.categories("outcome", p, 4, 0),
                       maker.reals("asked", p, 0),
                       maker.reals("granted", p, 0.2),
                       maker.booleans("insured", p, 0.3)};
  const std::vector<std::int64_t> holders = maker.owners(n, 10, 0.3, 0.05);
  const std::size_t q = holders.size();
  tables[4].columns = {numbered("activity_id", q),
                       column("applicant_id", core::ColumnType::integer, holders),
                       times("activity_time", before(holders, 365)),
                       maker.categories("kind", q, 5, 0),
                       maker.categories("merchant", q, 50, 0.04),
                       maker.reals("amount", q, 0),
                       maker.integers("items", q, 6, 0),
                       maker.booleans("online", q, 0)};
  return tables;
}

double cpu_seconds() {
  std::timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Evaluates slice by slice and returns the least CPU seconds of some repetitions. Adds up all numbers, so that
/// nothing is left undone.
double least_seconds(const features::Evaluator& evaluator, const std::vector<features::FeatureRef>& wanted,
                     const std::vector<features::Instance>& instances, std::size_t slice, int repetitions) {
  double least = std::numeric_limits<double>::infinity();
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    const double start = cpu_seconds();
    std::size_t n_values = 0;
    for (std::size_t first = 0; first < instances.size(); first += slice) {
      const std::size_t n = std::min(slice, instances.size() - first);
      const auto columns = evaluator.evaluate(0, wanted, std::span(instances).subspan(first, n));
      for (const auto& outputs : columns) {
        for (const features::Column& each : outputs) n_values += each.size();
      }
    }
    least = std::min(least, cpu_seconds() - start);
    if (n_values != wanted.size() * instances.size()) std::abort();
  }
  return least;
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int at, long otherwise) { return argc > at ? std::atol(argv[at]) : otherwise; };
  const auto n_applicants = static_cast<std::size_t>(argument(1, 50'000));
  const auto slice = static_cast<std::size_t>(argument(2, 50'000));
  const int repetitions = static_cast<int>(argument(3, 5));
  std::vector<core::Table> tables = make_rows(n_applicants);
  std::size_t n_rows = 0;
  for (const core::Table& each : tables) n_rows += each.n_rows();
  const features::MemoryEntityData data(loans(), std::move(tables));
  const std::vector<features::FeatureRef> wanted =
      features::synthesize(data.entity_set(), features::SynthesisOptions{.target = 0});
  fmt::print("{} applicants, {} rows, {} features, slices of {}; {:.0f} MiB with the data\n", n_applicants, n_rows,
             wanted.size(), slice, peak_mib());

  const features::Evaluator evaluator(data, {});
  const std::vector<std::int64_t> applied = data.times(0, core::RowSet::range(0, n_applicants));
  std::vector<features::Instance> common;
  std::vector<features::Instance> own;
  for (std::size_t i = 0; i < n_applicants; ++i) {
    common.push_back({.row = static_cast<core::RowId>(i), .cutoff = kStart + 100 * 365 * kDay});
    own.push_back({.row = static_cast<core::RowId>(i), .cutoff = applied[i]});
  }
  const double together = least_seconds(evaluator, wanted, common, slice, repetitions);
  fmt::print("one common cutoff      {:.3f} s, peak {:.0f} MiB\n", together, peak_mib());
  const double apart = least_seconds(evaluator, wanted, own, slice, repetitions);
  fmt::print("one cutoff a applicant {:.3f} s, {:.2f} times as long, peak {:.0f} MiB\n", apart, apart / together,
             peak_mib());
  return 0;
}
