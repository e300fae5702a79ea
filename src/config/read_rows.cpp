#include "config/read_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "config/read_condition.hpp"
#include "core/hint.hpp"

namespace gridmill::config {

namespace {

using core::Value;
using search::HoldoutOptions;
using HoldoutKind = HoldoutOptions::Kind;

constexpr std::array<std::pair<const char*, HoldoutKind>, 5> kHoldouts{{{"random", HoldoutKind::random},
                                                                        {"stratified", HoldoutKind::stratified},
                                                                        {"last", HoldoutKind::last},
                                                                        {"after", HoldoutKind::after},
                                                                        {"groups", HoldoutKind::groups}}};

void read_way(const Node& entry, const std::string& path, HoldoutOptions& holdout, Problems& problems) {
  const auto* const way = std::ranges::find(kHoldouts, entry.key, [](const auto& each) { return each.first; });
  if (way == kHoldouts.end()) {
    std::vector<std::string> known;
    for (const auto& [name, kind] : kHoldouts) known.emplace_back(name);
    problems.add(entry.key_where, fmt::format("{}: unknown way to hold rows out", path),
                 core::hint_for(entry.key, known));
    return;
  }
  holdout.kind = way->second;
  if (holdout.kind == HoldoutKind::after) {
    holdout.after = entry.scalar;
    if (entry.shape != Node::Shape::scalar || !(entry.scalar.is_text() || entry.scalar.is_number())) {
      problems.add(entry.where, path + ": must be a time such as 2021-08-12, or a number");
    }
    return;
  }
  const bool is_share = entry.scalar.is_number() && entry.scalar.number() > 0 && entry.scalar.number() < 1;
  if (is_share) {
    holdout.share = entry.scalar.number();
  } else {
    problems.add(entry.where, fmt::format("{}: must be a share in (0, 1), not {}", path, entry.value().python_repr()));
  }
}

void read_holdout(const Node& node, const std::string& path, HoldoutOptions& holdout, Problems& problems) {
  if (!node.is_mapping()) {
    holdout.share = node.scalar.number();
  } else if (node.children.size() != 1) {
    problems.add(node.where, path + ": must be a share, or one way such as {last: 0.2}");
  } else {
    read_way(node.children.front(), path_of(path, node.children.front().key), holdout, problems);
  }
}

Value holdout_value(const HoldoutOptions& holdout) {
  if (holdout.kind == HoldoutKind::share) return holdout.share;
  const auto* const way = std::ranges::find(kHoldouts, holdout.kind, [](const auto& each) { return each.second; });
  return core::ValueMapping{{way->first, holdout.kind == HoldoutKind::after ? holdout.after : Value(holdout.share)}};
}

void read_filter(const Node& node, const std::string& path, std::vector<RowCondition>& filter, Problems& problems) {
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& entry = node.children[i];
    const std::size_t n_problems = problems.size();
    check_condition(entry, fmt::format("{}[{}]", path, i), problems);
    if (problems.size() > n_problems) continue;
    filter.push_back({.column = entry.children[0].value().python_str(),
                      .comparison = entry.children[1].scalar.text(),
                      .value = entry.children[2].value()});
  }
}

Value filter_value(const std::vector<RowCondition>& filter) {
  if (filter.empty()) return {};
  core::ValueList list;
  for (const RowCondition& each : filter) list.push_back(core::ValueList{each.column, each.comparison, each.value});
  return list;
}

}  // namespace

Fields<DataOptions> row_fields() {
  using core::Kind;
  return {
      {.spec = {.name = "filter",
                .kinds = {Kind::list, Kind::null},
                .meaning = "conditions on columns that a row must meet to be taken, all of them: [[status, isin, [A, "
                           "B]], [amount, \">\", 0]]; comparisons are ==, !=, <, <=, >, >=, isin; a missing value "
                           "meets != only"},
       .set = [](const Node& node, const std::string& path, DataOptions& data,
                 Problems& problems) { read_filter(node, path, data.filter, problems); },
       .get = [](const DataOptions& data) { return filter_value(data.filter); }},
      field("time", &DataOptions::time,
            "column of times or numbers that the rows are sorted by, stably; it is no feature unless `features` names "
            "it; null: the order of the file, or the time index of a store where `holdout` or `cv` goes by time"),
      {.spec = {.name = "sample",
                .kinds = {Kind::integer, Kind::null},
                .range = core::Range::at_least(1),
                .meaning =
                    "take so many of the rows only, the same ones each time, to try things out (--sample); null: all"},
       .set =
           [](const Node& node, const std::string&, DataOptions& options, Problems&) {
             if (!node.is_null()) options.sample = static_cast<std::size_t>(node.scalar.integer());
           },
       .get =
           [](const DataOptions& options) {
             return options.sample ? Value(static_cast<std::int64_t>(*options.sample)) : Value();
           }},
      field("order", &DataOptions::order,
            "shuffled: the training rows in the order that train_test_split(random_state=seed) gives them, so that the "
            "folds are those of a script that goes on with GridSearchCV; a `holdout` that is a number is not "
            "stratified then"),
      {.spec = {.name = "holdout",
                .kinds = {Kind::real, Kind::mapping},
                .default_value = 0.0,
                .range = {.low = 0, .high = 1, .high_open = true},
                .meaning =
                    "share of the rows held out of the search for the final report: those of scikit-learn's "
                    "train_test_split with the job's seed, stratified for classifiers; what is left keeps its order. "
                    "Or {random: 0.2}; {stratified: 0.2}; {last: 0.2}, the last rows; {after: 2021-08-12}, rows later "
                    "than that time (a day begins at 0:00); {groups: 0.2}, whole groups, as GroupShuffleSplit"},
       .set = [](const Node& node, const std::string& path, DataOptions& data,
                 Problems& problems) { read_holdout(node, path, data.holdout, problems); },
       .get = [](const DataOptions& data) { return holdout_value(data.holdout); }},
  };
}

void check_rows(const Node& node, const DataOptions& data, Problems& problems) {
  if (data.holdout.any() && !data.test.empty()) {
    problems.add(node.find("holdout")->where, "data.holdout and data.test both say what is held out",
                 "leave out one of the two");
  }
  if (data.holdout.kind == HoldoutKind::groups && data.group.empty()) {
    problems.add(node.find("holdout")->where, "data.holdout: {groups: ...} needs groups",
                 "name the column that holds them: data.group");
  }
  const bool ordered = data.holdout.any() && !data.holdout.deals_rows();
  if (data.order == search::RowOrder::shuffled && (ordered || !data.time.empty())) {
    problems.add(node.find("order")->where,
                 fmt::format("data.order: shuffled rows have lost the order that data.{} goes by",
                             data.time.empty() ? "holdout" : "time"),
                 "leave out one of the two");
  }
}

}  // namespace gridmill::config
