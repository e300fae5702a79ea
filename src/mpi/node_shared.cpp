#include "mpi/node_shared.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <mpi.h>

#include "core/error.hpp"
#include "core/node_memory.hpp"
#include "mpi/mpi_transport.hpp"
#include "mpi/node_block.hpp"
#include "mpi/shared_block.hpp"
#include "mpi/wait_asleep.hpp"

namespace gridmill::mpi {

namespace {

/// Returns what this machine can give without swapping [bytes]; without limit if it does not say.
std::uint64_t available_memory() {
  std::ifstream lines("/proc/meminfo");
  for (std::string name, unit; lines >> name;) {
    std::uint64_t kib = 0;
    if (!(lines >> kib)) break;
    if (name == "MemAvailable:") return kib * 1024;
    std::getline(lines, unit);
  }
  return std::numeric_limits<std::uint64_t>::max();
}

class PrivateMemory final : public NodeShared {
 public:
  std::span<std::byte> allocate(std::string_view purpose, std::size_t bytes) override {
    return heap_.allocate(purpose, bytes);
  }
  std::span<const std::byte> publish(std::string_view purpose, std::span<const std::byte> bytes) override {
    const auto copy = allocate(purpose, bytes.size());
    std::ranges::copy(bytes, copy.begin());
    return copy;
  }
  [[nodiscard]] std::size_t n_sharers() const override { return 1; }
  [[nodiscard]] std::size_t sharer() const override { return 0; }

 private:
  core::HeapMemory heap_;
};

void broadcast(MPI_Comm comm, void* data, std::size_t bytes) {
  auto* at = static_cast<std::byte*>(data);
  for (std::size_t done = 0; done < bytes; done += kPieceLimit) {
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ibcast(at + done, static_cast<int>(std::min(kPieceLimit, bytes - done)), MPI_BYTE, 0, comm, &request);
    wait_asleep(request);
  }
}

void barrier(MPI_Comm comm) {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibarrier(comm, &request);
  wait_asleep(request);
}

/// A communicator that is freed at the end.
class Communicator {
 public:
  Communicator() = default;
  ~Communicator() {
    if (comm_ != MPI_COMM_NULL) MPI_Comm_free(&comm_);
  }
  Communicator(const Communicator&) = delete;
  Communicator& operator=(const Communicator&) = delete;

  [[nodiscard]] MPI_Comm get() const { return comm_; }
  [[nodiscard]] MPI_Comm* out() { return &comm_; }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
};

class MpiNodeShared final : public NodeShared {
 public:
  MpiNodeShared() {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_dup(MPI_COMM_WORLD, world_.out());
    MPI_Comm_split_type(world_.get(), MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, node_.out());
    MPI_Comm_size(node_.get(), &n_sharers_);
    MPI_Comm_rank(node_.get(), &sharer_);
    MPI_Comm_split(world_.get(), sharer_ == 0 ? 0 : MPI_UNDEFINED, rank, leaders_.out());
  }

  std::span<std::byte> allocate(std::string_view purpose, std::size_t bytes) override {
    if (n_sharers_ == 1) return alone_.allocate(purpose, bytes);
    check_space(purpose, bytes);
    blocks_.push_back(share_block(node_.get(), purpose, bytes));
    return blocks_.back().bytes().first(bytes);
  }

  std::span<const std::byte> publish(std::string_view purpose, std::span<const std::byte> bytes) override {
    std::uint64_t length = bytes.size();
    broadcast(world_.get(), &length, sizeof(length));
    // One node without room must not leave the leaders of the others waiting: all learn of it here.
    std::string refusal;
    std::span<std::byte> copy;
    try {
      copy = allocate(purpose, length);
    } catch (const core::RunError& error) {
      refusal = error.what();
    }
    if (const int refused = first_refusal(!refusal.empty()); refused >= 0) {
      throw core::RunError(refusal.empty() ? fmt::format("{}: no memory left on the node of rank {}", purpose, refused)
                                           : refusal);
    }
    if (sharer_ == 0) {
      int leader = 0;
      MPI_Comm_rank(leaders_.get(), &leader);
      if (leader == 0) std::ranges::copy(bytes, copy.begin());
      broadcast(leaders_.get(), copy.data(), copy.size());
    }
    barrier(node_.get());
    return copy;
  }

  [[nodiscard]] std::size_t n_sharers() const override { return static_cast<std::size_t>(n_sharers_); }
  [[nodiscard]] std::size_t sharer() const override { return static_cast<std::size_t>(sharer_); }

 private:
  void check_space(std::string_view purpose, std::size_t bytes) const {
    std::array<std::uint64_t, 2> needed_and_free{bytes + (1U << 20), available_memory()};
    broadcast(node_.get(), needed_and_free.data(), sizeof(needed_and_free));
    const auto [needed, free] = needed_and_free;
    if (needed < bytes || needed > free) {
      throw core::RunError(too_big_text(purpose, bytes),
                           fmt::format("{:.1f} MiB are left; run fewer ranks, or set memory_limit lower",
                                       static_cast<double>(free) / 1048576));
    }
  }

  /// Returns the lowest rank that refused, on every rank; -1: none.
  [[nodiscard]] int first_refusal(bool refused) const {
    int rank = 0;
    int n_ranks = 0;
    MPI_Comm_rank(world_.get(), &rank);
    MPI_Comm_size(world_.get(), &n_ranks);
    int lowest = refused ? rank : n_ranks;
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Iallreduce(MPI_IN_PLACE, &lowest, 1, MPI_INT, MPI_MIN, world_.get(), &request);
    wait_asleep(request);
    return lowest == n_ranks ? -1 : lowest;
  }

  Communicator world_;
  Communicator node_;
  Communicator leaders_;  // the first rank of each node; null elsewhere
  int n_sharers_ = 1;
  int sharer_ = 0;
  std::vector<SharedBlock> blocks_;
  PrivateMemory alone_;  // used if there is no one to share with
};

}  // namespace

std::unique_ptr<NodeShared> make_private_memory() { return std::make_unique<PrivateMemory>(); }

std::unique_ptr<NodeShared> make_node_shared() { return std::make_unique<MpiNodeShared>(); }

}  // namespace gridmill::mpi
