#include "search/evaluate.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/prepared_samples.hpp"
#include "prepare/preparer.hpp"
#include "search/family_shares.hpp"
#include "search/hyperparameters.hpp"
#include "search/model_importance.hpp"
#include "search/values_at.hpp"

namespace gridmill::search {

namespace {

using core::Index;

double seconds_since_epoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// Predictions of fits by candidate and fold, in bounded memory: those that come first.
class RememberedPredictions {
 public:
  void add(std::size_t candidate, std::size_t fold, const models::Prediction& prediction) {
    constexpr std::size_t kMost = std::size_t{16} << 20U;  // bytes
    const std::size_t bytes =
        sizeof(double) * (prediction.value.size() + prediction.decision.n_elem + prediction.probability.n_elem);
    if (bytes > kMost - bytes_) return;
    if (kept_.emplace(std::pair{candidate, fold}, prediction).second) bytes_ += bytes;
  }
  /// Returns null if there is nothing.
  [[nodiscard]] const models::Prediction* find(std::size_t candidate, std::size_t fold) const {
    const auto found = kept_.find({candidate, fold});
    return found == kept_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::pair<std::size_t, std::size_t>, models::Prediction> kept_;
  std::size_t bytes_ = 0;
};

/// What fits can go on from in a later round, in bounded memory: those that come first.
class PausedFits {
 public:
  using Key = std::pair<std::size_t, std::size_t>;  // the plan's numbers of candidate and fold

  void put(Key key, std::string state) {
    constexpr std::size_t kMost = std::size_t{64} << 20U;  // bytes
    if (state.empty() || state.size() > kMost - bytes_) return;
    bytes_ += state.size();
    kept_[key] = std::move(state);
  }
  /// Returns what was put there, which is gone then; empty if there is nothing.
  [[nodiscard]] std::string take(Key key) {
    const auto found = kept_.find(key);
    if (found == kept_.end()) return {};
    std::string state = std::move(found->second);
    bytes_ -= state.size();
    kept_.erase(found);
    return state;
  }

 private:
  std::map<Key, std::string> kept_;
  std::size_t bytes_ = 0;
};

void note(std::string& message, const std::string& remark) {
  if (remark.empty()) return;
  message += message.empty() ? remark : "; " + remark;
}

}  // namespace

struct Evaluator::State {
  State(const SearchPlan& the_plan, const core::Dataset& the_data, const models::Resources& resources)
      : plan(the_plan),
        data(the_data),
        outputs(outputs_of(the_plan, *the_plan.families.front())),
        all_rows(the_data.n_samples()),
        preparer(core::frame_of(the_data),
                 {.task = the_data.task,
                  .y = the_data.y,
                  .n_classes = the_data.classes.size(),
                  .seed = static_cast<std::uint32_t>(the_plan.seed)},
                 the_data.feature_names) {
    std::iota(all_rows.begin(), all_rows.end(), Index{0});
    for (FamilyShare& share : shares_of(plan, data, resources)) {
      models::Resources own = resources;
      own.candidates = share.candidates;
      own.memory_bytes = share.memory_bytes;
      trainers.push_back(share.family->trainer(data, own));
    }
  }

  void evaluate(const SharedFit& shared, std::vector<FitRecord>& records);
  models::Trainer& trainer() { return *trainers[at_work]; }
  void call(const models::Family& family);
  prepare::FittedSteps prepare(const models::Family& family, const core::Params& params, std::span<const Index> train);
  std::unique_ptr<models::Fit> fit(Trial trial, double time_limit_s);
  std::unique_ptr<models::Fit> fit(const core::Params& params, Trial trial, double time_limit_s, std::size_t patience);
  [[nodiscard]] std::size_t patience() const { return plan.early_stopping ? plan.early_stopping->rounds : 0; }
  void keep_curve(const models::Fit& fit, FitRecord& record) const;
  std::size_t mean_steps(std::size_t candidate);
  std::size_t steps_of_refit(std::size_t candidate, std::span<const FitRecord> records);
  std::unique_ptr<models::Fit> timed_fit(FitRecord& record);
  std::string kept_of(std::size_t candidate, std::optional<std::size_t> fold);
  void pause(const models::Fit& fit, Trial trial);
  [[nodiscard]] bool goes_on_later(std::size_t candidate) const {
    return !plan.rationed.empty() &&
           free_axis_of(family_of(plan, candidate), params_of(plan, candidate)) == plan.rationed;
  }
  [[nodiscard]] PausedFits::Key key_of(Trial trial) const {
    return {plan.number_of(trial.candidate), plan.number_of_fold(trial.fold)};
  }
  void go_on(std::unique_ptr<models::Fit>& fit, FitRecord& record);
  void judge(const models::Fit& fit, FitRecord& record);
  void score(const models::Fit& fit, FitRecord& record);
  void give_up(FitRecord& record, models::FitStatus status, const std::string& why) const;
  std::vector<double> scores(std::span<const Index> rows, const models::Prediction& prediction, const models::Fit& fit,
                             std::string& message) const;

  const SearchPlan& plan;
  const core::Dataset& data;
  models::Outputs outputs;  // of the family at work
  std::vector<Index> all_rows;
  prepare::Preparer preparer;
  prepare::FittedSteps learnt_steps;                       // of the last fit of a fold: what its steps have learnt
  core::PreparedSamples samples;                           // as last prepared
  std::vector<std::unique_ptr<models::Trainer>> trainers;  // by family of the plan
  std::size_t at_work = 0;                                 // which of them was called last
  std::optional<std::pair<std::size_t, Fold>> parted;      // the last watched fold, by its id
  RememberedPredictions remembered;
  PausedFits paused;
  KeptFits* kept_fits = nullptr;
  models::FitKeeper keeper;  // of the fit at work
};

/// Lets the trainer of `family` work. The one before gives back what it has made for itself: there may be no memory for
/// the work of both.
void Evaluator::State::call(const models::Family& family) {
  const auto called = static_cast<std::size_t>(std::ranges::find(plan.families, &family) - plan.families.begin());
  if (called != at_work) trainer().forget();
  at_work = called;
  outputs = outputs_of(plan, family);
}

/// Prepares the samples as a candidate asks for. Those before and all that was made of them go first: there may be no
/// memory for both.
/// Errors: FitError where a step cannot be learnt from these rows, or done to some row.
prepare::FittedSteps Evaluator::State::prepare(const models::Family& family, const core::Params& params,
                                               std::span<const Index> train) try {
  prepare::Steps steps(params);
  if (family.abilities().sparse) steps.allow_sparse();
  steps.measure_by(measure_by(family, params, data, plan.seed), family.name());
  GRIDMILL_ASSERT(steps.empty() || !data.is_sparse(), "sparse data comes as it is");
  const prepare::Preparer::Learnt learnt = preparer.learn(steps, train);
  if (learnt.key != samples.key) {
    trainer().forget();
    samples = {};
    samples = preparer.apply(learnt, train);
  }
  return learnt.steps;
} catch (const core::UserError& error) {
  throw models::FitError(error.problems().front().what);
}

std::unique_ptr<models::Fit> Evaluator::State::fit(Trial trial, double time_limit_s) {
  return fit(params_of(plan, trial.candidate), trial, time_limit_s, patience());
}

std::unique_ptr<models::Fit> Evaluator::State::fit(const core::Params& params, Trial trial, double time_limit_s,
                                                   std::size_t fit_patience) {
  const models::Family& family = family_of(plan, trial.candidate);
  call(family);
  const bool watched = is_watched(plan.early_stopping, family, params);
  const Fold& fold = plan.folds[trial.fold];
  if (watched && (!parted || parted->first != trial.fold)) {
    parted.emplace(trial.fold, watched_rows(*plan.early_stopping, data, fold, plan.seed));
  }
  // What is learnt before the model knows nothing of the watched rows either.
  const std::vector<Index>& train = watched ? parted->second.train : fold.train;
  const models::Watch watch = watched ? models::Watch{.rows = parted->second.test,
                                                      .metric = plan.early_stopping->metric,
                                                      .patience = fit_patience,
                                                      .train = plan.curves}
                                      : models::Watch{};
  learnt_steps = prepare(family, params, train);
  std::string resume = goes_on_later(trial.candidate) ? paused.take(key_of(trial)) : std::string{};
  if (resume.empty()) resume = kept_of(trial.candidate, trial.fold);
  return trainer().fit({.params = params,
                        .train = train,
                        .seed = fit_seed(plan.seed, plan.number_of(trial.candidate), plan.number_of_fold(trial.fold)),
                        .job_seed = plan.seed,
                        .time_limit_s = time_limit_s,
                        .probability = outputs.probability,
                        .mode = plan.mode,
                        .samples = samples,
                        .watch = watched ? &watch : nullptr,
                        .resume = resume,
                        .keeper = kept_fits == nullptr ? nullptr : &keeper});
}

/// What was kept of the fit that now begins, from which it goes on; from now on it keeps what it learns.
std::string Evaluator::State::kept_of(std::size_t candidate, std::optional<std::size_t> fold) {
  if (kept_fits == nullptr) return {};
  KeptFits& kept = *kept_fits;
  keeper = {.is_due = [&kept](double seconds) { return kept.is_due(seconds); },
            .keep = [&kept, candidate, fold](std::string_view state) { kept.keep(candidate, fold, state); }};
  return kept.find(candidate, fold);
}

/// Keeps what a later round may go on from, if it comes to this rank.
void Evaluator::State::pause(const models::Fit& fit, Trial trial) {
  if (goes_on_later(trial.candidate)) paused.put(key_of(trial), fit.state());
}

/// Keeps so many points at most, the last among them.
void Evaluator::State::keep_curve(const models::Fit& fit, FitRecord& record) const {
  constexpr std::size_t kMost = 200;
  const models::FitCurve* curve = fit.curve();
  if (curve == nullptr || !plan.curves) return;
  const std::size_t n = curve->watched.size();
  const std::size_t stride = (n + kMost - 1) / kMost;
  record.curve = {};
  record.step.clear();
  for (std::size_t i = (n + stride - 1) % stride; i < n; i += stride) {
    record.step.push_back(i + 1);
    record.curve.watched.push_back(curve->watched[i]);
    if (!curve->train.empty()) record.curve.train.push_back(curve->train[i]);
  }
}

/// The number of rounds that xgb.cv finds: folds go equally far, and the mean of their curves ends them.
std::size_t Evaluator::State::mean_steps(std::size_t candidate) {
  const EarlyStopping& stopping = *plan.early_stopping;
  const models::Family& family = family_of(plan, candidate);
  core::Params params = params_of(plan, candidate);
  const std::string axis(family.free_axis(params));
  const auto most = static_cast<std::size_t>(core::value_of(params, family.options(), axis).integer());
  const Round round = round_of(plan, candidate);
  for (std::size_t length = std::min(most, 4 * stopping.rounds);; length = std::min(most, 2 * length)) {
    params[axis] = static_cast<std::int64_t>(length);
    std::vector<std::vector<double>> curves;
    for (std::size_t k = 0; k < round.n_folds; ++k) {
      const auto fitted = fit(params, {candidate, round.first_fold + k}, /*time_limit_s=*/0, /*patience=*/0);
      curves.push_back(fitted->curve()->watched);
    }
    const MeanCurve mean = mean_curve(curves, stopping.rounds, most, greater_is_better(stopping, family, params));
    if (mean.has_ended) return mean.best;
  }
}

/// How far the refit goes along the free axis: by the rule of early stopping.
std::size_t Evaluator::State::steps_of_refit(std::size_t candidate, std::span<const FitRecord> records) {
  const EarlyStopping& stopping = *plan.early_stopping;
  if (stopping.refit == EarlyStopping::Refit::mean) return mean_steps(candidate);
  std::vector<std::size_t> best;
  std::size_t n_train = 0;
  for (const FitRecord& record : records) {
    if (record.candidate != candidate || record.best_step == 0) continue;
    best.push_back(record.best_step);
    const double share = stopping.watch == EarlyStopping::Watched::inner ? kTrainedShare : 1.0;
    n_train += static_cast<std::size_t>(share * static_cast<double>(plan.folds[record.fold].train.size()));
  }
  const double mean_train = static_cast<double>(n_train) / static_cast<double>(std::max<std::size_t>(1, best.size()));
  if (best.empty()) throw models::FitError("no fold of it has a best round");
  return refit_steps(stopping.refit, std::move(best), mean_train, static_cast<double>(data.n_samples()));
}

std::unique_ptr<models::Fit> Evaluator::State::timed_fit(FitRecord& record) {
  const Stopwatch watch;
  std::unique_ptr<models::Fit> result;
  try {
    result = fit({record.candidate, record.fold}, plan.fit_time_limit_s);
  } catch (const models::FitError& error) {
    give_up(record, models::FitStatus::failed, error.what());
  }
  record.fit_time_s = watch.seconds();
  return result;
}

void Evaluator::State::go_on(std::unique_ptr<models::Fit>& fit, FitRecord& record) {
  const Stopwatch watch;
  try {
    fit->go_on(params_of(plan, record.candidate));
  } catch (const models::FitError& error) {
    give_up(record, models::FitStatus::failed, error.what());
    fit.reset();
  }
  record.fit_time_s += watch.seconds();
}

void Evaluator::State::give_up(FitRecord& record, models::FitStatus status, const std::string& why) const {
  record.status = status;
  note(record.message, why);
  record.test_scores.assign(plan.scorers.size(), plan.error_score);
  if (plan.train_scores) record.train_scores.assign(plan.scorers.size(), plan.error_score);
}

std::vector<double> Evaluator::State::scores(std::span<const Index> rows, const models::Prediction& prediction,
                                             const models::Fit& fit, std::string& message) const {
  const std::vector<double> truth = values_at(data.y, rows);
  const std::vector<double> weight = values_at(data.weight, rows);
  const models::ScoreInput input{.truth = truth,
                                 .weight = weight,
                                 .prediction = prediction,
                                 .classes = data.classes,
                                 .fitted = fit.classes(),
                                 .positive = plan.positive};
  std::vector<double> result;
  for (const models::Scorer* scorer : plan.scorers) {
    std::string why;
    const double score = scorer->score(input, &why);
    const bool has_none = std::isnan(score) && !why.empty();
    result.push_back(has_none ? plan.error_score : score);
    if (!why.empty()) note(message, fmt::format("{}: {}", scorer->name(), why));
  }
  return result;
}

void Evaluator::State::score(const models::Fit& fit, FitRecord& record) {
  const Fold& fold = plan.folds[record.fold];
  const Stopwatch watch;
  models::Prediction prediction = fit.predict(fold.test, outputs);
  record.test_scores = scores(fold.test, prediction, fit, record.message);
  record.score_time_s = watch.seconds();
  if (plan.train_scores) {
    std::string same_remarks;  // what the test scores have said already
    record.train_scores = scores(fold.train, fit.predict(fold.train, outputs), fit, same_remarks);
  }
  if (plan.mode == models::FitMode::exact) remembered.add(record.candidate, record.fold, prediction);
  if (plan.keep_predictions && round_of(plan, record.candidate).study == 0) record.prediction = std::move(prediction);
}

void Evaluator::State::judge(const models::Fit& fit, FitRecord& record) {
  record.status = fit.status();
  note(record.message, fit.remark());
  record.details = fit.details();
  record.best_step = fit.best_step();
  keep_curve(fit, record);
  GRIDMILL_ASSERT(record.details.size() == family_of(plan, record.candidate).details().size(),
                  "a fit tells what its family declares");
  if (record.status == models::FitStatus::time_limit) {
    // Scores of a fit cut short would depend on the speed of the machine.
    give_up(record, record.status, fmt::format("stopped at the time limit of {} s a fit", plan.fit_time_limit_s));
  } else {
    score(fit, record);
  }
}

void Evaluator::State::evaluate(const SharedFit& shared, std::vector<FitRecord>& records) {
  std::unique_ptr<models::Fit> fit;
  FitRecord fitted;  // what the fit itself has to say, before any score
  for (const Trial& trial : shared.trials) {
    const double start_s = seconds_since_epoch();
    if (trial == shared.trials.front()) {
      fitted = {.candidate = trial.candidate, .fold = trial.fold};
      fit = timed_fit(fitted);
    } else if (fit && plan.candidates[trial.candidate] != plan.candidates[fitted.candidate]) {
      fitted.candidate = trial.candidate;
      go_on(fit, fitted);
    }
    FitRecord& record = records.emplace_back(fitted);
    record.candidate = trial.candidate;
    record.fold = trial.fold;
    record.start_s = start_s;
    if (fit) judge(*fit, record);
    record.end_s = seconds_since_epoch();
  }
  if (fit) pause(*fit, {fitted.candidate, fitted.fold});
}

Evaluator::Evaluator(const SearchPlan& plan, const core::Dataset& data, const models::Resources& resources)
    : state_(std::make_unique<State>(plan, data, resources)) {}

Evaluator::~Evaluator() = default;

void Evaluator::keep_long_fits(KeptFits* kept) { state_->kept_fits = kept; }

std::vector<FitRecord> Evaluator::evaluate(const Bundle& bundle) {
  std::vector<FitRecord> records;
  records.reserve(bundle.fits.size());
  for (const SharedFit& shared : bundle.fits) state_->evaluate(shared, records);
  state_->trainer().rest();
  return records;
}

bool Evaluator::remembers(std::size_t candidate, std::size_t fold) const {
  return state_->remembered.find(candidate, fold) != nullptr;
}

models::Prediction Evaluator::predict_fold(std::size_t candidate, std::size_t fold, std::vector<double>* dual) {
  const models::Prediction* remembered = state_->remembered.find(candidate, fold);
  if (remembered != nullptr && dual == nullptr) return *remembered;
  std::unique_ptr<models::Fit> fit = state_->fit({candidate, fold}, /*time_limit_s=*/0);
  models::Prediction prediction = fit->predict(state_->plan.folds[fold].test, state_->outputs);
  if (dual != nullptr) *dual = fit->dual();
  fit.reset();
  state_->trainer().rest();
  return prediction;
}

FoldModel Evaluator::fold_model(std::size_t candidate, std::size_t fold) {
  std::unique_ptr<models::Fit> fit = state_->fit({candidate, fold}, /*time_limit_s=*/0);
  FoldModel out{.pipeline = {.steps = state_->learnt_steps, .model = fit->model()}, .classes = fit->classes()};
  fit.reset();
  state_->trainer().rest();
  return out;
}

Refit Evaluator::refit(std::size_t candidate, bool probability, std::span<const double> start,
                       std::span<const FitRecord> records) {
  const SearchPlan& plan = state_->plan;
  const models::Family& family = family_of(plan, candidate);
  core::Params params = params_of(plan, candidate);
  const std::size_t n_folds = rounds_of(plan).front().n_folds;
  std::size_t steps = 0;
  if (is_watched(plan.early_stopping, family, params) && plan.early_stopping->rounds > 0) {
    steps = state_->steps_of_refit(candidate, records);
    params[std::string(family.free_axis(params))] = static_cast<std::int64_t>(steps);
  }
  state_->call(family);
  Refit refit{.steps = state_->prepare(family, params, state_->all_rows), .fit = nullptr, .n_steps = steps};
  const std::string resume = state_->kept_of(candidate, std::nullopt);
  refit.fit = state_->trainer().fit({.params = params,
                                     .train = state_->all_rows,
                                     .seed = fit_seed(plan.seed, plan.number_of(candidate), n_folds),
                                     .job_seed = plan.seed,
                                     .probability = probability,
                                     .mode = plan.mode,
                                     .start = start,
                                     .samples = state_->samples,
                                     .resume = resume,
                                     .keeper = state_->kept_fits == nullptr ? nullptr : &state_->keeper});
  return refit;
}

}  // namespace gridmill::search
