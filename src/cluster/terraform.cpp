#include "cluster/terraform.hpp"

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <regex>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cluster/trouble.hpp"
#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "launch/listened_command.hpp"

namespace gridmill::cluster {

namespace {

constexpr int kNoTerraform = 127;
constexpr const char* kPlan = "plan.tfplan";

/// Passes on whole lines.
class Lines {
 public:
  explicit Lines(std::function<void(const std::string&)> take) : take_(std::move(take)) {}

  void add(std::string_view bytes) {
    rest_ += bytes;
    for (std::size_t end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
      take_(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
  }

 private:
  std::function<void(const std::string&)> take_;
  std::string rest_;
};

}  // namespace

std::string planned_in(std::string_view terraform_text) {
  static const std::regex kPlanned("Plan: ([^\n]*)\\.");
  std::match_results<std::string_view::const_iterator> found;
  return std::regex_search(terraform_text.begin(), terraform_text.end(), found, kPlanned) ? found[1].str() : "";
}

bool is_replaced_in(std::string_view terraform_text, std::string_view resource) {
  return terraform_text.find(fmt::format("# {} must be replaced", resource)) != std::string_view::npos;
}

std::string step_in(std::string_view line) {
  static const std::regex kStep(R"(^([^:]+): (Creation|Modifications|Destruction) complete after ([0-9hms]+).*)");
  std::match_results<std::string_view::const_iterator> found;
  if (!std::regex_match(line.begin(), line.end(), found, kStep)) return {};
  const std::string what = found[2];
  return fmt::format("{} {} ({})",
                     what == "Creation"      ? "made"
                     : what == "Destruction" ? "removed"
                                             : "changed",
                     found[1].str(), found[3].str());
}

std::string Terraform::run(std::vector<std::string> words, bool tells_steps) {
  words.insert(words.begin(), "terraform");
  std::ofstream log(folder_.log(), std::ios::app);
  log << fmt::format("$ {}\n", fmt::join(words, " "));
  std::string out;
  std::string all;
  Lines steps([&](const std::string& line) {
    if (const std::string step = step_in(line); tells_steps && !step.empty()) say_(step);
  });
  const launch::ListenedCommand command{.words = words,
                                        .folder = folder_.path(),
                                        .environment = {{"TF_IN_AUTOMATION", "1"},
                                                        {"TF_INPUT", "0"},
                                                        {"TF_LOG", ""},
                                                        {"TF_WORKSPACE", ""},
                                                        {"CHECKPOINT_DISABLE", "1"}}};
  const int code = launch::run_listened(
      command,
      [&](launch::Stream stream, std::string_view bytes) {
        log << bytes << std::flush;
        all += bytes;
        if (stream == launch::Stream::out) out += bytes;
        steps.add(bytes);
      },
      stop_);
  if (code == 0) return out;
  if (code == kNoTerraform) {
    throw core::UserError("terraform cannot be started: it makes the machines, and is not in PATH",
                          "install Terraform 1.10 or later: https://developer.hashicorp.com/terraform/install");
  }
  const std::string see = fmt::format("all that terraform said: {}", folder_.log().string());
  if (stop_) throw core::RunError(fmt::format("terraform {} was stopped", words[1]), see);
  const auto trouble = trouble_in(all);
  if (!trouble) throw core::RunError(fmt::format("terraform {} ended with exit code {}", words[1], code), see);
  throw core::RunError(trouble->what, trouble->hint.empty() ? see : fmt::format("{}\n  {}", trouble->hint, see));
}

void Terraform::prepare() {
  run({"init", "-no-color", "-input=false"});
  run({"workspace", "select", "-no-color", "-or-create", cluster_});
}

std::string Terraform::plan(bool removal) {
  std::vector<std::string> words{"plan", "-no-color", "-input=false", std::string("-out=") + kPlan};
  if (removal) {
    words.emplace_back("-destroy");
  } else if (const auto made = resources(); std::ranges::find(made, "aws_autoscaling_schedule.ttl") != made.end()) {
    words.emplace_back("-replace=aws_autoscaling_schedule.ttl");  // its term begins anew
  }
  const std::string text = run(std::move(words));
  if (!removal && is_replaced_in(text, "aws_instance.head")) {
    throw core::RunError(
        "terraform would make the head anew: all that lies on its disk would be lost",
        fmt::format("undo what was changed in the file of the cluster ('forces replacement' in {} tells "
                    "what), or bring home what is there, then 'gridmill cluster down' and 'up'",
                    folder_.log().string()));
  }
  return planned_in(text);
}

void Terraform::apply_plan() { run({"apply", "-no-color", "-input=false", kPlan}, true); }

void Terraform::refresh() { run({"apply", "-refresh-only", "-auto-approve", "-no-color", "-input=false"}); }

void Terraform::write_outputs() { io::write_file(folder_.outputs(), run({"output", "-no-color", "-json"})); }

std::vector<std::string> Terraform::resources() {
  std::istringstream lines(run({"state", "list", "-no-color"}));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && !line.starts_with("data.")) names.push_back(line);
  }
  return names;
}

}  // namespace gridmill::cluster
