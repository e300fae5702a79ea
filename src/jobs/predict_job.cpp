#include "jobs/predict_job.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/frame.hpp"
#include "core/hint.hpp"
#include "io/files/atomic_file.hpp"
#include "io/import/table_file.hpp"
#include "io/store/store.hpp"
#include "io/text/csv.hpp"
#include "io/text/libsvm_text.hpp"
#include "jobs/dataset/dataset_builder.hpp"
#include "jobs/dataset/import_options.hpp"
#include "jobs/dataset/row_choice.hpp"
#include "jobs/dataset/source_table.hpp"
#include "jobs/predict/model_files.hpp"
#include "jobs/predict/prediction_csv.hpp"
#include "jobs/predict/row_sample.hpp"
#include "jobs/predict/unseen_report.hpp"
#include "jobs/run/changed_files.hpp"
#include "jobs/search/held_out_report.hpp"
#include "jobs/search/run_directory.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

constexpr std::size_t kNamesShown = 5;

Names names_of(const core::Table& schema) {
  Names names;
  for (const core::Column& column : schema.columns) names.push_back(column.name);
  return names;
}

Names without(Names names, std::string_view name) {
  std::erase(names, name);
  return names;
}

/// "'a', 'b' and 7 more"
std::string listed(const Names& names) {
  const std::size_t n_shown = std::min(names.size(), kNamesShown);
  std::string text =
      fmt::format("'{}'", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(n_shown), "', '"));
  if (names.size() > n_shown) text += fmt::format(" and {} more", names.size() - n_shown);
  return text;
}

/// The number behind `prefix`, or none: 12 for f12.
std::optional<std::size_t> number_behind(std::string_view prefix, std::string_view name) {
  if (!name.starts_with(prefix)) return std::nullopt;
  std::size_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

/// Whether the names are those we give to columns of text that names none.
bool are_made_up(const Names& names) {
  return std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return number_behind("c", name).has_value() || number_behind("f", name).has_value();
  });
}

fs::path model_folder(const fs::path& run) {
  if (!fs::exists(run)) throw core::UserError(core::Problem{{run.string()}, "no such run directory", {}});
  return fs::exists(run / "pipeline.json") ? run : run / "best";
}

/// The data section of the search; its defaults if the model stands without the search's config.
config::DataOptions data_options_of(const fs::path& run) {
  for (const fs::path& folder : {run, run.parent_path()}) {
    if (fs::exists(folder / "config.resolved.yaml")) return read_resolved_config(folder).data;
  }
  return {};
}

/// How to make what the model learns from of new rows, if it is features; else empty.
std::string features_hint(const fs::path& source) {
  const fs::path definitions = definitions_beside(source);
  if (definitions.empty()) return {};
  return fmt::format(
      "the model learns from features: gridmill features --apply {} STORE -o new.h5 makes them of new rows",
      definitions.string());
}

/// Leaves out what is said of columns that the new data does not have (the target, most often).
io::ImportOptions fitting(io::ImportOptions options, const fs::path& file, const PipelineInfo& info) {
  const std::string table = std::exchange(options.table, {});
  options.used = info.features;
  for (const auto& [name, type] : info.words) options.used.push_back(name);
  options.used.push_back(info.target);
  if (info.task == core::Task::classification && !info.target.empty()) options.keys.push_back(info.target);
  switch (io::format_of(file, options)) {
    case io::TableFormat::store: {
      options.types.clear();
      const io::StoreReader store(file);
      const bool is_there = std::find(store.tables().begin(), store.tables().end(), table) != store.tables().end();
      if (is_there) options.table = table;
      break;
    }
    case io::TableFormat::csv: {
      const Names names = io::CsvReader(file, options).names();
      std::erase_if(options.types, [&](const auto& entry) {
        return std::find(names.begin(), names.end(), entry.first) == names.end();
      });
      break;
    }
    case io::TableFormat::libsvm:
      std::erase_if(options.types, [](const auto& entry) { return entry.first != io::kLibsvmTarget; });
      options.first_index = io::libsvm_first_index(info.features);
      options.absent_is_missing = info.absent_is_missing;
      options.n_features = info.features.size();
      for (const std::string& name : info.features) {
        const std::size_t counted_from_0 = options.first_index == io::IndexBase::zero ? 1 : 0;
        options.n_features = std::max(options.n_features, number_behind("f", name).value_or(0) + counted_from_0);
      }
  }
  return options;
}

/// Where the predictions go: a file that appears whole, or a stream.
class Sink {
 public:
  Sink(const fs::path& output, std::ostream& out) : out_(out) {
    if (!output.empty()) file_.emplace(output);
  }

  void write(std::string_view text) {
    if (file_) {
      file_->write(text);
    } else if (!out_.write(text.data(), static_cast<std::streamsize>(text.size())).flush()) {
      throw core::RunError("the predictions cannot be written to stdout");
    }
  }

  void finish() {
    if (file_) file_->commit();
  }

 private:
  std::ostream& out_;
  std::optional<io::AtomicFile> file_;
};

class Predictor {
 public:
  Predictor(const PredictJob& job, std::ostream& out, Observer& observer)
      : job_(job), out_(out), observer_(observer), pipeline_(load_pipeline(model_folder(job.run))) {}

  void run() {
    check_outputs();
    if (!job_.output.empty()) {
      prepare_output_file(
          {.file = job_.output, .kind = OutputKind::predictions, .if_exists = job_.if_exists, .inputs = {job_.data}});
    }
    if (!pipeline_.is_checked) {
      observer_.note(fmt::format("{} has no checksums, as an earlier gridmill wrote it: it is taken as it is",
                                 model_folder(job_.run).string()));
    }
    note_unchecked(job_.data, observer_);
    observer_.stage(fmt::format("reading {}", job_.data.string()));
    open();
    observer_.stage(fmt::format("predicting {} rows", source_->n_rows()));
    if (source_->n_rows() == 0)
      observer_.warning(fmt::format("{}: has no rows, so nothing is predicted", job_.data.string()));
    const RowSample sample(source_->n_rows(), job_.sample);
    if (job_.sample) observer_.warning(sample_remark(*job_.sample, source_->n_rows()));
    Sink sink(job_.output, out_);
    sink.write(header());
    const std::size_t n_rows = io::block_rows(source_->schema().columns.size());
    for (std::size_t row = 0; row < source_->n_rows(); row += n_rows) {
      SourceTable slice{source_->next(n_rows), job_.data, options_, row};
      ordinals_to_numbers(slice.table);
      if (!sample.is_whole()) keep_rows(slice, sample.rows_of(row, slice.table.n_rows()));
      if (job_.unlabelled) leave_labelled(slice);
      if (slice.table.n_rows() == 0) continue;
      n_predicted_ += slice.table.n_rows();
      sink.write(predict(slice));
    }
    sink.finish();
    if (n_predicted_ == 0 && source_->n_rows() > 0 && job_.unlabelled) {
      observer_.warning(
          fmt::format("{}: all {} rows have a label, so nothing is predicted", job_.data.string(), source_->n_rows()));
    }
    report();
  }

 private:
  [[nodiscard]] const PipelineInfo& info() const { return pipeline_.info; }

  [[nodiscard]] std::string header() const {
    std::string line = prediction_header(info(), job_.wanted, job_.keep);
    for (const models::Explanation what : job_.explanations) {
      // How many numbers there are, one sample tells.
      const std::vector<double> sample(info().features.size(), 0.0);
      const std::vector<std::int32_t> missing{core::kMissingCode};
      std::vector<core::Words> words;
      for (const auto& [name, type] : info().words) words.push_back({name, type, {}, missing});
      const core::Frame frame{.numbers = {sample.data(), sample.size(), 1}, .words = words};
      const core::Matrix explained = pipeline_.fitted.explain(frame, what);
      line += explanation_header(info(), pipeline_.model_features, what, explained.n_rows);
    }
    return line + '\n';
  }

  void check_outputs() const {
    if (job_.wanted.probability && !info().probability) {
      const bool can = info().task == core::Task::classification;
      throw core::UserError(
          fmt::format("{}: the model gives no probabilities", job_.run.string()),
          can ? "search again with a metric that needs them among search.scoring, such as neg_log_loss or roc_auc_ovr"
              : "it predicts values, not classes");
    }
    if (job_.wanted.decision && info().task == core::Task::regression) {
      throw core::UserError(fmt::format("{}: a regression has no decision values", job_.run.string()));
    }
    if (!job_.explanations.empty() && !models::find_family(info().family)->abilities().explains) {
      throw core::UserError(fmt::format("{}: {} explains no predictions", job_.run.string(), info().family),
                            "--contributions and --leaf are for boosted trees");
    }
    if (job_.wanted.decision && !models::find_family(info().family)->abilities().decision) {
      throw core::UserError(fmt::format("{}: {} has no decision values", job_.run.string(), info().family),
                            "--probability writes what it ranks by");
    }
  }

  /// Opens the data; where a feature does not look like numbers it is read as such, so that the error names the cell.
  void open() {
    const config::DataOptions searched = data_options_of(job_.run);
    hint_ = features_hint(searched.source.file);
    options_ = fitting(import_options(searched.source), job_.data, info());
    weight_ = searched.weight;
    refuse_several_tables();
    source_ = io::open_table(job_.data, options_);
    columns_ = find_columns();
    for (const auto& [name, type] : info().words) words_.push_back(name);
    check_kept();
    const std::size_t n_types = options_.types.size();
    const bool is_text = io::format_of(job_.data, options_) != io::TableFormat::store;
    for (const std::string& name : columns_) {
      if (is_text && !is_number(source_->schema().find(name)->type))
        options_.types.emplace(name, core::ColumnType::real);
    }
    // Words are read as they were learnt from, whatever these rows look like.
    for (const auto& [name, type] : info().words) {
      if (is_text && holds_words(type)) options_.types.emplace(name, type);
    }
    if (options_.types.size() != n_types) source_ = io::open_table(job_.data, options_);
    for (const std::string& sentence : source_->remarks().warnings) observer_.warning(sentence);
    for (const std::string& sentence : source_->remarks().notes) observer_.note(sentence);
    has_truth_ = source_->schema().find(info().target) != nullptr &&
                 std::find(columns_.begin(), columns_.end(), info().target) == columns_.end();
    if (!weight_.empty() && source_->schema().find(weight_) == nullptr) {
      if (has_truth_)
        observer_.note(fmt::format("no column '{}', the weights of the search: all rows count the same", weight_));
      weight_.clear();
    }
  }

  /// Returns the data's column for each feature of the model.
  Names find_columns() {
    const Names known = names_of(source_->schema());
    Names absent = all_features();
    std::erase_if(absent,
                  [&](const std::string& name) { return std::find(known.begin(), known.end(), name) != known.end(); });
    if (absent.empty()) {
      tell_ignored(known);
      return info().features;
    }
    Names others = without(known, info().target);
    if (io::format_of(job_.data, options_) == io::TableFormat::libsvm) others = without(known, io::kLibsvmTarget);
    if (info().words.empty() && (are_made_up(others) || are_made_up(info().features))) {
      for (const Names& columns : {known, others}) {
        if (columns.size() != info().features.size()) continue;
        observer_.note("the columns have no names in common with the model's features; they are taken by position");
        return columns;
      }
    }
    refuse_absent(absent, known);
  }

  [[noreturn]] void refuse_absent(const Names& absent, const Names& known) const {
    std::string what = absent.size() == 1 ? fmt::format("no column {}, a feature of the model", listed(absent))
                                          : fmt::format("{} of the model's {} features are no columns here: {}",
                                                        absent.size(), all_features().size(), listed(absent));
    std::string hint = hint_.empty() ? core::hint_for(absent.front(), known) : hint_;
    throw core::UserError(core::Problem{{job_.data.string()}, std::move(what), std::move(hint)});
  }

  void check_kept() const {
    const Names known = names_of(source_->schema());
    std::vector<core::Problem> problems;
    for (const std::string& name : job_.keep) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      problems.push_back(
          {{job_.data.string()}, fmt::format("no column '{}' to keep", name), core::hint_for(name, known)});
    }
    if (!problems.empty()) throw core::UserError(std::move(problems));
  }

  /// Tables with their relationships are what features are made of.
  void refuse_several_tables() const {
    if (hint_.empty() || io::format_of(job_.data, options_) != io::TableFormat::store) return;
    if (io::StoreReader(job_.data).tables().size() < 2) return;
    throw core::UserError(
        core::Problem{{job_.data.string()}, "holds several tables, and the model learns from features of them", hint_});
  }

  [[nodiscard]] bool is_kept(const std::string& name) const {
    return std::find(job_.keep.begin(), job_.keep.end(), name) != job_.keep.end();
  }

  void tell_ignored(Names names) {
    const Names used = all_features();
    std::erase_if(names, [&](const std::string& name) {
      return name == info().target || name == weight_ || is_kept(name) ||
             std::find(used.begin(), used.end(), name) != used.end();
    });
    if (!names.empty()) observer_.note(fmt::format("ignored, since the model does not know them: {}", listed(names)));
  }

  std::string predict(const SourceTable& slice) {
    check_missing(slice);
    const core::Dataset data = features_of(slice, columns_, words_);
    const core::Frame frame = core::frame_of(data);
    count_unseen(frame);
    const models::Prediction prediction = predict(slice, frame);
    if (has_truth_) add_known_truth(slice, prediction);
    std::vector<const core::Column*> kept;
    for (const std::string& name : job_.keep) kept.push_back(slice.table.find(name));
    std::vector<Explained> explanations;
    for (const models::Explanation what : job_.explanations) {
      explanations.push_back({what, pipeline_.fitted.explain(frame, what)});
    }
    return prediction_lines(info(), prediction, kept, explanations);
  }

  void count_unseen(const core::Frame& frame) {
    for (prepare::UnseenWords& each : pipeline_.fitted.steps.unseen_words(frame)) unseen_.add(std::move(each));
  }

  /// A step may refuse what stands in a row.
  [[nodiscard]] models::Prediction predict(const SourceTable& slice, const core::Frame& frame) const try {
    return pipeline_.fitted.predict(frame, job_.wanted);
  } catch (const core::UserError& error) {
    const core::Problem& problem = error.problems().front();
    refuse(slice, problem.what, problem.hint);
  }

  void check_missing(const SourceTable& slice) const {
    const models::Family& family = *models::find_family(info().family);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& name = columns_[i];
      if (pipeline_.fitted.steps.fills_missing()) continue;
      if (search::takes_missing(family, info().params, info().features[i])) continue;
      const core::Column& column = *slice.table.find(name);
      for (std::size_t row = 0; row < column.size(); ++row) {
        if (!column.missing(row)) continue;
        refuse_row(slice, row, fmt::format("feature '{}' is missing, and the model does not impute", name),
                   "fill it in or leave the row out; or search again with model: {name: ..., impute: mean}");
      }
    }
  }

  void leave_labelled(SourceTable& slice) const {
    const core::Column* const labels = slice.table.find(info().target);
    if (labels != nullptr) keep_rows(slice, rows_where(*labels, /*missing=*/true));
  }

  static std::vector<std::size_t> rows_where(const core::Column& labels, bool missing) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < labels.size(); ++row) {
      if (labels.missing(row) == missing) rows.push_back(row);
    }
    return rows;
  }

  /// Adds the truth of the rows that have one.
  void add_known_truth(const SourceTable& slice, const models::Prediction& prediction) {
    const std::vector<std::size_t> rows = rows_where(*slice.table.find(info().target), /*missing=*/false);
    if (rows.size() == slice.table.n_rows()) return add_truth(slice, prediction);
    if (rows.empty()) return;
    SourceTable known = slice;
    keep_rows(known, rows);
    models::Prediction of_known;
    for (const std::size_t row : rows) of_known.value.push_back(prediction.value[row]);
    add_truth(known, of_known);
  }

  /// The truth is a welcome extra: where it cannot be used the predictions go on without a report.
  void add_truth(const SourceTable& slice, const models::Prediction& prediction) {
    try {
      const auto values = known_target(slice, info().target, info().task, info().classes);
      const auto weights = known_weights(slice, weight_);
      weights_.insert(weights_.end(), weights.begin(), weights.end());
      truth_.insert(truth_.end(), values.begin(), values.end());
      predicted_.insert(predicted_.end(), prediction.value.begin(), prediction.value.end());
    } catch (const core::UserError& error) {
      has_truth_ = false;
      observer_.note(fmt::format("no report on the predictions: {}",
                                 error.problems().front().where.text() + ": " + error.problems().front().what));
    }
  }

  /// Without weights each row counts.
  [[nodiscard]] bool any_row_counts() const {
    return weights_.empty() || std::any_of(weights_.begin(), weights_.end(), [](double w) { return w > 0; });
  }

  /// The columns that the model was fitted to: numbers, then words.
  [[nodiscard]] Names all_features() const {
    Names names = info().features;
    for (const auto& [name, type] : info().words) names.push_back(name);
    return names;
  }

  void report() {
    const bool to_stdout = job_.output.empty();
    for (const std::string& sentence : unseen_.sentences()) observer_.warning(sentence);
    if (has_truth_ && !any_row_counts()) {
      observer_.note(
          fmt::format("no report on the predictions: {}: weight '{}' is 0 in all rows", job_.data.string(), weight_));
    } else if (has_truth_ && !truth_.empty()) {
      const std::string how = weight_.empty() ? "" : fmt::format(", weighted by '{}'", weight_);
      const std::string title = fmt::format("On {} {} rows of {}{}", job_.sample ? "a sample of" : "the", truth_.size(),
                                            job_.data.string(), how);
      for (const TextBlock& block : report_blocks(title, info().task, truth_, predicted_, weights_, info().classes)) {
        if (to_stdout) {
          observer_.note(fmt::format("\n{}\n{}", block.title, block.text));
        } else {
          observer_.block(block);
        }
      }
    }
    if (!to_stdout) observer_.files({{job_.output.string(), "the predictions, a line a row"}});
  }

  const PredictJob& job_;
  std::ostream& out_;
  Observer& observer_;
  Pipeline pipeline_;
  io::ImportOptions options_;
  std::unique_ptr<io::TableSource> source_;
  Names columns_;  // of the data, one a feature of the model that is a column of numbers
  Names words_;    // the others
  UnseenReport unseen_;
  bool has_truth_ = false;
  std::size_t n_predicted_ = 0;
  std::vector<double> truth_;
  std::vector<double> predicted_;
  std::string hint_;             // how to make the features the model learns from; empty: they are no features
  std::string weight_;           // column of weights for the report; empty: all 1
  std::vector<double> weights_;  // as truth_; empty: all 1
};

}  // namespace

std::filesystem::path definitions_beside(const std::filesystem::path& source) {
  fs::path definitions = source.parent_path() / "features.json";
  std::error_code ignored;
  return source.filename() == "features.h5" && fs::exists(definitions, ignored) ? definitions : fs::path();
}

std::vector<models::Explanation> explanations(bool contributions, bool leaf) {
  std::vector<models::Explanation> wanted;
  if (contributions) wanted.push_back(models::Explanation::contributions);
  if (leaf) wanted.push_back(models::Explanation::leaf);
  return wanted;
}

void run_predict(const PredictJob& job, std::ostream& out, Observer& observer) { Predictor(job, out, observer).run(); }

}  // namespace gridmill::jobs
