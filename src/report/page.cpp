#include "report/page.hpp"

#include <array>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "report/frame.hpp"

extern "C" {
extern const char gridmill_page_frame;
extern const char gridmill_page_frame_end;
extern const char gridmill_page_style;
extern const char gridmill_page_style_end;
extern const char gridmill_page_script;
extern const char gridmill_page_script_end;
}

namespace gridmill::report {

namespace {

using Json = nlohmann::ordered_json;

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

Json json_of(const core::Value& value) {
  if (value.is_boolean()) return value.boolean();
  if (value.is_integer()) return value.integer();
  if (value.is_real()) return std::isfinite(value.number()) ? Json(value.number()) : Json();
  if (value.is_text()) return value.text();
  if (value.is_list()) {
    Json list = Json::array();
    for (const core::Value& entry : value.list()) list.push_back(json_of(entry));
    return list;
  }
  if (value.is_mapping()) {
    Json mapping = Json::object();
    for (const auto& [key, entry] : value.mapping()) mapping[key] = json_of(entry);
    return mapping;
  }
  return {};
}

/// JSON that can stand within a script element: nothing in it looks like markup.
std::string embedded(const core::Value& content) {
  const std::string plain = json_of(content).dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(plain.size());
  for (const char c : plain) {
    switch (c) {
      case '<': safe += "\\u003c"; break;
      case '>': safe += "\\u003e"; break;
      case '&': safe += "\\u0026"; break;
      default: safe += c;
    }
  }
  return safe;
}

}  // namespace

std::string page(std::string_view title, const core::Value& content) {
  const std::string heading = escaped(title);
  const std::string data = embedded(content);
  const std::array<std::pair<std::string_view, std::string_view>, 4> parts{{
      {"@title@", heading},
      {"@style@", between(&gridmill_page_style, &gridmill_page_style_end)},
      {"@data@", data},
      {"@script@", between(&gridmill_page_script, &gridmill_page_script_end)},
  }};
  return filled(between(&gridmill_page_frame, &gridmill_page_frame_end), parts);
}

}  // namespace gridmill::report
