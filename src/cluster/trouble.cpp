#include "cluster/trouble.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <regex>
#include <vector>

#include <fmt/format.h>

namespace gridmill::cluster {

namespace {

/// A word that terraform or AWS says, and what it means.
struct Sign {
  std::string_view words;  // one of them, with '|' between
  std::string_view what;
  std::string_view hint;
};

constexpr const char* kCredentialsHint =
    "run 'aws configure', or 'aws sso login' and 'eval \"$(aws configure export-credentials --format env)\"', or set "
    "AWS_PROFILE; then the same command again";

// The first that fits is told: what everything else follows from stands above.
constexpr std::array<Sign, 21> kSigns{{
    {"No valid credential sources found|no EC2 IMDS role found|failed to refresh cached credentials|"
     "Unable to locate credentials",
     "there are no credentials for AWS", kCredentialsHint},
    {"failed to get shared config profile", "the AWS profile that AWS_PROFILE names is not there",
     "'aws configure list-profiles' tells which there are"},
    {"ExpiredToken|token has expired|SSO session has expired|TokenRefreshRequired",
     "the credentials for AWS have expired", kCredentialsHint},
    {"InvalidClientTokenId|SignatureDoesNotMatch|AuthFailure|UnrecognizedClientException|InvalidAccessKeyId",
     "AWS does not know these credentials", kCredentialsHint},
    {"RequestTimeTooSkewed|Signature expired|Signature not yet current|RequestExpired",
     "the clock of this machine is wrong: AWS takes no request of another time", "set the clock ('timedatectl')"},
    {"Unsupported Terraform Core version", "this terraform is too old", "Terraform 1.10 or later is needed"},
    {"Failed to query available provider packages|Failed to install provider|could not connect to registry|"
     "Failed to resolve provider packages",
     "terraform cannot fetch its AWS provider from registry.terraform.io",
     "check whether this machine reaches it; TF_CLI_CONFIG_FILE can name a mirror"},
    {"no such host|dial tcp|connection refused|i/o timeout", "AWS does not answer from this machine",
     "look at the network, proxy settings, and whether there is such a region"},
    {"Error acquiring the state lock", "another terraform works on this cluster",
     "wait for it; if none does (it was killed), 'terraform force-unlock ID' in the cluster's folder"},
    {"BucketAlreadyOwnedByYou", "the bucket exists and is yours, but not this cluster's",
     "create_bucket: false uses it as it is, or take another name in 'bucket'"},
    {"BucketAlreadyExists|OperationAborted: A conflicting conditional operation",
     "another account has a bucket of that name", "take another name in 'bucket'"},
    {"BucketNotEmpty", "the bucket holds files, so that it stays",
     "empty it, or set force_destroy: true, 'gridmill cluster up', and 'down' again"},
    {"VcpuLimitExceeded", "the quota of this account for cores on demand is used up (or 0, as in new accounts)",
     "raise 'Running On-Demand Standard instances' (Service Quotas, Amazon EC2, L-1216C47A), or take a smaller 'head'"},
    {"MaxSpotInstanceCountExceeded|SpotMaxPriceTooLow",
     "the quota of this account for spot machines is used up, or spot_max_price is too low",
     "raise 'All Standard Spot Instance Requests' (Service Quotas, Amazon EC2, L-34B43A08), or take fewer workers"},
    {"InsufficientInstanceCapacity|InsufficientHostCapacity|UnfulfillableCapacity|InsufficientCapacity",
     "AWS has no machine of that type free there now",
     "try again later, or name other types in 'head' and 'instance_types', or another 'region'"},
    {"Your requested instance type|InvalidInstanceType|InvalidParameterValue: The following supplied instance types do "
     "not exist",
     "this region or zone has no such instance type", "take other types, or name 'azs' that have them"},
    {"VpcLimitExceeded", "the account has as many networks (VPC) in this region as it may have",
     "delete one, raise the quota (L-F678F1CE), or name 'subnet_ids' of one that exists"},
    {"AddressLimitExceeded|InternetGatewayLimitExceeded|RulesPerSecurityGroupLimitExceeded|SecurityGroupLimitExceeded",
     "a quota of this account for networks is used up", "Service Quotas, Amazon VPC"},
    {"OptInRequired|PendingVerification", "AWS has not finished opening this account for machines",
     "it writes a mail when it has, mostly within a day"},
    {"InvalidAMIID", "the image in 'ami_id' is not in this region", "leave out ami_id for the newest Debian 12"},
    {"Permission denied (publickey)", "ssh is not let in: the key does not fit",
     "the private part of ssh_public_key must be beside it, without a passphrase or in ssh-agent ('ssh-add')"},
}};

/// One line, without what terraform frames its words with.
std::string in_one_line(std::string_view text) {
  std::string line;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view rest = text.substr(i);
    if (rest.starts_with("\u2502") || rest.starts_with("\u2577") || rest.starts_with("\u2575")) {
      i += 2;  // three bytes each
      continue;
    }
    const bool is_space = std::isspace(static_cast<unsigned char>(text[i])) != 0;
    if (!is_space) line += text[i];
    if (is_space && !line.empty() && line.back() != ' ') line += ' ';
  }
  return line;
}

bool says(std::string_view line, std::string_view words) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find('|'), words.size());
    if (line.find(words.substr(0, end)) != std::string_view::npos) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

/// "ec2:RunInstances" of a refusal; nothing: it names none.
std::optional<std::string> refused_action(const std::string& line) {
  static const std::regex kRefused(R"(UnauthorizedOperation|AccessDenied|not authorized to perform)");
  if (!std::regex_search(line, kRefused)) return std::nullopt;
  std::smatch found;
  static const std::regex kNamed(R"(not authorized to perform: ([a-z0-9-]+:[A-Za-z0-9*]+))");
  if (std::regex_search(line, found, kNamed)) return found[1];
  static const std::regex kOperation(
      R"(operation error ([A-Za-z0-9 ]+): ([A-Za-z0-9]+), .{0,400}(UnauthorizedOperation|AccessDenied))");
  if (!std::regex_search(line, found, kOperation)) return std::string();
  std::string service = found[1];
  std::erase(service, ' ');
  std::ranges::transform(service, service.begin(),
                         [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return service + ":" + found[2].str();
}

std::optional<Trouble> refusal_in(const std::string& line) {
  const auto action = refused_action(line);
  if (!action) return std::nullopt;
  const std::string what = action->empty() ? "AWS refuses an action: the policy of whoever runs this does not allow it"
                                           : fmt::format("AWS does not allow {} to whoever runs this", *action);
  return Trouble{what, "put it into the policy; terraform/policy.json lists all that is needed (docs/aws.md, step 1)"};
}

/// What a variable of terraform's must be, in the words of terraform/vars.tf.
std::optional<Trouble> refused_value_in(const std::string& line) {
  const std::size_t end = line.find(" This was checked by");
  if (line.find("Invalid value for variable") == std::string::npos || end == std::string::npos) return std::nullopt;
  static const std::regex kSentence(" ([a-z_]+: .*)");
  std::smatch found;
  const std::string words = line.substr(0, end);
  if (!std::regex_search(words, found, kSentence)) return std::nullopt;
  return Trouble{found[1], "mend it in the file of the cluster"};
}

}  // namespace

std::optional<Trouble> known_trouble_in(std::string_view text) {
  const std::string line = in_one_line(text);
  for (const Sign& sign : kSigns) {
    if (says(line, sign.words)) return Trouble{std::string(sign.what), std::string(sign.hint)};
  }
  return refusal_in(line);
}

std::optional<Trouble> trouble_in(std::string_view terraform_text) {
  const std::string line = in_one_line(terraform_text);
  const std::size_t error = line.find("Error: ");
  if (error == std::string::npos) return known_trouble_in(line);
  // Only what is said of errors: a plan names many things.
  const std::string errors = line.substr(error);
  if (auto value = refused_value_in(errors)) return value;
  if (auto known = known_trouble_in(errors)) return known;
  constexpr std::size_t kMost = 300;
  const std::string first = errors.substr(7, std::min(kMost, errors.find("Error: ", 7) - 7));
  return Trouble{"terraform says: " + first, ""};
}

}  // namespace gridmill::cluster
