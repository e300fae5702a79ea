#include "staging/web_service.hpp"

#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "staging/digest.hpp"
#include "staging/persistence.hpp"

namespace gridmill::staging {

namespace {

constexpr long kPatience_s = 300;          // for one request; a file takes as long as it moves on
constexpr std::size_t kFirstAttempts = 4;  // at a server that has never answered

}  // namespace

WebService::WebService(std::string address, Headers headers)
    : address_(std::move(address)), headers_(std::move(headers)) {
  while (address_.ends_with('/')) address_.pop_back();
}

ServiceAnswer WebService::ask(const std::string& method, const std::string& path, const std::string& body,
                              std::optional<FileSlice> file) {
  Persistence persistence;
  std::string heard;
  Headers headers = headers_;
  if (file) headers.emplace_back("Content-Type", "application/octet-stream");
  if (!file && !body.empty()) headers.emplace_back("Content-Type", "application/json");
  for (;;) {
    try {
      Response response = http_.send({.method = method,
                                      .url = address_ + path,
                                      .headers = headers,
                                      .body = body,
                                      .file = file,
                                      .patience_s = file ? 0 : kPatience_s});
      has_answered_ = true;
      if (!passes(response)) return {response.status, std::move(response.body)};
      heard = fmt::format("it answers {}", response.status);
    } catch (const TransferError& error) {
      heard = error.what();
      if (!error.passes()) throw core::RunError(fmt::format("{}: {}", address_, heard));
    }
    const bool is_known = has_answered_ || persistence.n_failed() + 1 < kFirstAttempts;
    if (is_known && persistence.again()) continue;
    throw core::RunError(fmt::format("{}: does not do what it is asked: {}", address_, heard),
                         has_answered_ ? "repeat the command when the server is well: it goes on where it was"
                                       : "is that its address, and does it run?");
  }
}

std::pair<std::string, std::string> basic_authorization(const std::string& user, const std::string& password) {
  return {"Authorization", "Basic " + base64(user + ":" + password)};
}

std::pair<std::string, std::string> bearer_authorization(const std::string& token) {
  return {"Authorization", "Bearer " + token};
}

}  // namespace gridmill::staging
