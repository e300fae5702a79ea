#include "io/json.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace gridmill::io {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const core::Value& value) {
  if (value.is_null()) return nullptr;
  if (value.is_boolean()) return value.boolean();
  if (value.is_integer()) return value.integer();
  if (value.is_real()) {
    const double number = value.number();
    return std::isfinite(number) ? Json(number) : Json(core::python_float(number));
  }
  if (value.is_text()) return value.text();
  if (value.is_list()) {
    Json list = Json::array();
    for (const core::Value& entry : value.list()) list.push_back(json_of(entry));
    return list;
  }
  Json mapping = Json::object();
  for (const auto& [name, entry] : value.mapping()) mapping[name] = json_of(entry);
  return mapping;
}

core::Value value_of(const Json& json) {
  if (json.is_boolean()) return json.get<bool>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  if (json.is_number()) return json.get<double>();
  if (json.is_string()) return json.get<std::string>();
  if (json.is_array()) {
    core::ValueList list;
    for (const Json& entry : json) list.push_back(value_of(entry));
    return list;
  }
  if (json.is_object()) {
    core::ValueMapping mapping;
    for (const auto& [name, entry] : json.items()) mapping.emplace_back(name, value_of(entry));
    return mapping;
  }
  return {};
}

}  // namespace

std::string to_json(const core::Value& value) {
  return json_of(value).dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

core::Value read_json(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw core::UserError(fmt::format("{}: cannot be read", file.string()));
  std::ostringstream contents;
  contents << in.rdbuf();
  const std::string text = contents.str();
  try {
    return value_of(Json::parse(text));
  } catch (const Json::parse_error& error) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    const auto line = static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1;
    throw core::UserError(core::Problem{{file.string(), line, 0}, "not valid JSON", {}});
  } catch (const Json::exception&) {
    throw core::UserError(core::Problem{{file.string()}, "holds a number beyond those of a double", {}});
  }
}

}  // namespace gridmill::io
