#include "mpi/mpi_transport.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <utility>

#include <mpi.h>

#include <boost/mpi/communicator.hpp>

#include "core/error.hpp"
#include "mpi/pacer.hpp"
#include "mpi/wait_asleep.hpp"

namespace gridmill::mpi {

namespace {

namespace bmpi = boost::mpi;

/// Whole messages over one communicator. A message is a run of pieces, all but the last marked in the lowest bit of
/// the MPI tag; MPI keeps the order of pieces between two ranks, so no header is needed.
class Channel {
 public:
  explicit Channel(std::size_t piece_limit)
      : comm_(bmpi::communicator(), bmpi::comm_duplicate),
        piece_limit_(piece_limit),
        partial_(static_cast<std::size_t>(comm_.size())) {}

  [[nodiscard]] const bmpi::communicator& comm() const { return comm_; }

  void send(int to, Tag tag, Bytes bytes) {
    Outgoing& out = outgoing_.emplace_back();
    out.bytes = std::move(bytes);
    out.bytes.reserve(1);  // Boost.MPI takes a reference to the first element, even of none
    const auto* data = reinterpret_cast<const char*>(out.bytes.data());
    std::size_t at = 0;
    do {
      const std::size_t length = std::min(piece_limit_, out.bytes.size() - at);
      const bool more = at + length < out.bytes.size();
      out.pieces.push_back(
          comm_.isend(to, 2 * static_cast<int>(tag) + (more ? 1 : 0), data + at, static_cast<int>(length)));
      at += length;
    } while (at < out.bytes.size());
    progress();
  }

  std::optional<Message> poll() {
    progress();
    while (const auto arrived = comm_.iprobe(bmpi::any_source, bmpi::any_tag)) {
      Bytes& bytes = partial_[static_cast<std::size_t>(arrived->source())];
      const int length = arrived->count<char>().value_or(0);
      const std::size_t at = bytes.size();
      if (bytes.capacity() == 0) bytes.reserve(1);  // as in send
      bytes.resize(at + static_cast<std::size_t>(length));
      comm_.recv(arrived->source(), arrived->tag(), reinterpret_cast<char*>(bytes.data() + at), length);
      if (arrived->tag() % 2 == 0) {
        return Message{arrived->source(), static_cast<Tag>(arrived->tag() / 2), std::exchange(bytes, {})};
      }
    }
    return std::nullopt;
  }

  void flush() {
    for (Pacer pacer; !outgoing_.empty();) {
      progress();
      if (!outgoing_.empty()) pacer.pause();
    }
  }

 private:
  struct Outgoing {
    Bytes bytes;
    std::deque<bmpi::request> pieces;
  };

  void progress() {
    std::erase_if(outgoing_, [](Outgoing& out) {
      while (!out.pieces.empty() && out.pieces.front().test()) out.pieces.pop_front();
      return out.pieces.empty();
    });
  }

  bmpi::communicator comm_;
  std::size_t piece_limit_;
  std::vector<Bytes> partial_;  // by source: pieces of a message whose end is still to come
  std::deque<Outgoing> outgoing_;
};

class MpiTransport final : public Transport {
 public:
  explicit MpiTransport(std::size_t piece_limit)
      : piece_limit_(piece_limit),
        messages_(piece_limit),
        collective_(piece_limit),
        gathered_(static_cast<std::size_t>(messages_.comm().size())) {}

  [[nodiscard]] int rank() const override { return messages_.comm().rank(); }
  [[nodiscard]] int size() const override { return messages_.comm().size(); }

  void send(int to, Tag tag, Bytes bytes) override { messages_.send(to, tag, std::move(bytes)); }
  std::optional<Message> poll() override { return messages_.poll(); }
  void flush() override { messages_.flush(); }

  void broadcast(Bytes& bytes, int root) override {
    std::uint64_t length = bytes.size();
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ibcast(&length, 1, MPI_UINT64_T, root, comm(), &request);
    wait_asleep(request);
    bytes.resize(length);
    in_pieces(std::span(bytes), [&](std::span<std::byte> piece) {
      MPI_Ibcast(piece.data(), static_cast<int>(piece.size()), MPI_BYTE, root, comm(), &request);
      wait_asleep(request);
    });
  }

  void reduce_sum(std::span<double> values) override { reduce(values, MPI_DOUBLE); }
  void reduce_sum(std::span<std::int64_t> values) override { reduce(values, MPI_INT64_T); }
  void allreduce_sum(std::span<double> values) override { allreduce(values, MPI_DOUBLE); }
  void allreduce_sum(std::span<std::int64_t> values) override { allreduce(values, MPI_INT64_T); }

  std::vector<Bytes> gather(Bytes bytes) override {
    if (rank() != 0) {
      collective_.send(0, Tag::user, std::move(bytes));
      collective_.flush();
      return {};
    }
    gathered_[0].push_back(std::move(bytes));
    // A fast rank may already be in the next gather; its message waits behind its first one.
    for (Pacer pacer; std::ranges::any_of(gathered_, [](const auto& queue) { return queue.empty(); });) {
      if (auto message = collective_.poll()) {
        gathered_[static_cast<std::size_t>(message->source)].push_back(std::move(message->bytes));
        pacer.reset();
      } else {
        pacer.pause();
      }
    }
    std::vector<Bytes> all;
    for (auto& queue : gathered_) {
      all.push_back(std::move(queue.front()));
      queue.pop_front();
    }
    return all;
  }

  void barrier() override {
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ibarrier(comm(), &request);
    wait_asleep(request);
  }

 private:
  [[nodiscard]] MPI_Comm comm() const { return collective_.comm(); }

  template <typename T, typename Step>
  void in_pieces(std::span<T> all, Step step) const {
    const std::size_t most = piece_limit_ / sizeof(T);
    for (std::size_t at = 0; at < all.size(); at += most) step(all.subspan(at, std::min(most, all.size() - at)));
  }

  template <typename T>
  void reduce(std::span<T> values, MPI_Datatype type) const {
    in_pieces(values, [&](std::span<T> piece) {
      MPI_Request request = MPI_REQUEST_NULL;
      const bool root = rank() == 0;
      MPI_Ireduce(root ? MPI_IN_PLACE : piece.data(), root ? piece.data() : nullptr, static_cast<int>(piece.size()),
                  type, MPI_SUM, 0, comm(), &request);
      wait_asleep(request);
    });
  }

  template <typename T>
  void allreduce(std::span<T> values, MPI_Datatype type) const {
    in_pieces(values, [&](std::span<T> piece) {
      MPI_Request request = MPI_REQUEST_NULL;
      MPI_Iallreduce(MPI_IN_PLACE, piece.data(), static_cast<int>(piece.size()), type, MPI_SUM, comm(), &request);
      wait_asleep(request);
    });
  }

  std::size_t piece_limit_;
  Channel messages_;
  Channel collective_;
  std::vector<std::deque<Bytes>> gathered_;  // by source, rank 0 only
};

}  // namespace

std::unique_ptr<Transport> make_mpi_transport(std::size_t piece_limit) {
  GRIDMILL_ASSERT(piece_limit >= 8 && piece_limit <= std::size_t{std::numeric_limits<int>::max()},
                  "a piece holds at least one number and its length fits MPI's int");
  return std::make_unique<MpiTransport>(piece_limit);
}

}  // namespace gridmill::mpi
