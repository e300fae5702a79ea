#include "cluster/variables.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <regex>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/value.hpp"
#include "io/files/json.hpp"

namespace gridmill::cluster {

namespace {

/// Collects variables; what is unset is terraform's to say.
class Variables {
 public:
  void set(const char* name, core::Value value) { entries_.emplace_back(name, std::move(value)); }
  void set_count(const char* name, std::size_t n) { set(name, static_cast<std::int64_t>(n)); }
  void set_text(const char* name, const std::string& text) {
    if (!text.empty()) set(name, text);
  }
  void set_list(const char* name, const std::vector<std::string>& words) {
    if (!words.empty()) set(name, core::ValueList(words.begin(), words.end()));
  }
  template <class T>
  void set_if(const char* name, const std::optional<T>& value) {
    if (value) set(name, *value);
  }
  [[nodiscard]] std::string json() const { return io::to_json(entries_); }

 private:
  core::ValueMapping entries_;
};

}  // namespace

std::string terraform_variables(const config::AwsPlace& place, const GivenFiles& files) {
  Variables all;
  for (const auto& [name, text] :
       {std::pair{"name", &place.name}, std::pair{"region", &place.region}, std::pair{"owner", &place.owner},
        std::pair{"admin_cidr", &place.admin_cidr}, std::pair{"head", &place.head}, std::pair{"bucket", &place.bucket},
        std::pair{"vpc_cidr", &place.vpc_cidr}, std::pair{"kms_key_arn", &place.kms_key_arn},
        std::pair{"permissions_boundary", &place.permissions_boundary}, std::pair{"ami_id", &place.ami_id}}) {
    all.set_text(name, *text);
  }
  all.set_text("ssh_public_key", files.public_key);
  all.set_text("package", files.package.string());
  all.set_list("instance_types", place.instance_types);
  all.set_list("azs", place.azs);
  all.set_list("subnet_ids", place.subnet_ids);
  all.set_count("workers_min", place.workers.min);
  all.set_count("workers_max", place.workers.max);
  all.set_count("slots_per_node", place.slots_per_node);
  all.set_count("on_demand_base", place.on_demand_base);
  all.set_count("ttl_hours", place.ttl_hours);
  all.set("idle_minutes", static_cast<std::int64_t>(place.idle.seconds / 60));
  if (place.spot_max_price > 0) all.set("spot_max_price", place.spot_max_price);
  if (place.limit.usd > 0) all.set("limit_usd", place.limit.usd);
  if (!place.prices.empty()) all.set("prices", core::ValueMapping(place.prices.begin(), place.prices.end()));
  all.set_if("create_bucket", place.create_bucket);
  all.set_if("force_destroy", place.force_destroy);
  all.set_if("staging_days", place.staging_days);
  all.set_if("root_gb", place.root_gb);
  all.set_if("head_gb", place.head_gb);
  return all.json();
}

std::optional<double> most_usd_per_hour(const config::AwsPlace& place, std::size_t n_workers) {
  const auto head = place.prices.find(place.head);
  if (head == place.prices.end()) return std::nullopt;
  double dearest = 0;
  for (const std::string& type : place.instance_types) {
    const auto price = place.prices.find(type);
    if (price == place.prices.end()) return std::nullopt;
    dearest = std::max(dearest, price->second);
  }
  return head->second + static_cast<double>(n_workers) * dearest;
}

std::string read_public_key(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  if (!std::getline(in, line)) {
    throw core::UserError(fmt::format("aws.ssh_public_key: {} cannot be read", file.string()),
                          "'ssh-keygen -t ed25519' makes a pair; name the part that ends with .pub");
  }
  if (line.find("PRIVATE KEY") != std::string::npos) {
    throw core::UserError(
        fmt::format("aws.ssh_public_key: {} is a private key, which never leaves this machine", file.string()),
        fmt::format("name the public part: {}.pub", file.string()));
  }
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  static const std::regex kKey("(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+=*( .*)?");
  if (std::regex_match(line, kKey)) return line;
  throw core::UserError(fmt::format("aws.ssh_public_key: {} is no public key of ssh", file.string()),
                        "one line is expected: ssh-ed25519 AAAA... you@laptop");
}

}  // namespace gridmill::cluster
