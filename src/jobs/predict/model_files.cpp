#include "jobs/predict/model_files.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/file_descriptor.hpp"
#include "io/files/json.hpp"
#include "io/files/text_checksum.hpp"
#include "jobs/run/own_files.hpp"
#include "search/calibration.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;
using core::Value;
using core::ValueList;
using core::ValueMapping;

namespace {

constexpr std::int64_t kFormatVersion = 2;
// The state holds a calibration, which a program that knows of none would pass over.
constexpr std::int64_t kCalibrated = 3;
// Both steps stood in the model's state, as one mapping.
constexpr std::int64_t kStepsInState = 1;
constexpr const char* kPipeline = "pipeline.json";

Value texts(const std::vector<std::string>& values) { return ValueList(values.begin(), values.end()); }

ValueMapping to_entries(const PipelineInfo& info, Value steps, Value state, ValueMapping files) {
  ValueMapping params;
  for (const auto& [name, value] : info.params) params.emplace_back(name, value);
  ValueMapping words;
  for (const auto& [name, type] : info.words) words.emplace_back(name, std::string(core::name_of(type)));
  const bool is_calibrated = search::calibration_in(state, info.classes.size()).has_value();
  ValueMapping entries{
      {"format_version", is_calibrated ? kCalibrated : kFormatVersion},
      {"model", info.family},
      {"task", info.task == core::Task::classification ? "classification" : "regression"},
      {"params", std::move(params)},
      {"target", info.target},
      {"features", texts(info.features)},
      {"classes", texts(info.classes)},
      {"probability", info.probability},
      {"absent_is_missing", info.absent_is_missing},
      {"steps", std::move(steps)},
      {"state", std::move(state)},
      {"files", std::move(files)},
  };
  if (!words.empty()) entries.emplace_back("words", std::move(words));
  return entries;
}

/// Puts the model's own files on the disk; returns their names and checksums.
ValueMapping settle_files(const fs::path& folder) {
  std::set<std::string> names;
  for (const fs::directory_entry& each : fs::directory_iterator(folder)) names.insert(each.path().filename().string());
  ValueMapping files;
  for (const std::string& name : names) {
    io::FileDescriptor::open_output(folder / name, 0, folder / name).sync();
    files.emplace_back(name, io::checksum_text(folder / name));
  }
  return files;
}

/// Reads entries of pipeline.json and says which one is wrong.
class PipelineReader {
 public:
  explicit PipelineReader(fs::path file) : file_(std::move(file)) {
    io::JsonFile read = io::read_json(file_);
    root_ = std::move(read.value);
    has_checksum_ = read.has_checksum;
    if (!root_.is_mapping()) refuse("is no mapping");
  }

  [[nodiscard]] bool has_checksum() const { return has_checksum_; }

  [[noreturn]] void refuse(const std::string& what) const {
    throw core::UserError(core::Problem{{file_.string()}, what, "was it written by gridmill search?"});
  }

  [[nodiscard]] const Value* find(std::string_view name) const {
    for (const auto& [key, value] : root_.mapping()) {
      if (key == name) return &value;
    }
    return nullptr;
  }

  const Value& entry(std::string_view name) const {
    const Value* const found = find(name);
    if (found == nullptr) refuse(fmt::format("has no entry '{}'", name));
    return *found;
  }

  std::string text(std::string_view name) const {
    const Value& value = entry(name);
    if (!value.is_text()) refuse(fmt::format("'{}' is not text", name));
    return value.text();
  }

  std::vector<std::string> texts(std::string_view name) const {
    const Value& value = entry(name);
    if (!value.is_list()) refuse(fmt::format("'{}' is not a list", name));
    std::vector<std::string> out;
    for (const Value& each : value.list()) {
      if (!each.is_text()) refuse(fmt::format("'{}' holds something that is not text", name));
      out.push_back(each.text());
    }
    return out;
  }

 private:
  fs::path file_;
  Value root_;
  bool has_checksum_ = false;
};

core::ColumnType word_type(const PipelineReader& reader, const Value& name) {
  using core::ColumnType;
  for (const ColumnType type : {ColumnType::integer, ColumnType::real, ColumnType::boolean, ColumnType::categorical,
                                ColumnType::text, ColumnType::key, ColumnType::datetime}) {
    if (name == Value(std::string(core::name_of(type)))) return type;
  }
  reader.refuse("'words' names a type that no column of words has");
}

PipelineInfo read_info(const PipelineReader& reader) {
  const Value& version = reader.entry("format_version");
  if (version != Value(kFormatVersion) && version != Value(kStepsInState) && version != Value(kCalibrated)) {
    reader.refuse(fmt::format("has format version {}, this program reads {} to {}", version.python_str(), kStepsInState,
                              kCalibrated));
  }
  PipelineInfo info;
  info.family = reader.text("model");
  const std::string task = reader.text("task");
  if (task != "regression" && task != "classification") reader.refuse(fmt::format("knows no task '{}'", task));
  info.task = task == "regression" ? core::Task::regression : core::Task::classification;
  info.target = reader.text("target");
  info.features = reader.texts("features");
  info.classes = reader.texts("classes");
  if (const Value* const words = reader.find("words"); words != nullptr && words->is_mapping()) {
    for (const auto& [name, type] : words->mapping()) info.words.emplace(name, word_type(reader, type));
  }
  const Value& probability = reader.entry("probability");
  info.probability = probability.is_boolean() && probability.boolean();
  const Value* const absent = reader.find("absent_is_missing");  // earlier versions knew one meaning only
  info.absent_is_missing = absent != nullptr && absent->is_boolean() && absent->boolean();
  const Value& params = reader.entry("params");
  if (!params.is_mapping()) reader.refuse("'params' is not a mapping");
  for (const auto& [name, value] : params.mapping()) info.params.emplace(name, value);
  return info;
}

/// A folder in which another is made: of a name that nobody else has, and gone with this unless it was put in place.
/// What a kill leaves of it is removed as unfinished files are.
class UnfinishedFolder {
 public:
  explicit UnfinishedFolder(const fs::path& folder) : path_(io::unfinished_name(folder)) {
    std::error_code error;
    fs::create_directories(path_, error);
    if (error) throw core::RunError(fmt::format("{}: cannot be made: {}", path_.string(), error.message()));
  }
  ~UnfinishedFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  UnfinishedFolder(UnfinishedFolder&&) = delete;
  UnfinishedFolder& operator=(UnfinishedFolder&&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Renames the folder; into one that holds files of the user's, file by file. pipeline.json comes first: a kill must
/// not leave a file of the model that nothing names as ours. Until the others are there, their checksums refuse the
/// model.
void put_in_place(const fs::path& made, const fs::path& folder) {
  const auto move = [&](const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) throw core::RunError(fmt::format("{}: cannot be written: {}", folder.string(), error.message()));
  };
  if (!fs::exists(folder)) return move(made, folder);
  std::vector<fs::path> names{kPipeline};
  for (const fs::directory_entry& each : fs::directory_iterator(made)) {
    if (each.path().filename() != kPipeline) names.push_back(each.path().filename());
  }
  for (const fs::path& name : names) {
    if (!fs::exists(fs::symlink_status(folder / name))) continue;
    throw core::RunError(fmt::format("{}: is not replaced: gridmill did not write it", (folder / name).string()));
  }
  for (const fs::path& name : names) move(made / name, folder / name);
  std::error_code ignored;
  fs::remove(made, ignored);
}

/// Compares the model's files with what pipeline.json says of them; returns whether it says anything.
bool check_files(const fs::path& folder, const PipelineReader& reader) {
  const Value* const files = reader.find("files");
  if (files == nullptr) return false;
  if (!files->is_mapping()) reader.refuse("'files' is not a mapping");
  for (const auto& [name, checksum] : files->mapping()) {
    if (fs::path(name).filename() != name) reader.refuse(fmt::format("'files' names '{}', which is no file", name));
    if (checksum == Value(io::checksum_text(folder / name))) continue;
    throw core::UserError(core::Problem{
        {(folder / name).string()},
        "has changed since gridmill wrote it: its checksum is another than in pipeline.json",
        "search again to make it anew; or, if you changed it on purpose, remove 'files' and 'checksum' from "
        "pipeline.json"});
  }
  return true;
}

/// The model's state is checked by its family; here that it belongs to these features and classes.
void check_sizes(const PipelineReader& reader, const PipelineInfo& info, std::size_t n_features) {
  const Value& state = reader.entry("state");
  if (!state.is_mapping()) reader.refuse("'state' is not a mapping");
  const auto check = [&](std::string_view name, std::size_t expected, std::string_view of) {
    for (const auto& [key, value] : state.mapping()) {
      if (key != name || value == Value(static_cast<std::int64_t>(expected))) continue;
      reader.refuse(fmt::format("has {} {}, but its model has {}", expected, of, value.python_str()));
    }
  };
  check("n_features", n_features, "features after its steps");
  check("n_classes", info.classes.size(), "classes");
  const bool is_classification = info.task == core::Task::classification;
  if (is_classification ? info.classes.size() < 2 : !info.classes.empty()) reader.refuse("has not its task's classes");
}

/// Returns the list of steps; of what an earlier gridmill wrote, a list made of that.
Value steps_entry(const PipelineReader& reader) {
  if (reader.entry("format_version") != Value(kStepsInState)) return reader.entry("steps");
  std::map<std::string, Value> all;
  for (const auto& [name, value] : reader.entry("state").mapping()) {
    if (name == "preprocessing" && value.is_mapping()) all.insert(value.mapping().begin(), value.mapping().end());
  }
  if (all["impute"].is_null() || all["preprocessing"].is_null()) reader.refuse("'state' has no 'preprocessing'");
  ValueList steps;
  if (all["impute"] != Value("none")) steps.push_back(ValueMapping{{"impute", all["impute"]}, {"fill", all["fill"]}});
  if (all["preprocessing"] != Value("none")) {
    steps.push_back(
        ValueMapping{{"preprocessing", all["preprocessing"]}, {"offset", all["offset"]}, {"scale", all["scale"]}});
  }
  return steps;
}

prepare::FittedSteps read_steps(const PipelineReader& reader, const std::vector<std::string>& features) {
  try {
    return prepare::FittedSteps::from_value(steps_entry(reader), features);
  } catch (const core::UserError& error) {
    reader.refuse(error.problems().front().what);
  }
}

std::optional<search::Calibration> read_calibration(const PipelineReader& reader, const PipelineInfo& info) {
  try {
    return search::calibration_in(reader.entry("state"), info.classes.size());
  } catch (const core::UserError& error) {
    reader.refuse(error.problems().front().what);
  }
}

}  // namespace

void save_pipeline(const fs::path& folder, const PipelineInfo& info, const search::FittedPipeline& fitted) {
  const UnfinishedFolder made(folder);
  fitted.model->save(made.path());
  const ValueMapping entries =
      to_entries(info, fitted.steps.to_value(), fitted.model->state(), settle_files(made.path()));
  io::write_file(made.path() / kPipeline, io::to_sealed_json(entries));
  remove_model(folder);
  put_in_place(made.path(), folder);
  io::sync_folder(folder);
  io::sync_folder(folder.parent_path());
}

Pipeline load_pipeline(const fs::path& folder) {
  const fs::path file = folder / kPipeline;
  if (!fs::exists(file)) {
    throw core::UserError(fmt::format("{}: holds no fitted model (no pipeline.json)", folder.string()),
                          "give the folder a search has written: gridmill predict runs/digits-svm new.csv");
  }
  const PipelineReader reader(file);
  Pipeline pipeline;
  pipeline.info = read_info(reader);
  pipeline.is_checked = check_files(folder, reader) && reader.has_checksum();
  const models::Family* family = models::find_family(pipeline.info.family);
  if (family == nullptr) {
    reader.refuse(fmt::format("names the model '{}', which this program does not have", pipeline.info.family));
  }
  if (family->task() != pipeline.info.task) reader.refuse("names a model for another task");
  pipeline.fitted.steps = read_steps(reader, pipeline.info.features);
  pipeline.model_features = pipeline.fitted.steps.names(pipeline.info.features);
  check_sizes(reader, pipeline.info, pipeline.model_features.size());
  pipeline.fitted.model = family->load(folder, reader.entry("state"));
  if (auto calibration = read_calibration(reader, pipeline.info)) {
    pipeline.fitted.model = search::calibrated(std::move(pipeline.fitted.model), *std::move(calibration));
  }
  return pipeline;
}

}  // namespace gridmill::jobs
