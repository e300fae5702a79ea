#include "jobs/predict_job.hpp"

#include <algorithm>
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

#include "core/counted.hpp"
#include "core/error.hpp"
#include "core/frame.hpp"
#include "core/hint.hpp"
#include "io/import/table_file.hpp"
#include "io/store/store.hpp"
#include "io/text/libsvm_text.hpp"
#include "jobs/dataset/dataset_builder.hpp"
#include "jobs/dataset/import_options.hpp"
#include "jobs/dataset/row_choice.hpp"
#include "jobs/dataset/source_table.hpp"
#include "jobs/predict/column_names.hpp"
#include "jobs/predict/interval.hpp"
#include "jobs/predict/model_files.hpp"
#include "jobs/predict/predicted_block.hpp"
#include "jobs/predict/prediction_csv.hpp"
#include "jobs/predict/prediction_sink.hpp"
#include "jobs/predict/reading_options.hpp"
#include "jobs/predict/row_sample.hpp"
#include "jobs/predict/unseen_report.hpp"
#include "jobs/run/changed_files.hpp"
#include "jobs/search/held_out_report.hpp"
#include "jobs/search/run_directory.hpp"
#include "mpi/failure.hpp"
#include "prepare/dates.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostBlockRows = 8192;  // a rank predicts at a time

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

class Predictor {
 public:
  Predictor(const PredictJob& job, mpi::Transport& transport, std::ostream& out, Observer& observer)
      : job_(job),
        transport_(transport),
        out_(out),
        observer_(observer),
        pipeline_(load_pipeline(model_folder(job.run))) {}

  /// Looks at all there is before anything is predicted.
  void begin() {
    check_outputs();
    if (job_.interval) {
      interval_ = interval_of_run(job_.run, info().task, *job_.interval);
      observer_.note(interval_->text());
    }
    if (!job_.output.empty() && is_root()) {
      prepare_output_file({.file = job_.output,
                           .kind = OutputKind::predictions,
                           .if_exists = job_.if_exists,
                           .inputs = {job_.data},
                           .header = header()});
    }
    if (!pipeline_.is_checked) {
      observer_.note(fmt::format("{} has no checksums, as an earlier gridmill wrote it: it is taken as it is",
                                 model_folder(job_.run).string()));
    }
    note_unchecked(job_.data, observer_);
    observer_.stage(fmt::format("reading {}", job_.data.string()));
    open();
    observer_.stage(fmt::format("predicting {}", core::counted(source_->n_rows(), "row")));
    if (source_->n_rows() == 0)
      observer_.warning(fmt::format("{}: has no rows, so nothing is predicted", job_.data.string()));
    sample_.emplace(source_->n_rows(), job_.sample);
    if (job_.sample) observer_.warning(sample_remark(*job_.sample, source_->n_rows()));
    if (!is_root()) return;
    sink_.emplace(job_.output, out_);
    sink_->write(header());
  }

  /// Predicts block after block: each rank one, then all the next. Collective.
  void run() {
    const std::size_t n_ranks = static_cast<std::size_t>(transport_.size());
    const std::size_t rank = static_cast<std::size_t>(transport_.rank());
    const std::size_t n_rows = std::min(kMostBlockRows, io::block_rows(source_->schema().columns.size()));
    for (std::size_t row = 0; row < source_->n_rows(); row += n_ranks * n_rows) {
      PredictedBlock block;
      mpi::run_together(transport_, [&] {
        source_->skip(rank * n_rows);
        const std::size_t first = row + rank * n_rows;
        if (first < source_->n_rows()) block = predict({source_->next(n_rows), job_.data, options_, first});
        source_->skip((n_ranks - 1 - rank) * n_rows);
      });
      const std::vector<mpi::Bytes> blocks = transport_.gather(bytes_of(block));
      mpi::run_together(transport_, [&] {
        for (const mpi::Bytes& bytes : blocks) take(block_from(bytes));
      });
    }
  }

  /// Says what there is to be said, once all is written.
  void finish() {
    if (!is_root()) return;
    sink_->finish();
    if (n_predicted_ == 0 && source_->n_rows() > 0 && job_.unlabelled) {
      observer_.warning(
          fmt::format("{}: all {} rows have a label, so nothing is predicted", job_.data.string(), source_->n_rows()));
    }
    report();
  }

 private:
  [[nodiscard]] const PipelineInfo& info() const { return pipeline_.info; }
  [[nodiscard]] bool is_root() const { return transport_.rank() == 0; }

  [[nodiscard]] std::string header() const {
    std::string line = prediction_header(info(), job_.wanted, job_.keep, interval_.has_value());
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
    options_ = reading_options(import_options(searched.source), job_.data, info(), job_.keep);
    weight_ = searched.weight;
    refuse_several_tables();
    source_ = open_rows();
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
      const bool is_date = type == core::ColumnType::datetime;
      if (is_text && (is_date || holds_words(type))) options_.types.emplace(name, type);
    }
    if (options_.types.size() != n_types) source_ = open_rows();
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

  [[nodiscard]] std::unique_ptr<io::TableSource> open_rows() const {
    io::ColumnSpool::Limits limits = io::reading_limits();
    limits.memory /= static_cast<std::size_t>(transport_.size());
    return io::open_table(job_.data, options_, limits);
  }

  /// Returns the data's column for each feature of the model.
  Names find_columns() {
    const Names known = column_names(source_->schema());
    Names absent = all_features();
    std::erase_if(absent,
                  [&](const std::string& name) { return std::find(known.begin(), known.end(), name) != known.end(); });
    if (absent.empty()) {
      tell_ignored(known);
      return info().features;
    }
    if (const auto columns = columns_by_position(known, absent)) return *columns;
    refuse_absent(absent, known);
  }

  /// Takes columns by position where names say nothing: of text that has none, or of a model learnt from such text. As
  /// soon as rows with names share one with the model, the names decide.
  [[nodiscard]] std::optional<Names> columns_by_position(const Names& known, const Names& absent) const {
    if (!info().words.empty()) return {};
    const Names& features = info().features;
    const bool is_libsvm = io::format_of(job_.data, options_) == io::TableFormat::libsvm;
    const bool has_names = !is_libsvm && !source_->remarks().names_are_made_up;
    const bool shares_names = absent.size() < all_features().size();
    if (has_names && (shares_names || !are_made_up(features))) return {};
    const Names others = without(known, is_libsvm ? std::string(io::kLibsvmTarget) : info().target);
    const bool all_are_features = !has_names && !is_libsvm && known.size() == features.size();
    if (!all_are_features && others.size() != features.size()) return {};
    observer_.note(has_names ? "the model's features have no names; the columns are taken by position"
                             : "the columns have no names; they are taken by position");
    return all_are_features ? known : others;
  }

  [[noreturn]] void refuse_absent(const Names& absent, const Names& known) const {
    std::string what = absent.size() == 1 ? fmt::format("no column {}, a feature of the model", listed(absent))
                                          : fmt::format("{} of the model's {} features are no columns here: {}",
                                                        absent.size(), all_features().size(), listed(absent));
    std::string hint = hint_.empty() ? core::hint_for(absent.front(), known) : hint_;
    throw core::UserError(core::Problem{{job_.data.string()}, std::move(what), std::move(hint)});
  }

  void check_kept() const {
    const Names known = column_names(source_->schema());
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

  PredictedBlock predict(SourceTable slice) const {
    ordinals_to_numbers(slice.table);
    if (!sample_->is_whole()) keep_rows(slice, sample_->rows_of(slice.first_row, slice.table.n_rows()));
    if (job_.unlabelled) leave_labelled(slice);
    PredictedBlock block{.lines = {}, .n_rows = slice.table.n_rows()};
    if (block.n_rows == 0) return block;
    check_missing(slice);
    const core::Dataset data = features_of(slice, columns_, words_);
    const core::Frame frame = core::frame_of(data);
    block.unseen = pipeline_.fitted.steps.unseen_words(frame);
    const models::Prediction prediction = predict(slice, frame);
    if (has_truth_) add_known_truth(slice, prediction, block);
    std::vector<const core::Column*> kept;
    for (const std::string& name : job_.keep) kept.push_back(slice.table.find(name));
    std::vector<Explained> explanations;
    for (const models::Explanation what : job_.explanations) {
      explanations.push_back({what, pipeline_.fitted.explain(frame, what)});
    }
    const std::optional<double> margin = interval_ ? std::optional(interval_->margin) : std::nullopt;
    block.lines = prediction_lines(info(), prediction, kept, explanations, margin);
    return block;
  }

  /// Writes what comes of a block; blocks come in the order of their rows.
  void take(const PredictedBlock& block) {
    n_predicted_ += block.n_rows;
    sink_->write(block.lines);
    for (const prepare::UnseenWords& each : block.unseen) unseen_.add(each);
    if (has_truth_ && !block.no_report.empty()) {
      has_truth_ = false;
      observer_.note(fmt::format("no report on the predictions: {}", block.no_report));
    }
    truth_.insert(truth_.end(), block.truth.begin(), block.truth.end());
    predicted_.insert(predicted_.end(), block.predicted.begin(), block.predicted.end());
    weights_.insert(weights_.end(), block.weights.begin(), block.weights.end());
  }

  /// A step may refuse what stands in a row.
  [[nodiscard]] models::Prediction predict(const SourceTable& slice, const core::Frame& frame) const try {
    return pipeline_.fitted.predict(frame, job_.wanted);
  } catch (const core::UserError& error) {
    const core::Problem& problem = error.problems().front();
    refuse(slice, problem.what, problem.hint);
  }

  void check_missing(const SourceTable& slice) const {
    if (pipeline_.fitted.steps.fills_missing()) return;
    const models::Family& family = *models::find_family(info().family);
    const auto may_miss = [&](const std::string& feature) {
      return search::takes_missing(family, info().params, feature);
    };
    Names whole;  // columns that must have a value in each row
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!may_miss(info().features[i])) whole.push_back(columns_[i]);
    }
    for (const auto& [name, type] : info().words) {
      const bool is_time = type == core::ColumnType::datetime;
      if (is_time && !std::ranges::all_of(prepare::names_of_parts(name), may_miss)) whole.push_back(name);
    }
    for (const std::string& name : whole) {
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

  /// Adds the truth of the rows that have one.
  void add_known_truth(const SourceTable& slice, const models::Prediction& prediction, PredictedBlock& block) const {
    const std::vector<std::size_t> rows = rows_where(*slice.table.find(info().target), /*missing=*/false);
    if (rows.size() == slice.table.n_rows()) return add_truth(slice, prediction, block);
    if (rows.empty()) return;
    SourceTable known = slice;
    keep_rows(known, rows);
    models::Prediction of_known;
    for (const std::size_t row : rows) of_known.value.push_back(prediction.value[row]);
    add_truth(known, of_known, block);
  }

  /// The truth is a welcome extra: where it cannot be used the predictions go on without a report.
  void add_truth(const SourceTable& slice, const models::Prediction& prediction, PredictedBlock& block) const {
    try {
      block.truth = known_target(slice, info().target, info().task, info().classes);
      block.weights = known_weights(slice, weight_);
      block.predicted = prediction.value;
    } catch (const core::UserError& error) {
      block.no_report = error.problems().front().where.text() + ": " + error.problems().front().what;
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
      const std::string title = fmt::format("On {} {} of {}{}", job_.sample ? "a sample of" : "the",
                                            core::counted(truth_.size(), "row"), job_.data.string(), how);
      for (const TextBlock& block : report_blocks(title, info().task, truth_, predicted_, weights_, info().classes)) {
        if (to_stdout) {
          observer_.note(fmt::format("\n{}\n{}", block.title, block.text));
        } else {
          observer_.block(block);
        }
      }
    }
    if (interval_ && has_truth_ && !truth_.empty()) observer_.note(interval_->coverage_text(truth_, predicted_));
    if (!to_stdout) observer_.files({{job_.output.string(), "the predictions, a line a row"}});
  }

  const PredictJob& job_;
  mpi::Transport& transport_;
  std::ostream& out_;
  Observer& observer_;
  Pipeline pipeline_;
  io::ImportOptions options_;
  std::unique_ptr<io::TableSource> source_;
  Names columns_;                       // of the data, one a feature of the model that is a column of numbers
  Names words_;                         // the others
  std::optional<PredictionSink> sink_;  // of rank 0
  std::optional<RowSample> sample_;     // which rows are predicted
  std::optional<PredictionInterval> interval_;
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

void run_predict(const PredictJob& job, mpi::Transport& transport, std::ostream& out, Observer& observer) {
  std::optional<Predictor> predictor;
  mpi::run_together(transport, [&] {
    predictor.emplace(job, transport, out, observer);
    predictor->begin();
  });
  predictor->run();
  mpi::run_together(transport, [&] { predictor->finish(); });
}

}  // namespace gridmill::jobs
