#include "jobs/run/folder_lock.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "jobs/run/observer.hpp"

namespace gridmill::jobs {
namespace {

class FolderLockTest : public testing::Test {
 protected:
  void SetUp() override { lock.emplace(file, observer); }
  void TearDown() override { std::filesystem::remove(file); }

  std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "folder_lock_test";
  SilentObserver observer;
  std::optional<FolderLock> lock;
};

TEST_F(FolderLockTest, removes_its_file) {
  EXPECT_TRUE(std::filesystem::exists(file));
  lock.reset();
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(FolderLockTest, leaves_the_lock_of_a_machine_that_has_taken_over) {
  std::ofstream(file) << "ffffffff 4711 0\n";
  lock.reset();
  EXPECT_TRUE(std::filesystem::exists(file));
}

TEST_F(FolderLockTest, leaves_another_file_of_that_name) {
  std::filesystem::copy_file(file, file.string() + ".other");
  std::filesystem::rename(file.string() + ".other", file);
  lock.reset();
  EXPECT_TRUE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace gridmill::jobs
