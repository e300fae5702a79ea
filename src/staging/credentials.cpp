#include "staging/credentials.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "staging/instance_service.hpp"
#include "staging/profile.hpp"

namespace gridmill::staging {

namespace {

constexpr long kInstance_s = 2;  // the service answers in a moment, or this is no instance

std::string instance_service() {
  const std::string given = variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
  return given.empty() ? kInstanceServiceAddress : given.substr(0, given.find_last_not_of('/') + 1);
}

bool asks_instance() {
  std::string off = variable("AWS_EC2_METADATA_DISABLED");
  std::transform(off.begin(), off.end(), off.begin(), [](unsigned char c) { return std::tolower(c); });
  return off != "true";
}

/// Asks the instance's own service; nothing: this is no instance, or it does not say.
std::optional<std::string> ask_instance(Http& http, const std::string& what) {
  if (!asks_instance()) return std::nullopt;
  InstanceService::Answer answer = InstanceService(http, instance_service(), kInstance_s).ask(what);
  if (answer.status != InstanceService::kOk || answer.text.empty()) return std::nullopt;
  return std::move(answer.text);
}

/// "2026-11-29T12:00:00Z" as seconds since 1970.
std::optional<std::int64_t> time_in(const std::string& text) {
  std::tm time{};
  return strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &time) == nullptr ? std::nullopt
                                                                       : std::optional<std::int64_t>(timegm(&time));
}

std::optional<Credentials> of_environment() {
  Credentials found{.access_key = variable("AWS_ACCESS_KEY_ID"),
                    .secret_key = variable("AWS_SECRET_ACCESS_KEY"),
                    .session_token = variable("AWS_SESSION_TOKEN"),
                    .source = "the environment"};
  if (found.access_key.empty() != found.secret_key.empty()) {
    throw core::UserError("only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set", "set both, or none");
  }
  return found.access_key.empty() ? std::nullopt : std::optional(found);
}

std::optional<Credentials> of_profile(const Profile& profile) {
  const auto setting = [&](const char* name) {
    const auto at = profile.settings.find(name);
    return at == profile.settings.end() ? std::string() : at->second;
  };
  Credentials found{.access_key = setting("aws_access_key_id"),
                    .secret_key = setting("aws_secret_access_key"),
                    .session_token = setting("aws_session_token"),
                    .source = fmt::format("profile '{}'", profile.name)};
  if (!found.access_key.empty() && !found.secret_key.empty()) return found;
  constexpr std::array kElsewhere{"sso_session", "sso_start_url", "role_arn", "credential_process",
                                  "web_identity_token_file"};
  for (const char* name : kElsewhere) {
    if (setting(name).empty()) continue;
    throw core::UserError(
        fmt::format("profile '{}' gets its credentials by '{}', which gridmill does not do", profile.name, name),
        fmt::format("eval \"$(aws configure export-credentials --profile {} --format env)\"", profile.name));
  }
  if (profile.is_named && profile.settings.empty()) {
    throw core::UserError(fmt::format("AWS_PROFILE names '{}', which is neither in {} nor in {}", profile.name,
                                      profile.credentials.string(), profile.config.string()));
  }
  return std::nullopt;
}

std::optional<Credentials> of_instance(Http& http) {
  constexpr const char* kFolder = "iam/security-credentials/";
  const auto role = ask_instance(http, kFolder);
  if (!role) return std::nullopt;
  const std::string name = role->substr(0, role->find('\n'));
  const auto text = ask_instance(http, kFolder + name);
  const auto answer = nlohmann::json::parse(text.value_or(""), nullptr, false);
  const auto entry = [&](const char* key) {
    return answer.is_object() && answer.contains(key) && answer[key].is_string() ? answer[key].get<std::string>()
                                                                                 : std::string();
  };
  if (entry("AccessKeyId").empty() || entry("SecretAccessKey").empty()) return std::nullopt;
  return Credentials{.access_key = entry("AccessKeyId"),
                     .secret_key = entry("SecretAccessKey"),
                     .session_token = entry("Token"),
                     .expires = time_in(entry("Expiration")),
                     .source = fmt::format("role '{}' of this instance", name)};
}

}  // namespace

Credentials find_credentials(Http& http) {
  if (auto found = of_environment()) return *found;
  const Profile profile = read_profile();
  if (auto found = of_profile(profile)) return *found;
  if (auto found = of_instance(http)) return *found;
  throw core::UserError(
      fmt::format(
          "no credentials for S3: looked at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, profile '{}' of {} and {}, "
          "{}",
          profile.name, profile.credentials.string(), profile.config.string(),
          asks_instance() ? "the role of this instance (no answer with one)"
                          : "and not at the instance (AWS_EC2_METADATA_DISABLED)"),
      "aws configure; what anybody may read has an https:// address, too");
}

std::string find_region(Http& http) {
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (std::string region = variable(name); !region.empty()) return region;
  }
  const Profile profile = read_profile();
  const auto at = profile.settings.find("region");
  if (at != profile.settings.end()) return at->second;
  // Who has an endpoint of his own is on no instance that knows its region.
  const bool is_elsewhere = !variable("AWS_ENDPOINT_URL").empty() || !variable("AWS_ENDPOINT_URL_S3").empty();
  const bool has_keys = !variable("AWS_ACCESS_KEY_ID").empty() || profile.settings.contains("aws_access_key_id");
  const auto region = is_elsewhere || has_keys ? std::nullopt : ask_instance(http, "placement/region");
  return region.value_or("us-east-1");
}

}  // namespace gridmill::staging
