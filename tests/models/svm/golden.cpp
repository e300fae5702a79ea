#include "golden.hpp"

#include <fstream>
#include <memory>
#include <set>
#include <sstream>

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <nlohmann/json.hpp>

#include "models/svm/machines/platt.hpp"

namespace gridmill::models::svm::test {

namespace {

using nlohmann::json;

core::Value to_value(const json& value) {
  if (value.is_null()) return {};
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  core::ValueMapping mapping;
  for (const auto& [key, item] : value.items()) mapping.emplace_back(key, to_value(item));
  return mapping;
}

const json& golden() {
  static const json content = [] {
    std::ifstream file(golden_file("cases.json"));
    return json::parse(file);
  }();
  return content;
}

std::vector<GoldenCase> read_cases() {
  std::vector<GoldenCase> cases;
  for (const json& item : golden().at("cases")) {
    GoldenCase one{.name = item.at("name"), .family = item.at("family"), .data = item.at("data")};
    for (const auto& [key, value] : item.at("params").items()) one.params.emplace(key, to_value(value));
    item.at("train").get_to(one.train);
    item.at("test").get_to(one.test);
    item.at("predict").get_to(one.predict);
    item.at("decision").get_to(one.decision);
    item.at("probability").get_to(one.probability);
    item.at("n_support").get_to(one.n_support);
    cases.push_back(std::move(one));
  }
  return cases;
}

struct Memory {
  core::Matrix x;
  std::vector<double> y;
  std::vector<double> weight;
};

}  // namespace

std::string golden_file(const std::string& name) {
  return std::string(GRIDMILL_SOURCE_DIR) + "/tests/models/golden/svm/" + name;
}

const std::vector<GoldenCase>& golden_cases() {
  static const std::vector<GoldenCase> cases = read_cases();
  return cases;
}

core::Dataset golden_dataset(const std::string& name) {
  const json& item = golden().at("datasets").at(name);
  const auto rows = item.at("x").get<std::vector<std::vector<double>>>();
  core::Matrix x(rows.front().size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) x.col(i) = arma::vec(rows[i]);
  const core::Task task = name.starts_with("wave") ? core::Task::regression : core::Task::classification;
  return make_dataset(task, std::move(x), item.at("y"), item.at("weight"));
}

core::Dataset make_dataset(core::Task task, core::Matrix x, std::vector<double> y, std::vector<double> weight) {
  auto memory = std::make_shared<Memory>(Memory{std::move(x), std::move(y), std::move(weight)});
  core::Dataset data;
  data.task = task;
  data.x = memory->x;
  data.y = memory->y;
  data.weight = memory->weight;
  if (task == core::Task::classification) {
    const std::set<double> codes(data.y.begin(), data.y.end());
    for (std::size_t c = 0; c < codes.size(); ++c) data.classes.push_back(std::to_string(c));
  }
  for (std::size_t f = 0; f < data.x.n_features; ++f) data.feature_names.push_back("x" + std::to_string(f));
  data.target_name = "y";
  data.storage = memory;
  return data;
}

core::Dataset digits() {
  std::ifstream file(std::string(GRIDMILL_SOURCE_DIR) + "/data/digits.csv.gz", std::ios::binary);
  boost::iostreams::filtering_istream in;
  in.push(boost::iostreams::gzip_decompressor());
  in.push(file);
  std::string line;
  std::getline(in, line);
  std::vector<double> values;
  std::vector<double> y;
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    std::string cell;
    for (int column = 0; column < 64 && std::getline(cells, cell, ','); ++column) values.push_back(std::stod(cell));
    std::getline(cells, cell, ',');
    y.push_back(std::stod(cell));
  }
  return make_dataset(core::Task::classification, core::Matrix(values.data(), 64, y.size()), y);
}

std::vector<core::Index> stratified(const core::Dataset& data, std::size_t n_folds) {
  const std::vector<std::size_t> folds = stratified_folds(data.y, n_folds);
  return {folds.begin(), folds.end()};
}

std::vector<core::Index> rows_of_fold(const std::vector<core::Index>& fold_of, std::size_t fold, bool inside) {
  std::vector<core::Index> rows;
  for (std::size_t i = 0; i < fold_of.size(); ++i) {
    if ((fold_of[i] == fold) == inside) rows.push_back(static_cast<core::Index>(i));
  }
  return rows;
}

}  // namespace gridmill::models::svm::test
