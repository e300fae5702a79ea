#include "jobs/features/result/earlier_types.hpp"

#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "io/files/file_descriptor.hpp"
#include "io/files/json.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/store/store.hpp"
#include "jobs/features/result/fitted_features.hpp"

namespace gridmill::jobs {

namespace {

bool is_store(const std::filesystem::path& file) {
  char begin[8] = {};
  const std::size_t got = io::FileDescriptor::open_input(file).read(begin);
  return io::hdf5::has_signature(std::string_view(begin, got));
}

ColumnTypes types_of(const core::EntitySet& set) {
  ColumnTypes types;
  for (const core::EntityTable& table : set.tables) {
    for (const core::EntityColumn& column : table.columns) types[table.name][column.name] = column.type;
  }
  return types;
}

}  // namespace

ColumnTypes read_types(const std::filesystem::path& file) {
  ColumnTypes types =
      is_store(file) ? types_of(io::StoreReader(file).entity_set()) : fitted_types(io::read_json(file).value, file);
  for (auto& [table, columns] : types) {
    std::erase_if(columns, [](const auto& each) { return each.second == core::LogicalType::unknown; });
  }
  return types;
}

void take_earlier_types(const std::filesystem::path& file, io::EntityImport& import, Observer& observer) {
  const ColumnTypes types = read_types(file);
  std::vector<std::string> unknown;
  for (io::TableImport& table : import.tables) {
    const auto found = types.find(table.options.table);
    if (found == types.end()) {
      unknown.push_back(table.options.table);
    } else {
      table.earlier_types = found->second;
    }
  }
  if (unknown.empty()) return;
  std::vector<std::string> known;
  for (const auto& [table, columns] : types) known.push_back(table);
  const std::string what =
      fmt::format("has no types of {} (it has those of {})", fmt::join(unknown, ", "), fmt::join(known, ", "));
  if (unknown.size() == import.tables.size()) {
    throw core::UserError(core::Problem{
        {file.string()}, "it " + what, "tables are told by their names: call them as they were called then"});
  }
  observer.warning(fmt::format("{} {}: they are found out from the rows", file.string(), what));
}

}  // namespace gridmill::jobs
