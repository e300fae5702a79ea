#include "jobs/predict/reading_options.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "io/import/table_file.hpp"
#include "io/store/store.hpp"
#include "io/text/csv.hpp"
#include "io/text/libsvm_text.hpp"
#include "jobs/predict/column_names.hpp"

namespace gridmill::jobs {

io::ImportOptions reading_options(io::ImportOptions options, const std::filesystem::path& file,
                                  const PipelineInfo& info, std::span<const std::string> keep) {
  const std::string table = std::exchange(options.table, {});
  options.used = info.features;
  for (const auto& [name, type] : info.words) options.used.push_back(name);
  options.used.push_back(info.target);
  if (info.task == core::Task::classification && !info.target.empty()) options.keys.push_back(info.target);
  std::ranges::copy_if(keep, std::back_inserter(options.keys), [&](const std::string& name) {
    return std::ranges::find(options.used, name) == options.used.end();
  });
  switch (io::format_of(file, options)) {
    case io::TableFormat::store: {
      options.types.clear();
      const io::StoreReader store(file);
      const bool is_there = std::find(store.tables().begin(), store.tables().end(), table) != store.tables().end();
      if (is_there) options.table = table;
      break;
    }
    case io::TableFormat::csv: {
      const Names names = io::CsvReader(file, options).names();
      std::erase_if(options.types, [&](const auto& entry) {
        return std::find(names.begin(), names.end(), entry.first) == names.end();
      });
      break;
    }
    case io::TableFormat::libsvm:
      std::erase_if(options.types, [](const auto& entry) { return entry.first != io::kLibsvmTarget; });
      options.first_index = io::libsvm_first_index(info.features);
      options.absent_is_missing = info.absent_is_missing;
      options.n_features = info.features.size();
      for (const std::string& name : info.features) {
        const std::size_t counted_from_0 = options.first_index == io::IndexBase::zero ? 1 : 0;
        options.n_features = std::max(options.n_features, number_behind("f", name).value_or(0) + counted_from_0);
      }
  }
  return options;
}

}  // namespace gridmill::jobs
