#include "mpi/node_shared.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <mpi.h>

#include "core/error.hpp"
#include "core/node_memory.hpp"
#include "mpi/mpi_transport.hpp"
#include "mpi/pacer.hpp"

namespace gridmill::mpi {

namespace {

constexpr std::size_t kAlignment = 64;
constexpr const char* kSharedMemoryFolder = "/dev/shm";  // where Open MPI puts its windows

std::string too_big(std::string_view purpose, std::size_t bytes) {
  return fmt::format("{}: no {:.1f} MiB of memory left on this node", purpose, static_cast<double>(bytes) / 1048576);
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

void wait_asleep(MPI_Request request) {
  Pacer pacer;
  int finished = 0;
  for (MPI_Test(&request, &finished, MPI_STATUS_IGNORE); finished == 0;
       MPI_Test(&request, &finished, MPI_STATUS_IGNORE)) {
    pacer.pause();
  }
}

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

  ~MpiNodeShared() override {
    for (MPI_Win& window : windows_) MPI_Win_free(&window);
  }
  MpiNodeShared(const MpiNodeShared&) = delete;
  MpiNodeShared& operator=(const MpiNodeShared&) = delete;

  std::span<std::byte> allocate(std::string_view purpose, std::size_t bytes) override {
    if (n_sharers_ == 1) return alone_.allocate(purpose, bytes);
    check_space(purpose, bytes);
    // Memory beyond what the folder can hold would be a SIGBUS much later, so the leader touches all of it now.
    const std::span<std::byte> block = make_window(bytes);
    if (sharer_ == 0) std::memset(block.data(), 0, block.size());
    barrier(node_.get());
    return block;
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
    std::array<std::uint64_t, 2> needed_and_free{};
    if (sharer_ == 0) {
      struct statvfs folder {};
      const bool known = statvfs(kSharedMemoryFolder, &folder) == 0;
      needed_and_free = {bytes + (1U << 20),
                         known ? std::uint64_t{folder.f_bavail} * folder.f_frsize : ~std::uint64_t{0}};
    }
    broadcast(node_.get(), needed_and_free.data(), sizeof(needed_and_free));
    const auto [needed, free] = needed_and_free;
    if (needed < bytes || needed > free) {
      throw core::RunError(
          too_big(purpose, bytes),
          fmt::format("{} has {:.1f} MiB free; give it more (mount -o remount,size=..., or docker run --shm-size), or "
                      "run fewer ranks",
                      kSharedMemoryFolder, static_cast<double>(free) / 1048576));
    }
  }

  std::span<std::byte> make_window(std::size_t bytes) {
    barrier(node_.get());  // MPI_Win_allocate_shared spins until the last rank is there
    MPI_Win window = MPI_WIN_NULL;
    void* mine = nullptr;
    const auto wanted = static_cast<MPI_Aint>(sharer_ == 0 ? bytes + kAlignment : 0);
    MPI_Win_allocate_shared(wanted, 1, MPI_INFO_NULL, node_.get(), &mine, &window);
    windows_.push_back(window);
    MPI_Aint size = 0;
    int unit = 1;
    void* base = nullptr;
    MPI_Win_shared_query(window, 0, &size, &unit, &base);
    // The mapping starts at a page on every rank, so all ranks skip the same number of bytes.
    auto space = static_cast<std::size_t>(size);
    void* aligned = std::align(kAlignment, bytes, base, space);
    GRIDMILL_ASSERT(aligned != nullptr, "the window has room to be aligned");
    return {static_cast<std::byte*>(aligned), bytes};
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
  std::vector<MPI_Win> windows_;
  PrivateMemory alone_;  // used if there is no one to share with
};

}  // namespace

std::unique_ptr<NodeShared> make_private_memory() { return std::make_unique<PrivateMemory>(); }

std::unique_ptr<NodeShared> make_node_shared() { return std::make_unique<MpiNodeShared>(); }

}  // namespace gridmill::mpi
