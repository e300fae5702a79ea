#include "config/run_file.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "config/field.hpp"
#include "config/read_calibration.hpp"
#include "config/read_features.hpp"
#include "config/read_import.hpp"
#include "config/read_rows.hpp"
#include "config/read_search.hpp"
#include "config/search_size.hpp"
#include "config/sections.hpp"
#include "core/address.hpp"
#include "core/glob.hpp"
#include "core/hint.hpp"
#include "core/memory_size.hpp"
#include "core/user_path.hpp"

namespace gridmill::config {

namespace {

/// A config's text as a tree, and what is wrong with its top level.
struct Tree {
  std::filesystem::path name;
  std::string text;
  Problems problems;
  Node root;
  SearchJob top;                                     // the plain options of the top level
  std::vector<const Node*> entries;                  // of the top level, those that pass their declarations
  std::optional<std::size_t> sample = std::nullopt;  // instead of what the sections say
};

Tree parse(std::string_view text, const std::filesystem::path& name) {
  Tree document{.name = name, .text = std::string(text)};
  document.root = parse_yaml(text, name, document.problems);
  Fields<SearchJob> fields = top_fields();
  for (Field<SearchJob>& field : fields) field.required = false;  // depends on the job
  document.entries = read_section(document.root, "", fields, document.top, document.problems);
  return document;
}

/// Says which sections the job needs and the document lacks.
void require(const Tree& document, const std::vector<std::string>& sections, Problems& problems) {
  if (!document.root.is_mapping()) return;
  for (const Field<SearchJob>& field : top_fields()) {
    const bool needed = std::find(sections.begin(), sections.end(), field.spec.name) != sections.end();
    if (needed && document.root.find(field.spec.name) == nullptr) {
      problems.add({.file = document.name.string()},
                   fmt::format("section '{}' is missing: {}", field.spec.name, field.spec.meaning));
    }
  }
}

/// LIBSVM text has the target in front of each line, without a name; files of it are called anything (heart_scale,
/// a9a.t) but what only tables with named columns are called.
bool may_be_libsvm_text(std::filesystem::path file) {
  if (file.extension() == ".gz" || file.extension() == ".xz") file.replace_extension();
  constexpr std::array kOthers{".csv", ".tsv", ".h5", ".hdf5"};
  return !file.empty() && std::find(kOthers.begin(), kOthers.end(), file.extension().string()) == kOthers.end();
}

void check_roles(const Node& node, const DataOptions& data, Problems& problems) {
  const auto refuse = [&](const std::string& column, const char* role) {
    for (const auto& [list, name] : {std::pair{&data.features, "features"}, std::pair{&data.ignore, "ignore"}}) {
      if (column.empty() || std::find(list->begin(), list->end(), column) == list->end()) continue;
      problems.add(node.find(name)->where, fmt::format("data.{}: '{}' is the {} column", name, column, role));
    }
  };
  refuse(data.target, "target");
  refuse(data.weight, "weight");
  refuse(data.group, "group");
  refuse(data.fold, "fold");
  const auto& ignored = data.ignore;
  if (!data.time.empty() && std::find(ignored.begin(), ignored.end(), data.time) != ignored.end()) {
    problems.add(node.find("ignore")->where, fmt::format("data.ignore: '{}' is the time column", data.time));
  }
  for (const std::string& feature : data.features) {
    if (std::find(data.ignore.begin(), data.ignore.end(), feature) != data.ignore.end()) {
      problems.add(node.find("ignore")->where, fmt::format("data.ignore: '{}' is among data.features", feature));
    }
  }
}

/// What the features section makes for a search to learn from; nothing without one. What is wrong with it is not said
/// here: it stands in for a source and a target that the section `data` does not name.
struct MadeData {
  std::filesystem::path matrix;
  std::string label;  // empty: the section names none
};

void read_data(const Node& node, const std::filesystem::path& config, const MadeData& made, DataOptions& data,
               Problems& problems) {
  Fields<DataOptions> fields = data_fields();
  for (Field<DataOptions>& field : fields) field.required = field.required && made.matrix.empty();
  data.source.file = made.matrix;
  read_section(node, "data", fields, data, problems);
  check_source(node, "data", data.source, problems);
  check_roles(node, data, problems);
  const Node* target = node.find("target");
  const bool given = target != nullptr && !target->is_null();  // perhaps wrongly, which has been said
  if (!given && data.source.file == made.matrix) data.target = made.label;
  if (!given && data.target.empty() && !may_be_libsvm_text(data.source.file)) {
    problems.add(node.where, "data.target is missing: column to predict",
                 made.matrix.empty() ? "" : "name it here, or in features.label");
  }
  check_rows(node, data, problems);
  data.source.file = find_file(data.source.file, config);
  if (!data.test.empty()) data.test = find_file(data.test, config);
}

/// Refuses what no memory holds before any of it is made, where most of it is asked for.
void check_size(const Node& search, const SearchJob& job, Problems& problems) {
  const search::PlanSize size = search_size(job, nullptr);
  const Node* of_folds = search.find(job.search.nested ? "nested" : "cv");
  const Node* of_candidates = search.find(job.search.random ? "random" : "grid");
  const Node* asked = size.n_folds > size.n_candidates ? of_folds : of_candidates;
  const auto problem = core::memory_problem(
      size.bytes(), asked == nullptr ? search.where : asked->where, fmt::format("search: {}", size.text()),
      size.n_folds > size.n_candidates
          ? job.search.nested ? "ask for fewer folds in cv or nested" : "ask for fewer cv.folds or cv.repeats"
          : "ask for fewer values, or draw some: 'random: {n: 60}'");
  if (problem) problems.add(problem->where, problem->what, problem->hint);
}

/// Hyperband draws from the grid and says which candidates are tried when, so that nothing else may.
bool leaves_it_to_hyperband(const std::vector<const Node*>& entries, Problems& problems) {
  const std::size_t n_problems = problems.size();
  for (const char* other : {"random", "halving"}) {
    const Node* both = find_entry(entries, other);
    if (both == nullptr || both->is_null()) continue;
    problems.add(both->where, fmt::format("search.{}: search.hyperband says which candidates are tried when", other),
                 fmt::format("leave out '{}' or 'hyperband'", other));
  }
  if (find_entry(entries, "grid") == nullptr) {
    problems.add(find_entry(entries, "hyperband")->where,
                 "search.hyperband draws from the axes of search.grid, which is missing");
  }
  return problems.size() == n_problems;
}

void read_search(const Node& node, const NamedModels& models, SearchJob& job, Problems& problems) {
  const auto entries = read_section(node, "search", search_fields(), job.search, problems);
  // What did not pass its declaration has been reported; it must not be reported again as missing.
  const auto passed = [&](std::string_view name) { return node.find(name) == find_entry(entries, name); };
  const auto entry = [&](std::string_view name) { return find_entry(entries, name); };
  read_hyperband(entry("hyperband"), job, job.search, problems);
  if (job.search.halving && !leaves_it_to_hyperband(entries, problems)) return;
  if (passed("grid") && passed("random")) {
    read_candidates(entry("grid"), entry("random"), job, job.search, problems);
  }
  if (passed("halving")) {
    const bool train_scores_given = node.find("train_scores") != nullptr;
    const Node* hyperband = entry("hyperband");
    read_halving(entry("halving"), hyperband == nullptr ? node : *hyperband, models, job, train_scores_given,
                 job.search, problems);
  }
  if (passed("early_stopping") && passed("learning_curves")) {
    read_early_stopping(entry("early_stopping"), entry("learning_curves"), models, job, job.search, problems);
  }
  const models::Family* family = models.empty() ? nullptr : models.front().family;
  if (passed("cv")) read_folds(entry("cv"), family, job, job.search.folds, problems);
  if (passed("cv") && passed("nested")) read_nested(entry("nested"), job.search, problems);
  if (passed("scoring") && read_scoring(entry("scoring"), models, job.search, problems) && passed("refit") &&
      passed("one_standard_error")) {
    const core::Location& place = entry("scoring") != nullptr ? entry("scoring")->where : node.where;
    read_refit(entry("refit"), entry("one_standard_error"), place, job.search, problems);
  }
  if (problems.empty()) check_size(node, job, problems);
}

/// Stands for a section that is not given: all its options have their defaults.
Node empty_section(const Tree& document) {
  return {.shape = Node::Shape::mapping, .where = {.file = document.name.string()}};
}

/// Refuses what one of the models cannot do, where it is asked for.
void check_abilities(const Tree& document, const NamedModel& model, const NamedModels& all, const SearchJob& job,
                     Problems& problems) {
  const auto refuse = [&](std::string_view section, std::string_view option, std::string_view what) {
    const Node* node = find_entry(document.entries, section);
    const Node* asked = node == nullptr ? nullptr : node->find(option);
    if (asked == nullptr) return;
    problems.add(asked->where,
                 fmt::format("{}.{}: {}{} {}", section, option, model.family->name(), place_words(model, all), what),
                 fmt::format("leave '{}' out, or take another model", option));
  };
  const models::Abilities can = model.family->abilities();
  if (!can.weights && !job.data.weight.empty()) refuse("data", "weight", "takes no sample weights");
  if (!can.time_limit && job.search.fit_time_limit_s > 0) refuse("search", "fit_time_limit", "knows no time limit");
}

/// The models that the document names; where none is named the section that may do it is missing.
NamedModels read_models_of(const Tree& document, const Node* search, SearchJob& job, Problems& problems) {
  const Node* model = find_entry(document.entries, "model");
  if (model == nullptr && document.root.find("model") != nullptr) return {};  // it did not pass
  const Node* grid = search == nullptr ? nullptr : search->find("grid");
  if (!names_models(grid)) require(document, {"model"}, problems);
  return read_models(model, grid, job, problems);
}

FeaturesJob read_features_sections(const Tree& document, Problems& problems);

MadeData made_features(const Tree& document) {
  if (find_entry(document.entries, "features") == nullptr) return {};
  Problems ignored;
  const FeaturesJob job = read_features_sections(document, ignored);
  return {.matrix = job.output / "features.h5", .label = job.features.label ? job.features.label->name : std::string()};
}

/// Remembers where the data may later contradict the config: "data.target", "model.C", "search.grid.C", "search.cv". Of
/// a list of grids the first that names a hyperparameter is told.
void note_search_places(const Node& node, const std::string& section, std::map<std::string, core::Location>& places) {
  if (node.is_list()) {
    for (const Node& item : node.children) {
      if (item.is_mapping()) note_search_places(item, section, places);
    }
    return;
  }
  for (const Node& entry : node.children) {
    const std::string path = fmt::format("{}.{}", section, entry.key);
    places.try_emplace(path, entry.where);
    if (path == "search.grid") note_search_places(entry, path, places);
  }
}

SearchJob read_search_sections(const Tree& document, Problems& problems) {
  const MadeData made = made_features(document);
  if (made.matrix.empty()) require(document, {"data"}, problems);
  SearchJob job = document.top;
  if (job.output.empty()) job.output = std::filesystem::path("runs") / document.name.stem();
  const Node* data = find_entry(document.entries, "data");
  const Node nothing = empty_section(document);
  if (data != nullptr || !made.matrix.empty()) {
    read_data(data != nullptr ? *data : nothing, document.name, made, job.data, problems);
  }
  const Node* search = find_entry(document.entries, "search");
  const NamedModels models = read_models_of(document, search, job, problems);
  if (search != nullptr || document.root.find("search") == nullptr) {
    read_search(search != nullptr ? *search : empty_section(document), models, job, problems);
  }
  read_calibration(find_entry(document.entries, "model"), models, job, problems);
  for (const NamedModel& model : models) check_abilities(document, model, models, job, problems);
  if (document.sample) job.data.sample = document.sample;
  for (const char* section : {"data", "model", "search"}) {
    if (const Node* node = find_entry(document.entries, section)) note_search_places(*node, section, job.places);
  }
  return job;
}

ImportJob read_import_sections(const Tree& document, Problems& problems) {
  require(document, {"import"}, problems);
  const Node* node = find_entry(document.entries, "import");
  ImportJob job = node == nullptr ? ImportJob{} : read_import(*node, document.name, problems);
  job.memory_limit = document.top.memory_limit;
  return job;
}

bool holds_search(const Tree& document) {
  return document.root.find("model") != nullptr || document.root.find("search") != nullptr;
}

/// Returns the store that the import section makes; empty without one. What is wrong with it is not said here.
std::filesystem::path imported_store(const Tree& document) {
  const Node* node = find_entry(document.entries, "import");
  if (node == nullptr) return {};
  Problems ignored;
  return read_import(*node, document.name, ignored).store;
}

std::filesystem::path features_folder(const Tree& document, const FeaturesOptions& options) {
  if (!options.output.empty()) return options.output;
  const std::filesystem::path run =
      document.top.output.empty() ? std::filesystem::path("runs") / document.name.stem() : document.top.output;
  return holds_search(document) ? run / "features" : run;
}

FeaturesJob read_features_sections(const Tree& document, Problems& problems) {
  require(document, {"features"}, problems);
  FeaturesJob job{.memory_limit = document.top.memory_limit};
  const Node* node = find_entry(document.entries, "features");
  if (node == nullptr) return job;
  read_features(*node, document.name, job.features, problems);
  if (job.features.store.empty() && !job.features.of_file()) job.features.store = imported_store(document);
  if (job.features.store.empty() && !job.features.of_file() && node->is_mapping()) {
    problems.add(node->where, "features.store is missing: store with the tables",
                 "make one with gridmill import, let this file have a section 'import', or name a file with one table: "
                 "source");
  }
  job.output = features_folder(document, job.features);
  if (document.sample) job.features.sample = document.sample;
  return job;
}

PredictOptions read_predict_section(const Tree& document, Problems& problems) {
  require(document, {"predict"}, problems);
  PredictOptions options;
  const Node* node = find_entry(document.entries, "predict");
  if (node == nullptr) return options;
  const auto entries = read_section(*node, "predict", predict_fields(), options, problems);
  const Node* tables = find_entry(entries, "tables");
  const bool has_tables = tables != nullptr && tables->is_mapping();
  options.source = find_file(options.source, document.name);
  if (document.sample && !options.output.empty()) options.output = sample_path(options.output, *document.sample);
  const bool is_of_data = options.rows == PredictOptions::Rows::unlabelled && !has_tables && options.source.empty();
  if (is_of_data) {
    Problems ignored;
    options.source = read_search_sections(document, ignored).data.source.file;
  } else if (has_tables == !options.source.empty()) {
    problems.add(node->where, "predict: must name either a 'source' of rows or 'tables' to make them of",
                 "tables: {orders: data/new-orders.csv}; or rows: unlabelled, for those of data.source");
  }
  if (!has_tables) return options;
  const Node* import = find_entry(document.entries, "import");
  if (import == nullptr) {
    problems.add(tables->where, "predict.tables: take the place of imported ones, and there is no section 'import'",
                 "source: data/new-rows.csv");
    return options;
  }
  Problems ignored;
  std::vector<std::string> known;
  for (const TableOptions& table : read_import(*import, document.name, ignored).tables) {
    known.push_back(table.source.table);
  }
  for (const Node& table : tables->children) {
    const std::string path = path_of("predict.tables", table.key);
    if (std::find(known.begin(), known.end(), table.key) == known.end()) {
      problems.add(table.key_where, fmt::format("{}: the import has no such table", path),
                   core::hint_for(table.key, known));
    }
    if (table.shape != Node::Shape::scalar || table.is_null()) {
      problems.add(table.where, fmt::format("{}: must be a file", path));
      continue;
    }
    if (const auto problem = core::problem_with_path(table.text)) {
      problems.add(table.where, fmt::format("{}: {}", path, *problem), core::kAddressHint);
      continue;
    }
    options.tables[table.key] = find_file(core::user_path(table.text), document.name);
  }
  if (tables->children.empty()) problems.add(tables->where, "predict.tables: names no table");
  return options;
}

template <class Read>
auto checked(const Tree& document, Read read) {
  Problems problems = document.problems;
  auto job = read(document, problems);
  problems.throw_if_any();
  return job;
}

}  // namespace

std::filesystem::path find_file(const std::filesystem::path& name, const std::filesystem::path& config_file) {
  std::error_code ignored;
  if (name.empty() || name.is_absolute() || std::filesystem::exists(name, ignored)) return name;
  std::filesystem::path beside = config_file.parent_path() / name;
  if (std::filesystem::exists(beside, ignored)) return beside.lexically_normal();
  const bool only_beside = core::is_glob(name.filename().string()) && core::files_matching(name).empty() &&
                           !core::files_matching(beside).empty();
  return only_beside ? beside.lexically_normal() : name;
}

std::filesystem::path default_store(std::filesystem::path source) {
  if (core::is_glob(source.stem().string())) {
    const std::string stem = source.filename().string();
    source.replace_filename(core::without_glob(stem.substr(0, stem.find('.'))) + ".csv");
  }
  if (source.extension() == ".gz" || source.extension() == ".xz") source.replace_extension();
  return source.replace_extension(".h5");
}

std::filesystem::path sample_path(const std::filesystem::path& path, std::size_t n) {
  std::filesystem::path name = path.has_filename() ? path : path.parent_path();
  return name.replace_filename(fmt::format("{}-sample-{}{}", name.stem().string(), n, name.extension().string()));
}

std::filesystem::path shard_path(const std::filesystem::path& folder, const search::Shard& shard) {
  std::filesystem::path name = folder.has_filename() ? folder : folder.parent_path();
  return name += fmt::format("-shard-{}-of-{}", shard.number, shard.n_shards);
}

struct RunFile::Document : Tree {};

RunFile::RunFile(const std::filesystem::path& file) : RunFile(read_text(file), file) {}

RunFile::RunFile(std::string_view text, const std::filesystem::path& name)
    : document_(std::make_unique<Document>(Document{parse(text, name)})) {}

RunFile::~RunFile() = default;
RunFile::RunFile(RunFile&&) noexcept = default;
RunFile& RunFile::operator=(RunFile&&) noexcept = default;

SearchJob RunFile::search_job() const { return checked(*document_, read_search_sections); }

ImportJob RunFile::import_job() const { return checked(*document_, read_import_sections); }

FeaturesJob RunFile::features_job() const { return checked(*document_, read_features_sections); }

PredictOptions RunFile::predict_options() const { return checked(*document_, read_predict_section); }

bool RunFile::has_import() const { return document_->root.find("import") != nullptr; }
bool RunFile::has_features() const { return document_->root.find("features") != nullptr; }
bool RunFile::has_search() const { return holds_search(*document_); }
bool RunFile::has_predict() const { return document_->root.find("predict") != nullptr; }

void RunFile::set_output(const std::filesystem::path& output) { document_->top.output = output; }

void RunFile::set_sample(std::size_t n) {
  std::filesystem::path& output = document_->top.output;
  if (output.empty()) output = std::filesystem::path("runs") / document_->name.stem();
  output = sample_path(output, n);
  document_->sample = n;
}
std::optional<std::size_t> RunFile::sample() const { return document_->sample; }

const std::string& RunFile::text() const { return document_->text; }
const std::filesystem::path& RunFile::name() const { return document_->name; }

void RunFile::check() const {
  Problems problems = document_->problems;
  if (has_import()) read_import_sections(*document_, problems);
  if (has_features()) read_features_sections(*document_, problems);
  if (has_search() || !(has_import() || has_features())) read_search_sections(*document_, problems);
  if (has_predict()) {
    read_predict_section(*document_, problems);
    if (!has_search()) {
      problems.add(document_->root.find("predict")->key_where, "predict: this file has no model to predict with",
                   "let it have the sections 'model' and 'search', or call 'gridmill predict RUN'");
    }
  }
  problems.throw_if_any();
}

}  // namespace gridmill::config
