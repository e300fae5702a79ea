#include "config/place.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/hint.hpp"

namespace gridmill::config {

namespace {

using core::Kind;
using core::Range;

constexpr double kMostRanks = core::kMostSlots;

/// A word that Slurm or mpirun is given as it is.
bool is_plain_word(const std::string& word) {
  return !word.empty() && word.front() != '-' && std::ranges::none_of(word, [](unsigned char letter) {
    return std::isspace(letter) != 0 || std::iscntrl(letter) != 0 || letter == '\'' || letter == '"';
  });
}

const Node& node_of(const std::vector<const Node*>& entries, std::string_view name, const Node& otherwise) {
  const Node* entry = find_entry(entries, name);
  return entry == nullptr ? otherwise : *entry;
}

bool is_node_count(const std::string& text) {
  static const std::regex kCount("([1-9][0-9]{0,5})(-([1-9][0-9]{0,5}))?");
  std::smatch parts;
  if (!std::regex_match(text, parts, kCount)) return false;
  return !parts[3].matched || std::stoul(parts[1]) <= std::stoul(parts[3]);
}

bool is_slurm_time(const std::string& text) {
  static const std::regex kTime("[0-9]{1,6}(:[0-9]{1,2}){0,2}|[0-9]{1,4}-[0-9]{1,2}(:[0-9]{1,2}){0,2}");
  return std::regex_match(text, kTime);
}

SlurmPlace read_slurm(const Node& node, Problems& problems) {
  SlurmPlace place;
  const auto entries = read_section(node, "slurm", slurm_fields(), place, problems);
  const auto where = [&](std::string_view name) { return node_of(entries, name, node).where; };
  if (!is_node_count(place.nodes)) {
    problems.add(where("nodes"),
                 fmt::format("slurm.nodes: must be a number of nodes or a range, not '{}'", place.nodes),
                 "nodes: 4, or nodes: 1-8");
  }
  if (!is_slurm_time(place.time)) {
    problems.add(where("time"), fmt::format("slurm.time: must be a time as Slurm writes it, not '{}'", place.time),
                 "time: 4:00:00 (hours), or 2-12:00 (days and hours)");
  }
  for (const auto& [name, word] : {std::pair{"partition", &place.partition}, std::pair{"account", &place.account}}) {
    if (word->empty() || is_plain_word(*word)) continue;
    problems.add(where(name), fmt::format("slurm.{}: must be one word, not '{}'", name, *word));
  }
  for (const std::string& option : place.options) {
    if (option.starts_with('-') && option.find('\n') == std::string::npos) continue;
    problems.add(where("options"), fmt::format("slurm.options: '{}' is no option of sbatch", option),
                 "options: [--qos=low, --mem=16G]");
  }
  return place;
}

void read_host(const Node& entry, const std::string& path, std::vector<core::Host>& hosts, Problems& problems) {
  core::Host host;
  if (entry.is_mapping()) {
    const std::size_t n_problems = problems.size();
    read_section(entry, path, host_fields(), host, problems);
    if (problems.size() > n_problems) return;
  } else if (entry.shape == Node::Shape::scalar && !entry.is_null()) {
    host.name = entry.text;
  }
  if (!core::is_host_name(host.name)) {
    problems.add(entry.where, fmt::format("{}: must be the name of a host, or a mapping", path),
                 "node1, or {name: node1, slots: 4}");
    return;
  }
  if (std::ranges::find(hosts, host.name, &core::Host::name) != hosts.end()) {
    problems.add(entry.where, fmt::format("{}: '{}' stands there twice", path, host.name),
                 fmt::format("give it more ranks with {{name: {}, slots: 8}}", host.name));
    return;
  }
  hosts.push_back(std::move(host));
}

/// "10.0.0.0/24", or the name of an interface.
bool is_network(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return is_plain_word(text) && text.find_first_of(".,:") == std::string::npos;
  static const std::regex kBits("[12]?[0-9]|3[0-2]");
  in_addr address{};
  return ::inet_pton(AF_INET, text.substr(0, slash).c_str(), &address) == 1 &&
         std::regex_match(text.substr(slash + 1), kBits);
}

HostsPlace read_hosts(const Node& node, Problems& problems) {
  HostsPlace place;
  const auto entries = read_section(node, "hosts", hosts_fields(), place, problems);
  if (const Node* list = find_entry(entries, "hosts")) {
    for (std::size_t i = 0; i < list->children.size(); ++i) {
      read_host(list->children[i], fmt::format("hosts.hosts[{}]", i), place.hosts, problems);
    }
    if (list->children.empty()) problems.add(list->where, "hosts.hosts: names no host", "hosts: [node1, node2]");
  }
  if (!place.network.empty() && !is_network(place.network)) {
    problems.add(node_of(entries, "network", node).where,
                 fmt::format("hosts.network: must be a network or an interface, not '{}'", place.network),
                 "network: 10.0.0.0/24, or network: eth0");
  }
  return place;
}

Place read_chosen(const Node& section, Problems& problems) {
  if (section.key == "slurm") return read_slurm(section, problems);
  if (section.key == "hosts") return read_hosts(section, problems);
  return read_aws(section, problems);
}

template <class Options>
void append_options(std::vector<DeclaredOption>& all, const std::string& section, const Fields<Options>& fields) {
  for (const Field<Options>& each : fields) all.push_back({section, each.spec, each.required});
}

/// What says that a file is a config of jobs, not one of places.
bool is_of_job(std::string_view key) { return core::find_option(specs_of(top_fields()), key) != nullptr; }

}  // namespace

Fields<SlurmPlace> slurm_fields() {
  return {
      field("nodes", &SlurmPlace::nodes,
            "nodes to work on: a number, or a range like 1-8, of which Slurm gives what is free"),
      field("ranks_per_node", &SlurmPlace::ranks_per_node,
            "processes that work on each node; 0: one per core, of whole nodes", Range{.low = 0, .high = kMostRanks}),
      field("time", &SlurmPlace::time,
            "time limit; a job with work left goes back into the queue then and goes on where it was"),
      field("partition", &SlurmPlace::partition, "partition of the cluster; null: its default"),
      field("account", &SlurmPlace::account, "account that the time is charged to; null: the user's default"),
      field("options", &SlurmPlace::options, "further options of sbatch, [--qos=low, --mem=16G]"),
      field("setup", &SlurmPlace::setup, "shell commands that the job begins with, [module load openmpi]"),
      field("program", &SlurmPlace::program, "gridmill on the nodes; null: at the path that it has here"),
  };
}

Fields<HostsPlace> hosts_fields() {
  Field<HostsPlace> hosts{
      .spec = {.name = "hosts",
               .kinds = {Kind::list},
               .meaning = "machines that ssh reaches without a password, [node1, {name: node2, slots: 4}]"}};
  return {
      required(std::move(hosts)),
      field("network", &HostsPlace::network,
            "network (10.0.0.0/24) or interface (eth0) over which ranks talk; null: Open MPI chooses"),
  };
}

Fields<core::Host> host_fields() {
  return {
      required(field("name", &core::Host::name, "name or address, as ssh takes it")),
      field("slots", &core::Host::slots, "ranks on it; 0: one per core", Range{.low = 0, .high = kMostRanks}),
  };
}

std::vector<DeclaredOption> place_options() {
  std::vector<DeclaredOption> all;
  append_options(all, "slurm", slurm_fields());
  append_options(all, "hosts", hosts_fields());
  append_options(all, "hosts.hosts", host_fields());
  append_options(all, "aws", aws_fields());
  append_options(all, "aws.workers", worker_fields());
  append_options(all, "aws.budget", budget_fields());
  return all;
}

Place read_place(const std::filesystem::path& file) { return read_place(read_text(file), file); }

Place read_place(std::string_view text, const std::filesystem::path& name) {
  Problems problems;
  const Node root = parse_yaml(text, name, problems);
  const std::vector<std::string> sections{"slurm", "hosts", "aws"};
  Place place;
  const Node* chosen = nullptr;
  for (const Node& entry : root.children) {
    if (std::ranges::find(sections, entry.key) == sections.end()) {
      problems.add(entry.key_where, entry.key + ": says nothing of where a job runs",
                   is_of_job(entry.key) ? "that belongs into a config; this file is that of --on"
                                        : core::hint_for(entry.key, sections));
    } else if (chosen != nullptr) {
      problems.add(entry.key_where, fmt::format("{}: the file says already where, in '{}'", entry.key, chosen->key),
                   "leave out one of them");
    } else {
      chosen = &entry;
    }
  }
  if (chosen != nullptr) {
    place = read_chosen(*chosen, problems);
  } else if (problems.empty()) {
    problems.add({.file = name.string()}, "does not say where the job is to run",
                 "slurm: {nodes: 1-8, time: 4:00:00}, hosts: {hosts: [node1, node2]}, or aws: {name: dev, ...}");
  }
  problems.throw_if_any();
  return place;
}

}  // namespace gridmill::config
