#include "cli/cluster_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <thread>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/aws_offers.hpp"
#include "cluster/head.hpp"
#include "cluster/head_power.hpp"
#include "cluster/terraform.hpp"
#include "cluster/trouble.hpp"
#include "cluster/variables.hpp"
#include "cluster/work_folder.hpp"
#include "config/place.hpp"
#include "io/files/atomic_file.hpp"
#include "jobs/run/json_lines.hpp"
#include "launch/start_ranks.hpp"

namespace gridmill::cli {

namespace fs = std::filesystem;

namespace {

using core::ExitCode;
using Clock = std::chrono::steady_clock;

config::AwsPlace aws_place_of(const fs::path& file) {
  const config::Place place = config::read_place(file);
  if (const auto* aws = std::get_if<config::AwsPlace>(&place)) return *aws;
  throw core::UserError(core::Problem{{.file = file.string()},
                                      "names no machines of AWS, which alone are made on request",
                                      "a section 'aws' does, as in clusters/aws.yaml"});
}

/// Asks on the terminal.
bool is_agreed(const std::string& question, bool yes) {
  if (yes) return true;
  if (::isatty(STDIN_FILENO) == 0) {
    throw core::UserError("gridmill cluster: asks before it makes or removes anything, and nobody is there to answer",
                          "--yes answers it");
  }
  std::cerr << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

/// Seconds that the head is given to install itself.
std::chrono::seconds patience() {
  constexpr std::chrono::seconds kUsual{900};
  const char* given = std::getenv("GRIDMILL_PATIENCE");  // NOLINT(concurrency-mt-unsafe): nobody changes it
  const int number = given == nullptr ? 0 : std::atoi(given);
  return number > 0 ? std::chrono::seconds(number) : kUsual;
}

/// One cluster, and who speaks of it.
class Cluster {
 public:
  Cluster(const ClusterCommand& command, Voice voice, jobs::Observer& observer, launch::StopSignal& stop)
      : command_(command),
        voice_(voice),
        observer_(observer),
        stop_(stop),
        place_(with_known_prices(aws_place_of(command.file))),
        folder_(place_.name),
        terraform_(
            folder_, place_.name, [&observer](std::string_view step) { observer.note(step); }, stop.wanted()),
        head_(folder_, place_.name, stop.wanted()) {}

  ExitCode act() {
    switch (command_.action) {
      case ClusterAction::up: return up();
      case ClusterAction::status: return status();
      case ClusterAction::ssh: return ssh();
      case ClusterAction::logs: return logs();
      case ClusterAction::stop: return send_home();
      case ClusterAction::down: return down();
    }
    return ExitCode::internal_error;
  }

 private:
  ExitCode up() {
    fill_folder();
    observer_.note(
        fmt::format("cluster '{}' in {}; terraform works in {}", place_.name, place_.region, folder_.path().string()));
    terraform_.prepare();
    const std::string planned = terraform_.plan(false);
    tell_price();
    if (!planned.empty()) {
      observer_.note("terraform: " + planned);
      if (!is_agreed("Make it?", command_.yes)) return refused();
      stop_.expect_orderly_end();
      terraform_.apply_plan();
    } else {
      stop_.expect_orderly_end();
      terraform_.refresh();
    }
    terraform_.write_outputs();
    wake_head();
    const cluster::Outputs outputs = outputs_there();
    io::write_file(folder_.ssh_config(), cluster::ssh_config(place_, outputs, folder_.path()));
    await_head(outputs);
    bring_workers();
    observer_.note(fmt::format("ssh -F {} {}", folder_.ssh_config().string(), place_.name));
    observer_.note(fmt::format("gridmill search CONFIG --on {}", command_.file.string()));
    observer_.note(fmt::format("gridmill cluster down {} ends it; workers go after {} without work, all after {} hours",
                               command_.file.string(), place_.idle.text(), place_.ttl_hours));
    return ExitCode::done;
  }

  ExitCode status() {
    (void)outputs_there();
    const cluster::HeadStatus status = cluster::head_status_in(head_.must({"status"}));
    if (voice_ == Voice::json) {
      core::ValueMapping line{{"cluster", place_.name},
                              {"version", status.version},
                              {"workers", static_cast<std::int64_t>(status.n_workers)},
                              {"up_s", status.up_s}};
      if (status.spent_usd) line.emplace_back("spent_usd", *status.spent_usd);
      line.emplace_back("jobs", core::ValueList(status.jobs.begin(), status.jobs.end()));
      jobs::write_json_line(std::cout, line);
      return ExitCode::done;
    }
    constexpr double kHour_s = 3600;
    std::cout << fmt::format("cluster '{}': the head has been up for {:.1f} hours, {} of at most {} workers run, {}\n",
                             place_.name, status.up_s / kHour_s, status.n_workers, place_.workers.max, status.version);
    if (status.spent_usd && !place_.prices.empty()) {
      std::cout << fmt::format("spent: {:.2f} USD, by the prices on demand\n", *status.spent_usd);
    }
    for (const std::string& job : status.jobs) std::cout << "job " << job << "\n";
    return ExitCode::done;
  }

  /// Becomes ssh.
  ExitCode ssh() {
    (void)outputs_there();
    std::vector<std::string> words{"ssh", "-F", folder_.ssh_config().string(), place_.name};
    words.insert(words.end(), command_.words.begin(), command_.words.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    ::execvp(pointers.front(), pointers.data());
    throw core::RunError(fmt::format("ssh cannot be started: {}", std::generic_category().message(errno)));
  }

  ExitCode logs() {
    (void)outputs_there();
    observer_.note(fmt::format("what terraform said: {}", folder_.log().string()));
    stop_.expect_orderly_end();
    const int code = launch::run_listened(
        {.words = cluster::ssh_words(folder_, place_.name + "-admin",
                                     "sudo tail -n 200 /var/log/cloud-init-output.log; "
                                     "sudo journalctl --no-pager -n 200 -u gridmill-guard")},
        [](launch::Stream stream, std::string_view bytes) {
          (stream == launch::Stream::out ? std::cout : std::cerr) << bytes << std::flush;
        },
        stop_.wanted());
    if (code == cluster::kNoConnection) throw core::RunError("the head does not answer", kNoAnswer);
    return code == 0 ? ExitCode::done : ExitCode::incomplete;
  }

  ExitCode send_home() {
    (void)outputs_there();
    std::cout << head_.must({"stop"});
    observer_.note(
        fmt::format("the head stays, and what lies on it; 'gridmill cluster down {}' ends it", command_.file.string()));
    return ExitCode::done;
  }

  ExitCode down() {
    if (!fs::exists(folder_.variables())) {
      throw core::UserError(fmt::format("no cluster '{}' was made from this machine: there is no {}", place_.name,
                                        folder_.path().string()));
    }
    terraform_.prepare();
    const std::string planned = terraform_.plan(true);
    if (!planned.empty()) {
      observer_.note(fmt::format("cluster '{}': {}", place_.name, planned));
      if (!is_agreed("Remove it, with what lies on the head?", command_.yes)) return refused();
      stop_.expect_orderly_end();
      remove_all();
    }
    return tell_rest();
  }

  /// A bucket that holds files stays; all else must go.
  void remove_all() {
    try {
      terraform_.apply_plan();
    } catch (const core::RunError& error) {
      const auto left = stop_.wanted() ? std::vector<std::string>{"all"} : terraform_.resources();
      if (!std::ranges::all_of(left, [](const auto& name) { return name.starts_with("aws_s3_bucket"); })) throw;
      observer_.warning(error.what());
    }
  }

  ExitCode tell_rest() {
    const std::vector<std::string> left = terraform_.resources();
    std::error_code ignored;
    fs::remove(folder_.outputs(), ignored);
    fs::remove(folder_.ssh_config(), ignored);
    if (left.empty()) {
      observer_.note(fmt::format(
          "nothing is left of cluster '{}'{}", place_.name,
          place_.create_bucket == false ? fmt::format("; bucket {} was there before and stays", place_.bucket) : ""));
    } else {
      observer_.note(fmt::format("left of cluster '{}': {}; what lies in bucket {} costs until it is emptied",
                                 place_.name, fmt::join(left, ", "), place_.bucket));
    }
    return ExitCode::done;
  }

  ExitCode refused() {
    observer_.note("nothing was done");
    return ExitCode::incomplete;
  }

  /// Puts there what terraform reads.
  void fill_folder() {
    const std::string key = cluster::read_public_key(place_.ssh_public_key);
    const fs::path program = launch::this_program();
    const fs::path package = place_.package.empty()
                                 ? program.parent_path() / fmt::format("gridmill_{}_amd64.deb", GRIDMILL_VERSION)
                                 : place_.package;
    if (!fs::exists(package)) {
      throw core::UserError(fmt::format("aws.package: {} is not there: what all machines install", package.string()),
                            "'cmake --build build/release --target package' makes it; name it in 'package'");
    }
    std::error_code error;
    fs::create_directories(folder_.path(), error);
    if (!error) fs::permissions(folder_.path(), fs::perms::owner_all, error);
    if (!error) fs::copy_file(package, folder_.package(), fs::copy_options::overwrite_existing, error);
    if (error) throw core::UserError(fmt::format("{}: cannot be made: {}", folder_.path().string(), error.message()));
    cluster::copy_terraform_files(cluster::terraform_files(program), folder_.path());
    io::write_file(folder_.variables(),
                   cluster::terraform_variables(place_, {.public_key = key, .package = folder_.package()}));
  }

  void tell_price() {
    observer_.note(fmt::format("a head ({}), up to {} workers ({}), bucket {}", place_.head, place_.workers.max,
                               fmt::join(place_.instance_types, ", "), place_.bucket));
    const auto head = cluster::most_usd_per_hour(place_, 0);
    const auto all = cluster::most_usd_per_hour(place_, place_.workers.max);
    if (head && all) {
      observer_.note(fmt::format(
          "an hour costs {:.3f} USD for the head alone, at most {:.3f} USD with all workers, on demand; disks, "
          "addresses and traffic come on top (prices of terraform/prices.csv, where the file gives none)",
          *head, *all));
    } else {
      observer_.warning("what an hour costs is not known: 'prices' in the file of the cluster can say it");
    }
  }

  [[nodiscard]] cluster::Outputs outputs_there() const {
    if (auto outputs = cluster::read_outputs(folder_.outputs())) return *outputs;
    throw core::UserError(fmt::format("cluster '{}' is not up", place_.name),
                          fmt::format("gridmill cluster up {}", command_.file.string()));
  }

  /// Starts the head where it was stopped.
  void wake_head() {
    const cluster::Outputs outputs = outputs_there();
    if (outputs.head_state != "stopped" && outputs.head_state != "stopping") return;
    observer_.note(fmt::format("the head was {}: by its limit, by ttl_hours or by hand; it is started",
                               outputs.head_state == "stopped" ? "stopped" : "about to stop"));
    if (place_.limit.usd > 0) {
      observer_.note("where the limit was reached it stops again within two minutes: a higher 'limit' first");
    }
    cluster::start_head(outputs, place_.region, stop_.wanted());
    terraform_.refresh();
    terraform_.write_outputs();
  }

  void await_head(const cluster::Outputs& outputs) {
    if (outputs.head_address.empty()) {
      throw core::RunError(
          fmt::format("the head of cluster '{}' has no public address (it is {})", place_.name, outputs.head_state),
          "the same command looks again");
    }
    constexpr std::chrono::seconds kPause{5};
    const auto deadline = Clock::now() + patience();
    observer_.note(fmt::format("waiting for the head ({}) to install itself", outputs.head_address));
    cluster::HeadAnswer answer;
    while (Clock::now() < deadline && !stop_.wanted()) {
      answer = head_.ask({"ready"});
      if (answer.code == 0 && answer.out == "ready\n") return;
      for (auto until = Clock::now() + kPause; Clock::now() < until && !stop_.wanted();) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    }
    if (stop_.wanted()) throw core::RunError("stopped", "the same command goes on");
    throw core::RunError(answer.code == 0 ? "the head answers, but has not installed itself in time"
                                          : fmt::format("the head has not answered in time: {}", answer.errors),
                         kWhereToLook);
  }

  void bring_workers() {
    const std::size_t n = command_.workers.value_or(place_.workers.min);
    if (n == 0) {
      observer_.note("the head is ready; workers come when a job asks for them");
      return;
    }
    const int code = head_.listen({"workers", std::to_string(n)},
                                  [](launch::Stream, std::string_view bytes) { std::cerr << bytes << std::flush; });
    if (code != 0) throw core::RunError("no worker came", "the head is ready; the same command tries again");
    for (const std::string& sentence : cluster::different_programs_in(head_.must({"same"})))
      observer_.warning(sentence);
  }

  static constexpr const char* kWhereToLook =
      "'gridmill cluster logs FILE' shows what it does; has your address changed ('curl -s "
      "https://checkip.amazonaws.com')? then change admin_cidr, and 'gridmill cluster up FILE'";
  static constexpr const char* kNoAnswer =
      "'gridmill cluster up FILE' starts a head that was stopped; has your address changed ('curl -s "
      "https://checkip.amazonaws.com')? then change admin_cidr before";

  const ClusterCommand& command_;
  Voice voice_;
  jobs::Observer& observer_;
  launch::StopSignal& stop_;
  config::AwsPlace place_;
  cluster::WorkFolder folder_;
  cluster::Terraform terraform_;
  cluster::Head head_;
};

}  // namespace

ExitCode work_on_cluster(const ClusterCommand& command, Voice voice, jobs::Observer& observer,
                         launch::StopSignal& stop) {
  try {
    return Cluster(command, voice, observer, stop).act();
  } catch (const core::RunError& error) {
    if (!stop.wanted()) throw;
    std::cerr << error.what()
              << "\nwhat was made stays; the same command goes on, 'gridmill cluster down' removes it\n";
    return stop.code();
  }
}

}  // namespace gridmill::cli
