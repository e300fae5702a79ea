#include "core/temporary_folder.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::core {
namespace {

namespace fs = std::filesystem;

/// Folders are made in one of the test's own.
class TemporaryFolderTest : public testing::Test {
 protected:
  TemporaryFolderTest() {
    std::string name = (TemporaryFolder::usual_place() / "folders-XXXXXX").string();
    place_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolderTest() override { fs::remove_all(place_); }
  TemporaryFolderTest(const TemporaryFolderTest&) = delete;
  TemporaryFolderTest& operator=(const TemporaryFolderTest&) = delete;

  /// Makes a folder with a file in another process, which tells its path. That process ends without a word, as after a
  /// kill, when `end` is closed.
  std::string made_elsewhere(int& end) const {
    std::array<int, 2> told{};
    std::array<int, 2> asked{};
    EXPECT_EQ(::pipe(told.data()) + ::pipe(asked.data()), 0);
    process_ = ::fork();
    if (process_ == 0) {
      ::close(asked[1]);
      const TemporaryFolder folder(place_);
      std::ofstream(folder.at("large")) << "rows";
      const std::string path = folder.path().string() + '\n';
      if (::write(told[1], path.data(), path.size()) < 0) ::_exit(1);
      char nothing = 0;
      if (::read(asked[0], &nothing, 1) != 0) ::_exit(1);
      ::_exit(0);
    }
    ::close(asked[0]);
    ::close(told[1]);
    end = asked[1];
    std::string path;
    for (char letter = 0; ::read(told[0], &letter, 1) == 1 && letter != '\n';) path += letter;
    ::close(told[0]);
    return path;
  }

  void kill_it(int end) const {
    ::close(end);
    ::waitpid(process_, nullptr, 0);
  }

  fs::path place_;
  mutable pid_t process_ = 0;
};

TEST_F(TemporaryFolderTest, is_seen_by_its_user_alone_and_goes_with_all_that_is_in_it) {
  fs::path path;
  {
    const TemporaryFolder folder(place_);
    path = folder.path();
    std::ofstream(folder.at("a")) << "b";
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    EXPECT_EQ(path.parent_path(), place_);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(TemporaryFolderTest, of_a_process_that_was_killed_goes_when_the_next_one_is_made) {
  int end = -1;
  const std::string path = made_elsewhere(end);
  {
    const TemporaryFolder next(place_);
    EXPECT_TRUE(fs::exists(fs::path(path) / "large")) << "its process lives";
  }
  kill_it(end);
  ASSERT_TRUE(fs::exists(path));
  const TemporaryFolder next(place_);
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(TemporaryFolderTest, leaves_alone_what_is_not_known_to_be_of_this_host) {
  fs::create_directory(place_ / "gridmill-abcdef");
  fs::create_directory(place_ / "gridmill-fedcba");
  std::ofstream(place_ / "gridmill-fedcba/.host") << "another-host\n";
  fs::create_directory(place_ / "elsewhere");
  std::ofstream(place_ / "elsewhere/kept") << "rows";
  fs::create_directory_symlink(place_ / "elsewhere", place_ / "gridmill-linked");
  const TemporaryFolder folder(place_);
  for (const char* name : {"gridmill-abcdef", "gridmill-fedcba/.host", "gridmill-linked", "elsewhere/kept"}) {
    EXPECT_TRUE(fs::exists(place_ / name)) << name;
  }
}

TEST_F(TemporaryFolderTest, that_cannot_be_made_is_an_error_that_names_the_place) {
  try {
    const TemporaryFolder folder(place_ / "nowhere");
    FAIL();
  } catch (const RunError& error) {
    EXPECT_NE(std::string(error.what()).find((place_ / "nowhere").string()), std::string::npos);
  }
}

}  // namespace
}  // namespace gridmill::core
