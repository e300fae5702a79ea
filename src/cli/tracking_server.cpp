#include "cli/tracking_server.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "staging/profile.hpp"
#include "staging/web_service.hpp"

namespace gridmill::cli {

namespace {

/// A file that is open for reading.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), n_bytes_(std::filesystem::file_size(path)) {
    if (file_ < 0) {
      throw core::RunError(fmt::format("cannot read {}: {}", path.string(), std::generic_category().message(errno)));
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() { ::close(file_); }

  [[nodiscard]] staging::FileSlice whole() const { return {.file = file_, .offset = 0, .n_bytes = n_bytes_}; }

 private:
  int file_;
  std::uint64_t n_bytes_;
};

staging::Headers who_asks() {
  const std::string user = staging::variable("MLFLOW_TRACKING_USERNAME");
  const std::string password = staging::variable("MLFLOW_TRACKING_PASSWORD");
  const std::string token = staging::variable("MLFLOW_TRACKING_TOKEN");
  if (!user.empty() && !password.empty()) return {staging::basic_authorization(user, password)};
  if (!token.empty()) return {staging::bearer_authorization(token)};
  return {};
}

}  // namespace

bool is_server(const std::string& word) { return word.starts_with("http://") || word.starts_with("https://"); }

jobs::TrackingServer tracking_server(const std::string& address) {
  const std::size_t host = address.find("//") + 2;
  if (address.substr(host, address.find('/', host) - host).find('@') != std::string::npos) {
    throw core::UserError("gridmill export: the address of the server holds a name or a password",
                          "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD in the environment tell them");
  }
  const auto service = std::make_shared<staging::WebService>(address, who_asks());
  return {.address = address, .ask = [service](const jobs::TrackingRequest& request) -> jobs::TrackingAnswer {
            std::optional<OpenFile> file;
            std::optional<staging::FileSlice> sent;
            if (!request.file.empty()) sent = file.emplace(request.file).whole();
            staging::ServiceAnswer answer = service->ask(request.method, request.path, request.body, sent);
            return {.status = answer.status, .body = std::move(answer.body)};
          }};
}

}  // namespace gridmill::cli
