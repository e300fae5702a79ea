#include "cli/exit.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gridmill::cli {
namespace {

using core::ExitCode;

struct Ended {
  ExitCode code;
  std::string errors;
  friend bool operator==(const Ended&, const Ended&) = default;
};

template <class Error>
Ended end_with(const Error& error, std::size_t rank = 0) {
  std::ostringstream errors;
  const ExitCode code = guarded([&]() -> ExitCode { throw error; }, rank, errors);
  return {code, errors.str()};
}

TEST(guarded, the_users_input_ends_with_2_and_each_problem) {
  const core::UserError error(
      {core::Problem{{"a", 1, 2}, "first", ""}, core::Problem{{"a", 3, 4}, "second", "known: C"}});
  EXPECT_EQ(end_with(error),
            (Ended{ExitCode::bad_input, "error: a:1:2: first\nerror: a:3:4: second\n  known: C\n2 problems\n"}));
}

TEST(guarded, only_rank_0_says_what_all_ranks_find) {
  EXPECT_EQ(end_with(core::UserError("no"), 1), (Ended{ExitCode::bad_input, ""}));
}

TEST(guarded, a_failing_machine_ends_with_1) {
  EXPECT_EQ(end_with(core::RunError("disk full")), (Ended{ExitCode::incomplete, "error: disk full\n"}));
  EXPECT_EQ(end_with(std::bad_alloc()).code, ExitCode::incomplete);
}

TEST(guarded, only_rank_0_says_how_the_machine_failed_the_job) {
  EXPECT_EQ(end_with(core::RunError("rank 2: disk full"), 1), (Ended{ExitCode::incomplete, ""}));
  EXPECT_EQ(end_with(core::RunError("rank 2: disk full")), (Ended{ExitCode::incomplete, "error: rank 2: disk full\n"}));
}

TEST(guarded, each_rank_speaks_of_what_it_alone_may_know) {
  EXPECT_EQ(end_with(std::logic_error("x"), 3),
            (Ended{ExitCode::internal_error, "error on rank 3: this is a bug of gridmill, please report it: x\n"}));
  EXPECT_THAT(end_with(std::bad_alloc(), 3).errors, testing::StartsWith("error on rank 3: no memory left\n"));
}

TEST(guarded, our_bugs_end_with_3) {
  EXPECT_EQ(end_with(std::logic_error("x")),
            (Ended{ExitCode::internal_error, "error: this is a bug of gridmill, please report it: x\n"}));
}

}  // namespace
}  // namespace gridmill::cli
