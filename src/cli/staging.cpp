#include "cli/staging.hpp"

#include <algorithm>
#include <exception>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "cli/pusher.hpp"
#include "cli/staged_paths.hpp"
#include "staging/claim.hpp"
#include "staging/copies.hpp"
#include "staging/folder_mirror.hpp"

namespace gridmill::cli {

namespace {

using core::Address;

staging::Say voice_of(const Invocation& invocation) {
  if (invocation.voice != Voice::terminal_or_pipe) return [](std::string_view) {};
  return [](std::string_view sentence) { std::cerr << sentence << std::endl; };
}

bool lies_in(const Address& inner, const Address& folder) { return inner.text().starts_with(folder.text() + "/"); }

/// Leaves out what lies in another one of them.
std::vector<Address> outermost(std::vector<Address> all, const std::vector<Address>& folders) {
  std::erase_if(all, [&](const Address& each) {
    return std::any_of(folders.begin(), folders.end(), [&](const Address& folder) { return lies_in(each, folder); });
  });
  return all;
}

void refuse_unwritable(const std::vector<Address>& outputs) {
  for (const Address& output : outputs) {
    if (output.scheme == Address::Scheme::s3) continue;
    throw core::UserError(fmt::format("{}: web servers are read from, and not written to", output.text()),
                          "say where the result goes: --output");
  }
}

}  // namespace

struct Staging::Places {
  std::optional<staging::S3> s3;
  staging::Say say;
  std::vector<std::unique_ptr<staging::Claim>> claims;
  std::vector<Address> files;  // written
};

Staging::Staging(const Invocation& invocation, StagingPart part) : places_(std::make_unique<Places>()) {
  places_->say = voice_of(invocation);
  const auto s3 = [this]() -> staging::S3& { return places_->s3 ? *places_->s3 : places_->s3.emplace(); };
  for (const Address& file : files_to_begin_with(invocation)) staging::fetch_files(file, s3(), places_->say);
  StagedPaths paths = staged_paths(invocation);
  if (part != StagingPart::inputs) refuse_unwritable(paths.outputs);
  for (const Address& file : paths.files) staging::fetch_files(file, s3(), places_->say);
  for (const Address& folder : paths.folders) {
    if (folder.scheme != Address::Scheme::s3) {
      throw core::UserError(
          fmt::format("{}: nobody lists the files of a web server, so a folder cannot be read there", folder.text()));
    }
    if (staging::is_claimed_here(folder)) continue;  // a job of this machine works there: it is newer here
    if (staging::pull_folder(folder, s3(), places_->say) == 0) {
      throw core::UserError(fmt::format("{}: there is no such folder", folder.text()));
    }
    if (!std::holds_alternative<StatusCommand>(invocation.command)) continue;
    if (const auto who = staging::who_works_in(folder, s3())) places_->say(fmt::format("{}: {}", folder.text(), *who));
  }
  if (part == StagingPart::inputs) return;
  const std::vector<Address> runs = outermost(paths.runs, paths.runs);
  for (const Address& run : runs) {
    if (part == StagingPart::all) places_->claims.push_back(std::make_unique<staging::Claim>(run, s3()));
    staging::pull_folder(run, s3(), places_->say);
  }
  std::erase_if(paths.outputs, [&](const Address& output) { return std::ranges::find(runs, output) != runs.end(); });
  for (const Address& file : outermost(paths.outputs, runs)) {
    staging::fetch(file, s3(), places_->say);  // what is there is not replaced unawares
    if (part == StagingPart::all) places_->files.push_back(file);
  }
}

Staging::~Staging() = default;

bool Staging::has_runs() const { return !places_->claims.empty(); }

core::ExitCode Staging::around(const std::function<core::ExitCode()>& work) {
  if (places_->claims.empty() && places_->files.empty()) return work();
  std::optional<Pusher> pusher;
  if (has_runs()) pusher.emplace(places_->claims, places_->say);
  core::ExitCode code = core::ExitCode::incomplete;
  std::exception_ptr failed;  // which is no reason to keep from others what was finished before
  try {
    code = work();
  } catch (...) {
    failed = std::current_exception();
  }
  if (pusher) pusher->finish();
  hear_signals_again();
  try {
    send();
  } catch (const std::exception&) {
    if (!failed) throw;
  }
  if (failed) std::rethrow_exception(failed);
  return code;
}

void Staging::send() {
  for (const auto& claim : places_->claims) {
    staging::push_folder(claim->folder(), *places_->s3, [&] { claim->renew(*places_->s3, kBetweenRenewals); });
    claim->release(*places_->s3);
  }
  for (const Address& file : places_->files) staging::push_file(file, *places_->s3);
}

}  // namespace gridmill::cli
