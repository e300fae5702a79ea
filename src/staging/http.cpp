#include "staging/http.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

#include <curl/curl.h>
#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::staging {

namespace {

constexpr long kConnect_s = 10;
constexpr long kSilence_s = 20;                   // without a byte
constexpr std::size_t kLongestBody = 64U << 20U;  // [bytes] of an answer that is kept in memory

/// One request on its way.
struct Exchange {
  const Request& request;
  const Taker& taker;
  Response response = {};
  std::uint64_t sent = 0;
  std::exception_ptr failed = nullptr;
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::size_t take_header(char* bytes, std::size_t, std::size_t n, void* to) {
  auto& exchange = *static_cast<Exchange*>(to);
  const std::string_view line(bytes, n);
  if (line.starts_with("HTTP/")) {  // another answer: after a redirection, or "100 Continue"
    exchange.response = {};
    const std::size_t blank = line.find(' ');
    if (blank != std::string_view::npos) exchange.response.status = std::strtol(line.data() + blank, nullptr, 10);
  }
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) {
    exchange.response.headers[lower(line.substr(0, colon))] = trimmed(line.substr(colon + 1));
  }
  return n;
}

std::size_t take_body(char* bytes, std::size_t, std::size_t n, void* to) {
  auto& exchange = *static_cast<Exchange*>(to);
  try {
    if (exchange.taker && exchange.response.is_good()) {
      exchange.taker(exchange.response, {bytes, n});
    } else {
      if (exchange.response.body.size() + n > kLongestBody) return 0;
      exchange.response.body.append(bytes, n);
    }
  } catch (...) {
    exchange.failed = std::current_exception();
    return 0;
  }
  return n;
}

std::size_t give_body(char* bytes, std::size_t, std::size_t n, void* from) {
  auto& exchange = *static_cast<Exchange*>(from);
  if (const auto& file = exchange.request.file) {
    n = static_cast<std::size_t>(std::min<std::uint64_t>(n, file->n_bytes - exchange.sent));
    const ssize_t got = ::pread(file->file, bytes, n, static_cast<off_t>(file->offset + exchange.sent));
    if (got < 0 || (got == 0 && n > 0)) return CURL_READFUNC_ABORT;
    n = static_cast<std::size_t>(got);
  } else {
    n = exchange.request.body.copy(bytes, n, exchange.sent);
  }
  exchange.sent += n;
  return n;
}

int rewind_body(void* from, curl_off_t offset, int origin) {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<Exchange*>(from)->sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

/// What does not go away by asking again.
bool stays(CURLcode code) {
  constexpr std::array kStaying{CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT,      CURLE_PEER_FAILED_VERIFICATION,
                                CURLE_SSL_CACERT_BADFILE,   CURLE_TOO_MANY_REDIRECTS, CURLE_WRITE_ERROR,
                                CURLE_ABORTED_BY_CALLBACK,  CURLE_OUT_OF_MEMORY};
  return std::find(kStaying.begin(), kStaying.end(), code) != kStaying.end();
}

}  // namespace

std::string Response::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

struct Http::Handle {
  CURL* curl = nullptr;
  std::array<char, CURL_ERROR_SIZE> words{};

  Handle() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    curl = ready == CURLE_OK ? curl_easy_init() : nullptr;
    if (curl == nullptr) throw core::RunError("libcurl cannot be started");
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl_easy_cleanup(curl); }

  // curl_easy_setopt takes its argument as C does, and says no more than that the library knows the option.
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(curl, option, value);  // NOLINT(cppcoreguidelines-pro-type-vararg)
  }

  void prepare(Exchange& exchange, curl_slist* headers);
};

void Http::Handle::prepare(Exchange& exchange, curl_slist* headers) {
  const Request& request = exchange.request;
  curl_easy_reset(curl);
  words[0] = '\0';
  set(CURLOPT_ERRORBUFFER, words.data());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, request.url.starts_with("https") ? "https" : "http,https");
  set(CURLOPT_FOLLOWLOCATION, request.follows ? 1L : 0L);
  set(CURLOPT_MAXREDIRS, 10L);
  if (request.passes_proxy) set(CURLOPT_PROXY, "");
  set(CURLOPT_CONNECTTIMEOUT, request.patience_s > 0 ? std::min(request.patience_s, kConnect_s) : kConnect_s);
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, kSilence_s);
  set(CURLOPT_TIMEOUT, request.patience_s);
  set(CURLOPT_HTTPHEADER, headers);
  set(CURLOPT_HEADERFUNCTION, &take_header);
  set(CURLOPT_HEADERDATA, &exchange);
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, &exchange);
  const char* certificates = std::getenv("AWS_CA_BUNDLE");  // NOLINT(concurrency-mt-unsafe): nothing changes it
  if (certificates != nullptr && *certificates != '\0') set(CURLOPT_CAINFO, certificates);
  const bool sends = request.file || request.method == "PUT" || request.method == "POST";
  if (sends) {
    const std::uint64_t n = request.file ? request.file->n_bytes : request.body.size();
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, &give_body);
    set(CURLOPT_READDATA, &exchange);
    set(CURLOPT_SEEKFUNCTION, &rewind_body);
    set(CURLOPT_SEEKDATA, &exchange);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(n));
  }
  if (request.method != "GET") set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

Http::Http() : handle_(std::make_unique<Handle>()) {}
Http::~Http() = default;
Http::Http(Http&&) noexcept = default;

Response Http::send(const Request& request, const Taker& taker) {
  Exchange exchange{.request = request, .taker = taker};
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers(nullptr, &curl_slist_free_all);
  const auto add = [&](const std::string& line) { headers.reset(curl_slist_append(headers.release(), line.c_str())); };
  add("Expect:");
  add("User-Agent: gridmill");
  for (const auto& [name, value] : request.headers) add(fmt::format("{}: {}", name, value));
  handle_->prepare(exchange, headers.get());
  const CURLcode code = curl_easy_perform(handle_->curl);
  if (exchange.failed) std::rethrow_exception(exchange.failed);
  if (code != CURLE_OK) {
    const char* words = handle_->words[0] == '\0' ? curl_easy_strerror(code) : handle_->words.data();
    throw TransferError(words, !stays(code));
  }
  return std::move(exchange.response);
}

}  // namespace gridmill::staging
