#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "mpi/host_notice.hpp"
#include "mpi/node_shared.hpp"
#include "mpi/transport.hpp"

namespace gridmill::mpi {

/// Where this rank is.
struct Place {
  int rank = 0;
  int n_ranks = 1;
  std::size_t node = 0;  // nodes are numbered in the order of their lowest ranks
  std::size_t n_nodes = 1;
  std::size_t rank_on_node = 0;
  std::size_t n_ranks_on_node = 1;
  std::string host;
  bool only_coordinates = false;  // rank 0 is to hand out work, and do none: its machine is not one to compute on
};

/// Tells from the environment whether mpirun or srun started this process as a rank.
/// (Open MPI's, PMIx's and PMI's variables; those of a Slurm batch script alone do not count.)
bool launched_as_rank();

/// Lets Open MPI's messages travel without looking for network adapters first, which takes longer than all else at the
/// start; nothing is done if the user has chosen a way, in the environment or in a file that Open MPI reads.
/// To be called for ranks on one host, before they start or before they make a Session.
void spare_adapter_search();

/// Returns the code for this process to end with, as the last thing that it does. That of a rank other than 0 that has
/// left its session together with all others is 0 under our own launcher: rank 0 tells it the code, and at any other
/// one mpirun would kill rank 0 at once, before it has said what there is to say.
core::ExitCode last_code(core::ExitCode code);

/// The program's part in a parallel run, from start to end of main(). One a process.
///
/// Started as a rank it initialises MPI (one thread calls it, waiting yields) and finalises it when it ends; started
/// alone it does not touch MPI at all. Collective: making it, and its end.
class Session {
 public:
  /// Errors: RunError if the MPI library does not allow a second thread beside the calling one.
  Session();
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  [[nodiscard]] const Place& place() const;
  /// The node of each rank, as FarmOptions::node_of wants it.
  [[nodiscard]] const std::vector<std::size_t>& node_of() const;
  [[nodiscard]] Transport& transport();
  [[nodiscard]] NodeShared& memory();

  /// What is known of this rank's machine, as a farm wants it (FarmOptions::notice); null until somebody listens.
  [[nodiscard]] const std::atomic<HostNotice>* notice() const;
  /// From here on it is `notice`, which must outlive this.
  void listen_to(const std::atomic<HostNotice>& notice);

  /// Ends this process with `code` though threads still run: MPI is finalised, nothing else is torn down. Collective.
  [[noreturn]] void quit(core::ExitCode code);
  /// Ends every rank at once, from one of them: for errors the others cannot know of.
  [[noreturn]] void abort(core::ExitCode code);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gridmill::mpi
