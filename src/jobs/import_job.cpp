#include "jobs/import_job.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <future>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/counted.hpp"
#include "core/entity_set.hpp"
#include "core/error.hpp"
#include "core/joined_key.hpp"
#include "core/memory_size.hpp"
#include "io/files/checksum.hpp"
#include "io/import/entity_import.hpp"
#include "io/store/store.hpp"
#include "jobs/dataset/import_options.hpp"
#include "jobs/dataset/import_origin.hpp"
#include "jobs/dataset/source_files.hpp"
#include "jobs/features/result/earlier_types.hpp"
#include "jobs/run/own_files.hpp"

namespace gridmill::jobs {

namespace {

/// Returns "60 integer, 4 double, 1 categorical".
std::string types_text(const core::EntityTable& table) {
  std::map<core::ColumnType, std::size_t> counts;
  for (const core::EntityColumn& column : table.columns) ++counts[core::column_type_of(column.type)];
  std::vector<std::string> parts;
  for (const auto& [type, count] : counts) parts.push_back(fmt::format("{} {}", count, core::name_of(type)));
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// As a config writes it: "id", or "[origin, hour]".
std::string key_in_config(const core::EntityTable& table, const std::string& key) {
  const auto parts = core::key_parts(key);
  const bool is_compound =
      parts && parts->size() > 1 &&
      std::all_of(parts->begin(), parts->end(), [&](const std::string& part) { return table.find(part) != nullptr; });
  return is_compound ? fmt::format("[{}]", key) : key;
}

std::string arrow_text(const core::EntitySet& set, const core::Relationship& each) {
  const core::EntityTable& child = set.tables[each.child];
  const core::EntityTable& parent = set.tables[each.parent];
  return fmt::format("{}.{} -> {}.{}", child.name, key_in_config(child, each.child_column), parent.name,
                     key_in_config(parent, each.parent_column));
}

void report_keys(const core::EntitySet& set, const core::Relationship& each, const io::UnmatchedKeys& unmatched,
                 Observer& observer) {
  const std::size_t n_rows = set.tables[each.child].n_rows;
  if (unmatched.n_unknown > 0) {
    observer.warning(fmt::format("{}: {} of {} rows have a key without a row there, as '{}'", arrow_text(set, each),
                                 unmatched.n_unknown, n_rows, unmatched.example));
  }
  if (unmatched.n_missing > 0) {
    observer.note(fmt::format("{}: {} of {} rows have no key", arrow_text(set, each), unmatched.n_missing, n_rows));
  }
}

void tell_tables(const core::EntitySet& set, Observer& observer) {
  for (const core::EntityTable& table : set.tables) {
    observer.note(fmt::format("table '{}': {}, {} ({})", table.name, core::counted(table.n_rows, "row"),
                              core::counted(table.columns.size(), "column"), types_text(table)));
  }
}

void tell_store(const config::ImportJob& job, Observer& observer) {
  observer.files({{.path = job.store.string(), .meaning = "the store; 'gridmill info' shows what it holds"}});
}

std::vector<std::string> wanted_origin(const config::ImportJob& job, const std::filesystem::path& types_from) {
  std::vector<std::string> lines = origin_lines(job, hash_sources(job));
  if (!types_from.empty()) lines.push_back(fmt::format("--types-from: {:016x}", io::file_checksum(types_from)));
  return lines;
}

/// What is to be done with the store that a repeated import finds.
enum class Earlier { none, up_to_date, outdated };

/// Says whether the tables of a store were made of the same files, whatever these hold by now.
bool is_of_same_files(const config::ImportJob& job, const io::StoreReader& store) {
  const auto is_same = [&](const config::TableOptions& table) {
    const std::string name = table_name(table);
    const std::vector<std::string>& known = store.tables();
    if (std::find(known.begin(), known.end(), name) == known.end()) return false;
    const std::filesystem::path before = store.schema(name).source;
    const std::vector<std::filesystem::path> files = source_files(table, job);
    return std::any_of(files.begin(), files.end(), [&](const std::filesystem::path& file) {
      return before.lexically_normal() == file.lexically_normal() || is_same_file(before, file);
    });
  };
  return std::all_of(job.tables.begin(), job.tables.end(), is_same);
}

/// Looks whether the store is there already, made of the same; if so, tells what it holds.
/// Errors: UserError where other options made it.
Earlier find_earlier(const config::ImportJob& job, const std::filesystem::path& types_from, Observer& observer) {
  const std::vector<std::filesystem::path> files = source_files(job);
  const bool reads_it = std::any_of(files.begin(), files.end(),
                                    [&](const std::filesystem::path& file) { return is_same_file(file, job.store); });
  if (reads_it || !is_own_store(job.store)) return Earlier::none;
  const io::StoreReader store(job.store);
  const std::vector<std::string> stored = store.origin();
  if (stored.empty()) return Earlier::none;  // nobody knows
  const OriginComparison comparison = compare_origins(job, stored, wanted_origin(job, types_from));
  std::vector<std::string> differences = comparison.differences;
  if (!is_of_same_files(job, store)) {
    differences.insert(differences.end(), comparison.changed.begin(), comparison.changed.end());
  }
  if (!differences.empty()) {
    throw core::UserError(core::Problem{{job.store.string()},
                                        fmt::format("holds another import: {}", fmt::join(differences, "; ")),
                                        "--overwrite to make it anew, or choose another with --output"});
  }
  if (!comparison.changed.empty()) {
    observer.note(fmt::format("{} is made anew: {}", job.store.string(), fmt::join(comparison.changed, "; ")));
    return Earlier::outdated;
  }
  tell_tables(store.entity_set(), observer);
  observer.note(
      fmt::format("{} is up to date: made of these sources{}; nothing is done again (--overwrite to make it "
                  "anew)",
                  job.store.string(), comparison.other_program ? ", by another version of gridmill" : ""));
  tell_store(job, observer);
  return Earlier::up_to_date;
}

}  // namespace

void run_import(const config::ImportJob& job, const std::filesystem::path& types_from, IfExists if_exists,
                Observer& observer) {
  const auto begin = std::chrono::steady_clock::now();
  if (if_exists == IfExists::refuse) {
    const Earlier earlier = find_earlier(job, types_from, observer);
    if (earlier == Earlier::up_to_date) return;
    if (earlier == Earlier::outdated) if_exists = IfExists::replace;
  }
  std::vector<std::filesystem::path> sources{types_from};
  for (std::filesystem::path& file : source_files(job)) sources.push_back(std::move(file));
  prepare_output_file(
      {.file = job.store, .kind = OutputKind::store, .if_exists = if_exists, .inputs = std::move(sources)});
  const std::size_t memory_limit = job.memory_limit.on_node(core::node_memory_bytes());
  io::EntityImport wanted = entity_import(job);
  if (!types_from.empty()) take_earlier_types(types_from, wanted, observer);
  // Hashed beside the work.
  auto lines = std::async(std::launch::async, [&] { return wanted_origin(job, types_from); });
  wanted.origin = [&] { return lines.get(); };
  const io::ImportedSet imported =
      io::import_entity_set(wanted, job.store, memory_limit, [&](std::string_view stage) { observer.stage(stage); });
  const core::EntitySet& set = imported.set;
  for (const std::string& sentence : imported.warnings) observer.warning(sentence);
  for (const std::string& sentence : imported.notes) observer.note(sentence);
  std::size_t n_rows = 0;
  for (const core::EntityTable& table : set.tables) n_rows += table.n_rows;
  tell_tables(set, observer);
  for (const auto& [id, columns] : imported.untyped) {
    if (columns.empty()) {
      observer.warning(fmt::format("table '{}' has no rows", set.tables[id].name));
      continue;
    }
    observer.warning(fmt::format("table '{}' has no rows, and 'types' says nothing of {}: nothing is known of {}",
                                 set.tables[id].name, fmt::join(columns, ", "),
                                 columns.size() == 1 ? "its type" : "their types"));
  }
  for (const auto& [id, n] : imported.without_time) {
    observer.warning(
        fmt::format("table '{}': {} of {} rows have no time in '{}': features with a cutoff time never see "
                    "them",
                    set.tables[id].name, n, set.tables[id].n_rows, set.tables[id].time_index));
  }
  for (std::size_t id = 0; id < set.relationships.size(); ++id) {
    report_keys(set, set.relationships[id], imported.unmatched[id], observer);
  }
  if (imported.bytes_set_aside > 0) {
    observer.note(fmt::format("{} of rows were set aside on disk: more than the memory limit of {}",
                              core::size_text(imported.bytes_set_aside), core::size_text(memory_limit)));
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  observer.note(fmt::format("{} in {:.2f} s", core::counted(n_rows, "row"), taken.count()));
  tell_store(job, observer);
}

}  // namespace gridmill::jobs
