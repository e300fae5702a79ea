// Names, order, kinds, depths, types, tags, outputs and defaults of all features of the golden settings.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <sstream>

#include <fmt/format.h>

#include "features/synthesis/synthesis.hpp"
#include "golden_setting.hpp"

namespace gridmill::features {
namespace {

/// One line a column: what Featuretools says of it.
struct Line {
  std::string name;
  std::string rest;  // kind, depth, type, tags, outputs, default

  friend auto operator<=>(const Line&, const Line&) = default;
};

std::string kind_of(const Feature& feature) {
  switch (feature.kind) {
    case FeatureKind::group_by_transform: return "groupby_transform";
    case FeatureKind::output_slice: return "slice";
    default: return std::string(name_of(feature.kind));
  }
}

std::string tags_of(const Feature& feature) {
  std::vector<std::string> names;
  for (int i = 0; i <= static_cast<int>(core::Tag::last_time_index); ++i) {
    const auto tag = static_cast<core::Tag>(i);
    if (feature.type.tags.has(tag)) names.emplace_back(core::name_of(tag));
  }
  std::sort(names.begin(), names.end());
  return fmt::format("{}", fmt::join(names, " "));
}

/// The same text for 0, 0.0 and "0.0", for False and 0: pandas writes what else stands in the column of defaults.
std::string default_text(const std::string& text) {
  if (text == "True" || text == "False") return text == "True" ? "1" : "0";
  return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

std::vector<Line> lines_of(const std::vector<FeatureRef>& features) {
  std::vector<Line> lines;
  for (const FeatureRef& each : features) {
    const Feature& feature = *each;
    const std::string type(feature.type.type ? core::name_of(*feature.type.type) : "");
    const std::string value = feature.default_value.is_null() ? "" : feature.default_value.python_str();
    const std::string rest = fmt::format("{} depth {} [{}] [{}] {} outputs, default [{}]", kind_of(feature),
                                         feature.depth, type, tags_of(feature), feature.n_outputs, default_text(value));
    for (const std::string& name : column_names(feature)) lines.push_back({name, rest});
  }
  return lines;
}

std::vector<Line> lines_of(const std::vector<GoldenFeature>& features) {
  std::vector<Line> lines;
  for (const GoldenFeature& each : features) {
    lines.push_back(
        {each.name, fmt::format("{} depth {} [{}] [{}] {} outputs, default [{}]", each.kind, each.depth,
                                each.logical_type, each.tags, each.n_outputs, default_text(each.default_value))});
  }
  return lines;
}

/// Says where two lists part, in a few lines; nothing if they do not.
std::string difference(const std::vector<Line>& ours, const std::vector<Line>& theirs) {
  std::ostringstream out;
  int n_told = 0;
  for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()) && n_told < 4; ++i) {
    const Line a = i < ours.size() ? ours[i] : Line{"(nothing)", ""};
    const Line b = i < theirs.size() ? theirs[i] : Line{"(nothing)", ""};
    if (a == b) continue;
    ++n_told;
    out << "    " << i << ": ours   " << a.name << ": " << a.rest << "\n       theirs " << b.name << ": " << b.rest
        << '\n';
  }
  return out.str();
}

/// What came after the synthesis took features away or replaced them by conditions on their values; the others keep
/// their order.
std::string difference_before_post(const std::vector<Line>& ours, const std::vector<GoldenFeature>& theirs) {
  std::vector<std::string> names;
  for (const Line& each : ours) names.push_back(each.name);
  auto at = names.begin();
  for (const GoldenFeature& each : theirs) {
    const auto found = std::find(at, names.end(), each.name);
    if (found != names.end()) {
      at = found + 1;
      continue;
    }
    const bool is_encoded = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return each.name.starts_with(name + " = ") || each.name == name + " is unknown";
    });
    if (!is_encoded) return "    not among ours: " + each.name + '\n';
  }
  return "";
}

std::string difference(const GoldenSetting& setting) {
  std::vector<Line> ours = lines_of(synthesize(setting.set, setting.synthesis));
  const std::vector<GoldenFeature> golden = read_golden_features(setting.features_file);
  if (!setting.post.empty()) return difference_before_post(ours, golden);
  std::vector<Line> theirs = lines_of(golden);
  if (theirs.empty()) return "    nothing to compare with\n";
  if (!setting.in_order) {
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
  }
  return difference(ours, theirs);
}

TEST(GoldenNames, equal_those_of_featuretools_in_every_setting) {
  for (const auto& folder : golden_folders()) {
    std::size_t n_passed = 0;
    const auto files = golden_files(folder);
    for (const auto& file : files) {
      std::string wrong;
      try {
        wrong = difference(read_golden_setting(file));
      } catch (const std::exception& error) {
        wrong = std::string("    ") + error.what() + '\n';
      }
      if (wrong.empty()) ++n_passed;
      std::cout << (wrong.empty() ? "  same    " : "  differs ") << file.stem().string() << '\n' << wrong;
    }
    std::cout << folder.filename().string() << ": " << n_passed << " of " << files.size() << " settings\n";
    EXPECT_FALSE(files.empty()) << folder;
    EXPECT_EQ(n_passed, files.size());
  }
  if (golden_folders().size() == 1) {
    std::cout << "only the project's own settings: GRIDMILL_SHARED names no folder with others\n";
  }
}

}  // namespace
}  // namespace gridmill::features
