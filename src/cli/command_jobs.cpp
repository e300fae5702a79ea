#include "cli/command_jobs.hpp"

#include "jobs/search/search_shard.hpp"

namespace gridmill::cli {

config::SearchJob search_job_of(const SearchCommand& command) {
  config::SearchJob job = config::RunFile(command.config).search_job();
  if (command.sample) job.output = config::sample_path(job.output, *command.sample);
  if (command.sample) job.data.sample = command.sample;
  if (command.shard) jobs::refuse_rounds_in_shards(job);
  if (command.shard) job.output = config::shard_path(job.output, *command.shard);
  if (!command.output.empty()) job.output = command.output;
  return job;
}

config::FeaturesJob features_job_of(const FeaturesCommand& command) {
  config::FeaturesJob job = config::RunFile(command.file).features_job();
  if (command.sample) job.output = config::sample_path(job.output, *command.sample);
  if (command.sample) job.features.sample = command.sample;
  if (!command.output.empty()) job.output = command.output;
  return job;
}

config::RunFile run_file_of(const RunCommand& command) {
  config::RunFile file(command.config);
  if (command.sample) file.set_sample(*command.sample);
  if (!command.output.empty()) file.set_output(command.output);
  return file;
}

}  // namespace gridmill::cli
