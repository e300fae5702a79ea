#include "mpi/node_block.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "mpi/wait_asleep.hpp"

namespace gridmill::mpi {

namespace {

std::string hint_at(int error, const SharedBlock& block) {
  if (error == EFBIG)
    return "the limit on the size of files (ulimit -f) counts for shared memory; raise it, or use --ranks 1";
  if (error != ENOSPC || block.way() == SharedBlock::Way::process) return std::generic_category().message(error);
  return "/dev/shm is full; give it more (mount -o remount,size=..., or docker run --shm-size), or run fewer ranks";
}

/// The ranks of a node on their way to a common block.
class Sharers {
 public:
  explicit Sharers(MPI_Comm node) : node_(node) {
    MPI_Comm_size(node_, &n_);
    MPI_Comm_rank(node_, &self_);
  }

  [[nodiscard]] std::size_t n() const { return static_cast<std::size_t>(n_); }
  [[nodiscard]] std::size_t self() const { return static_cast<std::size_t>(self_); }

  /// Runs `step` on all of them; returns the greatest errno of those it failed on, on each of them; 0: none.
  template <typename Step>
  [[nodiscard]] int attempt(const Step& step) const {
    int error = 0;
    try {
      step();
    } catch (const std::system_error& failure) {
      error = failure.code().value();
    }
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Iallreduce(MPI_IN_PLACE, &error, 1, MPI_INT, MPI_MAX, node_, &request);
    wait_asleep(request);
    return error;
  }

  /// Returns a block that all have opened, without size yet.
  [[nodiscard]] SharedBlock open(std::string_view purpose) const {
    int error = 0;
    for (const auto way : {SharedBlock::Way::process, SharedBlock::Way::folder}) {
      SharedBlock block;
      error = attempt([&] {
        if (self_ == 0) block = SharedBlock::make(way);
      });
      if (error != 0) continue;
      SharedBlock::Name name = block.name();
      MPI_Request request = MPI_REQUEST_NULL;
      MPI_Ibcast(&name, static_cast<int>(sizeof(name)), MPI_BYTE, 0, node_, &request);
      wait_asleep(request);
      error = attempt([&] {
        if (self_ != 0) block = SharedBlock::open(name);
      });
      if (error == 0) return block;
    }
    throw core::RunError(
        fmt::format("{}: ranks of this node cannot share memory: {}", purpose, std::generic_category().message(error)),
        "they must be able to open each other's files in /proc, or files in /dev/shm");
  }

 private:
  MPI_Comm node_;
  int n_ = 1;
  int self_ = 0;
};

}  // namespace

SharedBlock share_block(MPI_Comm node, std::string_view purpose, std::size_t bytes) {
  const Sharers sharers(node);
  SharedBlock block = sharers.open(purpose);
  const std::size_t at_least = std::max<std::size_t>(bytes, 1);
  int error = sharers.attempt([&] {
    if (sharers.self() == 0) block.resize(at_least);
  });
  // Memory that is not there would be a SIGBUS much later, so all of it is taken now.
  if (error == 0) error = sharers.attempt([&] { block.map(at_least, sharers.self(), sharers.n()); });
  if (error != 0) throw core::RunError(too_big_text(purpose, bytes), hint_at(error, block));
  return block;
}

std::string too_big_text(std::string_view purpose, std::size_t bytes) {
  return fmt::format("{}: no {:.1f} MiB of memory left on this node", purpose, static_cast<double>(bytes) / 1048576);
}

}  // namespace gridmill::mpi
