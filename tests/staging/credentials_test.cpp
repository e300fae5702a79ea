#include "staging/credentials.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "staging/profile.hpp"

namespace gridmill::staging {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// An environment without anything of AWS, and a home of its own.
class CredentialsTest : public testing::Test {
 protected:
  CredentialsTest() : home_(fs::path(testing::TempDir()) / "home-of-credentials") {
    fs::create_directories(home_ / ".aws");
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE",
                             "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"}) {
      unsetenv(name);
    }
    setenv("HOME", home_.c_str(), 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
  }
  ~CredentialsTest() override { fs::remove_all(home_); }
  CredentialsTest(const CredentialsTest&) = delete;
  CredentialsTest& operator=(const CredentialsTest&) = delete;

  void write(const char* name, const std::string& text) const { std::ofstream(home_ / ".aws" / name) << text; }

  std::string refusal() {
    try {
      (void)find_credentials(http_);
    } catch (const core::UserError& error) {
      return error.what();
    }
    return "found some";
  }

  fs::path home_;
  Http http_;
};

TEST_F(CredentialsTest, are_those_of_the_environment_first) {
  write("credentials", "[default]\naws_access_key_id = of-file\naws_secret_access_key = s\n");
  setenv("AWS_ACCESS_KEY_ID", "of-environment", 1);
  setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
  setenv("AWS_SESSION_TOKEN", "t", 1);
  const Credentials found = find_credentials(http_);
  EXPECT_EQ(found.access_key, "of-environment");
  EXPECT_EQ(found.session_token, "t");
  unsetenv("AWS_SECRET_ACCESS_KEY");
  EXPECT_THAT(refusal(), HasSubstr("only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"));
}

TEST_F(CredentialsTest, are_those_of_a_profile_in_either_file) {
  write("credentials",
        "# mine\n[default]\naws_access_key_id=a\naws_secret_access_key = b=c\n\n[other]\nAWS_ACCESS_KEY_ID = o\n");
  write("config",
        "[default]\nregion = eu-west-1\ns3 =\n  region = none\n[profile other]\naws_secret_access_key = "
        "p\nregion=eu-central-1\n");
  EXPECT_EQ(find_credentials(http_).access_key, "a");
  EXPECT_EQ(find_credentials(http_).secret_key, "b=c");
  EXPECT_EQ(find_region(http_), "eu-west-1");
  setenv("AWS_PROFILE", "other", 1);
  EXPECT_EQ(find_credentials(http_).access_key, "o");
  EXPECT_EQ(find_credentials(http_).secret_key, "p");
  EXPECT_EQ(find_credentials(http_).source, "profile 'other'");
  EXPECT_EQ(find_region(http_), "eu-central-1");
  setenv("AWS_PROFILE", "third", 1);
  EXPECT_THAT(refusal(), HasSubstr("AWS_PROFILE names 'third', which is neither in"));
}

TEST_F(CredentialsTest, of_a_profile_that_asks_another_program_are_not_had) {
  write("config", "[profile work]\nsso_session = acme\n");
  setenv("AWS_PROFILE", "work", 1);
  EXPECT_THAT(refusal(), HasSubstr("profile 'work' gets its credentials by 'sso_session', which gridmill does not do\n"
                                   "  eval \"$(aws configure export-credentials --profile work --format env)\""));
}

TEST_F(CredentialsTest, that_are_nowhere_are_told_with_where_was_looked) {
  EXPECT_THAT(refusal(), testing::AllOf(HasSubstr("no credentials for S3: looked at AWS_ACCESS_KEY_ID"),
                                        HasSubstr("profile 'default' of " + (home_ / ".aws" / "credentials").string()),
                                        HasSubstr("AWS_EC2_METADATA_DISABLED")));
}

TEST(section_of, is_what_stands_below_its_name) {
  EXPECT_EQ(section_of("[a]\nx = 1\n[b]\nx = 2\n; no\n", "b"), (ProfileSettings{{"x", "2"}}));
  EXPECT_TRUE(section_of("x = 1\n", "b").empty());
}

}  // namespace
}  // namespace gridmill::staging
