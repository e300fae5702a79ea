#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/aws_place.hpp"

namespace gridmill::cluster {

/// The folder of a cluster on this machine: terraform's files, its variables and its state, what ssh needs.
///
/// It is $XDG_DATA_HOME/gridmill/clusters/NAME, else ~/.local/share/gridmill/clusters/NAME. It holds no secret, but
/// without the state nobody knows any more what was made.
class WorkFolder {
 public:
  /// Errors: UserError where neither variable is set.
  explicit WorkFolder(const std::string& cluster);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path variables() const { return path_ / "terraform.tfvars.json"; }
  [[nodiscard]] std::filesystem::path outputs() const { return path_ / "outputs.json"; }
  [[nodiscard]] std::filesystem::path ssh_config() const { return path_ / "ssh_config"; }
  [[nodiscard]] std::filesystem::path log() const { return path_ / "terraform.log"; }
  [[nodiscard]] std::filesystem::path package() const { return path_ / "gridmill.deb"; }

 private:
  std::filesystem::path path_;
};

/// Returns the folder with the terraform files of this program: share/gridmill/terraform where it is installed, else
/// terraform/ of the tree in which it was built. Errors: UserError where there is none.
std::filesystem::path terraform_files(const std::filesystem::path& program);

/// Copies the files that terraform reads into the cluster's folder; what else is there (state, a backend of the user's)
/// stays. Errors: RunError.
void copy_terraform_files(const std::filesystem::path& from, const std::filesystem::path& to);

/// What terraform has made, as far as gridmill asks.
struct Outputs {
  std::string head_address;  // public; empty: the head is stopped
  std::string head_id;
  std::string head_state;  // as EC2 has it: "running", "stopped"
  std::string bucket;
  std::string group;
};

/// Reads what `terraform output -json` told. Nothing: nothing is made. Errors: UserError where it is no such file.
std::optional<Outputs> read_outputs(const std::filesystem::path& file);

/// Returns the text of a config for ssh that knows the head under the cluster's name, and nothing else: for who works,
/// and NAME-admin for who may use sudo. The head's key is taken at first sight, and kept by the head's id.
std::string ssh_config(const config::AwsPlace& place, const Outputs& outputs, const std::filesystem::path& folder);

/// Returns the words of a command that does something on the head, without asking anything here.
std::vector<std::string> ssh_words(const WorkFolder& folder, const std::string& host, const std::string& command,
                                   bool is_quiet = false);

}  // namespace gridmill::cluster
