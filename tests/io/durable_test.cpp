#include <string>
#include <vector>

#include <sched.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.hpp"
#include "file_size_limit.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/checksum.hpp"
#include "io/hdf5/array_file.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

using AtomicFileTest = ScratchFolder;
using ArrayFileTest = ScratchFolder;

TEST_F(AtomicFileTest, appears_whole_at_commit_only) {
  {
    AtomicFile file(at("a.txt"));
    file.write("one ");
    file.write("two");
    EXPECT_FALSE(std::filesystem::exists(at("a.txt")));
    file.commit();
  }
  EXPECT_EQ(contents(at("a.txt")), "one two");
  EXPECT_EQ(n_files(), 1U);
}

TEST_F(AtomicFileTest, leaves_the_old_file_when_abandoned) {
  put("a.txt", "old");
  { AtomicFile(at("a.txt")).write("new"); }
  EXPECT_EQ(contents(at("a.txt")), "old");
  EXPECT_EQ(n_files(), 1U);
}

TEST_F(AtomicFileTest, names_the_file_when_the_disk_is_full) {
  const FileSizeLimit limit(1000);
  EXPECT_EQ(message<core::RunError>([&] { write_file(at("big.txt"), std::string(5000, 'x')); }),
            "cannot write big.txt: File too large");
  EXPECT_EQ(n_files(), 0U);
}

TEST_F(AtomicFileTest, names_the_file_in_a_folder_that_is_not_there) {
  EXPECT_EQ(message<core::RunError>([&] { write_file(at("no/a.txt"), "x"); }),
            "cannot write no/a.txt: No such file or directory");
}

/// Ends a process and returns its number, which no other one has for now.
pid_t ended_process() {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

TEST_F(AtomicFileTest, removes_what_ended_processes_of_this_host_left_of_it) {
  const std::string mine = unfinished_name(at("a.txt")).filename().string();
  const auto of_process = [&](const std::string& name, pid_t process) {
    std::string left = name;
    const std::string number = std::to_string(::getpid());
    return left.replace(left.rfind("." + number + "-") + 1, number.size(), std::to_string(process));
  };
  put(mine, "of a process that had our number");
  put(of_process(mine, ended_process()), "left");
  const std::vector<std::string> kept{of_process(mine, ::getppid()),  // lives
                                      unfinished_name(at("a.txt.gz")).filename().string(),
                                      ".a.txt.0.1-2.partial",  // of another host, as good as certainly
                                      ".a.txt.partial", "a.txt"};
  for (const std::string& each : kept) put(each, "kept");
  remove_abandoned(at("a.txt"));
  EXPECT_EQ(n_files(), kept.size());
  for (const std::string& each : kept) EXPECT_EQ(contents(at(each)), "kept") << each;
  remove_abandoned_in(at(""));  // that of a.txt.gz has our number
  EXPECT_EQ(n_files(), kept.size() - 1);
  remove_all_unfinished(at(""));
  EXPECT_EQ(n_files(), 1U);
  remove_abandoned(at("no/a.txt"));
}

/// Runs what is to be done in a PID namespace of its own, as a container has it. Returns false if there can be none.
template <class Work>
bool run_in_another_namespace(Work work) {
  constexpr int kCannot = 77;
  const pid_t outer = ::fork();
  if (outer == 0) {
    if (::unshare(CLONE_NEWPID) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWPID) != 0) ::_exit(kCannot);
    const pid_t inner = ::fork();
    if (inner == 0) {
      work();
      ::_exit(0);
    }
    ::_exit(::waitpid(inner, nullptr, 0) == inner ? 0 : kCannot);
  }
  int status = 0;
  ::waitpid(outer, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(AtomicFileTest, keeps_what_a_process_in_another_container_may_be_making) {
  const PendingFile being_made(at("a.txt"));
  const std::string name = being_made.temporary().filename().string();
  put(name, "so far");
  const bool ran = run_in_another_namespace([&] {
    remove_abandoned(at("a.txt"));
    put("ran", "");
  });
  if (!ran) GTEST_SKIP() << "no PID namespace can be made here";
  EXPECT_EQ(contents(at("ran")), "");
  EXPECT_EQ(contents(at(name)), "so far");
}

ArrayFile example() {
  ArrayFile file;
  file.arrays.emplace_back("zeta/mean", list_array(std::vector<double>{1.5, -2}));
  file.arrays.emplace_back("alpha/deep/grid", Array{{2, 3}, std::vector<std::int32_t>{1, 2, 3, 4, 5, 6}, {}});
  file.arrays.emplace_back("names", Array{{2}, std::vector<std::string>{"grün", ""}, {{"unit", std::string("m")}}});
  file.arrays.emplace_back("flags", list_array(std::vector<std::uint8_t>{0, 1, 1}));
  file.arrays.emplace_back("count", Array{{}, std::vector<std::int64_t>{1LL << 60}, {{"weight", 0.25}}});
  file.arrays.emplace_back("none", list_array(std::vector<double>{}));
  file.groups["alpha"] = {{"best", std::int64_t{3}}};
  return file;
}

TEST_F(ArrayFileTest, reads_back_what_it_wrote_in_order) {
  write_array_file(at("results.h5"), example());
  const ArrayFile back = read_array_file(at("results.h5"));
  EXPECT_EQ(back.arrays, example().arrays);
  EXPECT_EQ(back.groups, example().groups);
}

TEST_F(ArrayFileTest, writes_the_same_bytes_for_the_same_contents) {
  write_array_file(at("a.h5"), example());
  write_array_file(at("b.h5"), example());
  EXPECT_EQ(checksum(contents(at("a.h5"))), file_checksum(at("b.h5")));
}

TEST_F(ArrayFileTest, names_the_file_when_the_disk_is_full_or_it_is_cut_short) {
  write_array_file(at("results.h5"), example());
  const std::string whole = contents(at("results.h5"));
  put("cut.h5", whole.substr(0, whole.size() / 2));
  EXPECT_EQ(message<core::UserError>([&] { read_array_file(at("cut.h5")); }).substr(0, 45),
            "cut.h5: is not a whole HDF5 file of arrays: t");
  const FileSizeLimit limit(1000);
  EXPECT_EQ(message<core::RunError>([&] { write_array_file(at("r.h5"), example()); }),
            "cannot write r.h5: File too large");
}

}  // namespace
}  // namespace gridmill::io
