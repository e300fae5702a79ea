#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <stdlib.h>

namespace gridmill::io {

/// A test with a folder of its own, removed afterwards.
class ScratchFolder : public ::testing::Test {
 protected:
  ScratchFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "gridmill-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~ScratchFolder() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::filesystem::path at(std::string_view name) const { return folder_ / name; }

  std::filesystem::path put(std::string_view name, std::string_view bytes) const {
    std::ofstream(at(name), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return at(name);
  }

  [[nodiscard]] static std::string contents(const std::filesystem::path& path) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
  }

  [[nodiscard]] std::size_t n_files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

  /// Returns what `call` throws as an Error, without the folder's name; "" when it throws nothing.
  template <class Error, class Call>
  [[nodiscard]] std::string message(Call call) const {
    try {
      call();
    } catch (const Error& error) {
      std::string text = error.what();
      const std::string prefix = folder_.string() + "/";
      for (std::size_t i = text.find(prefix); i != std::string::npos; i = text.find(prefix))
        text.erase(i, prefix.size());
      return text;
    }
    return {};
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace gridmill::io
