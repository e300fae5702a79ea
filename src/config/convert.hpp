#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/import_config.hpp"
#include "config/memory_limit.hpp"
#include "config/node.hpp"
#include "config/predict_config.hpp"
#include "config/quantity.hpp"
#include "config/search_config.hpp"
#include "core/option.hpp"
#include "core/table.hpp"
#include "search/early_stopping.hpp"
#include "search/folds.hpp"
#include "search/halving.hpp"
#include "search/holdout.hpp"
#include "search/nested.hpp"

namespace gridmill::config {

/// The words of an enum in configs, in the order of `describe`.
template <class Enum>
struct Words;

template <>
struct Words<search::FoldKind> {
  static constexpr std::array<std::pair<std::string_view, search::FoldKind>, 7> kAll{{
      {"stratified", search::FoldKind::stratified},
      {"k_fold", search::FoldKind::k_fold},
      {"group", search::FoldKind::group},
      {"stratified_group", search::FoldKind::stratified_group},
      {"time_series", search::FoldKind::time_series},
      {"predefined", search::FoldKind::predefined},
      {"leave_one_out", search::FoldKind::leave_one_out},
  }};
};

template <>
struct Words<models::FitMode> {
  static constexpr std::array<std::pair<std::string_view, models::FitMode>, 2> kAll{
      {{"exact", models::FitMode::exact}, {"converged", models::FitMode::converged}}};
};

template <>
struct Words<KeepPredictions> {
  static constexpr std::array<std::pair<std::string_view, KeepPredictions>, 3> kAll{
      {{"auto", KeepPredictions::automatic}, {"best", KeepPredictions::best}, {"all", KeepPredictions::all}}};
};

template <>
struct Words<search::InnerFolds> {
  static constexpr std::array<std::pair<std::string_view, search::InnerFolds>, 2> kAll{
      {{"own", search::InnerFolds::own}, {"outer", search::InnerFolds::outer}}};
};

template <>
struct Words<search::RowOrder> {
  static constexpr std::array<std::pair<std::string_view, search::RowOrder>, 2> kAll{
      {{"kept", search::RowOrder::kept}, {"shuffled", search::RowOrder::shuffled}}};
};

template <>
struct Words<search::EarlyStopping::Watched> {
  using Watched = search::EarlyStopping::Watched;
  static constexpr std::array<std::pair<std::string_view, Watched>, 2> kAll{
      {{"fold", Watched::fold}, {"inner", Watched::inner}}};
};

template <>
struct Words<search::EarlyStopping::Refit> {
  using Refit = search::EarlyStopping::Refit;
  static constexpr std::array<std::pair<std::string_view, Refit>, 3> kAll{
      {{"mean", Refit::mean}, {"median_best", Refit::median_best}, {"scaled", Refit::scaled}}};
};

template <>
struct Words<search::FirstRation> {
  static constexpr std::array<std::pair<std::string_view, search::FirstRation>, 2> kAll{
      {{"exhaust", search::FirstRation::exhaust}, {"smallest", search::FirstRation::smallest}}};
};

template <>
struct Words<PredictOptions::Rows> {
  static constexpr std::array<std::pair<std::string_view, PredictOptions::Rows>, 2> kAll{
      {{"all", PredictOptions::Rows::all}, {"unlabelled", PredictOptions::Rows::unlabelled}}};
};

/// Returns the words in order.
template <class Enum>
std::vector<std::string> words() {
  std::vector<std::string> all;
  for (const auto& [word, meaning] : Words<Enum>::kAll) all.emplace_back(word);
  return all;
}

/// Return all types a config may give a column, "integer, double, ...": how it is held; what it means.
std::string held_types();
std::string meant_types();

/// Which kinds of value a field of type T takes in a config, and which words if it is an enum.
struct Takes {
  std::vector<core::Kind> kinds;
  std::vector<std::string> choices;
};

/// For each type a field can have: `takes` declares what a config may say, `to_value` echoes it, `from_node` reads
/// it. from_node is given what passed the declaration; what is wrong beyond that goes to `problems` under `path`.
template <class T>
struct Conversion;

#define GRIDMILL_DECLARE_CONVERSION(T)                                                              \
  template <>                                                                                       \
  struct Conversion<T> {                                                                            \
    static Takes takes();                                                                           \
    static core::Value to_value(const T& value);                                                    \
    static void from_node(const Node& node, const std::string& path, T& value, Problems& problems); \
  }

using TypeOverrides = std::map<std::string, core::ColumnType>;
using SecondaryTimes = std::vector<core::SecondaryTime>;
using OptionalTexts = std::optional<std::vector<std::string>>;

GRIDMILL_DECLARE_CONVERSION(bool);
GRIDMILL_DECLARE_CONVERSION(double);
GRIDMILL_DECLARE_CONVERSION(std::int64_t);
GRIDMILL_DECLARE_CONVERSION(std::size_t);
GRIDMILL_DECLARE_CONVERSION(std::uint32_t);
GRIDMILL_DECLARE_CONVERSION(std::string);                  // empty <-> null; numbers as written
GRIDMILL_DECLARE_CONVERSION(std::filesystem::path);        // empty <-> null
GRIDMILL_DECLARE_CONVERSION(std::vector<std::string>);     // empty <-> null
GRIDMILL_DECLARE_CONVERSION(OptionalTexts);                // unset <-> null
GRIDMILL_DECLARE_CONVERSION(TypeOverrides);                // empty <-> null
GRIDMILL_DECLARE_CONVERSION(GivenTypes);                   // empty <-> null
GRIDMILL_DECLARE_CONVERSION(TimeFormats);                  // empty <-> null
GRIDMILL_DECLARE_CONVERSION(ColumnLists);                  // empty <-> null
GRIDMILL_DECLARE_CONVERSION(GivenTags);                    // empty <-> null
GRIDMILL_DECLARE_CONVERSION(SecondaryTimes);               // empty <-> null
GRIDMILL_DECLARE_CONVERSION(std::optional<bool>);          // unset <-> null
GRIDMILL_DECLARE_CONVERSION(std::optional<std::int64_t>);  // unset <-> null
GRIDMILL_DECLARE_CONVERSION(std::optional<double>);        // error_score: unset <-> "raise", NaN <-> "nan"
GRIDMILL_DECLARE_CONVERSION(core::Value);                  // a label: null, boolean, number or text
GRIDMILL_DECLARE_CONVERSION(MemoryLimit);
GRIDMILL_DECLARE_CONVERSION(Duration);  // 0 <-> null
GRIDMILL_DECLARE_CONVERSION(Dollars);   // 0 <-> null
GRIDMILL_DECLARE_CONVERSION(Prices);    // empty <-> null

#undef GRIDMILL_DECLARE_CONVERSION

template <class Enum>
requires std::is_enum_v<Enum>
struct Conversion<Enum> {
  static Takes takes() { return {{core::Kind::text}, words<Enum>()}; }
  static core::Value to_value(Enum value) {
    for (const auto& [word, meaning] : Words<Enum>::kAll) {
      if (meaning == value) return std::string(word);
    }
    GRIDMILL_ASSERT(false, "every enumerator has a word");
  }
  static void from_node(const Node& node, const std::string&, Enum& value, Problems&) {
    for (const auto& [word, meaning] : Words<Enum>::kAll) {
      if (word == node.scalar.text()) value = meaning;
    }
  }
};

}  // namespace gridmill::config
