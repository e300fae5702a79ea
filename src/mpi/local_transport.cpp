#include "mpi/local_transport.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include "core/error.hpp"

namespace gridmill::mpi {

namespace {

using Contributions = std::shared_ptr<const std::vector<Bytes>>;

/// What the ranks share: a mailbox each, and a table at which all meet.
class World {
 public:
  explicit World(int n_ranks) : mailboxes_(static_cast<std::size_t>(n_ranks)), arriving_(mailboxes_.size()) {}

  [[nodiscard]] int size() const { return static_cast<int>(mailboxes_.size()); }

  void post(int to, Message message) {
    const std::scoped_lock lock(mutex_);
    mailboxes_[static_cast<std::size_t>(to)].push_back(std::move(message));
  }

  std::optional<Message> take(int rank) {
    const std::scoped_lock lock(mutex_);
    auto& mailbox = mailboxes_[static_cast<std::size_t>(rank)];
    if (mailbox.empty()) return std::nullopt;
    Message message = std::move(mailbox.front());
    mailbox.pop_front();
    return message;
  }

  /// Puts down `bytes` and returns, once every rank has done so, what each of them put down.
  Contributions meet(int rank, Bytes bytes) {
    std::unique_lock lock(mutex_);
    arriving_[static_cast<std::size_t>(rank)] = std::move(bytes);
    if (++n_arrived_ == mailboxes_.size()) {
      met_ =
          std::make_shared<const std::vector<Bytes>>(std::exchange(arriving_, std::vector<Bytes>(mailboxes_.size())));
      n_arrived_ = 0;
      ++meeting_;
      all_met_.notify_all();
      return met_;
    }
    all_met_.wait(lock, [this, before = meeting_] { return meeting_ != before || broken_; });
    if (broken_) throw core::RunError("another rank ended before this one");
    return met_;
  }

  void give_up() {
    const std::scoped_lock lock(mutex_);
    broken_ = true;
    all_met_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_met_;
  std::vector<std::deque<Message>> mailboxes_;
  std::vector<Bytes> arriving_;
  std::size_t n_arrived_ = 0;
  std::size_t meeting_ = 0;
  Contributions met_;  // replaced only after every rank has come to the next meeting, so none misses it
  bool broken_ = false;
};

class LocalTransport final : public Transport {
 public:
  LocalTransport(std::shared_ptr<World> world, int rank) : world_(std::move(world)), rank_(rank) {}

  [[nodiscard]] int rank() const override { return rank_; }
  [[nodiscard]] int size() const override { return world_->size(); }

  void send(int to, Tag tag, Bytes bytes) override { world_->post(to, {rank_, tag, std::move(bytes)}); }
  std::optional<Message> poll() override { return world_->take(rank_); }
  void flush() override {}

  void broadcast(Bytes& bytes, int root) override {
    bytes = (*world_->meet(rank_, rank_ == root ? bytes : Bytes{}))[static_cast<std::size_t>(root)];
  }
  void reduce_sum(std::span<double> values) override { sum(values, rank_ == 0); }
  void reduce_sum(std::span<std::int64_t> values) override { sum(values, rank_ == 0); }
  void allreduce_sum(std::span<double> values) override { sum(values, true); }
  void allreduce_sum(std::span<std::int64_t> values) override { sum(values, true); }
  std::vector<Bytes> gather(Bytes bytes) override {
    const Contributions all = world_->meet(rank_, std::move(bytes));
    return rank_ == 0 ? *all : std::vector<Bytes>{};
  }
  void barrier() override { world_->meet(rank_, {}); }

 private:
  template <typename T>
  void sum(std::span<T> values, bool wanted) {
    const auto bytes = std::as_bytes(values);
    const Contributions all = world_->meet(rank_, Bytes(bytes.begin(), bytes.end()));
    if (!wanted) return;
    std::ranges::fill(values, T{});
    for (const Bytes& part : *all) {
      GRIDMILL_ASSERT(part.size() == bytes.size(), "every rank sums the same number of entries");
      for (std::size_t i = 0; i < values.size(); ++i) {
        T value{};
        std::memcpy(&value, part.data() + i * sizeof(T), sizeof(T));
        values[i] += value;
      }
    }
  }

  std::shared_ptr<World> world_;
  int rank_;
};

}  // namespace

std::unique_ptr<Transport> make_local_transport() {
  return std::make_unique<LocalTransport>(std::make_shared<World>(1), 0);
}

void run_local_ranks(int n_ranks, const std::function<void(Transport&)>& body) {
  const auto world = std::make_shared<World>(n_ranks);
  std::mutex mutex;
  std::exception_ptr first;
  {
    std::vector<std::jthread> threads;
    for (int rank = 0; rank < n_ranks; ++rank) {
      threads.emplace_back([&, rank] {
        try {
          LocalTransport transport(world, rank);
          body(transport);
        } catch (...) {
          {
            const std::scoped_lock lock(mutex);
            if (!first) first = std::current_exception();
          }
          world->give_up();
        }
      });
    }
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace gridmill::mpi
