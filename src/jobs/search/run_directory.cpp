#include "jobs/search/run_directory.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config/resolved.hpp"
#include "config/run_file.hpp"
#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/text_checksum.hpp"
#include "jobs/run/changed_files.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

RunDirectory::RunDirectory(const config::SearchJob& job, IfOther if_other, Observer& observer,
                           std::optional<search::Shard> shard)
    : folder_(job.output,
              {.kind = RunKind::search, .if_other = if_other, .inputs = {job.data.source.file, job.data.test}},
              observer),
      shard_(shard) {
  if (if_other == IfOther::overwrite || !fs::exists(resolved_config())) return;
  check_same_search(job);
  check_same_shard();
}

void RunDirectory::begin(const config::SearchJob& job, IfOther if_other) {
  if (if_other == IfOther::overwrite) folder_.remove_earlier_run();
  if (!fs::exists(resolved_config())) {
    io::write_file(resolved_config(), io::with_checksum_line(config::resolved_yaml(job)));
  }
  if (shard_ && !read_shard_file(folder())) write_shard_file(folder(), {.shard = *shard_, .done = std::nullopt});
}

bool RunDirectory::finished() const {
  if (shard_) {
    const auto file = read_shard_file(folder());
    return file && file->done;
  }
  return fs::exists(summary()) && fs::exists(cv_results()) && fs::exists(results());
}

void RunDirectory::check_same_search(const config::SearchJob& job) const {
  const std::vector<std::string> different = config::differences(read_resolved_config(folder()), job);
  if (different.empty()) return;
  throw core::UserError(fmt::format("{} holds another search: {}", folder().string(), fmt::join(different, "; ")),
                        "choose another output, or --overwrite to start anew (its results are removed)");
}

void RunDirectory::check_same_shard() const {
  const std::optional<ShardFile> there = read_shard_file(folder());
  if (there && there->shard == shard_) return;
  if (!there && (!shard_ || !fs::exists(journal()))) return;  // of a shard nothing but its config was written yet
  const auto words = [](const std::optional<search::Shard>& shard) {
    return shard ? fmt::format("shard {}", shard->text()) : "a whole search";
  };
  throw core::UserError(fmt::format("{} holds {}, not {}", folder().string(),
                                    words(there ? std::optional(there->shard) : std::nullopt), words(shard_)),
                        there && !shard_
                            ? "choose another output; 'gridmill merge' makes a whole search of all shards"
                            : "choose another output; without --output each shard has a folder of its own");
}

config::SearchJob read_resolved_config(const fs::path& folder) {
  const fs::path file = folder / "config.resolved.yaml";
  if (!fs::exists(file)) {
    throw core::UserError(fmt::format("{}: no run directory (it has no config.resolved.yaml)", folder.string()));
  }
  refuse_changed_config(file);
  return config::RunFile(file).search_job();
}

}  // namespace gridmill::jobs
