#include "core/numpy_argsort.hpp"

#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

namespace gridmill::core {

namespace {

using Positions = std::span<std::size_t>;

bool comes_before(std::int64_t a, std::int64_t b) { return a < b; }
bool comes_before(double a, double b) { return a < b || (std::isnan(b) && !std::isnan(a)); }

/// numpy's aquicksort: median of three, insertion sort of at most 16 entries, heapsort when it goes too deep.
template <class T>
class Introsort {
 public:
  explicit Introsort(std::span<const T> values) : values_(values) {}

  /// Recurses into the larger part; only that one is checked for depth, as numpy checks what it has put aside.
  void sort(Positions order, int depth) const {
    if (depth < 0) return heap_sort(order);
    while (order.size() > kInsertionSorted) {
      const std::size_t middle = partition(order);
      const Positions left = order.first(middle);
      const Positions right = order.subspan(middle + 1);
      --depth;
      sort(left.size() < right.size() ? right : left, depth);
      order = left.size() < right.size() ? left : right;
    }
    insertion_sort(order);
  }

 private:
  static constexpr std::size_t kInsertionSorted = 16;

  [[nodiscard]] bool less(std::size_t a, std::size_t b) const { return comes_before(values_[a], values_[b]); }

  [[nodiscard]] std::size_t partition(Positions order) const {
    const std::size_t last = order.size() - 1;
    const std::size_t middle = last / 2;
    if (less(order[middle], order[0])) std::swap(order[middle], order[0]);
    if (less(order[last], order[middle])) std::swap(order[last], order[middle]);
    if (less(order[middle], order[0])) std::swap(order[middle], order[0]);
    const std::size_t pivot = order[middle];
    std::swap(order[middle], order[last - 1]);
    std::size_t left = 0;
    std::size_t right = last - 1;
    while (true) {
      do ++left;
      while (less(order[left], pivot));
      do --right;
      while (less(pivot, order[right]));
      if (left >= right) break;
      std::swap(order[left], order[right]);
    }
    std::swap(order[left], order[last - 1]);
    return left;
  }

  void insertion_sort(Positions order) const {
    for (std::size_t i = 1; i < order.size(); ++i) {
      const std::size_t moved = order[i];
      std::size_t place = i;
      for (; place > 0 && less(moved, order[place - 1]); --place) order[place] = order[place - 1];
      order[place] = moved;
    }
  }

  /// Lets `moved` sink from the 1-based node `root` into the heap of the first n entries.
  void sift(Positions order, std::size_t root, std::size_t n, std::size_t moved) const {
    std::size_t node = root;
    for (std::size_t child = 2 * root; child <= n; child *= 2) {
      if (child < n && less(order[child - 1], order[child])) ++child;
      if (!less(moved, order[child - 1])) break;
      order[node - 1] = order[child - 1];
      node = child;
    }
    order[node - 1] = moved;
  }

  void heap_sort(Positions order) const {
    for (std::size_t root = order.size() / 2; root > 0; --root) sift(order, root, order.size(), order[root - 1]);
    for (std::size_t n = order.size(); n > 1; --n) {
      const std::size_t moved = order[n - 1];
      order[n - 1] = order[0];
      sift(order, 1, n - 1, moved);
    }
  }

  std::span<const T> values_;
};

template <class T>
std::vector<std::size_t> sorted(std::span<const T> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (order.size() < 2) return order;
  const int deepest = 2 * (static_cast<int>(std::bit_width(order.size())) - 1);
  Introsort<T>(values).sort(order, deepest);
  return order;
}

}  // namespace

std::vector<std::size_t> numpy_argsort(std::span<const std::int64_t> values) { return sorted(values); }

std::vector<std::size_t> numpy_argsort(std::span<const double> values) { return sorted(values); }

}  // namespace gridmill::core
