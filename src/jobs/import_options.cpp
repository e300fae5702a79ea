#include "jobs/import_options.hpp"

namespace gridmill::jobs {

io::ImportOptions import_options(const config::SourceOptions& source) {
  io::ImportOptions options;
  if (!source.delimiter.empty()) options.delimiter = source.delimiter.front();
  options.header = source.header ? io::Header::automatic : io::Header::no;
  options.encoding = source.encoding == "latin1" ? io::Encoding::latin1 : io::Encoding::utf8;
  if (source.missing) options.missing = *source.missing;
  options.types = source.types;
  options.table = source.table;
  return options;
}

}  // namespace gridmill::jobs
