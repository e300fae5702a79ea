#include "jobs/model_files.hpp"

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/atomic_file.hpp"
#include "io/json.hpp"
#include "jobs/own_files.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;
using core::Value;
using core::ValueList;
using core::ValueMapping;

namespace {

constexpr std::int64_t kFormatVersion = 1;
constexpr const char* kPipeline = "pipeline.json";

Value texts(const std::vector<std::string>& values) { return ValueList(values.begin(), values.end()); }

Value to_value(const PipelineInfo& info, Value state) {
  ValueMapping params;
  for (const auto& [name, value] : info.params) params.emplace_back(name, value);
  return ValueMapping{
      {"format_version", kFormatVersion},
      {"model", info.family},
      {"task", info.task == core::Task::classification ? "classification" : "regression"},
      {"params", std::move(params)},
      {"target", info.target},
      {"features", texts(info.features)},
      {"classes", texts(info.classes)},
      {"probability", info.probability},
      {"state", std::move(state)},
  };
}

/// Reads entries of pipeline.json and says which one is wrong.
class Reader {
 public:
  explicit Reader(fs::path file) : file_(std::move(file)), root_(io::read_json(file_)) {
    if (!root_.is_mapping()) refuse("is no mapping");
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw core::UserError(core::Problem{{file_.string()}, what, "was it written by gridmill search?"});
  }

  const Value& entry(std::string_view name) const {
    for (const auto& [key, value] : root_.mapping()) {
      if (key == name) return value;
    }
    refuse(fmt::format("has no entry '{}'", name));
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
};

PipelineInfo read_info(const Reader& reader) {
  const Value& version = reader.entry("format_version");
  if (version != Value(kFormatVersion)) {
    reader.refuse(fmt::format("has format version {}, this program reads {}", version.python_str(), kFormatVersion));
  }
  PipelineInfo info;
  info.family = reader.text("model");
  info.task = reader.text("task") == "regression" ? core::Task::regression : core::Task::classification;
  info.target = reader.text("target");
  info.features = reader.texts("features");
  info.classes = reader.texts("classes");
  const Value& probability = reader.entry("probability");
  info.probability = probability.is_boolean() && probability.boolean();
  const Value& params = reader.entry("params");
  if (!params.is_mapping()) reader.refuse("'params' is not a mapping");
  for (const auto& [name, value] : params.mapping()) info.params.emplace(name, value);
  return info;
}

/// Renames the folder; into one that holds files of the user's, file by file, pipeline.json last: with it the model is
/// whole.
void put_in_place(const fs::path& made, const fs::path& folder) {
  const auto move = [&](const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) throw core::RunError(fmt::format("{}: cannot be written: {}", folder.string(), error.message()));
  };
  if (!fs::exists(folder)) return move(made, folder);
  for (const fs::directory_entry& each : fs::directory_iterator(made)) {
    if (each.path().filename() != kPipeline) move(each.path(), folder / each.path().filename());
  }
  move(made / kPipeline, folder / kPipeline);
  std::error_code ignored;
  fs::remove(made, ignored);
}

}  // namespace

void save_pipeline(const fs::path& folder, const PipelineInfo& info, const models::Model& model) {
  const fs::path temporary = folder.string() + ".new";
  std::error_code error;
  fs::remove_all(temporary, error);
  fs::create_directories(temporary, error);
  if (error) throw core::RunError(fmt::format("{}: cannot be made: {}", temporary.string(), error.message()));
  model.save(temporary);
  io::write_file(temporary / kPipeline, io::to_json(to_value(info, model.state())));
  remove_model(folder);
  put_in_place(temporary, folder);
}

Pipeline load_pipeline(const fs::path& folder) {
  const fs::path file = folder / kPipeline;
  if (!fs::exists(file)) {
    throw core::UserError(fmt::format("{}: holds no fitted model (no pipeline.json)", folder.string()),
                          "give the folder a search has written: gridmill predict runs/digits-svm new.csv");
  }
  const Reader reader(file);
  Pipeline pipeline;
  pipeline.info = read_info(reader);
  const models::Family* family = models::find_family(pipeline.info.family);
  if (family == nullptr) {
    reader.refuse(fmt::format("names the model '{}', which this program does not have", pipeline.info.family));
  }
  pipeline.model = family->load(folder, reader.entry("state"));
  return pipeline;
}

}  // namespace gridmill::jobs
