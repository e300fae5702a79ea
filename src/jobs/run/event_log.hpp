#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string_view>
#include <vector>

#include "jobs/run/observer.hpp"

namespace gridmill::jobs {

/// An Observer that passes on what it hears and writes it to `events.jsonl` of the run directory: what happened when,
/// one JSON object a line, each with "at".
///
/// What is heard before the folder is open is kept and written then. A job that goes on appends. The log is for people
/// and programs that watch: no result depends on it, and where it cannot be written the job goes on.
class EventLog final : public Observer {
 public:
  /// `listener` must outlive it.
  explicit EventLog(Observer& listener);

  /// Begins to write to the file, which lies in a folder that the job holds.
  void open(const std::filesystem::path& file);

  void stage(std::string_view what) override;
  void plan(const std::vector<Fact>& facts) override;
  void progress(const Progress& progress) override;
  void task(const TaskDone& done) override;
  void warning(std::string_view sentence) override;
  void note(std::string_view sentence) override;
  void leaderboard(const Leaderboard& leaderboard) override;
  void block(const TextBlock& block) override;
  void files(const std::vector<WrittenFile>& files) override;

 private:
  Observer& listener_;
  std::stringbuf kept_;  // until the file is open
  std::filebuf file_;
  std::ostream lines_;
  std::unique_ptr<Observer> log_;
};

}  // namespace gridmill::jobs
