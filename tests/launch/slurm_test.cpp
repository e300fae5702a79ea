#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "launch/sbatch_text.hpp"
#include "launch/slurm_job.hpp"
#include "launch/slurm_script.hpp"

namespace gridmill::launch {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

SlurmRequest request() {
  return {.nodes = "1-8",
          .ranks_per_node = 4,
          .time = "4:00:00",
          .options = {"--qos=low"},
          .setup = {"module load openmpi"},
          .program = "/opt/gridmill",
          .arguments = {"search", "it's mine.yaml"},
          .folder = "/runs/all of 100%"};
}

TEST(slurm_script, asks_for_what_is_wanted_and_does_what_the_script_does) {
  const std::string script = slurm_script(request());
  EXPECT_THAT(script, AllOf(testing::StartsWith("#!/bin/bash\n"), HasSubstr("\n#SBATCH --nodes=1-8\n"),
                            HasSubstr("\n#SBATCH --mincpus=4\n"), HasSubstr("\n#SBATCH --time=4:00:00\n"),
                            HasSubstr("\n#SBATCH --requeue\n"), HasSubstr("\n#SBATCH --signal=B:USR1@120\n"),
                            HasSubstr("\n#SBATCH --output=\"/runs/all of 100%%/slurm-%j.out\"\n"),
                            HasSubstr("\n#SBATCH --qos=low\n"), Not(HasSubstr("--partition"))));
  EXPECT_THAT(script, HasSubstr("\nset -- 'search' 'it'\\''s mine.yaml'\nexport GRIDMILL='/opt/gridmill'\n"
                                "module load openmpi\n"));
  const std::string whole = kSbatchText;
  EXPECT_THAT(script, EndsWith(whole.substr(whole.find("\nmost_restarts=") + 1)));
  EXPECT_EQ(script.find("#SBATCH", script.find("\nset -- ")), std::string::npos);
}

TEST(slurm_script, takes_whole_nodes_and_names_partition_and_account) {
  SlurmRequest wanted = request();
  wanted.ranks_per_node = 0;
  wanted.partition = "compute";
  wanted.account = "mine";
  EXPECT_THAT(slurm_script(wanted),
              AllOf(HasSubstr("\n#SBATCH --exclusive\n"), Not(HasSubstr("#SBATCH --mincpus")),
                    HasSubstr("\n#SBATCH --partition=compute\n"), HasSubstr("\n#SBATCH --account=mine\n")));
}

TEST(slurm_script, refuses_a_folder_that_sbatch_cannot_read) {
  SlurmRequest wanted = request();
  wanted.folder = "/runs/\"mine\"";
  EXPECT_THROW((void)slurm_script(wanted), core::UserError);
}

TEST(slurm_state, is_read_from_what_scontrol_says) {
  const auto works = slurm_state_in(
      "JobId=12 JobName=gridmill UserId=me(1) JobState=RUNNING Reason=None Restarts=1 ExitCode=0:0 "
      "ReqNodeList=(null) ExcNodeList=(null) NodeList=node[1-3] BatchHost=node1");
  ASSERT_TRUE(works.has_value());
  EXPECT_EQ(works->nodes, "node[1-3]");
  EXPECT_EQ(works->reason, "");
  EXPECT_FALSE(works->has_ended());
  const auto waits = slurm_state_in("JobId=12 JobState=PENDING Reason=BeginTime ExitCode=0:0 NodeList=");
  EXPECT_EQ(waits->reason, "BeginTime");
  EXPECT_FALSE(waits->has_ended());
  const auto failed = slurm_state_in("JobId=12 JobState=FAILED Reason=NonZeroExitCode ExitCode=3:0 NodeList=node1");
  EXPECT_TRUE(failed->has_ended());
  EXPECT_EQ(failed->code, 3);
  EXPECT_EQ(slurm_state_in("JobId=12 JobState=CANCELLED ExitCode=0:15")->signal, 15);
  EXPECT_FALSE(slurm_state_in("slurm_load_jobs error: Unable to contact slurm controller").has_value());
}

}  // namespace
}  // namespace gridmill::launch
