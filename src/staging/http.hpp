#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gridmill::staging {

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A part of an open file, to be sent.
struct FileSlice {
  int file = -1;
  std::uint64_t offset = 0;   // [bytes]
  std::uint64_t n_bytes = 0;  // [bytes]
};

/// A request of HTTP.
struct Request {
  std::string method = "GET";
  std::string url;
  Headers headers = {};
  std::string body = {};                         // what is sent, unless it is a file's
  std::optional<FileSlice> file = std::nullopt;  //
  bool follows = false;                          // goes where the server sends it
  bool passes_proxy = false;                     // asks the server itself, whatever proxy the environment names
  long patience_s = 0;                           // for all of it; 0: as long as bytes come
};

/// What came back.
struct Response {
  long status = 0;
  std::map<std::string, std::string> headers = {};  // names in lower case
  std::string body = {};                            // unless it was given away

  [[nodiscard]] std::string header(const std::string& name) const;
  [[nodiscard]] bool is_good() const { return status >= 200 && status < 300; }
};

/// Says that no whole answer came.
class TransferError : public std::exception {
 public:
  TransferError(std::string what, bool passes) : what_(std::move(what)), passes_(passes) {}

  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
  /// Whether it may come when it is asked again.
  [[nodiscard]] bool passes() const { return passes_; }

 private:
  std::string what_;
  bool passes_;
};

/// Takes bytes of an answer as they come; called with the status and the headers that were there before them.
using Taker = std::function<void(const Response& head, std::string_view bytes)>;

/// Asks servers over connections that stay open, one request at a time. For one thread.
class Http {
 public:
  Http();
  ~Http();
  Http(Http&&) noexcept;
  Http& operator=(Http&&) = delete;

  /// Sends a request, once, and waits for the whole answer, whatever its status. `taker` takes the body of a good
  /// answer; without one it is in the answer. Errors: TransferError: no connection, no certificate, a break, no byte in
  /// 20 s. What `taker` throws.
  Response send(const Request& request, const Taker& taker = {});

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

}  // namespace gridmill::staging
