#include "staging/instance_service.hpp"

#include <string_view>
#include <utility>

namespace gridmill::staging {

namespace {

constexpr long kUnauthorized = 401;

/// A token goes into a header as it is.
bool is_token(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.") ==
             std::string_view::npos;
}

}  // namespace

InstanceService::Answer InstanceService::ask(const std::string& name) {
  for (bool is_new = token_.empty();; is_new = true) {
    if (is_new && !get_token()) return {};
    Answer answer =
        send({.url = address_ + "/latest/meta-data/" + name, .headers = {{"X-aws-ec2-metadata-token", token_}}});
    if (answer.status != kUnauthorized || is_new) return answer;
  }
}

InstanceService::Answer InstanceService::send(Request request) {
  request.passes_proxy = true;
  request.patience_s = patience_s_;
  try {
    Response response = http_.send(request);
    return {response.status, std::move(response.body)};
  } catch (const TransferError&) {
    return {};
  }
}

bool InstanceService::get_token() {
  Answer answer = send({.method = "PUT",
                        .url = address_ + "/latest/api/token",
                        .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}}});
  token_ = answer.status == kOk && is_token(answer.text) ? std::move(answer.text) : "";
  return !token_.empty();
}

}  // namespace gridmill::staging
