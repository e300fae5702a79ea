#include "jobs/dataset/import_origin.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "config/resolved.hpp"
#include "io/files/checksum.hpp"
#include "jobs/dataset/source_files.hpp"
#include "jobs/run/source_digest.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::string_view kSource = "source ";
constexpr std::string_view kProgram = "program";
constexpr std::string_view kRelationship = "relationship ";
constexpr std::string_view kOrder = "order of relationships";

/// "key: value" by key; keys are paths of options, which are told apart well enough by what stands before ": ".
std::map<std::string, std::string> by_key(const std::vector<std::string>& lines) {
  std::map<std::string, std::string> entries;
  for (const std::string& line : lines) {
    const std::size_t at = line.find(": ");
    if (at != std::string::npos) entries[line.substr(0, at)] = line.substr(at + 2);
  }
  return entries;
}

/// What to say of an entry that is not the same in both; "" stands for one that is not there.
std::string difference(const config::ImportJob& job, const std::string& key, const std::string& stored,
                       const std::string& wanted) {
  if (key.starts_with(kSource)) {
    const std::string number = key.substr(kSource.size());
    for (std::size_t i = 0; i < job.tables.size(); ++i) {
      if (std::to_string(i) != number) continue;
      return fmt::format("{} has changed since, or is another file", job.tables[i].source.file.string());
    }
    return "it has more tables";
  }
  if (key == kOrder) return "the relationships stand in another order";
  if (key.starts_with(kRelationship)) return fmt::format("{} is {}", key, stored.empty() ? "new" : "gone");
  const auto text = [](const std::string& value) { return value.empty() ? std::string("(not given)") : value; };
  return fmt::format("{}: {} -> {}", key, text(stored), text(wanted));
}

}  // namespace

std::vector<std::uint64_t> hash_sources(const config::ImportJob& job) {
  std::vector<std::uint64_t> hashes;
  for (const config::TableOptions& table : job.tables) {
    const std::vector<std::filesystem::path> files = source_files(table, job);
    if (files.size() == 1) {
      hashes.push_back(io::file_checksum(files.front()));
      continue;
    }
    std::string all;
    for (const std::filesystem::path& file : files) all += fmt::format("{:016x}\n", io::file_checksum(file));
    hashes.push_back(io::checksum(all));
  }
  return hashes;
}

std::vector<std::string> origin_lines(const config::ImportJob& job, const std::vector<std::uint64_t>& hashes) {
  std::vector<std::string> lines = config::described(job);
  for (std::size_t i = 0; i < hashes.size(); ++i) lines.push_back(fmt::format("{}{}: {:016x}", kSource, i, hashes[i]));
  lines.push_back(fmt::format("{}: {}", kProgram, source_digest()));
  return lines;
}

OriginComparison compare_origins(const config::ImportJob& job, const std::vector<std::string>& stored,
                                 const std::vector<std::string>& wanted) {
  std::map<std::string, std::string> before = by_key(stored);
  std::map<std::string, std::string> now = by_key(wanted);
  OriginComparison comparison;
  comparison.other_program = before[std::string(kProgram)] != now[std::string(kProgram)];
  before.erase(std::string(kProgram));
  now.erase(std::string(kProgram));
  const auto has_others = [](const auto& entries, const auto& of) {
    return std::ranges::any_of(entries, [&](const auto& entry) {
      return entry.first.starts_with(kRelationship) && !of.contains(entry.first);
    });
  };
  if (has_others(before, now) || has_others(now, before)) now[std::string(kOrder)] = before[std::string(kOrder)];
  const auto add = [&](const std::string& key, const std::string& stored_value, const std::string& value) {
    const bool is_source = key.starts_with(kSource);
    (is_source ? comparison.changed : comparison.differences).push_back(difference(job, key, stored_value, value));
  };
  for (const auto& [key, value] : now) {
    if (before[key] != value) add(key, before[key], value);
  }
  for (const auto& [key, value] : before) {
    if (!now.contains(key)) add(key, value, "");
  }
  return comparison;
}

}  // namespace gridmill::jobs
