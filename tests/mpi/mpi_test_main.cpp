#include <algorithm>
#include <cstdio>
#include <memory>

#include <gtest/gtest.h>

#include "mpi_test.hpp"

namespace gridmill::mpi::test {

namespace {

std::unique_ptr<Session> the_session;

/// Prints failures only, with the rank they happened on.
class FailuresWithRank : public testing::EmptyTestEventListener {
  void OnTestPartResult(const testing::TestPartResult& part) override {
    if (!part.failed()) return;
    std::fprintf(stderr, "rank %d: %s:%d: %s\n", the_session->place().rank, part.file_name() ? part.file_name() : "",
                 part.line_number(), part.summary());
  }
};

int run() {
  if (the_session->place().rank != 0) {
    auto& listeners = testing::UnitTest::GetInstance()->listeners();
    delete listeners.Release(listeners.default_result_printer());
    listeners.Append(new FailuresWithRank);
  }
  const std::int64_t mine = RUN_ALL_TESTS();
  std::vector<std::int64_t> failed{mine != 0 ? 1 : 0};
  the_session->transport().allreduce_sum(std::span(failed));
  return failed[0] > 0 ? 1 : 0;
}

}  // namespace

Session& session() { return *the_session; }

}  // namespace gridmill::mpi::test

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  gridmill::mpi::test::the_session = std::make_unique<gridmill::mpi::Session>();
  const int code = gridmill::mpi::test::run();
  gridmill::mpi::test::the_session.reset();  // before main ends: MPI is finalised by it
  return code;
}
