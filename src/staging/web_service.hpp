#pragma once

#include <optional>
#include <string>
#include <utility>

#include "staging/http.hpp"

namespace gridmill::staging {

/// What a service was asked and has answered.
struct ServiceAnswer {
  long status = 0;
  std::string body;
};

/// A service on the web that is asked by HTTP, at one address and with the same headers each time. For one thread.
class WebService {
 public:
  /// `address`: http://HOST:PORT or https://HOST, with a path or without. `headers` go with each request, and are told
  /// nobody else: redirections are not followed.
  WebService(std::string address, Headers headers);

  /// Asks for a path below the address, and again while the answer fails for reasons that pass (Persistence): no
  /// connection, a cut one, too many requests, 5xx. A server that has never answered yet is given four attempts only:
  /// its address may be wrong. Any other status is the caller's to judge. What is asked may be heard twice: an answer
  /// may get lost. `body`: JSON; `file`: what is sent instead. Errors: RunError naming the address, and what was last
  /// heard.
  ServiceAnswer ask(const std::string& method, const std::string& path, const std::string& body,
                    std::optional<FileSlice> file = std::nullopt);

 private:
  std::string address_;  // without a slash behind
  Headers headers_;
  Http http_;
  bool has_answered_ = false;
};

/// Returns a header Authorization by user and password, or by a token.
std::pair<std::string, std::string> basic_authorization(const std::string& user, const std::string& password);
std::pair<std::string, std::string> bearer_authorization(const std::string& token);

}  // namespace gridmill::staging
