#include "jobs/run/event_log.hpp"

#include "jobs/run/json_lines.hpp"

namespace gridmill::jobs {

EventLog::EventLog(Observer& listener)
    : listener_(listener), lines_(&kept_), log_(make_json_observer(lines_, Times::told)) {}

void EventLog::open(const std::filesystem::path& file) {
  if (file_.open(file, std::ios::out | std::ios::app | std::ios::binary) == nullptr) return;
  const std::string before = kept_.str();
  lines_.rdbuf(&file_);
  lines_.write(before.data(), static_cast<std::streamsize>(before.size()));
  lines_.flush();
}

void EventLog::stage(std::string_view what) {
  listener_.stage(what);
  log_->stage(what);
}

void EventLog::plan(const std::vector<Fact>& facts) {
  listener_.plan(facts);
  log_->plan(facts);
}

void EventLog::progress(const Progress& progress) {
  listener_.progress(progress);
  log_->progress(progress);
}

void EventLog::task(const TaskDone& done) {
  listener_.task(done);
  log_->task(done);
}

void EventLog::warning(std::string_view sentence) {
  listener_.warning(sentence);
  log_->warning(sentence);
}

void EventLog::note(std::string_view sentence) {
  listener_.note(sentence);
  log_->note(sentence);
}

void EventLog::leaderboard(const Leaderboard& leaderboard) {
  listener_.leaderboard(leaderboard);
  log_->leaderboard(leaderboard);
}

void EventLog::block(const TextBlock& block) {
  listener_.block(block);
  log_->block(block);
}

void EventLog::files(const std::vector<WrittenFile>& files) {
  listener_.files(files);
  log_->files(files);
}

}  // namespace gridmill::jobs
