// Runs a features job with giant groups cut into pieces of a size that tests can afford.
//   features_in_pieces CONFIG OUTPUT PIECE_ROWS [lean] [dry | die STAGE]
// lean: sets no values aside. dry: prints the plan's facts. die: is killed where a stage begins, once the run's store
// is known.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/run_file.hpp"
#include "jobs/features_job.hpp"

namespace {

using namespace gridmill;

class Listener final : public jobs::Observer {
 public:
  Listener(std::filesystem::path output, std::string dies_at)
      : output_(std::move(output)), dies_at_(std::move(dies_at)) {}

  void stage(std::string_view what) override {
    std::cout << what << '\n';
    if (dies_at_.empty() || what != dies_at_) return;
    while (!std::filesystem::exists(output_ / "store.digest")) {
    }
    std::raise(SIGKILL);
  }
  void plan(const std::vector<jobs::Fact>& facts) override {
    for (const jobs::Fact& fact : facts) std::cout << fact.name << ": " << fact.value.python_str() << '\n';
  }
  void progress(const jobs::Progress&) override {}
  void task(const jobs::TaskDone&) override {}
  void warning(std::string_view) override {}
  void note(std::string_view) override {}
  void leaderboard(const jobs::Leaderboard&) override {}
  void block(const jobs::TextBlock&) override {}
  void files(const std::vector<jobs::WrittenFile>&) override {}

 private:
  std::filesystem::path output_;
  std::string dies_at_;
};

int run(std::vector<std::string> words) {
  const bool lean = words.size() > 3 && words[3] == "lean";
  if (lean) words.erase(words.begin() + 3);
  config::FeaturesJob job = config::RunFile(words.at(0)).features_job();
  job.output = words.at(1);
  mpi::Session session;
  Listener listener(job.output, words.size() > 4 ? words[4] : "");
  jobs::SilentObserver silent;
  jobs::Observer& observer = session.place().rank == 0 ? static_cast<jobs::Observer&>(listener) : silent;
  jobs::FeaturesRun how{.dry_run = words.size() == 4, .piece_rows = std::stoll(words.at(2))};
  if (lean) how.most_kept_bytes = 0;
  return static_cast<int>(jobs::run_features(job, how, session, observer));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
