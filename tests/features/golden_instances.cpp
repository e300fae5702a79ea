#include "golden_instances.hpp"

#include <variant>

namespace gridmill::features {

std::vector<Instance> instances_of(const GoldenSetting& setting, const core::EntityData& data,
                                   const Evaluator& evaluator) {
  std::vector<Instance> instances;
  if (setting.cutoff) {
    for (const core::RowId row : evaluator.visible_rows(setting.synthesis.target, *setting.cutoff)) {
      instances.push_back({.row = row, .cutoff = *setting.cutoff});
    }
  }
  for (const GoldenCutoff& each : setting.cutoffs) {
    instances.push_back({.row = data.find_row(setting.synthesis.target, each.instance), .cutoff = each.time});
  }
  return instances;
}

bool identical(const Column& a, std::size_t i, const Column& b, std::size_t j) {
  if (a.values.index() != b.values.index()) return false;
  if (a.missing(i) || b.missing(j)) return a.missing(i) && b.missing(j);
  if (a.dictionary) return a.dictionary->label(a.codes()[i]) == b.dictionary->label(b.codes()[j]);
  return std::visit([&]<class Values>(const Values& values) { return values[i] == std::get<Values>(b.values)[j]; },
                    a.values);
}

}  // namespace gridmill::features
