#include "mpi/task_farm.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>

#include <memory>
#include <mutex>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "mpi/mpi_transport.hpp"
#include "mpi_test.hpp"

namespace gridmill::mpi {
namespace {

Bytes square(TaskId task) {
  Bytes bytes;
  core::append_value(task * task, bytes);
  return bytes;
}

/// Runs n tasks and checks that rank 0 gets each result once and journals each start once.
FarmReport run_squares(Transport& t, std::vector<Task> tasks, const FarmOptions& options = {}) {
  const std::size_t n = tasks.size();
  std::set<TaskId> started;
  std::set<TaskId> seen;
  const FarmHooks hooks{.collect =
                            [&](TaskId task, int rank, std::span<const std::byte> result) {
                              EXPECT_TRUE(seen.insert(task).second) << "twice: " << task;
                              EXPECT_LT(rank, t.size());
                              EXPECT_EQ(core::take_value<TaskId>(result), task * task);
                            },
                        .on_assigned = [&](TaskId task, int) { EXPECT_TRUE(started.insert(task).second); }};
  const FarmReport report = run_farm(t, Plan(std::move(tasks)), square, hooks, options);
  if (t.rank() == 0) {
    EXPECT_EQ(seen.size(), n);
    EXPECT_EQ(started.size(), n);
    std::size_t total = 0;
    for (const RankReport& rank : report.ranks) total += rank.n_tasks;
    EXPECT_EQ(total, n);
  }
  EXPECT_EQ(report.end, FarmEnd::done);
  return report;
}

TEST(task_farm, runs_no_tasks_one_task_and_many) {
  test::on_both_transports([](Transport& t) {
    for (const std::size_t n : {0U, 1U, 3U, 2000U}) run_squares(t, std::vector<Task>(n));
  });
}

TEST(task_farm, leaves_rank_0_out_if_it_only_coordinates) {
  test::on_both_transports([](Transport& t) {
    const auto report = run_squares(t, std::vector<Task>(100), {.coordinator = CoordinatorRole::only_coordinates});
    if (t.rank() == 0 && t.size() > 1) {
      EXPECT_EQ(report.ranks[0].n_tasks, 0U);
    }
  });
}

TEST(task_farm, runs_a_task_after_those_it_waits_for) {
  test::on_both_transports([](Transport& t) {
    std::vector<Task> chain(50);
    for (TaskId i = 1; i < chain.size(); ++i) chain[i].after = {i - 1};
    std::vector<TaskId> order;
    run_farm(t, Plan(chain), square,
             {.collect = [&](TaskId task, int, std::span<const std::byte>) { order.push_back(task); }});
    if (t.rank() == 0) {
      ASSERT_EQ(order.size(), chain.size());
      EXPECT_TRUE(std::ranges::is_sorted(order));
    }
  });
}

TEST(task_farm, returns_results_larger_than_a_piece) {
  const auto transport = make_mpi_transport(64);
  std::size_t n_seen = 0;
  run_farm(*transport, Plan(std::vector<Task>(8)), [](TaskId task) { return Bytes(20000 + task, std::byte{7}); },
           {.collect = [&](TaskId task, int, std::span<const std::byte> result) {
             ++n_seen;
             EXPECT_EQ(result.size(), 20000 + task);
           }});
  if (transport->rank() == 0) {
    EXPECT_EQ(n_seen, 8U);
  }
}

TEST(task_farm, ends_every_rank_with_the_same_error) {
  test::on_both_transports([](Transport& t) {
    const Work work = [](TaskId task) -> Bytes {
      if (task == 5) throw std::runtime_error("task five broke");
      return {};
    };
    try {
      run_farm(t, Plan(std::vector<Task>(200)), work, {});
      ADD_FAILURE() << "nothing thrown";
    } catch (const core::InternalError& error) {
      EXPECT_NE(std::string(error.what()).find("task five broke"), std::string::npos) << error.what();
    }
    run_squares(t, std::vector<Task>(10));  // nothing is left behind
  });
}

TEST(task_farm, ends_every_rank_when_a_result_cannot_be_kept) {
  test::on_both_transports([](Transport& t) {
    const FarmHooks hooks{
        .collect = [](TaskId, int, std::span<const std::byte>) { throw core::RunError("disk full"); }};
    EXPECT_THROW(run_farm(t, Plan(std::vector<Task>(100)), square, hooks), core::RunError);
    run_squares(t, std::vector<Task>(10));
  });
}

TEST(task_farm, stops_on_request_and_keeps_what_is_finished) {
  test::on_both_transports([](Transport& t) {
    std::atomic<bool> stop{false};
    std::size_t n_seen = 0;
    const FarmHooks hooks{.collect = [&](TaskId, int, std::span<const std::byte>) {
      if (++n_seen == 20) stop = true;
    }};
    const auto report = run_farm(t, Plan(std::vector<Task>(100000)), square, hooks, {.stop = &stop});
    EXPECT_EQ(report.end, FarmEnd::stopped);
    EXPECT_FALSE(report.abandoned);
    if (t.rank() == 0) {
      EXPECT_GE(n_seen, 20U);
      EXPECT_LT(n_seen, 100000U);
    }
  });
}

TEST(task_farm, leaves_a_task_behind_that_does_not_end_soon_after_a_stop) {
  test::on_both_transports([](Transport& t) {
    const auto released = std::make_shared<std::atomic<bool>>(false);
    const auto begun = std::make_shared<std::atomic<bool>>(false);
    const Work work = [released, begun](TaskId) {
      *begun = true;
      while (!*released) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      return Bytes{};
    };
    // The stop is asked for once every rank is at work.
    std::atomic<bool> asked{false};
    const FarmHooks hooks{.on_progress = [&](const FarmProgress& progress) {
      if (progress.n_assigned == static_cast<std::size_t>(t.size()) && *begun) asked = true;
    }};
    const std::vector<Task> tasks(static_cast<std::size_t>(t.size()));
    const FarmReport report = run_farm(t, Plan(tasks), work, hooks, {.stop = &asked, .grace_s = 0.05});
    EXPECT_EQ(report.end, FarmEnd::stopped);
    EXPECT_EQ(report.abandoned, begun->load());
    *released = true;
  });
}

TEST(task_farm, waits_for_tasks_at_work_when_it_is_to_pause) {
  test::on_both_transports([](Transport& t) {
    // Longer than a stop would wait for.
    const Work work = [](TaskId task) {
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
      return square(task);
    };
    std::atomic<bool> pause{false};
    std::size_t n_seen = 0;
    const FarmHooks hooks{.collect = [&](TaskId, int, std::span<const std::byte>) {
      ++n_seen;
      pause = true;
    }};
    const FarmReport report =
        run_farm(t, Plan(std::vector<Task>(2000)), work, hooks, {.pause = &pause, .grace_s = 0.01});
    EXPECT_EQ(report.end, FarmEnd::stopped);
    EXPECT_FALSE(report.abandoned);
    if (t.rank() != 0) return;
    std::size_t n_done = 0;
    for (const RankReport& rank : report.ranks) n_done += rank.n_tasks;
    EXPECT_EQ(n_done, n_seen);
    EXPECT_LT(n_seen, 2000U);
  });
}

TEST(task_farm, stops_when_another_rank_is_asked_to) {
  test::on_both_transports([](Transport& t) {
    const std::atomic<bool> stop{t.rank() == t.size() - 1};
    // Ten seconds of work over all ranks, so that the request comes long before the end.
    const Work work = [](TaskId) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      return Bytes{};
    };
    const std::vector<Task> tasks(1000 * static_cast<std::size_t>(t.size()));
    EXPECT_EQ(run_farm(t, Plan(tasks), work, {}, {.stop = &stop}).end, FarmEnd::stopped);
  });
}

TEST(task_farm, stops_at_once_when_the_deadline_has_passed) {
  test::on_both_transports([](Transport& t) {
    const auto report =
        run_farm(t, Plan(std::vector<Task>(10)), square, {}, {.deadline = std::chrono::steady_clock::now()});
    EXPECT_EQ(report.end, FarmEnd::stopped);
  });
}

TEST(task_farm, stops_before_the_deadline_with_what_ends_by_then) {
  test::on_both_transports([](Transport& t) {
    // The first tasks tell that none of the long ones would end in time; the short ones are done in their place.
    std::vector<Task> tasks;
    for (int i = 0; i < t.size(); ++i) tasks.push_back({.cost = 1000});
    for (int i = 0; i < 4 * t.size(); ++i) tasks.push_back({.cost = 900});
    for (int i = 0; i < 4; ++i) tasks.push_back({.cost = 1});
    std::atomic<bool> some_long{false};
    const Work work = [&](TaskId task) {
      if (tasks[task].cost == 900) some_long = true;
      std::this_thread::sleep_for(std::chrono::microseconds(static_cast<int>(100 * tasks[task].cost)));
      return Bytes{};
    };
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(170);
    const auto report = run_farm(t, Plan(tasks), work, {}, {.deadline = deadline});
    EXPECT_EQ(report.end, FarmEnd::stopped);
    EXPECT_EQ(report.out_of_time, t.rank() == 0);
    EXPECT_FALSE(some_long);
  });
}

/// Each rank as a machine of its own.
std::vector<std::size_t> one_rank_a_node(const Transport& t) {
  std::vector<std::size_t> node_of(static_cast<std::size_t>(t.size()));
  std::iota(node_of.begin(), node_of.end(), std::size_t{0});
  return node_of;
}

TEST(task_farm, a_machine_that_is_about_to_be_taken_away_ends_what_it_does_and_gets_no_more) {
  test::on_both_transports([](Transport& t) {
    const int leaver = t.size() - 1;
    if (leaver == 0) return;
    // The notice comes with the first task that the last rank works at; what waits behind that goes to others.
    std::atomic<HostNotice> notice{HostNotice::none};
    const Work work = [&](TaskId task) {
      if (t.rank() == leaver) notice = HostNotice::leaving;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return square(task);
    };
    std::set<TaskId> seen;
    std::vector<std::string> left;
    std::size_t n_done_there = 0;
    const FarmHooks hooks{.collect =
                              [&](TaskId task, int rank, std::span<const std::byte>) {
                                EXPECT_TRUE(seen.insert(task).second);
                                n_done_there += rank == leaver ? 1U : 0U;
                              },
                          .on_notice =
                              [&](const std::string& host, int rank, HostNotice said) {
                                EXPECT_EQ(rank, leaver);
                                EXPECT_EQ(said, HostNotice::leaving);
                                left.push_back(host);
                              }};
    const std::size_t n_tasks = 40 * static_cast<std::size_t>(t.size());
    const FarmReport report = run_farm(t, Plan(std::vector<Task>(n_tasks)), work, hooks,
                                       {.node_of = one_rank_a_node(t), .notice = &notice, .host = "node9"});
    EXPECT_EQ(report.end, FarmEnd::done);
    if (t.rank() != 0) return;
    EXPECT_EQ(seen.size(), n_tasks);
    EXPECT_EQ(left, std::vector<std::string>{"node9"});
    EXPECT_GE(n_done_there, 1U);
    EXPECT_LT(n_done_there, 20U) << "its message takes some milliseconds; its share would be 40";
  });
}

TEST(task_farm, stops_when_every_machine_that_computes_is_about_to_be_taken_away) {
  test::on_both_transports([](Transport& t) {
    if (t.size() == 1) return;
    std::atomic<HostNotice> notice{t.rank() == 0 ? HostNotice::none : HostNotice::leaving};
    const Work work = [](TaskId task) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      return square(task);
    };
    const FarmReport report =
        run_farm(t, Plan(std::vector<Task>(5000)), work, {},
                 {.coordinator = CoordinatorRole::only_coordinates, .node_of = one_rank_a_node(t), .notice = &notice});
    EXPECT_EQ(report.end, FarmEnd::stopped);
    EXPECT_EQ(report.no_host_left, t.rank() == 0);
    EXPECT_FALSE(report.abandoned);
  });
}

TEST(task_farm, stops_when_the_machine_of_rank_0_is_about_to_be_taken_away) {
  test::on_both_transports([](Transport& t) {
    const std::atomic<HostNotice> notice{t.rank() == 0 ? HostNotice::leaving : HostNotice::none};
    const Work work = [](TaskId task) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      return square(task);
    };
    const FarmReport report = run_farm(t, Plan(std::vector<Task>(5000)), work, {},
                                       {.node_of = one_rank_a_node(t), .grace_s = 0.4, .notice = &notice});
    EXPECT_EQ(report.end, FarmEnd::stopped);
    EXPECT_FALSE(report.abandoned) << "it is not that urgent";
  });
}

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

TEST(task_farm, uses_no_cpu_on_ranks_without_tasks) {
  Transport& t = test::session().transport();
  t.barrier();
  const auto start = std::chrono::steady_clock::now();
  const double before = cpu_s();
  // One task that takes its time without computing: whatever CPU is used is the farm's own.
  run_farm(t, Plan(std::vector<Task>(1)),
           [](TaskId) {
             std::this_thread::sleep_for(std::chrono::milliseconds(500));
             return Bytes{};
           },
           {});
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_GE(wall, 0.4);  // ranks leave the barrier a little apart
  EXPECT_LT(cpu_s() - before, 0.1 * wall);
}

}  // namespace
}  // namespace gridmill::mpi
