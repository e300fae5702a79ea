#include "cli/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <optional>

#include <fmt/format.h>

#include "cli/report_text.hpp"
#include "core/address.hpp"
#include "jobs/run/json_lines.hpp"

namespace gridmill::cli {

namespace {

constexpr double kRedraw_s = 0.1;
constexpr double kLine_s = 5;

std::size_t terminal_width() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

std::string leaving_text(const jobs::HostLeaving& leaving) {
  return leaving.is_certain
             ? fmt::format("warning: {} is about to be taken away: it gets no more work", leaving.host)
             : fmt::format("{} is at risk of being taken away: it gets no long tasks while others can do them",
                           leaving.host);
}

/// What a person reads: the plan and how it goes on `errors`, the report on `out`.
class TextObserver : public jobs::Observer {
 public:
  explicit TextObserver(const Console& console) : console_(console) {}

  void stage(std::string_view what) override { say(what); }
  void plan(const std::vector<jobs::Fact>& facts) override { say(facts_text(facts), ""); }
  void task(const jobs::TaskDone&) override {}
  void host_leaving(const jobs::HostLeaving& leaving) override { say(leaving_text(leaving)); }
  void warning(std::string_view sentence) override { say(fmt::format("warning: {}", sentence)); }
  void note(std::string_view sentence) override { say(sentence); }
  void leaderboard(const jobs::Leaderboard& board) override { report("\n" + leaderboard_text(board)); }
  void block(const jobs::TextBlock& block) override { report(fmt::format("\n{}\n{}", block.title, block.text)); }
  void files(const std::vector<jobs::WrittenFile>& files) override { report("\n" + files_text(files)); }

 protected:
  [[nodiscard]] const Console& console() const { return console_; }
  /// Makes room for lines of text, and puts back what stood there.
  virtual void clear() {}

 private:
  void say(std::string_view text, std::string_view end = "\n") {
    clear();
    console_.errors << core::with_addresses(text) << end << std::flush;
  }
  void report(std::string_view text) {
    clear();
    console_.out << core::with_addresses(text) << std::flush;
  }

  const Console& console_;
};

class TerminalObserver final : public TextObserver {
 public:
  using TextObserver::TextObserver;
  ~TerminalObserver() override { TerminalObserver::clear(); }

  void stage(std::string_view what) override {
    TextObserver::stage(what);
    complete_ = false;
  }
  void progress(const jobs::Progress& progress) override {
    const bool last = progress.done == progress.total;
    if (last && complete_) return;
    complete_ = last;
    const double now = console().now_s();
    if (drawn_ && !last && now - *drawn_ < kRedraw_s) return;
    console().errors << "\r\x1b[K" << bar_text(progress, console().width());
    if (last) console().errors << '\n';
    console().errors << std::flush;
    drawn_ = last ? std::nullopt : std::optional(now);
  }

 private:
  void clear() override {
    if (drawn_) console().errors << "\r\x1b[K";
    drawn_.reset();
  }

  std::optional<double> drawn_;  // when the bar that now stands on the last line was drawn
  bool complete_ = false;        // the stage's last bar has been drawn
};

class LineObserver final : public TextObserver {
 public:
  using TextObserver::TextObserver;

  void stage(std::string_view what) override {
    TextObserver::stage(what);
    written_.reset();
    complete_ = false;
  }
  void progress(const jobs::Progress& progress) override {
    const double now = console().now_s();
    const bool last = progress.done == progress.total;
    const bool due = last ? !complete_ : !written_ || now - *written_ >= kLine_s;
    if (!due) return;
    complete_ = last;
    console().errors << progress_text(progress) << '\n' << std::flush;
    written_ = now;
  }

 private:
  std::optional<double> written_;
  bool complete_ = false;  // the stage's last line has been written
};

/// What a script reads: the results on `out`, and on `errors` nothing while all is well.
class QuietObserver final : public jobs::Observer {
 public:
  explicit QuietObserver(const Console& console) : console_(console) {}

  void stage(std::string_view) override {}
  void plan(const std::vector<jobs::Fact>&) override {}
  void progress(const jobs::Progress&) override {}
  void task(const jobs::TaskDone&) override {}
  void warning(std::string_view sentence) override {
    console_.errors << "warning: " << core::with_addresses(sentence) << '\n' << std::flush;
  }
  void host_leaving(const jobs::HostLeaving& leaving) override {
    if (leaving.is_certain) console_.errors << leaving_text(leaving) << std::endl;
  }
  void note(std::string_view) override {}
  void leaderboard(const jobs::Leaderboard& board) override { report(leaderboard_text(board)); }
  void block(const jobs::TextBlock& block) override { report(fmt::format("{}\n{}", block.title, block.text)); }
  void files(const std::vector<jobs::WrittenFile>&) override {}

 private:
  void report(std::string_view text) {
    console_.out << (reported_ ? "\n" : "") << core::with_addresses(text) << std::flush;
    reported_ = true;
  }

  const Console& console_;
  bool reported_ = false;
};

}  // namespace

Console system_console() {
  return {.out = std::cout,
          .errors = std::cerr,
          .errors_is_terminal = isatty(STDERR_FILENO) == 1,
          .width = terminal_width,
          .now_s = [] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
          }};
}

std::unique_ptr<jobs::Observer> make_observer(Voice voice, const Console& console) {
  switch (voice) {
    case Voice::quiet: return std::make_unique<QuietObserver>(console);
    case Voice::json: return jobs::make_json_observer(console.out);
    case Voice::terminal_or_pipe: break;
  }
  if (console.errors_is_terminal) return std::make_unique<TerminalObserver>(console);
  return std::make_unique<LineObserver>(console);
}

}  // namespace gridmill::cli
