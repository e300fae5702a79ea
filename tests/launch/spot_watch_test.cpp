#include "launch/spot_watch.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "launch/instance_metadata.hpp"

namespace gridmill::launch {
namespace {

using mpi::HostNotice;

constexpr std::chrono::seconds kPatience{20};

template <class Condition>
bool comes_true(const Condition& is_so) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

/// A machine of EC2, as far as its metadata service goes (tests/cluster/metadata.py).
class Metadata : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    serve("0");
    ASSERT_TRUE(comes_true([&] { return std::filesystem::exists(folder_ / "address"); }));
    std::ifstream(folder_ / "address") >> address_;
  }
  void TearDown() override { ::kill(service_, SIGKILL); }

  /// Starts the service at that port; 0: one that is free.
  void serve(const std::string& port) {
    service_ = ::fork();
    if (service_ == 0) {
      ::execlp("python3", "python3", "-B", GRIDMILL_SOURCE_DIR "/tests/cluster/metadata.py", port.c_str(),
               folder_.c_str(), nullptr);
      ::_exit(127);
    }
  }
  void say(const char* what) const { std::ofstream(folder_ / what) << "\n"; }

  std::filesystem::path folder_ = testing::TempDir() + "metadata-service";
  std::string address_;
  pid_t service_ = 0;
};

TEST_F(Metadata, says_what_is_to_become_of_the_machine) {
  InstanceMetadata metadata(address_);
  EXPECT_EQ(metadata.ask(), HostNotice::none);
  say("rebalance");
  EXPECT_EQ(metadata.ask(), HostNotice::at_risk);
  say("forget");
  EXPECT_EQ(metadata.ask(), HostNotice::at_risk) << "a token that holds no more is replaced";
  say("notice");
  EXPECT_EQ(metadata.ask(), HostNotice::leaving);
}

TEST_F(Metadata, is_asked_past_any_proxy) {
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  EXPECT_EQ(InstanceMetadata(address_).ask(), HostNotice::none);
  unsetenv("http_proxy");
}

TEST_F(Metadata, is_watched_and_what_it_has_said_stays) {
  const SpotWatch watch(address_, std::chrono::milliseconds(10));
  say("rebalance");
  EXPECT_TRUE(comes_true([&] { return watch.notice() == HostNotice::at_risk; }));
  std::filesystem::remove(folder_ / "rebalance");
  say("notice");
  EXPECT_TRUE(comes_true([&] { return watch.notice() == HostNotice::leaving; }));
}

TEST_F(Metadata, is_watched_though_it_does_not_answer_at_first) {
  ::kill(service_, SIGKILL);
  ::waitpid(service_, nullptr, 0);
  const SpotWatch watch(address_, std::chrono::milliseconds(10), std::numeric_limits<int>::max());
  EXPECT_EQ(InstanceMetadata(address_).ask(), std::nullopt);
  serve(address_.substr(address_.rfind(':') + 1));
  say("notice");
  EXPECT_TRUE(comes_true([&] { return watch.notice() == HostNotice::leaving; }));
}

TEST(instance_metadata, nothing_is_said_where_no_such_service_answers) {
  EXPECT_EQ(InstanceMetadata("http://127.0.0.1:1").ask(), std::nullopt);
  EXPECT_EQ(InstanceMetadata("file:///etc/passwd").ask(), std::nullopt);
  const auto begin = std::chrono::steady_clock::now();
  { const SpotWatch watch("http://127.0.0.1:1"); }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, SpotWatch::kBetweenQuestions);
}

TEST(instance_metadata, no_laptop_is_asked) {
  unsetenv(kMetadataVariable);
  unsetenv("SLURM_JOB_ID");
  EXPECT_EQ(metadata_address(), std::nullopt);
  setenv("SLURM_JOB_ID", "1", 1);
  EXPECT_EQ(metadata_address(), staging::kInstanceServiceAddress);
  setenv(kMetadataVariable, "", 1);
  EXPECT_EQ(metadata_address(), std::nullopt);
  setenv(kMetadataVariable, "http://127.0.0.1:1338", 1);
  EXPECT_EQ(metadata_address(), "http://127.0.0.1:1338");
}

}  // namespace
}  // namespace gridmill::launch
