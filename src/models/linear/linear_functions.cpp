#include "models/linear/linear_functions.hpp"

#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace gridmill::models::linear {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "gridmill linear model";
constexpr int kFormatVersion = 1;
constexpr const char* kLinearHint =
    "it is damaged, was changed, or belongs to another model; search again to make it anew";

/// Reads entries of the file and says which one is wrong.
class ModelReader {
 public:
  explicit ModelReader(const std::filesystem::path& path) : path_(path.string()) {
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (!file) refuse("cannot be read: a linear model should be here");
    root_ = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!root_.is_object()) refuse("is no JSON object");
  }

  [[noreturn]] void refuse(std::string what) const {
    throw core::UserError(core::Problem{{path_}, std::move(what), kLinearHint});
  }

  [[nodiscard]] const Json& entry(const char* name) const {
    const auto found = root_.find(name);
    if (found == root_.end()) refuse(fmt::format("has no entry '{}'", name));
    return *found;
  }

  void require(const char* name, const Json& expected) const {
    const Json& found = entry(name);
    if (found != expected) {
      refuse(fmt::format("'{}' is {}, not {}", name, found.is_structured() ? "a list" : found.dump(), expected.dump()));
    }
  }

  /// Reads `n` numbers into `out`.
  void read(const Json& list, const std::string& name, std::size_t n, double* out) const {
    if (!list.is_array()) refuse(fmt::format("'{}' is no list of numbers", name));
    if (list.size() != n) refuse(fmt::format("'{}' has {} numbers, not {}", name, list.size(), n));
    for (const Json& each : list) {
      if (!each.is_number()) refuse(fmt::format("'{}' holds something that is no number", name));
      *out = each.get<double>();
      if (!std::isfinite(*out++)) refuse(fmt::format("'{}' holds something that is no finite number", name));
    }
  }

 private:
  std::string path_;
  Json root_;
};

}  // namespace

void write_functions(const LinearFunctions& functions, std::string_view family, const std::filesystem::path& folder) {
  Json root;
  root["format"] = kFormat;
  root["format_version"] = kFormatVersion;
  root["model"] = family;
  root["n_features"] = functions.n_features();
  for (std::size_t k = 0; k < functions.n_functions(); ++k) {
    const arma::vec row = functions.coefficients.col(k);
    root["coefficients"].push_back(std::vector<double>(row.begin(), row.end()));
    root["intercepts"].push_back(functions.intercepts[k]);
  }
  const std::filesystem::path path = folder / kModelFile;
  std::ofstream file(path);
  file << root.dump() << '\n';
  file.close();
  if (!file) throw core::RunError(fmt::format("{}: cannot write the model", path.string()));
}

LinearFunctions read_functions(std::string_view family, std::size_t n_features, std::size_t n_functions,
                               const std::filesystem::path& folder) {
  const ModelReader reader(folder / kModelFile);
  reader.require("format", kFormat);
  reader.require("format_version", kFormatVersion);
  reader.require("model", family);
  reader.require("n_features", n_features);
  const Json& rows = reader.entry("coefficients");
  if (!rows.is_array() || rows.size() != n_functions) {
    reader.refuse(fmt::format("'coefficients' is not a list of {} lists", n_functions));
  }
  for (const Json& row : rows) {  // before memory is taken
    if (!row.is_array() || row.size() != n_features) {
      reader.refuse(fmt::format("'coefficients' has not {} numbers in each list", n_features));
    }
  }
  LinearFunctions functions{core::Matrix(n_features, n_functions), arma::vec(n_functions)};
  for (std::size_t k = 0; k < n_functions; ++k) {
    reader.read(rows[k], "coefficients", n_features, functions.coefficients.colptr(k));
  }
  reader.read(reader.entry("intercepts"), "intercepts", n_functions, functions.intercepts.memptr());
  return functions;
}

}  // namespace gridmill::models::linear
