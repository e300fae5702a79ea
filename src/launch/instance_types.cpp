#include "launch/instance_types.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <system_error>

#include "core/error.hpp"
#include "launch/prices_text.hpp"

namespace gridmill::launch {

namespace {

constexpr double kGibibyte = 1 << 30U;

double price_number(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  GRIDMILL_ASSERT(read.ec == std::errc() && read.ptr == end && number > 0, "the table of prices has numbers");
  return number;
}

InstanceType instance_type_of(const std::string& line) {
  std::vector<std::string> cells(1);
  for (const char letter : line) {
    if (letter == ',') {
      cells.emplace_back();
    } else {
      cells.back() += letter;
    }
  }
  constexpr std::size_t kCells = 6;
  GRIDMILL_ASSERT(cells.size() == kCells, "a line of the table of prices has six cells");
  InstanceType type{.region = cells[0],
                    .name = cells[1],
                    .n_vcpus = static_cast<std::size_t>(price_number(cells[2])),
                    .memory_bytes = kGibibyte * price_number(cells[3]),
                    .on_demand_usd = price_number(cells[4]),
                    .spot_share = {}};
  if (!cells[5].empty()) type.spot_share = price_number(cells[5]);
  return type;
}

}  // namespace

const std::vector<InstanceType>& instance_types() {
  static const std::vector<InstanceType> types = read_instance_types(kPricesText);
  return types;
}

const InstanceType* find_instance_type(std::string_view region, std::string_view name) {
  const auto& all = instance_types();
  const auto found =
      std::ranges::find_if(all, [&](const InstanceType& each) { return each.region == region && each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<InstanceType> read_instance_types(std::string_view csv) {
  std::vector<InstanceType> types;
  std::istringstream lines{std::string(csv)};
  bool has_heading = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (has_heading) types.push_back(instance_type_of(line));
    has_heading = true;
  }
  return types;
}

}  // namespace gridmill::launch
