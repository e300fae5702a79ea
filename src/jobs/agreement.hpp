#pragma once

#include <exception>
#include <functional>
#include <string>

#include "core/error.hpp"

namespace gridmill::mpi {
class Transport;
}

namespace gridmill::jobs {

/// Tells a rank that the job ends because of another rank, which has said why. Only the exit code matters.
class FailedElsewhere : public std::exception {
 public:
  explicit FailedElsewhere(core::ExitCode code) : code_(code) {}

  [[nodiscard]] core::ExitCode code() const noexcept { return code_; }
  [[nodiscard]] const char* what() const noexcept override { return "the job failed on another rank"; }

 private:
  core::ExitCode code_;
};

/// Runs `work` on rank 0 and returns its bytes on every rank.
///
/// Collective. If `work` throws, every rank throws: rank 0 the same exception, the others FailedElsewhere.
std::string on_root(mpi::Transport& transport, const std::function<std::string()>& work);

/// Runs `work` on every rank; it must not communicate.
///
/// Collective. If it throws on some rank, every rank throws: rank 0 an error of the lowest such rank's kind, with
/// its words (and its rank, if that is not 0), the others FailedElsewhere.
void on_all(mpi::Transport& transport, const std::function<void()>& work);

}  // namespace gridmill::jobs
