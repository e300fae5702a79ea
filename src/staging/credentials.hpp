#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "staging/http.hpp"

namespace gridmill::staging {

/// What S3 is asked with. Never printed, never written; `source` may be.
struct Credentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token = {};                      // empty: none
  std::optional<std::int64_t> expires = std::nullopt;  // seconds since 1970
  std::string source = {};  // "the environment", "profile 'x' of FILE", "role 'x' of the instance"
};

/// Looks for credentials where AWS's own programs do, in their order: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
/// AWS_SESSION_TOKEN; the profile AWS_PROFILE (or "default") of ~/.aws/credentials and ~/.aws/config (or
/// AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE); the role of the EC2 instance (IMDSv2), unless
/// AWS_EC2_METADATA_DISABLED is true.
///
/// Errors: UserError saying where was looked; a profile that leaves it to another program (sso_*, role_arn,
/// credential_process) is named.
Credentials find_credentials(Http& http);

/// Returns the region: AWS_REGION, AWS_DEFAULT_REGION, the profile's, the instance's; "us-east-1" where none is known,
/// from where S3 tells the region of a bucket.
std::string find_region(Http& http);

}  // namespace gridmill::staging
