#pragma once

#include <functional>
#include <memory>

#include "cli/commands.hpp"
#include "core/error.hpp"

namespace gridmill::cli {

/// What of a command's addresses a process cares for.
enum class StagingPart {
  all,          // fetches what is read, sends what is written
  all_but_run,  // the same, and nothing is written: a dry run
  inputs,       // fetches what is read: a rank, whose launcher does the rest
};

/// Brings to this machine what a command reads at s3:// and https:// addresses, and back what it writes at s3://. The
/// command itself sees their copies (core::copy_of) only. Where it names no address nothing is done, and nobody asked.
///
/// Made: all that is read is here; run directories are claimed (staging::Claim) and here as they were left, on
/// whichever machine. Gone again: nobody else is kept from them. Errors: as staging::fetch and staging::Claim;
/// UserError where there is nothing at an address, and for what cannot be written.
class Staging {
 public:
  Staging(const Invocation& invocation, StagingPart part);
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  /// Says whether the command works in a run directory at an address: its ranks must be other processes, so that this
  /// one sends what they have done whatever becomes of them.
  [[nodiscard]] bool has_runs() const;
  /// Does the work, meanwhile sends what is finished every half a minute (GRIDMILL_PUSH_EVERY: seconds), and at the end
  /// all. Stops the work if another machine has taken over (SIGTERM to this process).
  /// Errors: those of the work; RunError when not all could be sent, or another machine has taken over.
  core::ExitCode around(const std::function<core::ExitCode()>& work);

 private:
  void send();

  struct Places;
  std::unique_ptr<Places> places_;
};

}  // namespace gridmill::cli
