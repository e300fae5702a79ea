#include "cluster/head.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridmill::cluster {
namespace {

TEST(head, reads_what_has_become_of_a_job) {
  using Phase = JobState::Phase;
  EXPECT_EQ(job_state_in("none\n")->phase, Phase::none);
  EXPECT_EQ(job_state_in("running abc\n")->phase, Phase::running);
  EXPECT_EQ(job_state_in("running abc\n")->key, "abc");
  const auto ended = job_state_in("ended 75 unseen abc\n");
  EXPECT_EQ(ended->phase, Phase::ended);
  EXPECT_EQ(ended->code, 75);
  EXPECT_FALSE(ended->is_seen);
  EXPECT_EQ(ended->key, "abc");
  EXPECT_FALSE(job_state_in("ended lost seen abc\n")->code);
  EXPECT_FALSE(job_state_in(""));
  EXPECT_FALSE(job_state_in("Welcome\n"));
}

TEST(head, reads_its_status) {
  const HeadStatus status = head_status_in(
      "version gridmill 0.1.0\nworkers 3\nspent_usd 0.1234\nup_seconds 7200\njob ended 0 runs-a\njob running runs-b\n");
  EXPECT_EQ(status.version, "gridmill 0.1.0");
  EXPECT_EQ(status.n_workers, 3U);
  EXPECT_EQ(status.spent_usd, 0.1234);
  EXPECT_EQ(status.up_s, 7200);
  EXPECT_THAT(status.jobs, testing::ElementsAre("ended 0 runs-a", "running runs-b"));
}

TEST(head, tells_who_has_another_program) {
  EXPECT_THAT(different_programs_in("head aa gridmill 0.1.0\n10.0.0.1 aa gridmill 0.1.0\n"), testing::IsEmpty());
  EXPECT_THAT(different_programs_in("head aa gridmill 0.1.0\n10.0.0.1 bb gridmill 0.1.0\n10.0.0.2 - does not answer\n"),
              testing::ElementsAre(testing::HasSubstr("10.0.0.1 has another gridmill"),
                                   testing::HasSubstr("10.0.0.2 does not answer")));
}

}  // namespace
}  // namespace gridmill::cluster
