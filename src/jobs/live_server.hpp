#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace gridmill::jobs {

/// Serves a page that follows a run, at 127.0.0.1 alone. Its address holds a token drawn for this server; who does not
/// know it is refused (403), and so is a request for another host's name. Only reads.
///
///   /         the page
///   /events   the lines of events.jsonl as server-sent events, from the first one on (or behind the one that the
///             browser names as its last), as they come; `anew` when the run was begun anew; `end` when it is finished;
///             `over` when its launcher has ended with work left
///   /report   report.html of the run
class LiveServer {
 public:
  enum class End {
    by_itself,  // the run is finished when its files say so
    by_finish,  // not before finish(): what lies there until then may be of an earlier launch
  };

  /// `runs`: run directories in the order in which they are worked in; need not be there yet. The report is the last
  /// one's. `port`: 0 for any that is free. Takes the port; answers nobody yet.
  /// Errors: UserError if the port is taken, or none is free.
  LiveServer(std::vector<std::filesystem::path> runs, std::uint16_t port, End end);
  /// Ends at once; streams that are open are cut.
  ~LiveServer();
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;

  [[nodiscard]] const std::string& address() const;

  /// Answers until the process is ended.
  void serve();
  /// Answers on threads of its own, which hear no signals. Once.
  void start();
  /// The launch has ended: whoever looks is told, and gets the report if the run is finished; `is_its_own`: what lies
  /// there now may be of this launch. Returns when they have it, or after 3 s.
  void finish(bool is_its_own);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace gridmill::jobs
