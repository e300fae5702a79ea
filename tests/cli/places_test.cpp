// --on: where a job works, as far as no cluster is needed. (tests/cluster/slurm.py submits jobs to one.)
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Places : public FilesTest {
 protected:
  [[nodiscard]] Outcome on(const std::string& place, const std::vector<std::string>& more = {}) const {
    const std::string config =
        write("c.yaml", "output: " + at("run") + "\ndata: {source: points.csv, target: label}\nmodel: svc\n");
    std::vector<std::string> words{"search", config, "--on", write("place.yaml", place)};
    words.insert(words.end(), more.begin(), more.end());
    return run_program(GRIDMILL_PROGRAM, words);
  }
};

TEST_F(Places, shows_the_script_of_a_job_without_submitting_it) {
  const Outcome outcome =
      on("slurm: {nodes: 1-8, time: 2-00, setup: [module load x]}\n", {"--dry-run", "--shard", "1/2"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr("#SBATCH --nodes=1-8\n"), HasSubstr("/run-shard-1-of-2/slurm-%j.out\"\n"),
                    HasSubstr("'--shard' '1/2'\n"), HasSubstr("\nmodule load x\n"), HasSubstr("srun --mpi=pmix"),
                    Not(HasSubstr("'--on'")), Not(HasSubstr("'--dry-run'"))));
  EXPECT_FALSE(std::filesystem::exists(at("run-shard-1-of-2")));
}

TEST_F(Places, hosts_are_not_asked_what_a_job_would_do) {
  (void)write("points.csv", "a,label\n1,x\n2,x\n3,x\n4,x\n5,x\n6,y\n7,y\n8,y\n9,y\n10,y\n");
  const Outcome outcome = on("hosts: {hosts: [no-such-host]}\n", {"--dry-run"});
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("candidates"), Not(HasSubstr("no-such-host"))));
}

TEST_F(Places, are_refused_where_they_cannot_be_worked_on) {
  const Outcome wrong = on("slurm: {nodes: many}\n");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.errors,
              HasSubstr("place.yaml:1:16: slurm.nodes: must be a number of nodes or a range, not 'many'"));
  const Outcome hosts = on("hosts: {hosts: [node1]}\n", {"--ranks", "2"});
  EXPECT_EQ(hosts.code, 2);
  EXPECT_THAT(hosts.errors, HasSubstr("write slots into the file of --on"));
  const Outcome both = on("hosts: {hosts: [node1]}\n", {"--hosts", at("place.yaml")});
  EXPECT_EQ(both.code, 2);
  EXPECT_THAT(both.errors, HasSubstr("both say where to work"));
  const Outcome ranks = on("slurm: {nodes: 2}\n", {"--ranks", "2"});
  EXPECT_EQ(ranks.code, 2);
  EXPECT_THAT(ranks.errors, HasSubstr("ranks_per_node"));
  EXPECT_FALSE(std::filesystem::exists(at("run")));
}

}  // namespace
}  // namespace gridmill::cli
