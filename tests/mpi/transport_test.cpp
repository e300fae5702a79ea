#include "mpi/transport.hpp"

#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "mpi/failure.hpp"
#include "mpi/mpi_transport.hpp"
#include "mpi/pacer.hpp"
#include "mpi_test.hpp"

namespace gridmill::mpi {
namespace {

TEST(Session, looks_for_no_network_adapters_on_one_host) {
  const char* home = std::getenv("HOME");
  if (home != nullptr && std::filesystem::exists(std::filesystem::path(home) / ".openmpi/mca-params.conf")) {
    GTEST_SKIP() << "a file of this user's tells Open MPI how messages travel";
  }
  EXPECT_STREQ(std::getenv("OMPI_MCA_pml"), "ob1");
}

Bytes pattern(std::size_t n, int seed) {
  Bytes bytes(n);
  for (std::size_t i = 0; i < n; ++i)
    bytes[i] = static_cast<std::byte>((i * 31 + static_cast<std::size_t>(seed)) % 251);
  return bytes;
}

Message receive(Transport& transport) {
  for (Pacer pacer;; pacer.pause()) {
    if (auto message = transport.poll()) return *message;
  }
}

void ring(Transport& t) {
  const int left = (t.rank() + t.size() - 1) % t.size();
  for (const std::size_t n : {0U, 1U, 16U, 17U, 300000U})
    t.send((t.rank() + 1) % t.size(), Tag::user, pattern(n, t.rank()));
  for (const std::size_t n : {0U, 1U, 16U, 17U, 300000U}) {
    const Message message = receive(t);
    EXPECT_EQ(message.source, left);
    EXPECT_EQ(message.tag, Tag::user);
    EXPECT_EQ(message.bytes, pattern(n, left));
  }
  t.flush();
  t.barrier();
}

void collectives(Transport& t) {
  const int root = t.size() - 1;
  Bytes bytes = t.rank() == root ? pattern(1000, 5) : Bytes{};
  t.broadcast(bytes, root);
  EXPECT_EQ(bytes, pattern(1000, 5));
  for (int round = 0; round < 20; ++round) {
    const auto all = t.gather(pattern(static_cast<std::size_t>(t.rank() * 40), round));
    ASSERT_EQ(all.size(), t.rank() == 0 ? static_cast<std::size_t>(t.size()) : 0U);
    for (std::size_t r = 0; r < all.size(); ++r) EXPECT_EQ(all[r], pattern(r * 40, round));
  }
  std::vector<double> own(101, 0.0);  // disjoint entries: exact
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (i % static_cast<std::size_t>(t.size()) == static_cast<std::size_t>(t.rank()))
      own[i] = 0.1 * static_cast<double>(i);
  }
  auto on_all = own;
  t.allreduce_sum(std::span(on_all));
  t.reduce_sum(std::span(own));
  for (std::size_t i = 0; i < own.size(); ++i) {
    EXPECT_EQ(on_all[i], 0.1 * static_cast<double>(i));
    if (t.rank() == 0) {
      EXPECT_EQ(own[i], on_all[i]);
    }
  }
  std::vector<std::int64_t> count{1, t.rank()};
  t.allreduce_sum(std::span(count));
  EXPECT_EQ(count[0], t.size());
  EXPECT_EQ(count[1], t.size() * (t.size() - 1) / 2);
}

TEST(transport, delivers_messages_of_any_size_in_order) { test::on_both_transports(ring); }
TEST(transport, agrees_in_collectives) { test::on_both_transports(collectives); }

TEST(transport, cuts_what_exceeds_the_piece_limit) {
  const auto transport = make_mpi_transport(16);
  ring(*transport);
  collectives(*transport);
}

TEST(run_together, throws_the_same_error_on_every_rank) {
  test::on_both_transports([](Transport& t) {
    const int last = t.size() - 1;
    const auto step = [&] {
      if (t.rank() == last) throw core::RunError("disk full");
    };
    try {
      run_together(t, step);
      ADD_FAILURE() << "nothing thrown";
    } catch (const core::RunError& error) {
      EXPECT_NE(std::string(error.what()).find("disk full"), std::string::npos) << error.what();
    }
    EXPECT_NO_THROW(run_together(t, [] {}));
  });
}

TEST(run_together, tells_all_problems_of_bad_input_on_every_rank) {
  test::on_both_transports([](Transport& t) {
    const std::vector<core::Problem> problems{{{"a.csv", 3, 5}, "no number", "leave it out"},
                                              {{"b.csv"}, "no rows", {}}};
    try {
      run_together(t, [&] {
        if (t.rank() == 0) throw core::UserError(problems);
      });
      ADD_FAILURE() << "nothing thrown";
    } catch (const core::UserError& error) {
      ASSERT_EQ(error.problems().size(), 2U);
      for (std::size_t i = 0; i < 2; ++i) EXPECT_EQ(error.problems()[i].text(), problems[i].text());
    }
  });
}

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

TEST(transport, uses_no_cpu_while_it_waits_in_a_collective) {
  Transport& t = test::session().transport();
  t.barrier();
  const auto start = std::chrono::steady_clock::now();
  const double before = cpu_s();
  // Rank 0 is the slow rank on purpose: the time it takes is what is measured on the others.
  if (t.rank() == 0) std::this_thread::sleep_for(std::chrono::milliseconds(500));
  t.barrier();
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_LT(cpu_s() - before, 0.1 * wall);
}

}  // namespace
}  // namespace gridmill::mpi
