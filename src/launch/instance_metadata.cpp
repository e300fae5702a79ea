#include "launch/instance_metadata.hpp"

#include <cstdlib>
#include <string_view>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

namespace gridmill::launch {

namespace {

using mpi::HostNotice;

constexpr std::size_t kMostAnswer = 65536;
constexpr long kOk = 200;
constexpr long kNotFound = 404;
constexpr long kUnauthorized = 401;

/// What curl calls with each piece of an answer.
std::size_t take_piece(const char* bytes, std::size_t size, std::size_t n, void* text) {
  auto& answer = *static_cast<std::string*>(text);
  if (answer.size() + size * n > kMostAnswer) return 0;
  answer.append(bytes, size * n);
  return size * n;
}

/// A token goes into a header as it is.
bool is_token(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/.") ==
             std::string_view::npos;
}

}  // namespace

std::optional<std::string> metadata_address() {
  // NOLINTBEGIN(concurrency-mt-unsafe): nobody sets them
  if (const char* address = std::getenv(kMetadataVariable)) {
    return *address == '\0' ? std::nullopt : std::optional<std::string>(address);
  }
  return std::getenv("SLURM_JOB_ID") == nullptr ? std::nullopt : std::optional<std::string>(kMetadataAddress);
  // NOLINTEND(concurrency-mt-unsafe)
}

struct InstanceMetadata::Client {
  struct Answer {
    long status = 0;  // 0: none
    std::string text;
  };

  explicit Client(std::string where) : address(std::move(where)), curl(curl_easy_init()) {}
  ~Client() { curl_easy_cleanup(curl); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Answer request(const char* method, const std::string& path, const std::string& header) const {
    Answer answer;
    if (curl == nullptr) return answer;
    curl_easy_reset(curl);
    curl_slist* headers = curl_slist_append(nullptr, header.c_str());
    const std::string url = address + path;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // it is this machine that is asked
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(kPatience.count()));
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_piece);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.text);
    const bool is_whole = curl_easy_perform(curl) == CURLE_OK;
    curl_slist_free_all(headers);
    if (is_whole) curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
  }

  bool get_token() {
    const Answer answer = request("PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 21600");
    token = answer.status == kOk && is_token(answer.text) ? answer.text : "";
    return !token.empty();
  }

  /// Says whether there is something under that name; nothing: no answer. A token that has run out is replaced.
  std::optional<bool> has(const std::string& name) {
    for (bool is_new = token.empty();; is_new = true) {
      if (is_new && !get_token()) return std::nullopt;
      const Answer answer = request("GET", "/latest/meta-data/" + name, "X-aws-ec2-metadata-token: " + token);
      if (answer.status == kUnauthorized && !is_new) continue;
      if (answer.status == kOk) return true;
      return answer.status == kNotFound ? std::optional(false) : std::nullopt;
    }
  }

  std::string address;
  CURL* curl;
  std::string token;
};

InstanceMetadata::InstanceMetadata(std::string address) : client_(std::make_unique<Client>(std::move(address))) {}

InstanceMetadata::~InstanceMetadata() = default;

std::optional<HostNotice> InstanceMetadata::ask() {
  // There is nothing under these names until there is something to say, whatever the words ("stop", "terminate").
  const std::optional<bool> is_leaving = client_->has("spot/instance-action");
  if (!is_leaving || *is_leaving) return is_leaving ? std::optional(HostNotice::leaving) : std::nullopt;
  const std::optional<bool> is_at_risk = client_->has("events/recommendations/rebalance");
  if (!is_at_risk) return std::nullopt;
  return *is_at_risk ? HostNotice::at_risk : HostNotice::none;
}

}  // namespace gridmill::launch
