#include "cli/audit_text.hpp"

#include <cstddef>

#include <fmt/format.h>

namespace gridmill::cli {

namespace {

using State = jobs::AuditedCheck::State;

std::string checks_text(const jobs::AuditReport& report, State state, const std::string& heading) {
  std::string lines;
  for (const jobs::AuditedCheck& check : report.checks) {
    if (check.state == state) lines += fmt::format("  {:<24}{}\n", check.name, check.detail);
  }
  return lines.empty() ? lines : heading + "\n" + lines;
}

std::string state_word(State state) {
  switch (state) {
    case State::clear: return "clear";
    case State::found: return "found";
    case State::not_done: return "not_done";
  }
  return {};
}

}  // namespace

std::string audit_text(const jobs::AuditReport& report, bool only_findings) {
  std::string text;
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    const jobs::Finding& each = report.findings[i];
    text += fmt::format("{}. {}: {}\n   why: {}\n   do:  {}\n", i + 1, each.check, each.what, each.why, each.cure);
  }
  if (only_findings) return text;
  if (report.findings.empty()) text += "Nothing was found.\n";
  text += checks_text(report, State::clear, "Looked for, and not found:");
  text += checks_text(report, State::not_done, "Not looked for:");
  return text;
}

std::vector<core::Value> audit_lines(const jobs::AuditReport& report) {
  std::vector<core::Value> lines;
  for (const jobs::Finding& each : report.findings) {
    lines.emplace_back(core::ValueMapping{
        {"event", "finding"}, {"check", each.check}, {"what", each.what}, {"why", each.why}, {"cure", each.cure}});
  }
  for (const jobs::AuditedCheck& each : report.checks) {
    lines.emplace_back(core::ValueMapping{
        {"event", "check"}, {"check", each.name}, {"state", state_word(each.state)}, {"detail", each.detail}});
  }
  return lines;
}

}  // namespace gridmill::cli
