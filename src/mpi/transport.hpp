#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/bytes.hpp"

namespace gridmill::mpi {

using core::Bytes;

/// What a point-to-point message is about.
enum class Tag : int {
  assign = 1,   // rank 0 -> worker: tasks to run
  results,      // worker -> rank 0: finished tasks
  drain,        // rank 0 -> worker: forget what has not been started
  dropped,      // worker -> rank 0: what it forgot
  failure,      // worker -> rank 0: an exception nobody foresaw
  stop_wanted,  // worker -> rank 0: this rank was asked to stop
  notice,       // worker -> rank 0: its machine is at risk, or about to be taken away
  end,          // rank 0 -> worker: leave the farm
  report,       // worker -> rank 0: last words
  user,         // free for callers outside a farm
};

struct Message {
  int source = 0;
  Tag tag = Tag::user;
  Bytes bytes;
};

/// Moves bytes between ranks. A message may have any size: what exceeds the transport's piece limit is cut.
///
/// Call it from the rank's main thread only. Waiting sleeps; it does not spin. There is no recovery from a lost
/// rank: with MPI the whole job ends then.
class Transport {
 public:
  virtual ~Transport() = default;

  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int size() const = 0;

  /// Sends without waiting; messages between two ranks arrive in the order sent. Progress of large ones is made
  /// in `poll` and `flush`.
  virtual void send(int to, Tag tag, Bytes bytes) = 0;
  /// Returns the next message that has arrived from any rank; nothing if none is complete. Does not wait.
  virtual std::optional<Message> poll() = 0;
  /// Waits until all that this rank sent has left it; the receivers must be polling.
  virtual void flush() = 0;

  /// Replaces `bytes` by those of rank `root`. Collective; valid on every rank.
  virtual void broadcast(Bytes& bytes, int root) = 0;
  /// Adds up `values` entry by entry. Collective, equal lengths; valid on rank 0, other ranks keep their own.
  /// The order of summation is not fixed, so entries that several ranks contribute to may round differently from run
  /// to run; where at most one rank has a non-zero entry the sum is exact. Integers are always exact.
  virtual void reduce_sum(std::span<double> values) = 0;
  virtual void reduce_sum(std::span<std::int64_t> values) = 0;
  /// As reduce_sum. Collective; valid on every rank.
  virtual void allreduce_sum(std::span<double> values) = 0;
  virtual void allreduce_sum(std::span<std::int64_t> values) = 0;
  /// Returns the bytes of each rank, by rank. Collective; valid on rank 0, empty elsewhere.
  virtual std::vector<Bytes> gather(Bytes bytes) = 0;
  /// Returns once every rank has called it. Collective.
  virtual void barrier() = 0;
};

}  // namespace gridmill::mpi
