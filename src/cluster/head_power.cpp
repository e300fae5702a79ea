#include "cluster/head_power.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cluster/trouble.hpp"
#include "core/error.hpp"
#include "launch/listened_command.hpp"

namespace gridmill::cluster {

namespace {

/// One call of aws.
void call_aws(std::vector<std::string> words, const Outputs& head, const std::string& region,
              const std::atomic<bool>& stop) {
  words.insert(words.begin(), {"aws", "ec2"});
  words.insert(words.end(), {"--region", region, "--instance-ids", head.head_id, "--output", "text"});
  std::string said;
  const int code = launch::run_listened(
      {.words = words, .environment = {{"AWS_PAGER", ""}}},
      [&](launch::Stream, std::string_view bytes) { said += bytes; }, stop);
  if (code == 0) return;
  constexpr int kNoProgram = 127;
  if (code == kNoProgram) {
    throw core::UserError(
        "the head is stopped, and aws, which starts it, is not in PATH",
        fmt::format("apt-get install awscli; or start {} in the console of EC2, then the same command", head.head_id));
  }
  if (stop) throw core::RunError("stopped while the head was started", "the same command goes on");
  while (said.ends_with('\n')) said.pop_back();
  const auto trouble = known_trouble_in(said);
  const std::string line = fmt::format("{}", fmt::join(words, " "));
  throw core::RunError(fmt::format("the head cannot be started: {}", trouble ? trouble->what : said),
                       trouble ? fmt::format("{}\n  {}", trouble->hint, line) : line);
}

}  // namespace

void start_head(const Outputs& head, const std::string& region, const std::atomic<bool>& stop) {
  if (head.head_state == "stopping") call_aws({"wait", "instance-stopped"}, head, region, stop);
  call_aws({"start-instances"}, head, region, stop);
  call_aws({"wait", "instance-running"}, head, region, stop);
}

}  // namespace gridmill::cluster
