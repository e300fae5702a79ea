#include "mpi/pacer.hpp"

#include <algorithm>
#include <thread>

namespace gridmill::mpi {

namespace {
constexpr int kYields = 16;
constexpr int kDoublings = 6;
constexpr std::chrono::microseconds kFirst{32};  // doubles to 2 ms
}  // namespace

std::chrono::microseconds Pacer::next() {
  const int sleeps = misses_ - kYields;
  if (sleeps < kDoublings) ++misses_;
  return sleeps < 0 ? std::chrono::microseconds{0} : kFirst * (1 << sleeps);
}

void Pacer::pause() {
  const auto wait = next();
  if (wait.count() == 0) {
    std::this_thread::yield();
  } else {
    std::this_thread::sleep_for(wait);
  }
}

}  // namespace gridmill::mpi
