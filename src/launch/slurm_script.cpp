#include "launch/slurm_script.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "launch/sbatch_text.hpp"
#include "launch/shell_word.hpp"

namespace gridmill::launch {

namespace {

/// "/runs/100%" stands for itself: Slurm replaces %j.
std::string pattern(const std::filesystem::path& folder) {
  std::string text;
  for (const char letter : folder.string()) text += letter == '%' ? std::string("%%") : std::string(1, letter);
  return text;
}

void check_folder(const std::filesystem::path& folder) {
  const std::string name = folder.string();
  const bool is_plain = std::ranges::none_of(
      name, [](unsigned char letter) { return std::iscntrl(letter) != 0 || letter == '"' || letter == '\\'; });
  if (is_plain) return;
  throw core::UserError(fmt::format("{}: Slurm cannot write into a folder of such a name", name),
                        "choose an output without quotes and backslashes");
}

std::string_view without_head(std::string_view script) {
  const std::size_t last = script.rfind("\n#SBATCH ");
  return script.substr(script.find('\n', last + 1) + 1);
}

}  // namespace

std::string slurm_output(const std::string& job, const std::string& stream) {
  return fmt::format("slurm-{}.{}", job, stream);
}

std::string slurm_script(const SlurmRequest& request) {
  check_folder(request.folder);
  std::string text = "#!/bin/bash\n# Written by gridmill, which submits it (--on).\n";
  const auto ask = [&](const std::string& option) { text += fmt::format("#SBATCH {}\n", option); };
  ask("--job-name=gridmill");
  ask("--nodes=" + request.nodes);
  ask(request.ranks_per_node == 0 ? "--exclusive" : fmt::format("--mincpus={}", request.ranks_per_node));
  ask("--time=" + request.time);
  if (!request.partition.empty()) ask("--partition=" + request.partition);
  if (!request.account.empty()) ask("--account=" + request.account);
  ask("--requeue");
  ask("--open-mode=append");
  ask("--signal=B:USR1@120");
  for (const char* stream : {"out", "err"}) {
    ask(fmt::format("--{}=\"{}/{}\"", std::string_view(stream) == "out" ? "output" : "error", pattern(request.folder),
                    slurm_output("%j", stream)));
  }
  for (const std::string& option : request.options) ask(option);
  text += "set --";
  for (const std::string& word : request.arguments) text += " " + shell_word(word);
  text += fmt::format("\nexport GRIDMILL={}\n", shell_word(request.program.string()));
  for (const std::string& command : request.setup) text += command + "\n";
  return text.append(without_head(kSbatchText));
}

}  // namespace gridmill::launch
