#include "jobs/live_server.hpp"

#include <fcntl.h>
#include <csignal>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <httplib.h>

#include "core/error.hpp"
#include "jobs/run/own_files.hpp"
#include "jobs/status_job.hpp"
#include "report/live_page.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* kHost = "127.0.0.1";
constexpr auto kBetweenLooks = 100ms;  // between two looks at the file
constexpr auto kLongestEnd = 3s;       // that finish() waits for browsers
constexpr int kThreads = 64;
constexpr int kMostStreams = 40;
constexpr int kIdle = 2;          // [s] that a connection may say nothing
constexpr int kSilentLooks = 50;  // after which a comment is sent, so that a browser that has gone is noticed

/// 128 bits of the system's random numbers, as hexadecimal digits.
std::string drawn_token() {
  std::random_device random;
  std::string token;
  for (int i = 0; i < 4; ++i) token += fmt::format("{:08x}", random());
  return token;
}

/// Compares in a time that tells nothing.
bool is_token(std::string_view given, std::string_view token) {
  if (given.size() != token.size()) return false;
  unsigned differs = 0;
  for (std::size_t i = 0; i < token.size(); ++i) differs |= static_cast<unsigned>(given[i] ^ token[i]);
  return differs == 0;
}

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// What the streams and the server know of each other.
struct Shared {
  std::vector<fs::path> runs;
  LiveServer::End end;
  std::atomic<bool> finishing = false;     // finish() was called
  std::atomic<bool> has_report = true;     // and what lies there may be of the launch
  std::atomic<int> n_streams = 0;          // open
  std::atomic<int> n_reports_awaited = 0;  // browsers that were told of the end, and have not asked for the report yet
};

/// A place in the events of a run: the number of its folder, and a byte of the file there. As one number, so that the
/// browser can name it.
struct Position {
  static constexpr std::size_t kFolder = std::size_t{1} << 40U;  // bytes that no events.jsonl has

  std::size_t folder = 0;
  std::size_t byte = 0;

  [[nodiscard]] std::size_t number() const { return folder * kFolder + byte; }
};

/// The events of a run, read as they are written.
class EventStream {
 public:
  EventStream(std::shared_ptr<Shared> shared, std::size_t from)
      : shared_(std::move(shared)), at_{.folder = from / Position::kFolder, .byte = from % Position::kFolder} {
    if (at_.folder >= shared_->runs.size()) at_ = {};
    // What the browser has seen already may have been the end.
    std::ifstream in(events(at_.folder), std::ios::binary);
    std::size_t read = 0;
    for (std::string line; read < at_.byte && std::getline(in, line); read += line.size() + 1) note_end(line);
    for (std::size_t folder = 0; folder < at_.folder; ++folder) passed_.push_back(size_of(folder));
  }

  /// Sends what has come, and looks again soon. False: the browser has gone.
  bool send(httplib::DataSink& sink) {
    // Asked first: what was written before the end is then told before it.
    const bool is_finishing = shared_->finishing;
    const std::string text = news();
    if (!text.empty()) {
      n_silent_ = 0;
      return sink.write(text.data(), text.size());
    }
    if (has_ended_ && at_.folder + 1 < shared_->runs.size() && is_finished_run(shared_->runs[at_.folder])) {
      passed_.push_back(at_.byte);
      at_ = {.folder = at_.folder + 1};
      has_ended_ = false;
      return true;
    }
    if (const auto last_word = end(is_finishing)) {
      sink.write(last_word->data(), last_word->size());
      sink.done();
      return true;
    }
    if (++n_silent_ % kSilentLooks == 0) {
      constexpr std::string_view kComment = ":\n\n";
      if (!sink.write(kComment.data(), kComment.size())) return false;
    }
    std::this_thread::sleep_for(kBetweenLooks);
    return true;
  }

 private:
  [[nodiscard]] fs::path events(std::size_t folder) const { return shared_->runs[folder] / kEvents; }

  /// 0 where there is no such file.
  [[nodiscard]] std::size_t size_of(std::size_t folder) const {
    std::error_code error;
    const auto size = fs::file_size(events(folder), error);
    return error ? 0 : size;
  }

  /// Returns the whole lines that have come, as events whose ids say where the next one begins.
  std::string news() {
    bool anew = size_of(at_.folder) < at_.byte;
    for (std::size_t folder = 0; folder < passed_.size(); ++folder) anew = anew || size_of(folder) < passed_[folder];
    if (anew) {
      // The run was begun anew: so is the page.
      at_ = {};
      passed_.clear();
      has_ended_ = false;
      return "event: anew\ndata: {}\n\n";
    }
    std::ifstream in(events(at_.folder), std::ios::binary);
    in.seekg(static_cast<std::streamoff>(at_.byte));
    std::string text;
    for (std::string line; std::getline(in, line) && !in.eof();) {
      at_.byte += line.size() + 1;
      note_end(line);
      text += fmt::format("id: {}\ndata: {}\n\n", at_.number(), line);
    }
    return text;
  }

  /// Returns what ends the stream, if it has come to its end.
  [[nodiscard]] std::optional<std::string_view> end(bool is_finishing) const {
    const bool may_end = shared_->end == LiveServer::End::by_finish ? is_finishing : has_ended_;
    if (may_end && shared_->has_report && is_finished_run(shared_->runs.back())) {
      ++shared_->n_reports_awaited;
      return "event: end\ndata: {}\n\n";
    }
    if (is_finishing) return "event: over\ndata: {}\n\n";
    return std::nullopt;
  }

  void note_end(const std::string& line) { has_ended_ = line.starts_with("{\"event\":\"ends\""); }

  std::shared_ptr<Shared> shared_;
  Position at_;
  std::vector<std::size_t> passed_;  // sizes of the files of the folders before
  bool has_ended_ = false;           // the last launch, in this folder
  int n_silent_ = 0;
};

std::size_t number_of(const std::string& text) {
  const bool is_number = !text.empty() && text.size() < 16 && text.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? std::stoull(text) : 0;
}

/// Refuses whoever does not know the token, or asks for another name: a page of somebody else whose name leads here.
void guard(httplib::Server& server, const std::string& token) {
  server.set_pre_routing_handler([token](const httplib::Request& request, httplib::Response& response) {
    response.set_header("Cache-Control", "no-store");
    response.set_header("X-Content-Type-Options", "nosniff");
    response.set_header("Referrer-Policy", "no-referrer");
    const std::string host = request.get_header_value("Host");
    const std::string name = host.substr(0, host.rfind(':'));
    if (is_token(request.get_param_value("token"), token) && (name == kHost || name == "localhost")) {
      return httplib::Server::HandlerResponse::Unhandled;
    }
    response.status = 403;
    response.set_content("The address holds a token, which the command with --live has told.\n", "text/plain");
    return httplib::Server::HandlerResponse::Handled;
  });
}

void answer_events(httplib::Server& server, const std::shared_ptr<Shared>& shared) {
  server.Get("/events", [shared](const httplib::Request& request, httplib::Response& response) {
    // Each holds a thread; some are left for the rest.
    if (shared->n_streams.fetch_add(1) >= kMostStreams) {
      shared->n_streams.fetch_sub(1);
      response.status = 503;
      return;
    }
    auto stream = std::make_shared<EventStream>(shared, number_of(request.get_header_value("Last-Event-ID")));
    response.set_chunked_content_provider(
        "text/event-stream", [stream](std::size_t /*offset*/, httplib::DataSink& sink) { return stream->send(sink); },
        [shared](bool /*success*/) { shared->n_streams.fetch_sub(1); });
  });
}

void answer_report(httplib::Server& server, const std::shared_ptr<Shared>& shared) {
  server.Get("/report", [shared](const httplib::Request&, httplib::Response& response) {
    const fs::path report = shared->runs.back() / kReport;
    if (fs::exists(report)) {
      response.set_content(contents(report), "text/html; charset=utf-8");
    } else {
      response.status = 404;
      response.set_content("The run has no report yet.\n", "text/plain");
    }
  });
  server.set_logger([shared](const httplib::Request& request, const httplib::Response&) {
    if (request.path == "/report" && shared->n_reports_awaited > 0) --shared->n_reports_awaited;
  });
}

void answer_page(httplib::Server& server, const fs::path& run) {
  const std::string nonce = drawn_token();
  const std::string page = report::live_page(fs::weakly_canonical(run).filename().string(), nonce);
  server.Get("/", [=](const httplib::Request&, httplib::Response& response) {
    response.set_header("Content-Security-Policy",
                        fmt::format("default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{}'; connect-src "
                                    "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                                    nonce));
    response.set_content(page, "text/html; charset=utf-8");
  });
}

}  // namespace

struct LiveServer::Inside {
  std::shared_ptr<Shared> shared = std::make_shared<Shared>();
  httplib::Server server;
  std::string address;
  std::thread thread;
};

LiveServer::LiveServer(std::vector<fs::path> runs, std::uint16_t port, End end) : inside_(std::make_unique<Inside>()) {
  const std::string token = drawn_token();
  httplib::Server& server = inside_->server;
  inside_->shared->runs = std::move(runs);
  inside_->shared->end = end;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };  // NOLINT: the server's
  server.set_read_timeout(kIdle);
  server.set_keep_alive_timeout(kIdle);
  // Without SO_REUSEPORT, by which two servers would share one port; and no child is to hold it.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    fcntl(socket, F_SETFD, FD_CLOEXEC);
  });
  guard(server, token);
  answer_page(server, inside_->shared->runs.back());
  answer_events(server, inside_->shared);
  answer_report(server, inside_->shared);
  const int bound = port == 0 ? server.bind_to_any_port(kHost) : server.bind_to_port(kHost, port) ? port : -1;
  if (bound < 0) {
    throw core::UserError(port == 0 ? std::string("no port is free at 127.0.0.1")
                                    : fmt::format("--port {}: is taken, or not allowed", port));
  }
  inside_->address = fmt::format("http://{}:{}/?token={}", kHost, bound, token);
}

LiveServer::~LiveServer() {
  if (!inside_->thread.joinable()) return;
  inside_->shared->finishing = true;
  inside_->server.stop();
  inside_->thread.join();
}

const std::string& LiveServer::address() const { return inside_->address; }

void LiveServer::serve() { inside_->server.listen_after_bind(); }

void LiveServer::start() {
  // Signals are for the thread that waits for the ranks.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  inside_->thread = std::thread([this] { serve(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  // stop() has no effect on a server that does not listen yet.
  while (!inside_->server.is_running()) std::this_thread::sleep_for(1ms);
}

void LiveServer::finish(bool is_its_own) {
  Shared& shared = *inside_->shared;
  shared.has_report = is_its_own;
  shared.finishing = true;
  const auto last = Clock::now() + kLongestEnd;
  while ((shared.n_streams > 0 || shared.n_reports_awaited > 0) && Clock::now() < last) {
    std::this_thread::sleep_for(10ms);
  }
}

}  // namespace gridmill::jobs
