#include "launch/hosts.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/host.hpp"

namespace gridmill::launch {

namespace {

using core::Host;
using core::kMostSlots;

std::optional<std::size_t> slots_of(std::string_view word) {
  constexpr std::string_view kSlots = "slots=";
  std::size_t slots = 0;
  if (!word.starts_with(kSlots)) return std::nullopt;
  word.remove_prefix(kSlots.size());
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), slots);
  const bool is_number = error == std::errc() && end == word.data() + word.size();
  return is_number && slots >= 1 && slots <= kMostSlots ? std::optional(slots) : std::nullopt;
}

/// Takes in one line. Returns what is wrong with it; nothing: `what` is empty.
core::Problem take_line(const std::string& line, std::vector<Host>& hosts) {
  std::istringstream words(line.substr(0, line.find('#')));
  Host host;
  if (!(words >> host.name)) return {};
  if (!core::is_host_name(host.name)) {
    return {.what = fmt::format("'{}' is not the name of a host", host.name), .hint = "node1, or node1 slots=4"};
  }
  for (std::string word; words >> word;) {
    const auto slots = slots_of(word);
    if (!slots) {
      return {.what = fmt::format("'{}' is not understood", word),
              .hint = fmt::format("after the name of a host comes slots=N, a number from 1 to {}", kMostSlots)};
    }
    host.slots = *slots;
  }
  if (std::ranges::find(hosts, host.name, &Host::name) != hosts.end()) {
    return {.what = fmt::format("'{}' stands there twice", host.name),
            .hint = fmt::format("give it more ranks with {} slots=8", host.name)};
  }
  hosts.push_back(std::move(host));
  return {};
}

}  // namespace

std::vector<core::Host> read_hostfile(const std::filesystem::path& file) {
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad() || std::filesystem::is_directory(file)) {
    throw core::UserError(core::Problem{{.file = file.string()}, "cannot be read", "name a file that lists hosts"});
  }
  return read_hostfile(text, file);
}

std::vector<core::Host> read_hostfile(std::string_view text, const std::filesystem::path& name) {
  std::vector<Host> hosts;
  std::vector<core::Problem> problems;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (std::size_t n = 1; std::getline(lines, line); ++n) {
    core::Problem problem = take_line(line, hosts);
    problem.where = {.file = name.string(), .line = n};
    if (!problem.what.empty()) problems.push_back(std::move(problem));
  }
  if (problems.empty() && hosts.empty()) {
    problems.push_back({{.file = name.string()}, "names no host", "a host a line: node1 slots=4"});
  }
  if (!problems.empty()) throw core::UserError(problems);
  return hosts;
}

bool is_this_machine(std::string_view name) {
  const std::string own = core::own_host_name();
  return name == "localhost" || name == own || name == own.substr(0, own.find('.'));
}

}  // namespace gridmill::launch
