// The values of the golden settings by other ways, bit for bit: in stages, and out of a store.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "brief.hpp"
#include "features/columns/joined.hpp"
#include "features/evaluation/evaluation.hpp"
#include "features/synthesis/synthesis.hpp"
#include "golden_instances.hpp"
#include "golden_setting.hpp"
#include "golden_tables.hpp"
#include "io/import/entity_import.hpp"
#include "io/scratch_folder.hpp"
#include "io/store/store_entity_data.hpp"

namespace gridmill::features {
namespace {

namespace fs = std::filesystem;

/// Calls check(setting) for all golden settings with values.
template <class Check>
void for_each_setting(Check check) {
  for (const fs::path& folder : golden_folders()) {
    for (const fs::path& file : some_golden_files(folder)) {
      const GoldenSetting setting = read_golden_setting(file);
      SCOPED_TRACE(setting.name);
      if (!setting.names_only) check(setting);
    }
  }
}

/// What earlier stages have computed, for all rows of their tables.
class InMemory final : public Materialized {
 public:
  void keep(const Feature& feature, std::vector<Column> outputs) { kept_[&feature] = std::move(outputs); }
  [[nodiscard]] std::size_t n_reads() const { return n_reads_; }

  [[nodiscard]] bool has(const Feature& feature) const override { return kept_.contains(&feature); }
  [[nodiscard]] Column read(const Feature& feature, std::size_t output, const core::RowSet& rows) const override {
    ++n_reads_;
    std::vector<std::int64_t> places;
    for (std::size_t i = 0; i < rows.size(); ++i) places.push_back(rows[i]);
    return kept_.at(&feature).at(output).take(places);
  }

 private:
  std::map<const Feature*, std::vector<Column>> kept_;
  mutable std::size_t n_reads_ = 0;
};

/// Computes a stage for all rows of its table, in slices if it may be cut.
void carry_out(const Stage& stage, const core::EntityData& data, const EvaluationOptions& options, std::int64_t cutoff,
               InMemory& computed) {
  const std::size_t n = data.entity_set().tables[stage.table].n_rows;
  const std::size_t slice = stage.whole_table ? std::max<std::size_t>(n, 1) : 7;
  const Evaluator evaluator(data, options, &computed);
  Columns all(stage.features.size());
  for (std::size_t first = 0; first < n; first += slice) {
    std::vector<Instance> instances;
    for (std::size_t row = first; row < std::min(n, first + slice); ++row) {
      instances.push_back({.row = static_cast<core::RowId>(row), .cutoff = cutoff});
    }
    Columns part = evaluator.evaluate(stage.table, stage.features, instances);
    for (std::size_t f = 0; f < part.size(); ++f) {
      all[f].resize(part[f].size());
      for (std::size_t output = 0; output < part[f].size(); ++output) {
        std::vector<Column> pieces;
        if (first > 0) pieces.push_back(std::move(all[f][output]));
        pieces.push_back(std::move(part[f][output]));
        all[f][output] = joined(std::move(pieces));
      }
    }
  }
  for (std::size_t f = 0; f < all.size(); ++f) computed.keep(*stage.features[f], std::move(all[f]));
}

TEST(GoldenWays, stages_give_the_same_values) {
  std::size_t n_staged = 0;
  for_each_setting([&](const GoldenSetting& setting) {
    if (!setting.cutoff) return;
    const MemoryEntityData data = read_golden_tables(setting);
    const std::vector<FeatureRef> features = synthesize(setting.set, setting.synthesis);
    const std::vector<Stage> stages = plan_stages(setting.set, features, true);
    ASSERT_FALSE(stages.empty());
    EXPECT_EQ(stages.back().table, setting.synthesis.target);
    EXPECT_EQ(stages.back().features, features);
    InMemory computed;
    for (std::size_t i = 0; i + 1 < stages.size(); ++i) {
      carry_out(stages[i], data, setting.evaluation, *setting.cutoff, computed);
    }
    const Evaluator staged(data, setting.evaluation, &computed);
    const Evaluator plain(data, setting.evaluation);
    const std::vector<Instance> instances = instances_of(setting, data, plain);
    expect_identical(staged.evaluate(setting.synthesis.target, features, instances),
                     plain.evaluate(setting.synthesis.target, features, instances), features);
    if (stages.size() == 1) return;
    ++n_staged;
    EXPECT_GT(computed.n_reads(), 0U);
  });
  EXPECT_GT(n_staged, tests_are_brief() ? 1U : 5U);
}

TEST(GoldenWays, rows_that_instances_share_give_the_same_values) {
  std::size_t n_settings = 0;
  for_each_setting([&](const GoldenSetting& setting) {
    if (setting.cutoff) return;
    ++n_settings;
    const MemoryEntityData data = read_golden_tables(setting);
    const std::vector<FeatureRef> features = synthesize(setting.set, setting.synthesis);
    const Evaluator plain(data, setting.evaluation);
    const std::vector<Instance> instances = instances_of(setting, data, plain);
    const Columns want = plain.evaluate(setting.synthesis.target, features, instances);
    EvaluationOptions options = setting.evaluation;
    options.own_cutoffs = true;
    for (const bool repeat : {true, false}) {  // what is not shared straight below is shared further away
      options.rows_repeat = repeat;
      options.working_bytes = setting.evaluation.working_bytes;
      expect_identical(Evaluator(data, options).evaluate(setting.synthesis.target, features, instances), want,
                       features);
      options.working_bytes = 1000;  // an instance or two at a time
      expect_identical(Evaluator(data, options).evaluate(setting.synthesis.target, features, instances), want,
                       features);
    }
  });
  EXPECT_GT(n_settings, tests_are_brief() ? 0U : 2U);
}

TEST(GoldenWays, several_cutoffs_make_one_stage) {
  for_each_setting([](const GoldenSetting& setting) {
    const std::vector<FeatureRef> features = synthesize(setting.set, setting.synthesis);
    EXPECT_EQ(plan_stages(setting.set, features, false).size(), 1U);
  });
}

io::EntityImport import_of(const GoldenSetting& setting) {
  io::EntityImport import;
  for (core::TableId id = 0; id < setting.set.tables.size(); ++id) {
    const core::EntityTable& table = setting.set.tables[id];
    io::TableImport& one = import.tables.emplace_back();
    one.source = setting.table_files[id];
    one.options.table = table.name;
    one.options.missing = {""};
    for (const core::EntityColumn& column : table.columns) {
      one.logical_types[column.name] = column.type;
      if (column.tags.has(core::Tag::date_of_birth)) one.tags[column.name] = core::Tag::date_of_birth;
    }
    one.index = table.index;
    one.time_index = table.time_index;
    one.secondary_times = table.secondary_times;
  }
  for (const core::Relationship& each : setting.set.relationships) {
    import.relationships.push_back({setting.set.tables[each.parent].name, each.parent_column,
                                    setting.set.tables[each.child].name, each.child_column});
  }
  return import;
}

/// As the text of a cell is imported: without blanks around it.
void trim_texts(Columns& columns) {
  for (std::vector<Column>& outputs : columns) {
    for (Column& column : outputs) {
      auto* texts = std::get_if<Column::Texts>(&column.values);
      if (texts == nullptr) continue;
      for (std::optional<std::string>& each : *texts) {
        if (!each) continue;
        const std::size_t first = each->find_first_not_of(' ');
        *each = each->substr(first, each->find_last_not_of(' ') + 1 - first);
      }
    }
  }
}

class GoldenStore : public io::ScratchFolder {};

TEST_F(GoldenStore, gives_the_same_values) {
  for_each_setting([&](const GoldenSetting& setting) {
    const fs::path store = at(setting.table_files.front().parent_path().filename().string() + ".h5");
    if (!fs::exists(store)) io::import_entity_set(import_of(setting), store, std::size_t{1} << 28);
    const io::StoreEntityData stored(store);
    const MemoryEntityData data = read_golden_tables(setting);
    const std::vector<FeatureRef> features = synthesize(setting.set, setting.synthesis);
    const Evaluator from_store(stored, setting.evaluation);
    const Evaluator from_memory(data, setting.evaluation);
    const std::vector<Instance> instances = instances_of(setting, stored, from_store);
    const std::vector<Instance> same = instances_of(setting, data, from_memory);
    ASSERT_EQ(instances.size(), same.size());
    Columns want = from_memory.evaluate(setting.synthesis.target, features, same);
    trim_texts(want);
    expect_identical(from_store.evaluate(setting.synthesis.target, features, instances), want, features);
  });
}

}  // namespace
}  // namespace gridmill::features
