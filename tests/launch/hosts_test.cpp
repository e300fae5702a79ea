#include "launch/hosts.hpp"

#include <csignal>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "launch/commands_at_once.hpp"
#include "launch/host_links.hpp"
#include "launch/host_probe.hpp"
#include "launch/mpirun_line.hpp"

namespace gridmill::launch {
namespace {

using core::Host;
using testing::ElementsAre;
using testing::HasSubstr;

std::string problems_of(const std::string& text) {
  try {
    (void)read_hostfile(text, "hosts.txt");
  } catch (const core::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(hostfile, lists_hosts_with_their_slots_as_mpirun_does) {
  const std::string text = "# all of them\nnode1 slots=4\n\n  me@node2   # one per core\n10.0.0.3 slots=1\r\n";
  EXPECT_THAT(read_hostfile(text, "hosts.txt"),
              ElementsAre(Host{"node1", 4}, Host{"me@node2", 0}, Host{"10.0.0.3", 1}));
}

TEST(hostfile, says_all_that_is_wrong_with_file_and_line) {
  EXPECT_EQ(problems_of("node1 slots=0\nnode2\nnode2\n-oProxyCommand=x\nnode3 cores=2\n"),
            "hosts.txt:1: 'slots=0' is not understood\n"
            "  after the name of a host comes slots=N, a number from 1 to 4096\n"
            "hosts.txt:3: 'node2' stands there twice\n  give it more ranks with node2 slots=8\n"
            "hosts.txt:4: '-oProxyCommand=x' is not the name of a host\n  node1, or node1 slots=4\n"
            "hosts.txt:5: 'cores=2' is not understood\n"
            "  after the name of a host comes slots=N, a number from 1 to 4096");
  EXPECT_THAT(problems_of("# none\n"), HasSubstr("hosts.txt: names no host"));
  EXPECT_THROW((void)read_hostfile("/nonexistent/hosts.txt"), core::UserError);
}

const HostNeeds kNeeds{.program = "/opt/gridmill",
                       .folder = "/data",
                       .files = {"/data/a.yaml", "/data/it's.csv"},
                       .shared = {"/data/runs"}};

std::string report_text(const std::string& program, const std::string& data, const std::string& more) {
  return "Welcome to node1!\ngridmill-host is node1 1-2 pid:[3]\ngridmill-host cores 8\ngridmill-host mpi\n"
         "gridmill-host folder\ngridmill-host file 0 " +
         program + " -\ngridmill-host file 1 11 -\ngridmill-host file 2 " + data +
         " -\ngridmill-host runs\ngridmill-host version gridmill 1.0\n" + more + "gridmill-host end\n";
}

std::string problem(const std::string& there) {
  const HostReport here = read_report(report_text("aa", "22", "gridmill-host shared\n"));
  return problem_of(read_report(there), here, kNeeds);
}

std::string without(std::string text, const std::string& line) {
  return text.erase(text.find("gridmill-host " + line), ("gridmill-host " + line + "\n").size());
}

TEST(host_probe, what_a_host_lacks_is_named) {
  const std::string good = report_text("aa", "22", "gridmill-host shared\n");
  EXPECT_EQ(read_report(good).n_cores, 8U);
  EXPECT_EQ(problem(good), "");
  EXPECT_EQ(problem(report_text("bb", "22", "")), "has another /opt/gridmill than this machine");
  EXPECT_EQ(problem(report_text("-", "22", "")), "has no /opt/gridmill");
  EXPECT_EQ(problem(report_text("aa", "33", "")), "has another /data/it's.csv than this machine");
  EXPECT_EQ(problem(report_text("aa", "-", "")), "has no /data/it's.csv");
  EXPECT_EQ(problem(report_text("aa", "22", "")),
            "does not see what this machine writes to /data/runs, which all hosts of this job must share");
  EXPECT_EQ(problem(without(good, "mpi")), "has no Open MPI (orted is not found there)");
  EXPECT_EQ(problem(without(good, "folder")), "has no folder /data");
  EXPECT_EQ(problem(without(good, "runs")), "cannot run /opt/gridmill (gridmill 1.0)");
  EXPECT_EQ(problem(without(good, "end")), "has not said within two minutes what files it has");
}

sigset_t no_signals() {
  sigset_t none;
  sigemptyset(&none);
  return none;
}

TEST(host_probe, the_script_says_what_is_there_whatever_the_names) {
  const std::string folder = testing::TempDir() + "it's here";
  const std::string data = folder + "/a \"b\".csv";
  ASSERT_EQ(system(("mkdir -p \"" + folder + "\" && echo 1 >\"" + folder + "/a \\\"b\\\".csv\"").c_str()), 0);
  const HostNeeds needs{
      .program = "/bin/echo", .folder = folder, .files = {data, folder + "/none"}, .shared = {folder}};
  const std::string script = report_script(needs, {data});
  const auto ends = run_at_once({{"sh", "-c", script}},
                                {.first_word = std::chrono::minutes(1), .all = std::chrono::minutes(1)}, no_signals());
  const HostReport report = read_report(ends.at(0).text);
  EXPECT_TRUE(report.has_ended) << ends[0].text;
  EXPECT_TRUE(report.has_folder);
  EXPECT_TRUE(report.runs);
  EXPECT_EQ(report.version, "version");
  EXPECT_EQ(report.digests.at(1), "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865")
      << "of 1 and a line end";
  EXPECT_EQ(report.digests.at(2), "-");
  EXPECT_EQ(report.n_shared, 1U);
  EXPECT_THAT(report.identity, HasSubstr(core::own_host_name()));
}

TEST(host_probe, files_are_read_again_only_when_they_have_changed) {
  const std::string data = testing::TempDir() + "state.csv";
  const HostNeeds needs{.program = "/bin/echo", .folder = "/", .files = {data}};
  const auto ask = [&](const std::string& known) {
    const auto ends =
        run_at_once({{"sh", "-c", report_script(needs, {}, known)}},
                    {.first_word = std::chrono::minutes(1), .all = std::chrono::minutes(1)}, no_signals());
    return read_report(ends.at(0).text);
  };
  std::ofstream(data) << "1\n";
  const HostReport first = ask("");
  ASSERT_TRUE(first.has_ended);
  EXPECT_FALSE(first.is_unchanged);
  const HostReport second = ask(first.state);
  EXPECT_TRUE(second.is_unchanged);
  EXPECT_TRUE(second.digests.empty()) << "they were not read";
  EXPECT_EQ(completed(second, first).digests, first.digests);
  EXPECT_TRUE(completed(second, first).runs);
  std::ofstream(data) << "2\n";  // of the same size
  const HostReport third = ask(first.state);
  EXPECT_FALSE(third.is_unchanged);
  EXPECT_NE(third.digests.at(1), first.digests.at(1));
  std::filesystem::remove(data);
  EXPECT_EQ(ask(first.state).digests.at(1), "-");
}

/// Puts a program that is called ssh before all others, as long as it lives.
class OtherSsh {
 public:
  explicit OtherSsh(const std::string& script) {
    const std::string folder = testing::TempDir() + "bin";
    std::filesystem::create_directories(folder);
    std::ofstream(folder + "/ssh") << "#!/bin/sh\n" << script;
    std::filesystem::permissions(folder + "/ssh", std::filesystem::perms::owner_all);
    setenv("PATH", (folder + ":" + path_).c_str(), 1);
  }
  ~OtherSsh() { setenv("PATH", path_.c_str(), 1); }
  OtherSsh(const OtherSsh&) = delete;
  OtherSsh& operator=(const OtherSsh&) = delete;

 private:
  std::string path_ = std::getenv("PATH");
};

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(host_links, a_connection_is_opened_once_and_closed_with_them) {
  const std::string log = testing::TempDir() + "ssh.log";
  std::filesystem::remove(log);
  // Says who it is, and stays.
  const OtherSsh ssh("echo $$ $* >>" + log + "\nexec sleep 1000\n");
  std::filesystem::path folder;
  pid_t master = 0;
  {
    HostLinks links;
    links.open("node1");
    while (text_of(log).find('\n') == std::string::npos) std::this_thread::yield();
    links.open("node1");
    folder = std::filesystem::path(links.agent().substr(3)).parent_path();
    EXPECT_TRUE(std::filesystem::exists(folder));
    const std::string words = text_of(log);
    EXPECT_EQ(std::count(words.begin(), words.end(), '\n'), 1);
    EXPECT_THAT(words, HasSubstr("ControlPath=" + folder.string() + "/%C node1"));
    EXPECT_THAT(links.ssh(), testing::Contains("ControlPath=" + folder.string() + "/%C"));
    master = std::stoi(words);
    EXPECT_EQ(kill(master, 0), 0);
  }
  EXPECT_NE(kill(master, 0), 0);
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(host_links, what_is_started_through_them_says_nothing_to_stdout) {
  const OtherSsh ssh("echo \"$*\"\n");
  const HostLinks links;
  const auto ends = run_at_once({{"sh", "-c", links.agent() + " node1 'orted a  b' 2>/dev/null"}},
                                {.first_word = std::chrono::minutes(1), .all = std::chrono::minutes(1)}, no_signals());
  EXPECT_EQ(ends[0].text, "");
  const auto loud = run_at_once({{"sh", "-c", links.agent() + " node1 'orted a  b'"}},
                                {.first_word = std::chrono::minutes(1), .all = std::chrono::minutes(1)}, no_signals());
  EXPECT_THAT(loud[0].text, testing::EndsWith("-x node1 orted a  b\n"));
}

TEST(host_probe, this_machine_is_asked_without_ssh) {
  const HostNeeds needs{.program = "/bin/echo", .folder = "/", .shared = {testing::TempDir() + "new/folder"}};
  HostProbe probe(needs);
  const auto answers =
      probe.ask({{core::own_host_name(), 0}, {"localhost", 3}}, {.to_connect = std::chrono::seconds(20)}, no_signals());
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_TRUE(answers[0].is_here);
  EXPECT_TRUE(answers[0].problem.empty()) << answers[0].problem;
  EXPECT_GE(answers[0].host.slots, 1U);
  EXPECT_EQ(answers[1].host.slots, 3U);
}

TEST(commands_at_once, what_says_nothing_or_does_not_end_is_killed) {
  const auto ends =
      run_at_once({{"sh", "-c", "echo a; echo b >&2; exit 3"},
                   {"sleep", "1000"},
                   {"sh", "-c", "echo c; sleep 1000"},
                   {"/nonexistent/program"}},
                  {.first_word = std::chrono::milliseconds(300), .all = std::chrono::milliseconds(600)}, no_signals());
  EXPECT_EQ(ends[0].code, 3);
  EXPECT_EQ(ends[0].text, "a\nb\n");
  EXPECT_EQ(ends[1].code, -1);
  EXPECT_EQ(ends[2].code, -1);
  EXPECT_EQ(ends[2].text, "c\n");
  EXPECT_EQ(ends[3].code, -1);
}

TEST(commands_at_once, what_is_silent_far_longer_than_the_others_is_killed_early) {
  const auto begin = std::chrono::steady_clock::now();
  const auto ends = run_at_once({{"sh", "-c", "echo a; sleep 1; echo b"}, {"sleep", "1000"}},
                                {.first_word = std::chrono::minutes(5),
                                 .all = std::chrono::minutes(5),
                                 .after_others = std::chrono::milliseconds(300)},
                                no_signals());
  EXPECT_EQ(ends[0].text, "a\nb\n") << "what has spoken is waited for";
  EXPECT_EQ(ends[1].code, -1);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::minutes(2));
}

TEST(commands_at_once, a_signal_ends_them_and_stays) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGUSR1);
  sigset_t before;
  sigprocmask(SIG_BLOCK, &stop, &before);
  raise(SIGUSR1);
  const auto ends =
      run_at_once({{"sleep", "1000"}}, {.first_word = std::chrono::minutes(5), .all = std::chrono::minutes(5)}, stop);
  EXPECT_EQ(ends[0].code, -1);
  const timespec none{};
  EXPECT_EQ(sigtimedwait(&stop, nullptr, &none), SIGUSR1);
  sigprocmask(SIG_SETMASK, &before, nullptr);
}

TEST(place_ranks, a_machine_that_is_none_of_the_hosts_only_coordinates) {
  const Placement placement =
      place_ranks({{.host = {"node1", 4}}, {.host = {"node2", 2}, .problem = "does not answer"}});
  EXPECT_THAT(placement.machines, ElementsAre(RanksOn{core::own_host_name(), 1}, RanksOn{"node1", 4}));
  EXPECT_FALSE(placement.computes_here);
}

TEST(place_ranks, rank_0_is_here_wherever_this_machine_stands_in_the_list) {
  const Placement placement = place_ranks({{.host = {"node1", 4}}, {.host = {"10.0.0.9", 2}, .is_here = true}});
  EXPECT_THAT(placement.machines, ElementsAre(RanksOn{core::own_host_name(), 2}, RanksOn{"node1", 4}));
  EXPECT_TRUE(placement.computes_here);
}

TEST(machine_of, follows_the_order_in_which_mpirun_fills_machines) {
  const Placement placement{.machines = {{"head", 1}, {"node1", 2}, {"node2", 1}}};
  std::vector<std::string> machines;
  for (int rank = 0; rank < 4; ++rank) machines.push_back(machine_of(rank, placement));
  EXPECT_THAT(machines, ElementsAre("head", "node1", "node1", "node2"));
}

TEST(mpirun_line, names_hosts_ports_network_and_variables) {
  const RankJob job{
      .program = "/opt/gridmill", .arguments = {"search", "a b"}, .hosts = HostsJob{.network = "10.0.0.0/24"}};
  std::string line;
  for (const std::string& word : mpirun_line(job, {{{"head", 1}, {"node1", 4}}, false}, {"GRIDMILL_X"}))
    line += word + "|";
  EXPECT_THAT(line, HasSubstr("mpirun|--quiet|-n|5|"));
  EXPECT_THAT(line, HasSubstr("|--host|head:1,node1:4|"));
  EXPECT_THAT(line, HasSubstr("|oob_tcp_keepalive_time|4|"));
  EXPECT_THAT(line, HasSubstr("|oob_tcp_dynamic_ipv4_ports|20000-20003|"));
  EXPECT_THAT(line, HasSubstr("|odls_base_sigkill_timeout|0|"));
  EXPECT_THAT(line, HasSubstr("|btl_tcp_port_min_v4|20500|"));
  EXPECT_THAT(line, HasSubstr("|oob_tcp_if_include|10.0.0.0/24|--mca|btl_tcp_if_include|10.0.0.0/24|"));
  EXPECT_THAT(line, testing::EndsWith("|-x|GRIDMILL_X|/opt/gridmill|search|a b|"));
}

TEST(passed_variables, are_those_that_results_depend_on) {
  setenv("OPENBLAS_CORETYPE", "Haswell", 1);
  setenv("UNRELATED", "1", 1);
  EXPECT_THAT(passed_variables(),
              testing::AllOf(testing::Contains("OPENBLAS_CORETYPE"), testing::Not(testing::Contains("UNRELATED"))));
}

}  // namespace
}  // namespace gridmill::launch
