#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/features_config.hpp"
#include "config/import_config.hpp"
#include "config/search_config.hpp"

namespace gridmill::config {

/// Returns the whole effective config as YAML, every default written out; RunFile reads it back to an
/// equal job. Ends with a line feed. Deterministic.
std::string resolved_yaml(const SearchJob& job);

/// Returns the command that wrote such a text, "search" or "features"; nothing for a text that begins otherwise.
std::optional<std::string_view> resolved_by(std::string_view text);

/// Returns a canonical text of what determines the results: the resolved config without `output` and
/// `memory_limit`. Equal texts on equal data mean equal results. (What the data holds is not in it.)
std::string fingerprint(const SearchJob& job);

/// Returns what differs between two jobs of what determines the results, one sentence an option, in the config's
/// order: "search.grid.C: [1, 10] -> [1, 100]". Empty exactly when the fingerprints are equal.
std::vector<std::string> differences(const SearchJob& before, const SearchJob& now);

/// Returns what determines a store beside the contents of its sources, a line an option: "orders.index: \"id\"".
std::vector<std::string> described(const ImportJob& job);

/// The same for a features job. The store counts by its contents, not by its name, and `features.csv` does not count; a
/// cutoff of now equals any other now.
std::string resolved_yaml(const FeaturesJob& job);
std::string fingerprint(const FeaturesJob& job);
std::vector<std::string> differences(const FeaturesJob& before, const FeaturesJob& now);

}  // namespace gridmill::config
