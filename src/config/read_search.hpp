#pragma once

#include <string>
#include <vector>

#include "config/node.hpp"
#include "config/search_config.hpp"
#include "models/family/model.hpp"

namespace gridmill::config {

/// The parts of reading a search that need more than a declaration: each reads one option from the entry that passed
/// its declaration (null: not given) and adds what is wrong to `problems`.

/// A model of a search and where the config names it first.
struct NamedModel {
  const models::Family* family = nullptr;
  std::string path;  // "model", "search.grid[1].model"
  core::Location where;
};

/// All models of a search, each once, in the order of the entries that name them; empty: not all could be read.
using NamedModels = std::vector<NamedModel>;

/// Reads `model` (null: not given) into job.model and job.fixed, and the models that entries of `grid` name.
NamedModels read_models(const Node* model, const Node* grid, SearchJob& job, Problems& problems);

/// Says whether any mapping of `grid` (null: not given) names models, well or not.
bool names_models(const Node* grid);

/// Returns " (search.grid[1].model, line 7)" for a model beside others, else nothing.
std::string place_words(const NamedModel& model, const NamedModels& all);

/// Reads `search.grid` and `search.random`. Without a model the hyperparameters go unchecked.
void read_candidates(const Node* grid, const Node* random, const SearchJob& job, SearchOptions& options,
                     Problems& problems);

/// Reads `search.halving`, once candidates have been read. `train_scores_given`: whether the config says if there are
/// any.
/// `place`: of what is wrong with the resource of hyperband, where that is given instead.
void read_halving(const Node* node, const Node& place, const NamedModels& models, const SearchJob& job,
                  bool train_scores_given, SearchOptions& options, Problems& problems);

/// Reads `search.hyperband`, before candidates are: how many are drawn follows from it. Its resource is checked with
/// that of halving.
void read_hyperband(const Node* node, const SearchJob& job, SearchOptions& options, Problems& problems);

/// Reads `search.nested`, once `cv` has been read.
void read_nested(const Node* node, SearchOptions& options, Problems& problems);

/// Reads `search.cv` for a model of that family and rows of that job.
void read_folds(const Node* node, const models::Family* family, const SearchJob& job, search::FoldOptions& folds,
                Problems& problems);

/// Reads `search.scoring`. Returns false if a metric could not be read; what depends on them is then not worth
/// checking.
bool read_scoring(const Node* node, const NamedModels& models, SearchOptions& options, Problems& problems);

/// Reads `search.refit` and `one_standard_error`, once `scoring` has been read. `place` is the section's.
void read_refit(const Node* refit, const Node* one_standard_error, const core::Location& place, SearchOptions& options,
                Problems& problems);

}  // namespace gridmill::config
