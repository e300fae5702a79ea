#include "cli/host_needs.hpp"

#include <variant>

#include "config/run_file.hpp"
#include "core/address.hpp"
#include "launch/start_ranks.hpp"

namespace gridmill::cli {

namespace fs = std::filesystem;

namespace {

void take(launch::HostNeeds& needs, const SearchCommand& command) {
  const config::SearchJob job = config::RunFile(command.config).search_job();
  needs.files = {command.config, job.data.source.file, job.data.test};
}

void take(launch::HostNeeds& needs, const FeaturesCommand& command) {
  if (!command.apply.empty()) {
    needs.files = {command.apply, command.file};
    needs.shared = {command.output};
    return;
  }
  const config::FeaturesJob job = config::RunFile(command.file).features_job();
  needs.files = {command.file, job.features.store, job.features.table.source.file, job.features.cutoff.file};
}

/// What a step reads is made by the one before it.
void take(launch::HostNeeds& needs, const RunCommand& command) { needs.files = {command.config}; }

template <class Command>
void take(launch::HostNeeds&, const Command&) {}  // the others work alone

}  // namespace

launch::HostNeeds host_needs(const Invocation& invocation, const std::vector<fs::path>& places) {
  launch::HostNeeds needs{.program = launch::this_program(), .folder = fs::current_path()};
  const bool is_search = std::holds_alternative<SearchCommand>(invocation.command);
  if (!is_search) needs.shared = places;
  std::visit([&](const auto& command) { take(needs, command); }, invocation.command);
  // Each host fetches by itself what lies at an address.
  std::erase_if(needs.files, [](const fs::path& file) { return file.empty() || core::address_of(file); });
  std::erase_if(needs.shared, [](const fs::path& file) { return file.empty(); });
  for (fs::path& file : needs.files) file = fs::absolute(file);
  for (fs::path& file : needs.shared) file = fs::absolute(file);
  return needs;
}

}  // namespace gridmill::cli
