#include "jobs/search/changed_run.hpp"

#include <filesystem>

#include "io/files/text_checksum.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/hdf5/array_file.hpp"
#include "jobs/predict/model_files.hpp"
#include "jobs/run/changed_files.hpp"
#include "jobs/run/result_checksums.hpp"

namespace gridmill::jobs {

void refuse_changed_run(const RunDirectory& directory) {
  (void)read_unchanged_json(directory.summary());
  refuse_changed_config(directory.resolved_config());
  switch (io::compare_checksum(directory.results())) {
    case io::TrailingChecksum::wrong: refuse_changed(directory.results(), kMakeAgain);
    case io::TrailingChecksum::none: break;
    case io::TrailingChecksum::right: {
      const io::ArrayAttributes known = io::read_root_attributes(directory.results());
      const auto csv = known.find(kCsvChecksum);
      if (csv != known.end() &&
          csv->second != io::ArrayAttributes::mapped_type(io::checksum_text(directory.cv_results())))
        refuse_changed(directory.cv_results(), kMakeAgain);
    }
  }
  if (std::filesystem::exists(directory.best())) (void)load_pipeline(directory.best());
}

}  // namespace gridmill::jobs
