#include "cluster/work_folder.hpp"

#include <array>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/value.hpp"
#include "io/files/json.hpp"

namespace gridmill::cluster {

namespace fs = std::filesystem;

namespace {

fs::path all_clusters() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  if (const char* data = std::getenv("XDG_DATA_HOME"); data != nullptr && *data == '/') {
    return fs::path(data) / "gridmill/clusters";
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return fs::path(home) / ".local/share/gridmill/clusters";
  }
  throw core::UserError("gridmill cluster: HOME is not set, so there is no folder for clusters", "export HOME=...");
}

std::string text_of(const core::Value& outputs, std::string_view name) {
  for (const auto& [key, output] : outputs.mapping()) {
    if (key != name || !output.is_mapping()) continue;
    for (const auto& [part, value] : output.mapping()) {
      if (part == "value" && value.is_text()) return value.text();
    }
  }
  return {};
}

}  // namespace

WorkFolder::WorkFolder(const std::string& cluster) : path_(all_clusters() / cluster) {}

fs::path terraform_files(const fs::path& program) {
  const fs::path here = program.parent_path();
  for (const char* place : {"../share/gridmill/terraform", "../../terraform"}) {
    const fs::path folder = (here / place).lexically_normal();
    if (fs::exists(folder / "vars.tf")) return folder;
  }
  throw core::UserError(fmt::format("gridmill cluster: {} has no terraform files beside it", program.string()),
                        "the Debian package brings them; or use the program where it was built");
}

void copy_terraform_files(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const auto copy = [&](const fs::path& name) {
    if (!error) fs::create_directories((to / name).parent_path(), error);
    if (!error) fs::copy_file(from / name, to / name, fs::copy_options::overwrite_existing, error);
  };
  for (const auto& entry : fs::directory_iterator(from)) {
    if (entry.path().extension() == ".tf") copy(entry.path().filename());
  }
  for (const char* folder : {"scripts", "user-data"}) {
    for (const auto& entry : fs::directory_iterator(from / folder)) copy(folder / entry.path().filename());
  }
  if (error)
    throw core::RunError(fmt::format("{}: terraform's files cannot be put there: {}", to.string(), error.message()));
}

std::optional<Outputs> read_outputs(const fs::path& file) {
  if (!fs::exists(file)) return std::nullopt;
  const core::Value all = io::read_json(file).value;
  if (!all.is_mapping()) throw core::UserError(fmt::format("{}: holds no outputs of terraform", file.string()));
  Outputs outputs{.head_address = text_of(all, "head_address"),
                  .head_id = text_of(all, "head_id"),
                  .head_state = text_of(all, "head_state"),
                  .bucket = text_of(all, "bucket"),
                  .group = text_of(all, "group")};
  if (outputs.head_id.empty()) return std::nullopt;
  return outputs;
}

std::string ssh_config(const config::AwsPlace& place, const Outputs& outputs, const fs::path& folder) {
  fs::path key = place.ssh_public_key;
  const bool has_key = key.extension() == ".pub" && fs::exists(key.replace_extension());
  const std::string identity = has_key ? fmt::format("  IdentityFile \"{}\"\n", fs::absolute(key).string()) : "";
  std::string text = fmt::format("# ssh -F {} {}\n", (folder / "ssh_config").string(), place.name);
  for (const auto& [host, user] : {std::array<std::string, 2>{place.name, "gridmill"},
                                   std::array<std::string, 2>{place.name + "-admin", "admin"}}) {
    text += fmt::format("Host {}\n  HostName {}\n  User {}\n", host, outputs.head_address, user);
  }
  text += fmt::format(
      "Host *\n{}  UserKnownHostsFile \"{}\"\n  StrictHostKeyChecking accept-new\n  ConnectTimeout 10\n"
      "  ServerAliveInterval 15\n  ServerAliveCountMax 4\n",
      identity, (folder / ("known_hosts-" + outputs.head_id)).string());
  return text;
}

std::vector<std::string> ssh_words(const WorkFolder& folder, const std::string& host, const std::string& command,
                                   bool is_quiet) {
  return {"ssh",
          "-o",
          is_quiet ? "LogLevel=QUIET" : "LogLevel=INFO",
          "-F",
          folder.ssh_config().string(),
          "-o",
          "BatchMode=yes",
          "-T",
          host,
          command};
}

}  // namespace gridmill::cluster
