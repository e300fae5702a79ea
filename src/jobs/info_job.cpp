#include "jobs/info_job.hpp"

#include <memory>
#include <string>

#include "io/import/table_file.hpp"
#include "io/store/store.hpp"
#include "io/store/store_entity_data.hpp"

namespace gridmill::jobs {

FileSummary run_info(const std::filesystem::path& file) {
  FileSummary summary;
  if (io::format_of(file, {}) != io::TableFormat::store) {
    const std::unique_ptr<io::TableSource> source = io::open_table(file, {});
    summary.tables.push_back(io::summarise(*source));
    summary.remarks = source->remarks();
    return summary;
  }
  const io::StoreReader reader(file);
  for (const std::string& table : reader.tables()) {
    summary.tables.push_back(io::summarise(*io::open_store_table(file, table)));
  }
  const io::StoreEntityData data(file);
  summary.set = data.entity_set();
  for (core::RelationshipId id = 0; id < summary.set.relationships.size(); ++id) {
    const core::Relationship& each = summary.set.relationships[id];
    const auto end = static_cast<core::RowId>(summary.set.tables[each.parent].n_rows);
    const auto n_matched = static_cast<std::size_t>(data.child_offsets(id, end, 0).front());
    summary.n_orphans.push_back(summary.set.tables[each.child].n_rows - n_matched);
  }
  return summary;
}

}  // namespace gridmill::jobs
