#include <algorithm>

#include <fmt/format.h>

#include "config/field.hpp"
#include "config/read_search.hpp"
#include "config/sections.hpp"

namespace gridmill::config {

namespace {

using search::FoldKind;

std::string word_of(FoldKind kind) { return Conversion<FoldKind>::to_value(kind).text(); }

bool needs_classes(FoldKind kind) { return kind == FoldKind::stratified || kind == FoldKind::stratified_group; }

bool needs_groups(FoldKind kind) { return kind == FoldKind::group || kind == FoldKind::stratified_group; }

/// Reads `cv` as a mapping; options that mean nothing for that kind of folds are refused rather than ignored.
void read_mapping(const Node& node, search::FoldOptions& folds, Problems& problems) {
  const auto accepted = read_section(node, "search.cv", fold_fields(), folds, problems);
  for (const Node* entry : accepted) {
    if (!fold_option_applies(folds.kind, entry->key)) {
      problems.add(entry->key_where,
                   fmt::format("search.cv.{} means nothing for {} folds", entry->key, word_of(folds.kind)));
    }
  }
  const Node* seed = find_entry(accepted, "seed");
  const bool shuffled = folds.shuffle || folds.n_repeats > 1;
  if (seed != nullptr && !shuffled && fold_option_applies(folds.kind, "seed")) {
    problems.add(seed->key_where, "search.cv.seed does nothing for folds that are not shuffled", "add shuffle: true");
  }
  if (folds.n_repeats == 1) return;
  const Node* shuffle = find_entry(accepted, "shuffle");
  if (shuffle != nullptr && !folds.shuffle) {
    problems.add(shuffle->where, "search.cv.shuffle: repeated folds are shuffled, or all repeats would be the same");
  }
  folds.shuffle = true;
}

void check_columns(const core::Location& where, FoldKind kind, const DataOptions& data, Problems& problems) {
  if (needs_groups(kind) && data.group.empty()) {
    problems.add(where, fmt::format("search.cv: {} folds need groups", word_of(kind)),
                 "name the column that holds them: data.group");
  }
  if (kind == FoldKind::predefined && data.fold.empty()) {
    problems.add(where, "search.cv: predefined folds need the fold of each row",
                 "name the column that holds it: data.fold");
  }
}

}  // namespace

void read_folds(const Node* node, const models::Family* family, const SearchJob& job, search::FoldOptions& folds,
                Problems& problems) {
  const bool regression = family != nullptr && family->task() == core::Task::regression;
  folds.kind = family == nullptr || family->stratifies() ? FoldKind::stratified : FoldKind::k_fold;
  folds.seed = job.seed;
  if (node == nullptr) return;
  if (node->is_mapping()) {
    read_mapping(*node, folds, problems);
  } else if (node->scalar.is_integer()) {
    folds.n_folds = static_cast<std::size_t>(node->scalar.integer());
  } else {
    Conversion<FoldKind>::from_node(*node, "search.cv", folds.kind, problems);
  }
  if (regression && needs_classes(folds.kind)) {
    problems.add(
        node->where,
        fmt::format("search.cv: {} folds need classes, but {} predicts numbers", word_of(folds.kind), family->name()),
        "use k_fold, or group");
  }
  check_columns(node->where, folds.kind, job.data, problems);
}

}  // namespace gridmill::config
