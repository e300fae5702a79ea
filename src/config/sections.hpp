#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/field.hpp"
#include "config/import_config.hpp"
#include "config/predict_config.hpp"
#include "config/search_config.hpp"
#include "search/early_stopping.hpp"
#include "search/folds.hpp"
#include "search/halving.hpp"
#include "search/nested.hpp"

namespace gridmill::config {

/// The declarations of all options, a function a section. The reader, the echo and `describe` read them here.
/// Fields without `set` are read by the function named beside them.
Fields<SearchJob> top_fields();                         // "": data, model, search, import by read.cpp
Fields<SourceOptions> source_fields();                  // shared by `data` and `import`
Fields<DataOptions> data_fields();                      // "data"
Fields<SearchOptions> search_fields();                  // "search": grid, random, halving, cv, nested,
                                                        // scoring, refit, one_standard_error
Fields<RandomOptions> random_fields();                  // "search.random"
Fields<search::HalvingOptions> halving_fields();        // "search.halving"
Fields<search::HalvingOptions> hyperband_fields();      // "search.hyperband"
Fields<search::FoldOptions> fold_fields();              // "search.cv" as a mapping
Fields<search::EarlyStopping> early_stopping_fields();  // "search.early_stopping"
Fields<search::NestedOptions> nested_fields();          // "search.nested" as a mapping
Fields<TableOptions> table_fields();                    // "import.tables.<name>"
Fields<DerivedOptions> derived_fields();                // the same of a table made of another
Fields<ImportSection> import_fields();                  // "import": one table's fields, or tables, relationships
Fields<RelationshipOptions> relationship_fields();      // "import.relationships" as mappings
Fields<PredictOptions> predict_fields();                // "predict": tables by RunFile

/// Says whether the option `name` of `search.cv` means anything for folds of that kind.
bool fold_option_applies(search::FoldKind kind, std::string_view name);

/// One declared option and where it stands.
struct DeclaredOption {
  std::string section;  // "", "data", "search", "search.cv", ...
  core::OptionSpec spec;
  bool required = false;

  [[nodiscard]] std::string path() const { return path_of(section, spec.name); }
};

/// Returns all of them, section by section.
std::vector<DeclaredOption> all_options();

}  // namespace gridmill::config
