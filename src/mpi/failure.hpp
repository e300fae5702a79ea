#pragma once

#include <exception>
#include <functional>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "mpi/transport.hpp"

namespace gridmill::mpi {

/// An exception as a value that can travel: which kind, and its words.
struct Failure {
  enum class Kind : int { bad_input, run, internal };
  Kind kind = Kind::internal;
  std::string text;                     // of a run or internal error
  std::vector<core::Problem> problems;  // of bad input

  /// Describes `error` as thrown on `rank`; the rank is named unless it is rank 0, which speaks for the job, or the
  /// user's input is to blame.
  static Failure from(const std::exception_ptr& error, int rank);
  /// Throws the UserError, RunError or InternalError it stands for.
  [[noreturn]] void raise() const;

  [[nodiscard]] Bytes bytes() const;
  static Failure from_bytes(const Bytes& bytes);
};

/// Runs `step` here; if it throws on any rank, every rank throws the same error (that of the lowest rank), so that all
/// end with the same exit code. Collective. `step` must not itself wait for other ranks.
void run_together(Transport& transport, const std::function<void()>& step);

}  // namespace gridmill::mpi
