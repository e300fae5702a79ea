#include "cluster/variables.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cluster/work_folder.hpp"
#include "core/error.hpp"

namespace gridmill::cluster {
namespace {

using testing::HasSubstr;

config::AwsPlace a_place() {
  config::AwsPlace place;
  place.name = "dev";
  place.region = "eu-central-1";
  place.admin_cidr = "203.0.113.7/32";
  place.bucket = "acme-gridmill";
  return place;
}

/// A file that is gone with its scope.
class Written {
 public:
  explicit Written(const std::string& text) : path_(testing::TempDir() + "variables-" + std::to_string(::getpid())) {
    std::ofstream(path_) << text;
  }
  ~Written() { std::filesystem::remove(path_); }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

TEST(variables, have_the_names_that_terraform_has) {
  config::AwsPlace place = a_place();
  place.limit.usd = 20;
  place.prices = {{"t3.medium", 0.5}};
  const std::string text =
      terraform_variables(place, {.public_key = "ssh-ed25519 AAAA me", .package = "/x/gridmill.deb"});
  for (const char* part :
       {R"("name": "dev")", R"("admin_cidr": "203.0.113.7/32")", R"("workers_min": 0)", R"("workers_max": 8)",
        R"("idle_minutes": 15)", R"("ttl_hours": 12)", R"("limit_usd": 20)",
        R"("ssh_public_key": "ssh-ed25519 AAAA me")", R"("package": "/x/gridmill.deb")", R"("t3.medium": 0.5)"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  for (const char* unset : {"create_bucket", "head_gb", "spot_max_price", "subnet_ids", "owner"}) {
    EXPECT_THAT(text, testing::Not(HasSubstr(unset)));
  }
}

TEST(variables, are_all_known_to_terraform) {
  config::AwsPlace place = a_place();
  place.owner = place.vpc_cidr = place.kms_key_arn = place.permissions_boundary = place.ami_id = "x";
  place.azs = place.subnet_ids = {"x"};
  place.create_bucket = place.force_destroy = true;
  place.staging_days = place.root_gb = place.head_gb = 10;
  place.spot_max_price = place.limit.usd = 1;
  place.prices = {{"t3.medium", 0.5}};
  std::ifstream in(GRIDMILL_SOURCE_DIR "/terraform/vars.tf");
  const std::string known((std::istreambuf_iterator<char>(in)), {});
  const std::string text = terraform_variables(place, {.public_key = "x", .package = "x"});
  std::size_t n = 0;
  for (std::size_t at = text.find("\n  \""); at != std::string::npos; at = text.find("\n  \"", at + 1)) {
    const std::string name = text.substr(at + 4, text.find('"', at + 4) - at - 4);
    EXPECT_THAT(known, HasSubstr("variable \"" + name + "\""));
    ++n;
  }
  EXPECT_EQ(n, 29U);
}

TEST(variables, know_the_most_that_an_hour_costs) {
  config::AwsPlace place = a_place();
  place.instance_types = {"a.large", "b.large"};
  place.prices = {{"t3.medium", 0.5}, {"a.large", 1}};
  EXPECT_FALSE(most_usd_per_hour(place, 2));
  place.prices["b.large"] = 2;
  EXPECT_EQ(most_usd_per_hour(place, 2), 4.5);
  EXPECT_EQ(most_usd_per_hour(place, 0), 0.5);
}

TEST(public_key, is_no_private_one) {
  EXPECT_EQ(read_public_key(Written("ssh-ed25519 AAAA me@laptop\n").path()), "ssh-ed25519 AAAA me@laptop");
  EXPECT_THROW(read_public_key(Written("-----BEGIN OPENSSH PRIVATE KEY-----\n").path()), core::UserError);
  EXPECT_THROW(read_public_key(Written("hello\n").path()), core::UserError);
  EXPECT_THROW(read_public_key("/nowhere/key.pub"), core::UserError);
}

TEST(outputs, are_read_as_terraform_writes_them) {
  const Written file(R"({"head_address": {"sensitive": false, "type": "string", "value": "198.51.100.4"},
    "head_id": {"value": "i-1"}, "head_state": {"value": "running"}, "bucket": {"value": "acme"},
    "group": {"value": "g"}, "most_usd_per_hour": {"value": null}})");
  const auto outputs = read_outputs(file.path());
  ASSERT_TRUE(outputs);
  EXPECT_EQ(outputs->head_address, "198.51.100.4");
  EXPECT_EQ(outputs->head_state, "running");
  EXPECT_FALSE(read_outputs(Written("{}").path()));
  EXPECT_FALSE(read_outputs("/nowhere/outputs.json"));
}

TEST(ssh_config, knows_the_head_and_keeps_its_key_apart) {
  const std::string text = ssh_config(a_place(), {.head_address = "198.51.100.4", .head_id = "i-1"}, "/folder");
  EXPECT_THAT(text, HasSubstr("Host dev\n  HostName 198.51.100.4\n  User gridmill\n"));
  EXPECT_THAT(text, HasSubstr("Host dev-admin\n  HostName 198.51.100.4\n  User admin\n"));
  EXPECT_THAT(text, HasSubstr("UserKnownHostsFile \"/folder/known_hosts-i-1\""));
}

}  // namespace
}  // namespace gridmill::cluster
