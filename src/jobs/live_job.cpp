#include "jobs/live_job.hpp"

#include <chrono>
#include <cstddef>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>

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

constexpr const char* kHost = "127.0.0.1";
constexpr auto kBetweenLooks = 100ms;     // between two looks at the file
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

/// The events of a run, read as they are written.
class EventStream {
 public:
  EventStream(fs::path run, std::size_t from) : run_(std::move(run)), offset_(from) {}

  /// Sends what has come, and looks again soon. False: the browser has gone.
  bool send(httplib::DataSink& sink) {
    const std::string text = news();
    if (!text.empty()) {
      n_silent_ = 0;
      return sink.write(text.data(), text.size());
    }
    if (has_ended_ && is_finished_run(run_)) {
      constexpr std::string_view kEnd = "event: end\ndata: {}\n\n";
      sink.write(kEnd.data(), kEnd.size());
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
  /// Returns the whole lines that have come, as events whose ids say where the next one begins.
  std::string news() {
    std::ifstream in(run_ / kEvents, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(offset_));
    std::string text;
    for (std::string line; std::getline(in, line) && !in.eof();) {
      offset_ += line.size() + 1;
      has_ended_ = line.starts_with("{\"event\":\"ends\"");
      text += fmt::format("id: {}\ndata: {}\n\n", offset_, line);
    }
    return text;
  }

  fs::path run_;
  std::size_t offset_;
  bool has_ended_ = false;  // the last launch
  int n_silent_ = 0;
};

std::size_t number_of(const std::string& text) {
  const bool is_number = !text.empty() && text.size() < 16 && text.find_first_not_of("0123456789") == std::string::npos;
  return is_number ? std::stoull(text) : 0;
}

/// Refuses whoever does not know the token, or asks for another name: a page of somebody else whose name leads here.
void guard(httplib::Server& server, const std::string& token) {
  server.set_pre_routing_handler([&server, token](const httplib::Request& request, httplib::Response& response) {
    response.set_header("Cache-Control", "no-store");
    response.set_header("X-Content-Type-Options", "nosniff");
    response.set_header("Referrer-Policy", "no-referrer");
    const std::string host = request.get_header_value("Host");
    const std::string name = host.substr(0, host.rfind(':'));
    if (is_token(request.get_param_value("token"), token) && (name == kHost || name == "localhost")) {
      return httplib::Server::HandlerResponse::Unhandled;
    }
    response.status = 403;
    response.set_content("The address holds a token, which 'gridmill report --live' has told.\n", "text/plain");
    return httplib::Server::HandlerResponse::Handled;
  });
}

void answer(httplib::Server& server, const fs::path& run) {
  const std::string nonce = drawn_token();
  const std::string page = report::live_page(fs::weakly_canonical(run).filename().string(), nonce);
  server.Get("/", [=](const httplib::Request&, httplib::Response& response) {
    response.set_header("Content-Security-Policy",
                        fmt::format("default-src 'none'; style-src 'unsafe-inline'; script-src 'nonce-{}'; connect-src "
                                    "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                                    nonce));
    response.set_content(page, "text/html; charset=utf-8");
  });
  server.Get("/events", [run](const httplib::Request& request, httplib::Response& response) {
    auto stream = std::make_shared<EventStream>(run, number_of(request.get_header_value("Last-Event-ID")));
    response.set_chunked_content_provider(
        "text/event-stream", [stream](std::size_t /*offset*/, httplib::DataSink& sink) { return stream->send(sink); });
  });
  server.Get("/report", [run](const httplib::Request&, httplib::Response& response) {
    if (fs::exists(run / kReport)) {
      response.set_content(contents(run / kReport), "text/html; charset=utf-8");
    } else {
      response.status = 404;
      response.set_content("The run has no report yet.\n", "text/plain");
    }
  });
}

}  // namespace

void serve_live(const LiveJob& job, Observer& observer) {
  if (!run_kind(job.run)) {
    throw core::UserError(core::Problem{{.file = job.run.string()},
                                        "is no run directory",
                                        "name the 'output' of a config; 'gridmill runs' lists those of a folder"});
  }
  const std::string token = drawn_token();
  httplib::Server server;
  guard(server, token);
  answer(server, job.run);
  const int port = job.port == 0                          ? server.bind_to_any_port(kHost)
                   : server.bind_to_port(kHost, job.port) ? job.port
                                                          : -1;
  if (port < 0) {
    throw core::UserError(job.port == 0 ? std::string("no port is free at 127.0.0.1")
                                        : fmt::format("--port {}: is taken, or not allowed", job.port));
  }
  observer.note(fmt::format("http://{}:{}/?token={}", kHost, port, token));
  observer.note("open it in a browser; Ctrl-C ends the server, not the run");
  server.listen_after_bind();
}

}  // namespace gridmill::jobs
