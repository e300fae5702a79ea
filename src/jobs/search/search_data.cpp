#include "jobs/search/search_data.hpp"

#include <malloc.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "config/at_place.hpp"
#include "core/bytes.hpp"
#include "core/error.hpp"
#include "core/memory_size.hpp"
#include "io/files/checksum.hpp"
#include "io/import/table_file.hpp"
#include "io/text/libsvm_text.hpp"
#include "jobs/audit/dealt_rows.hpp"
#include "jobs/dataset/dataset_block.hpp"
#include "jobs/dataset/dataset_builder.hpp"
#include "jobs/dataset/earlier_labels.hpp"
#include "jobs/dataset/import_options.hpp"
#include "jobs/dataset/row_choice.hpp"
#include "jobs/dataset/source_table.hpp"
#include "jobs/search/search_memory.hpp"
#include "jobs/search/search_plan.hpp"
#include "models/family/model.hpp"
#include "mpi/failure.hpp"
#include "search/folds.hpp"
#include "search/holdout.hpp"

namespace gridmill::jobs {

namespace {

DatasetColumns columns_of(const config::DataOptions& data) {
  return {.target = data.target.empty() ? io::kLibsvmTarget : data.target,
          .features = data.features,
          .ignore = data.ignore,
          .weight = data.weight,
          .group = data.group,
          .fold = data.fold,
          .time = data.time};
}

/// Whether the config asks for nothing that LIBSVM text would have to be a table for.
bool may_stay_sparse(const config::SearchJob& job, const io::ImportOptions& how) {
  const config::DataOptions& data = job.data;
  const bool plain = data.features.empty() && data.ignore.empty() && data.weight.empty() && data.group.empty() &&
                     data.fold.empty() && data.filter.empty() && data.time.empty() && !data.sample &&
                     (data.target.empty() || data.target == io::kLibsvmTarget) &&
                     std::all_of(how.types.begin(), how.types.end(),
                                 [](const auto& entry) { return entry.first == io::kLibsvmTarget; });
  return plain && std::ranges::all_of(job.families(), [](const auto* family) { return family->abilities().sparse; }) &&
         io::format_of(data.source.file, how) == io::TableFormat::libsvm;
}

/// Whether leaving the 0s out saves memory that matters.
bool is_worth_it(const core::SparseMatrix& x) {
  constexpr std::size_t kMattersFrom = std::size_t{1} << 21U;  // entries in full: 16 MiB
  constexpr std::size_t kShare = 4;                            // one of so many is not 0
  const std::size_t in_full = x.n_features * (x.start.size() - 1);
  return in_full >= kMattersFrom && x.value.size() <= in_full / kShare;
}

void check_fits_in_full(const config::SearchJob& job, const core::SparseMatrix& x) {
  const std::size_t bytes = x.n_features * (x.start.size() - 1) * sizeof(double);
  if (bytes <= memory_limit_here(job) / 4) return;
  throw core::UserError(
      core::Problem{{job.data.source.file.string()},
                    fmt::format("preprocessing or impute would fill in the 0s of {} x {} sparse values, which takes {}",
                                x.start.size() - 1, x.n_features, core::size_text(bytes)),
                    "leave both out, and scale the file beforehand (each feature divided by its greatest magnitude "
                    "keeps 0s)"});
}

/// Reads a file with the features sparse where that pays (`like`: where the training data is), else as a table.
SourceTable read_features(const config::SearchJob& job, const std::filesystem::path& file, const io::ImportOptions& how,
                          const core::Dataset* like) {
  const bool sparse = like == nullptr ? may_stay_sparse(job, how) : like->is_sparse();
  if (!sparse) return read_source(file, how);
  io::SparseText text = io::read_libsvm(file, how);
  const bool finite = std::all_of(text.x.value.begin(), text.x.value.end(), [](double v) { return std::isfinite(v); });
  bool stays = like != nullptr || is_worth_it(text.x);
  if (stays && like == nullptr && !all_candidates_leave_features(job)) {
    check_fits_in_full(job, text.x);
    stays = false;
  }
  if (!stays || !finite) return read_source(file, how);  // which names the cell that is not finite
  SourceTable source{.table = std::move(text.rest), .file = file, .options = how, .sparse = std::move(text.x)};
  source.options.first_index = text.first_index;
  return source;
}

struct Parts {
  core::Dataset train;
  std::optional<core::Dataset> held_out;
  io::Remarks remarks = {};
  std::vector<search::EarlierLabels> earlier = {};
  std::vector<Finding> findings = {};
};

void add_remarks(const io::Remarks& more, io::Remarks& remarks) {
  remarks.warnings.insert(remarks.warnings.end(), more.warnings.begin(), more.warnings.end());
  remarks.notes.insert(remarks.notes.end(), more.notes.begin(), more.notes.end());
}

/// Options of reading that say nothing about a file of its format.
void warn_of_idle(const config::SourceOptions& source, const io::ImportOptions& how, io::Remarks& remarks) {
  const io::TableFormat format = io::format_of(source.file, how);
  const bool is_csv = format == io::TableFormat::csv;
  const bool is_store = format == io::TableFormat::store;
  const std::string what = is_csv ? "CSV" : is_store ? "a store" : "LIBSVM text";
  const auto warn = [&](bool is_idle, std::string_view option) {
    if (!is_idle) return;
    remarks.warnings.push_back(fmt::format("{}: data.{} has no effect: it is {}", source.file.string(), option, what));
  };
  warn(source.first_index && format != io::TableFormat::libsvm, "first_index");
  warn(!source.table.empty() && !is_store, "table");
  warn(!source.delimiter.empty() && !is_csv, "delimiter");
  warn(source.header && !is_csv, "header");
  warn(source.decimal != "." && !is_csv, "decimal");
  warn(source.missing && is_store, "missing");
}

/// A model learns from doubles: great whole numbers lose what tells them apart.
void warn_of_rounded(const SourceTable& source, const config::DataOptions& options, const core::Dataset& data,
                     io::Remarks& remarks) {
  constexpr std::int64_t kExact = std::int64_t{1} << 53U;
  for (const core::Column& column : source.table.columns) {
    const auto* values = std::get_if<core::Column::Integers>(&column.values);
    const bool is_feature =
        std::find(data.feature_names.begin(), data.feature_names.end(), column.name) != data.feature_names.end();
    const bool is_quantity = data.classes.empty() && column.name == options.target;
    if (values == nullptr || column.type != core::ColumnType::integer || !(is_feature || is_quantity)) continue;
    const auto n = std::count_if(values->begin(), values->end(),
                                 [](std::int64_t value) { return value > kExact || value < -kExact; });
    if (n == 0) continue;
    remarks.warnings.push_back(
        fmt::format("{}: {} whole numbers in column '{}' are beyond 2^53 and are rounded to "
                    "doubles; {}",
                    source.file.string(), n, column.name,
                    is_feature ? "if they are ids, leave the column out with data.ignore"
                               : "subtract what they have in common first"));
  }
}

/// Adds what is to be said of a source, and of columns that the model learns from by default and had better not.
void add_remarks(const SourceTable& source, const config::DataOptions& options, const core::Dataset& data,
                 io::Remarks& remarks) {
  const io::Remarks& more = source.remarks;
  add_remarks(more, remarks);
  warn_of_rounded(source, options, data, remarks);
  const std::vector<std::string>& features = data.feature_names;
  for (const std::string& name : more.nameless) {
    if (!options.features.empty() || std::find(features.begin(), features.end(), name) == features.end()) continue;
    remarks.warnings.push_back(fmt::format(
        "{}: a column without a name is learned from as '{}'; if it holds the numbers of the rows, leave it "
        "out with data.ignore: ['{}']",
        source.file.string(), name, name));
  }
}

/// A model may take what LIBSVM text leaves out as 0 or as missing: never without a word where XGBoost does.
void note_absent(const config::SearchJob& job, const io::ImportOptions& how, io::Remarks& remarks) {
  const auto families = job.families();
  const auto taker = std::ranges::find_if(
      families, [](const models::Family* family) { return family->abilities().absent_is_missing; });
  if (taker == families.end() || io::format_of(job.data.source.file, how) != io::TableFormat::libsvm) return;
  remarks.notes.push_back(
      how.absent_is_missing
          ? fmt::format(
                "{}: features that a line leaves out are missing values to {}, not 0; a 0 that stands there is 0",
                job.data.source.file.string(), (*taker)->name())
          : fmt::format("{}: features that a line leaves out are 0 to all models, also to {}, as others take none that "
                        "are missing",
                        job.data.source.file.string(), (*taker)->name()));
}

/// Whether folds or the hold-out go by the order of the rows.
bool goes_by_time(const config::SearchJob& job) {
  using Kind = search::HoldoutOptions::Kind;
  const Kind kind = job.data.holdout.kind;
  return kind == Kind::last || kind == Kind::after || job.search.folds.kind == search::FoldKind::time_series;
}

/// What was true before the rows of a file of their own, as far as that file tells.
void add_earlier(const std::string& time, const SourceTable& test, const core::Dataset& held_out,
                 std::vector<search::EarlierLabels>& earlier) {
  if (earlier.empty()) return;
  std::vector<search::EarlierLabels> here;
  if (!time.empty()) here = labels_before(*test.table.find(time), held_out.y, held_out.group);
  for (search::EarlierLabels& labels : earlier) {
    const auto same = std::ranges::find(here, labels.rule, &search::EarlierLabels::rule);
    labels.of_held_out = same != here.end()
                             ? std::move(same->of_train)
                             : std::vector<double>(held_out.n_samples(), std::numeric_limits<double>::quiet_NaN());
  }
}

Parts read_parts(const config::SearchJob& job) {
  const config::DataOptions& options = job.data;
  const DatasetColumns columns = columns_of(options);
  io::ImportOptions how = import_options(options);
  // Labels are compared, never calculated with.
  if (job.task() == core::Task::classification && !options.target.empty()) how.keys.push_back(options.target);
  const FeatureUse use = feature_use(job);
  how.absent_is_missing = absent_is_missing(job);
  SourceTable source = read_features(job, options.source.file, how, nullptr);
  io::Remarks of_rows;
  const std::string time =
      choose_rows({.options = options, .goes_by_time = goes_by_time(job), .sample = options.sample}, source, of_rows);
  Parts parts{.train = build_dataset(source, columns, job.task(), use), .held_out = std::nullopt};
  warn_of_idle(options.source, how, parts.remarks);
  note_absent(job, how, parts.remarks);
  add_remarks(source, options, parts.train, parts.remarks);
  add_remarks(of_rows, parts.remarks);
  parts.findings = find_dealt_rows(job, source.table, parts.train, time);
  if (!time.empty()) parts.earlier = labels_before(*source.table.find(time), parts.train.y, parts.train.group);
  if (!options.test.empty()) {
    io::ImportOptions test_how = how;
    test_how.n_features = parts.train.n_features();
    // Both files count alike, whichever indices stand in this one.
    test_how.first_index = io::libsvm_first_index(parts.train.feature_names);
    // A word of one file is none of the other's numbers.
    if (io::format_of(options.test, how) == io::TableFormat::csv) {
      for (const core::Words& each : parts.train.words) {
        const bool is_date = each.type == core::ColumnType::datetime;
        if (is_date || holds_words(each.type)) test_how.types.emplace(each.name, each.type);
      }
    }
    SourceTable test = read_features(job, options.test, test_how, &parts.train);
    choose_rows({.options = options}, test, parts.remarks);
    parts.held_out = build_dataset_like(parts.train, test, columns, use);
    add_earlier(options.time, test, *parts.held_out, parts.earlier);
    add_remarks(test.remarks, parts.remarks);
  }
  if (options.holdout.any() || options.order == search::RowOrder::shuffled) {
    const search::Fold split = config::at_place(job, "data.holdout", [&] {
      const bool by_time = options.holdout.kind == search::HoldoutOptions::Kind::after;
      const std::size_t n_before = by_time ? rows_until(source, time, options.holdout.after) : 0;
      return search::hold_out(parts.train, options.holdout, options.order, job.seed, n_before);
    });
    parts.earlier = divided(parts.earlier, split);
    if (options.holdout.any()) parts.held_out = take(parts.train, split.test);
    parts.train = take(parts.train, split.train);
  }
  return parts;
}

core::Dataset share(mpi::Session& session, std::string_view purpose, const std::string& block) {
  const auto bytes = session.memory().publish(purpose, std::as_bytes(std::span(block)));
  return unpack(bytes, nullptr);  // the session keeps the memory
}

}  // namespace

SearchData load_search_data(const config::SearchJob& job, mpi::Session& session) {
  std::string train;
  std::string held_out;  // empty: none
  io::Remarks remarks;
  std::vector<search::EarlierLabels> earlier;
  std::vector<Finding> findings;
  mpi::run_together(session.transport(), [&] {
    if (session.place().rank != 0) return;
    Parts parts = read_parts(job);
    remarks = std::move(parts.remarks);
    earlier = std::move(parts.earlier);
    findings = std::move(parts.findings);
    ::malloc_trim(0);  // the table's columns, which the heap would keep
    train = pack(parts.train);
    if (parts.held_out) held_out = pack(*parts.held_out);
  });
  const std::array<std::uint64_t, 2> digests{io::checksum(train), io::checksum(held_out)};
  SearchData data{.train = share(session, "training data", train), .held_out = std::nullopt, .digest = 0};
  data.remarks = std::move(remarks);
  data.earlier = std::move(earlier);
  data.findings = std::move(findings);
  train = std::string();
  data.digest = io::checksum(core::text_of(digests));
  const bool any_held_out = !job.data.test.empty() || job.data.holdout.any();
  if (any_held_out) data.held_out = share(session, "held-out data", held_out);
  return data;
}

}  // namespace gridmill::jobs
