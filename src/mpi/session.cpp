#include "mpi/session.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>

#include <mpi.h>

#include <boost/mpi/environment.hpp>

#include "core/host.hpp"
#include "mpi/guard.hpp"
#include "mpi/heartbeat.hpp"
#include "mpi/launcher_watch.hpp"
#include "mpi/launcher_word.hpp"
#include "mpi/local_transport.hpp"
#include "mpi/mpi_transport.hpp"

namespace gridmill::mpi {

namespace {

/// Whether Open MPI has started all ranks on this host.
bool has_one_host() {
  const char* all = std::getenv("OMPI_COMM_WORLD_SIZE");
  const char* here = std::getenv("OMPI_COMM_WORLD_LOCAL_SIZE");
  return all != nullptr && here != nullptr && std::strcmp(all, here) == 0;
}

bool has_chosen_transport() {
  const char* home = std::getenv("HOME");
  std::error_code ignored;
  return std::getenv("OMPI_MCA_pml") != nullptr || std::getenv("OMPI_MCA_mtl") != nullptr ||
         (home != nullptr &&
          std::filesystem::exists(std::filesystem::path(home) / ".openmpi/mca-params.conf", ignored));
}

bool is_coordinator() {
  const char* text = std::getenv(kCoordinatorVariable);
  return text != nullptr && std::strcmp(text, "1") == 0;
}

/// MPI from initialisation to finalisation; an exception on its way through does not abort the other ranks.
class Environment {
 public:
  Environment() {
    // Ranks may outnumber the cores; where MPI itself must wait it lets others run. The user's own setting wins.
    setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
    if (has_one_host()) spare_adapter_search();
    environment_ = std::make_unique<boost::mpi::environment>(boost::mpi::threading::funneled, false);
    if (boost::mpi::environment::thread_level() < boost::mpi::threading::funneled) {
      throw core::RunError("this MPI library allows no second thread (MPI_THREAD_FUNNELED)");
    }
  }

 private:
  std::unique_ptr<boost::mpi::environment> environment_;
};

/// By rank: the lowest rank on the same node. Collective.
std::vector<int> leaders_by_rank() {
  int rank = 0;
  int n_ranks = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  MPI_Comm node = MPI_COMM_NULL;
  MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, &node);
  int leader = rank;
  MPI_Bcast(&leader, 1, MPI_INT, 0, node);
  MPI_Comm_free(&node);
  std::vector<int> leaders(static_cast<std::size_t>(n_ranks));
  MPI_Allgather(&leader, 1, MPI_INT, leaders.data(), 1, MPI_INT, MPI_COMM_WORLD);
  return leaders;
}

std::vector<std::size_t> number_nodes(const std::vector<int>& leaders) {
  std::map<int, std::size_t> number;
  std::vector<std::size_t> node_of;
  for (const int leader : leaders) node_of.push_back(number.try_emplace(leader, number.size()).first->second);
  return node_of;
}

Place place_of(int rank, const std::vector<std::size_t>& node_of) {
  const auto self = node_of.begin() + rank;
  return {.rank = rank,
          .n_ranks = static_cast<int>(node_of.size()),
          .node = *self,
          .n_nodes = std::ranges::max(node_of) + 1,
          .rank_on_node = static_cast<std::size_t>(std::count(node_of.begin(), self, *self)),
          .n_ranks_on_node = static_cast<std::size_t>(std::ranges::count(node_of, *self)),
          .host = core::own_host_name()};
}

}  // namespace

bool launched_as_rank() {
  return std::ranges::any_of(std::array{"OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"},
                             [](const char* name) { return std::getenv(name) != nullptr; });
}

void spare_adapter_search() {
  if (!has_chosen_transport()) setenv("OMPI_MCA_pml", "ob1", 1);
}

core::ExitCode last_code(core::ExitCode code) {
  int has_ended = 0;
  MPI_Finalized(&has_ended);
  const char* rank = std::getenv("OMPI_COMM_WORLD_RANK");
  const bool is_follower = has_own_launcher() && rank != nullptr && std::strcmp(rank, "0") != 0;
  return has_ended != 0 && is_follower ? core::ExitCode::done : code;
}

struct Session::State {
  std::unique_ptr<Guard> guard;              // null: not the first rank of a node. Until the end
  std::unique_ptr<Heartbeat> heartbeat;      // null: alone. It goes on until MPI has ended.
  std::unique_ptr<Environment> environment;  // null: alone. It ends after what uses it.
  std::vector<std::size_t> node_of{0};
  Place place;
  std::unique_ptr<Transport> transport;
  std::unique_ptr<NodeShared> memory;
  const std::atomic<HostNotice>* notice = nullptr;
};

Session::Session() : state_(std::make_unique<State>()) {
  if (launched_as_rank()) {
    if (const OnNode here = on_node(); here.is_first) {
      state_->guard = std::make_unique<Guard>(here.is_alone ? Guard::kMostSilentBeats : Guard::kAfterOthers);
    }
    state_->environment = std::make_unique<Environment>();
    state_->heartbeat = std::make_unique<Heartbeat>();
    state_->node_of = number_nodes(leaders_by_rank());
    state_->transport = make_mpi_transport();
    state_->memory = make_node_shared();
  } else {
    state_->transport = make_local_transport();
    state_->memory = make_private_memory();
  }
  state_->place = place_of(state_->transport->rank(), state_->node_of);
  if (state_->place.rank != 0) return;
  state_->place.only_coordinates = state_->place.n_ranks > 1 && is_coordinator();
  if (state_->environment) tell_launcher_begun();
}

Session::~Session() = default;

const Place& Session::place() const { return state_->place; }
const std::vector<std::size_t>& Session::node_of() const { return state_->node_of; }
Transport& Session::transport() { return *state_->transport; }
const std::atomic<HostNotice>* Session::notice() const { return state_->notice; }
void Session::listen_to(const std::atomic<HostNotice>& notice) { state_->notice = &notice; }
NodeShared& Session::memory() { return *state_->memory; }

void Session::quit(core::ExitCode code) {
  std::fflush(nullptr);
  if (state_->environment) {
    if (state_->place.rank == 0) tell_launcher_end(code);
    state_->transport->barrier();
    MPI_Finalize();
  }
  std::_Exit(static_cast<int>(last_code(code)));
}

void Session::abort(core::ExitCode code) {
  std::fflush(nullptr);
  if (state_->environment) MPI_Abort(MPI_COMM_WORLD, static_cast<int>(code));
  std::_Exit(static_cast<int>(code));
}

}  // namespace gridmill::mpi
