#include "cli/report_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "search/candidates.hpp"

namespace gridmill::cli {

namespace {

constexpr std::size_t kWidestBar = 30;

/// Drawn values have 17 digits, which nobody reads; the files have them all.
std::string short_text(const core::Value& value) {
  constexpr std::size_t kLongest = 9;
  std::string text = value.python_str();
  return value.is_real() && text.size() > kLongest ? fmt::format("{:.5g}", value.number()) : text;
}

std::string params_text(const core::Params& params) {
  std::string text;
  for (const auto& [name, value] : search::ordered(params, search::ParamOrder::by_name)) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ", ", name, short_text(value));
  }
  return text;
}

/// Cuts a text after `width` characters, not in the middle of one (UTF-8).
std::string cut(const std::string& text, std::size_t width) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_character = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (starts_character && ++characters > width) return text.substr(0, i);
  }
  return text;
}

/// Lays rows out in columns; numbers read best to the right, the last column stays as it is.
std::string table_text(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i + 1 < row.size(); ++i) line += fmt::format("{:>{}}  ", row[i], widths[i]);
    text += line + row.back() + "\n";
  }
  return text;
}

/// Three significant digits: "0.0123", "12.5", "1,330".
std::string rate_text(double per_second) {
  constexpr double kLeastGrouped = 999.5;  // rounds to 1000
  if (per_second < kLeastGrouped) return fmt::format("{:.3g}", per_second);
  std::string digits = fmt::format("{:.0f}", std::stod(fmt::format("{:.2e}", per_second)));
  for (std::size_t end = digits.size(); end > 3; end -= 3) digits.insert(end - 3, 1, ',');
  return digits;
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = static_cast<long long>(std::llround(std::max(0.0, seconds)));
  constexpr long long kMinute = 60, kHour = 3600, kDay = 86400;
  if (whole < kMinute) return fmt::format("{} s", whole);
  if (whole < kHour) return fmt::format("{} min {} s", whole / kMinute, whole % kMinute);
  if (whole < kDay) return fmt::format("{} h {} min", whole / kHour, whole % kHour / kMinute);
  return fmt::format("{} d {} h", whole / kDay, whole % kDay / kHour);
}

std::string progress_text(const jobs::Progress& progress) {
  std::string text = fmt::format("{}/{} {}", progress.done, progress.total, progress.unit);
  if (progress.failed > 0) text += fmt::format(" ({} failed)", progress.failed);
  if (progress.per_second > 0) text += fmt::format(", {}/s", rate_text(progress.per_second));
  if (progress.seconds_left && progress.done < progress.total) {
    text += fmt::format(", {} left", duration_text(*progress.seconds_left));
  }
  if (progress.best) {
    text += fmt::format(", best {} {:.4f} ({})", progress.best->metric, progress.best->score,
                        params_text(progress.best->params));
  }
  return text;
}

std::string bar_text(const jobs::Progress& progress, std::size_t width) {
  // The last column stays free: a terminal that writes into it may break the line.
  const std::size_t room = width > 0 ? width - 1 : 0;
  const std::size_t bar = std::min(kWidestBar, room / 4);
  const std::string text = progress_text(progress);
  if (bar < 5) return cut(text, room);
  const double share =
      progress.total == 0 ? 1 : static_cast<double>(progress.done) / static_cast<double>(progress.total);
  const auto filled = std::min(bar, static_cast<std::size_t>(share * static_cast<double>(bar)));
  return cut(fmt::format("[{}{}] {}", std::string(filled, '#'), std::string(bar - filled, '.'), text), room);
}

std::string leaderboard_text(const jobs::Leaderboard& board) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> head{"", "rank"};
  for (const std::string& metric : board.metrics) head.push_back(metric + " (mean +- std)");
  head.emplace_back("parameters");
  rows.push_back(std::move(head));
  for (const jobs::LeaderboardRow& row : board.rows) {
    std::vector<std::string> cells{board.chosen == row.candidate ? "*" : "", std::to_string(row.rank)};
    for (std::size_t i = 0; i < row.means.size(); ++i) {
      cells.push_back(fmt::format("{:.4f} +- {:.4f}", row.means[i], row.stds[i]));
    }
    cells.push_back(params_text(row.params));
    rows.push_back(std::move(cells));
  }
  for (const jobs::BaselineRow& baseline : board.baselines) {
    std::vector<std::string> cells{"", "-"};
    for (std::size_t i = 0; i < baseline.means.size(); ++i) {
      cells.push_back(fmt::format("{:.4f} +- {:.4f}", baseline.means[i], baseline.stds[i]));
    }
    cells.push_back("baseline: " + baseline.rule);
    rows.push_back(std::move(cells));
  }
  return fmt::format("The best {} of {} candidates by {}{}:\n{}", board.rows.size(), board.n_candidates,
                     board.chosen_by, board.chosen ? " (* fitted again on all training rows)" : "", table_text(rows));
}

std::string facts_text(const std::vector<jobs::Fact>& facts) {
  std::size_t width = 0;
  for (const jobs::Fact& fact : facts) width = std::max(width, fact.name.size());
  std::string text;
  for (const jobs::Fact& fact : facts) text += fmt::format("  {:<{}}  {}\n", fact.name, width, fact.value.python_str());
  return text;
}

std::string files_text(const std::vector<jobs::WrittenFile>& files) {
  std::size_t width = 0;
  for (const jobs::WrittenFile& file : files) width = std::max(width, file.path.size());
  std::string text = "Written:\n";
  for (const jobs::WrittenFile& file : files) text += fmt::format("  {:<{}}  {}\n", file.path, width, file.meaning);
  return text;
}

}  // namespace gridmill::cli
