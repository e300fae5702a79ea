#include "models/svm/machines/pair_votes.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "models/svm/kernels/kernel_passes.hpp"
#include "models/svm/solver/smo_passes.hpp"

namespace gridmill::models::svm {

namespace {

/// The votes for a block of samples. The matrix is symmetric: the row of a support vector is read at the samples, which
/// are a few runs of neighbours where they are a fold.
class BlockVotes {
 public:
  /// For at most `most` samples at a time.
  BlockVotes(const OneVsOne& machine, std::size_t most)
      : machine_(machine),
        sensitivity_(machine.sensitivity()),
        k_(machine.n_classes()),
        stride_(padded(most) + 16),  // neighbours lie in other sets of the cache
        most_waiting_(std::clamp<std::size_t>(kRowBytes / (sizeof(float) * most), kFewest, kMost)),
        rows_(most_waiting_ * stride_),
        largest_(stride_),
        sums_(k_ * (k_ - 1) * stride_, 0.0),
        votes_(k_ * stride_),
        error_(stride_),
        doubt_(stride_) {
    make_batches();
  }

  /// Begins with the samples at `positions`, ascending.
  void begin(std::span<const core::Index> positions) {
    n_ = positions.size();
    batch_ = batches_.begin();
    std::ranges::fill(largest_, 0.0F);
    runs_.clear();
    for (const core::Index position : positions) {
      const bool follows = !runs_.empty() && runs_.back().first + runs_.back().size == position;
      if (!follows) runs_.push_back({.first = position, .size = 0});
      ++runs_.back().size;
    }
  }

  /// Returns the entries of a row that are read.
  [[nodiscard]] std::span<const CentredSamples::Run> runs() const { return runs_; }

  /// Adds support vector `v`, whose row of the matrix is `whole`; they come in the machine's order, all of them.
  void add(std::size_t v, const float* whole) {
    float* const first_out = row(v - batch_->first_vector);
    float* out = first_out;
    for (const auto& [first, size] : runs_) out = std::copy_n(whole + first, size, out);
    std::fill(out, first_out + padded(n_), 0.0F);
    raise_to_magnitudes(first_out, n_, largest_.data());
    if (v + 1 < batch_->first_vector + batch_->n_vectors) return;
    add_scaled(batch_->rows, batch_->first, padded(n_), batch_->is_first, sums(batch_->own), stride_);
    ++batch_;
  }

  /// Counts the votes when all support vectors are added.
  void count() {
    for (std::size_t s = 0; s < padded(n_); ++s) {
      error_[s] = static_cast<double>(largest_[s]) * 0x1p-24 + double{std::numeric_limits<float>::min()};
    }
    std::ranges::fill(votes_, 0.0);
    std::ranges::fill(doubt_, 0.0);
    std::size_t pair = 0;
    for (std::size_t a = 0; a < k_; ++a) {
      for (std::size_t b = a + 1; b < k_; ++b, ++pair) {
        svm::count_votes({.own = sums(a) + (b - 1) * stride_,
                          .other = sums(b) + a * stride_,
                          .rho = machine_.rho[pair],
                          .sensitivity = sensitivity_[pair],
                          .error = error_.data(),
                          .for_first = votes(a),
                          .for_second = votes(b),
                          .doubt = doubt_.data()},
                         padded(n_));
      }
    }
  }

  /// Returns the class with most votes for sample s of the block, or nothing. Far from all support vectors the kernel
  /// is below what float32 holds at all, and scikit-learn's predictions hang on values like 1e-100.
  [[nodiscard]] std::optional<std::size_t> winner(std::size_t s) {
    if (doubt_[s] > 0) return std::nullopt;
    std::size_t best = 0;
    for (std::size_t a = 1; a < k_; ++a) {
      if (votes(a)[s] > votes(best)[s]) best = a;
    }
    return best;
  }

 private:
  // Rows wait for others of their class: sums are then loaded and stored once for all of them, and all outputs read
  // them while they are near.
  static constexpr std::size_t kRowBytes = std::size_t{1} << 18U;
  static constexpr std::size_t kFewest = 16;
  static constexpr std::size_t kMost = 128;

  /// Support vectors of one class that are added together, and where their coefficients are not 0.
  struct Batch {
    std::size_t own;  // class
    std::size_t first_vector, n_vectors;
    bool is_first;                   // of its class
    std::vector<ScaledRow> rows;     // by other class
    std::vector<std::size_t> first;  // where those of each begin, and the end
  };

  void make_batches() {
    for (std::size_t a = 0; a < k_; ++a) {
      const std::size_t end = machine_.start[a + 1];
      for (std::size_t v = machine_.start[a]; v < end; v += most_waiting_) {
        Batch& batch = batches_.emplace_back(Batch{.own = a,
                                                   .first_vector = v,
                                                   .n_vectors = std::min(most_waiting_, end - v),
                                                   .is_first = v == machine_.start[a],
                                                   .first = {0}});
        for (std::size_t r = 0; r + 1 < k_; ++r) {
          for (std::size_t w = 0; w < batch.n_vectors; ++w) {
            const double coefficient = machine_.coefficients(r, v + w);
            if (coefficient != 0) batch.rows.push_back({.factor = coefficient, .row = row(w)});
          }
          batch.first.push_back(batch.rows.size());
        }
      }
    }
  }

  [[nodiscard]] float* row(std::size_t w) { return rows_.data() + w * stride_; }
  [[nodiscard]] double* sums(std::size_t a) { return sums_.data() + a * (k_ - 1) * stride_; }
  [[nodiscard]] double* votes(std::size_t a) { return votes_.data() + a * stride_; }

  const OneVsOne& machine_;
  std::vector<double> sensitivity_;  // by pair
  std::size_t k_;                    // classes
  std::size_t stride_;               // of what is kept by sample
  std::size_t most_waiting_;
  std::vector<float> rows_;     // of the support vectors that wait to be added, at the samples
  std::vector<float> largest_;  // kernel of each sample with any support vector, in magnitude
  std::vector<double> sums_;    // (class, other class) x samples; 0 for a class without support vectors
  std::vector<double> votes_;   // class x samples
  std::vector<double> error_, doubt_;
  std::vector<Batch> batches_;

  std::size_t n_ = 0;                         // samples of this block
  std::vector<CentredSamples::Run> runs_;     // of neighbours among their positions
  std::vector<Batch>::const_iterator batch_;  // that is being added
};

/// Samples at a time: sums of many classes then stay in the cache. Rows that are computed together are asked for less
/// often.
std::size_t samples_at_a_time(std::size_t n_classes, bool computes_together) {
  constexpr std::size_t kSumBytes = std::size_t{5} << 19U;
  constexpr std::size_t kMost = 8192;
  const std::size_t fit = kSumBytes / (sizeof(double) * n_classes * (n_classes - 1));
  return computes_together ? kMost : std::clamp<std::size_t>(fit / 64 * 64, 64, kMost);
}

}  // namespace

std::vector<std::optional<std::size_t>> count_votes(const OneVsOne& machine, std::span<const core::Index> support,
                                                    KernelRows& rows, std::span<const core::Index> positions) {
  if (positions.empty()) return {};
  std::vector<std::size_t> order(positions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t s) { return positions[s]; });
  std::vector<core::Index> sorted;
  for (const std::size_t s : order) sorted.push_back(positions[s]);
  const bool computes_together = rows.computes() && rows.foresight() > 0;
  const std::size_t most = std::min(sorted.size(), samples_at_a_time(machine.n_classes(), computes_together));
  BlockVotes block(machine, most);
  std::vector<std::optional<std::size_t>> winners(sorted.size());
  for (std::size_t first = 0; first < sorted.size(); first += most) {
    const std::size_t n = std::min(most, sorted.size() - first);
    block.begin(std::span(sorted).subspan(first, n));
    rows.read(support, {.runs = block.runs()}, [&](std::size_t v, const float* row) { block.add(v, row); });
    block.count();
    for (std::size_t s = 0; s < n; ++s) winners[order[first + s]] = block.winner(s);
  }
  return winners;
}

}  // namespace gridmill::models::svm
