#include "io/files/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/error.hpp"
#include "io/files/checksum.hpp"
#include "io/files/file_descriptor.hpp"
#include "io/files/trailing_checksum.hpp"

namespace gridmill::io {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostInteger = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kDeepest = 500;  // brackets in each other; what we write has a few dozen at most
constexpr std::string_view kChecksum = "checksum";
constexpr std::string_view kEnd = "\n}\n";

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
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > kMostInteger) return json.get<double>();
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

/// What stands behind the entries of a mapping whose bytes so far have that checksum.
std::string sealed_end(std::string_view bytes) {
  return fmt::format(",\n  \"{}\": \"{:016x}\"{}", kChecksum, checksum(bytes), kEnd);
}

/// Readers of JSON, and of its values, call themselves for each bracket.
void refuse_depth(const std::string& text, const std::string& file) {
  std::size_t depth = 0;
  std::size_t line = 1;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n') ++line;
    if (quoted && c == '\\') {
      ++at;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      if (++depth <= kDeepest) continue;
      throw core::UserError(
          core::Problem{{file, line, 0}, fmt::format("has more than {} brackets in each other", kDeepest), {}});
    } else if (!quoted && (c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
}

core::Value parse(const std::string& text, const std::string& file) {
  refuse_depth(text, file);
  try {
    return value_of(Json::parse(text));
  } catch (const Json::parse_error& error) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    const auto line = static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1;
    throw core::UserError(core::Problem{{file, line, 0}, "not valid JSON", {}});
  } catch (const Json::exception&) {
    throw core::UserError(core::Problem{{file}, "holds a number beyond those of a double", {}});
  }
}

/// Whether the text ends with a checksum, and whether it is that of what stands before it.
TrailingChecksum compare_end(std::string_view text) {
  const std::size_t n_end = sealed_end("").size();
  if (text.size() < n_end) return TrailingChecksum::none;
  const std::string_view before = text.substr(0, text.size() - n_end);
  const std::string_view end = text.substr(before.size());
  if (end == sealed_end(before)) return TrailingChecksum::right;
  const std::string_view name = ",\n  \"checksum\": \"";
  return nearly_same(end.substr(0, name.size()), name) ? TrailingChecksum::wrong : TrailingChecksum::none;
}

[[noreturn]] void refuse_change(const std::string& file) {
  throw core::UserError(core::Problem{{file},
                                      "has changed since gridmill wrote it: its checksum is another",
                                      "make it again; or, if you changed it on purpose, remove its entry 'checksum'"});
}

}  // namespace

std::string to_json(const core::Value& value) {
  return json_of(value).dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string to_sealed_json(const core::ValueMapping& mapping) {
  std::string text = to_json(mapping);
  GRIDMILL_ASSERT(!mapping.empty() && text.ends_with(kEnd), "a mapping with entries ends in a line of its own");
  text.resize(text.size() - kEnd.size());
  return text + sealed_end(text);
}

JsonFile read_json(const std::filesystem::path& file) {
  const std::string text = read_text(file);
  const TrailingChecksum found = compare_end(text);
  if (found == TrailingChecksum::wrong) refuse_change(file.string());
  JsonFile read{.value = parse(text, file.string()), .has_checksum = found == TrailingChecksum::right};
  if (!read.value.is_mapping()) return read;
  core::ValueMapping entries = read.value.mapping();
  if (std::erase_if(entries, [](const auto& entry) { return entry.first == kChecksum; }) == 0) return read;
  if (!read.has_checksum) refuse_change(file.string());  // written anew by another program
  read.value = std::move(entries);
  return read;
}

}  // namespace gridmill::io
