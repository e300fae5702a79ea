#pragma once

#include <string>
#include <utility>

#include "staging/http.hpp"

namespace gridmill::staging {

/// Where it answers on a machine of EC2.
inline constexpr const char* kInstanceServiceAddress = "http://169.254.169.254";

/// The metadata service of a machine of EC2 (IMDSv2: asked with a token, which it gives first). It is this machine that
/// is asked: no proxy is. For one thread, that of `http`.
///
/// Source: AWS, "Use the Instance Metadata Service to access instance metadata".
class InstanceService {
 public:
  /// What it says: HTTP's 200 with a text, 404 where it has nothing of that name; 0: there is no such service, or it
  /// does not answer in time.
  struct Answer {
    long status = 0;
    std::string text;
  };

  static constexpr long kOk = 200;
  static constexpr long kNotFound = 404;

  /// `patience_s`: seconds that each answer may take.
  InstanceService(Http& http, std::string address, long patience_s)
      : http_(http), address_(std::move(address)), patience_s_(patience_s) {}

  /// Asks for what is called so: "spot/instance-action". A token that has run out is replaced.
  Answer ask(const std::string& name);

 private:
  Answer send(Request request);
  bool get_token();

  Http& http_;
  std::string address_;
  long patience_s_;
  std::string token_;
};

}  // namespace gridmill::staging
