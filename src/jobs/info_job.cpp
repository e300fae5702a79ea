#include "jobs/info_job.hpp"

#include <string>

#include "io/store.hpp"
#include "io/table_file.hpp"

namespace gridmill::jobs {

std::vector<io::TableSummary> run_info(const std::filesystem::path& file) {
  std::vector<io::TableSummary> summaries;
  if (io::format_of(file, {}) != io::TableFormat::store) {
    summaries.push_back(io::summarise(*io::open_table(file, {})));
    return summaries;
  }
  for (const std::string& table : io::StoreReader(file).tables()) {
    summaries.push_back(io::summarise(*io::open_store_table(file, table)));
  }
  return summaries;
}

}  // namespace gridmill::jobs
