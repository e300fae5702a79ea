#include "jobs/search/search_trial.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/option.hpp"
#include "jobs/dataset/dataset_block.hpp"
#include "jobs/run/processor_time.hpp"
#include "search/evaluate.hpp"
#include "search/hyperparameters.hpp"

namespace gridmill::jobs {

namespace {

using Clock = std::chrono::steady_clock;

/// The detail by which fits of a family that take steps tell how many they took.
constexpr std::string_view kSteps = "n_rounds";

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// All rows, those of a class side by side.
std::vector<core::Index> by_class(const core::Dataset& data) {
  std::vector<core::Index> rows(data.n_samples());
  std::iota(rows.begin(), rows.end(), core::Index{0});
  std::stable_sort(rows.begin(), rows.end(), [&](auto a, auto b) { return data.y[a] < data.y[b]; });
  return rows;
}

/// Every so-manieth row of each class, so that all classes are there.
std::vector<core::Index> some_rows(const core::Dataset& data, std::size_t n) {
  const std::vector<core::Index> rows = by_class(data);
  std::vector<core::Index> some;
  for (std::size_t k = 0; k < n; ++k) some.push_back(rows[k * rows.size() / n]);
  std::sort(some.begin(), some.end());
  return some;
}

/// Numbers below n, so that the first few of them are spread over all (van der Corput's sequence).
std::vector<std::size_t> spread(std::size_t n) {
  std::size_t bits = 0;
  while ((std::size_t{1} << bits) < n) ++bits;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < std::size_t{1} << bits; ++i) {
    std::size_t reversed = 0;
    for (std::size_t bit = 0; bit < bits; ++bit) reversed |= (i >> bit & 1U) << (bits - 1 - bit);
    if (reversed < n) numbers.push_back(reversed);
  }
  return numbers;
}

/// The bundles of a family on one fold of the search itself.
std::vector<search::Bundle> units_of(const PlannedSearch& planned, const models::Family& family, std::size_t fold) {
  const search::Round round = search::rounds_of(planned.plan).front();
  std::vector<search::Bundle> units;
  for (const search::Bundle& bundle : planned.bundles) {
    if (&search::family_of(planned.plan, bundle) != &family) continue;
    if (bundle.fits.front().trials.front().fold != fold) continue;
    search::Bundle unit = bundle;
    unit.fits.clear();
    for (const search::SharedFit& fit : bundle.fits) {
      std::optional<search::SharedFit> own;
      for (const search::Trial& trial : fit.trials) {
        if (trial.fold != fold || trial.candidate >= round.first_candidate + round.n_candidates) continue;
        if (own) {
          own->trials.push_back({trial.candidate, 0});
        } else {
          own.emplace(search::SharedFit{.trials = search::Trials(search::Trial{trial.candidate, 0})});
        }
      }
      if (own) unit.fits.push_back(std::move(*own));
    }
    if (!unit.fits.empty()) units.push_back(std::move(unit));
  }
  return units;
}

/// A part of each class is left out.
search::Fold one_fold(const core::Dataset& data, std::size_t n_parts) {
  search::Fold fold;
  const std::vector<core::Index> rows = by_class(data);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    (i % n_parts == n_parts / 2 ? fold.test : fold.train).push_back(rows[i]);
  }
  std::ranges::sort(fold.test);
  std::ranges::sort(fold.train);
  return fold;
}

/// The plan of one fold, for one family. Candidates keep their ids; `some` is one of the family's, and stands for those
/// of others.
search::SearchPlan plan_of_one(const search::SearchPlan& plan, const models::Family& family, std::size_t some,
                               const search::Fold& fold) {
  const search::Round round = search::rounds_of(plan).front();
  search::SearchPlan trial = plan;
  trial.families = {&family};
  trial.listed.clear();
  trial.candidates.resize(round.first_candidate + round.n_candidates);
  for (std::size_t c = 0; c < trial.candidates.size(); ++c) {
    if (&search::family_of(plan, c) != &family) trial.candidates[c] = plan.candidates[some];
  }
  if (!trial.number.empty()) trial.number.resize(trial.candidates.size());
  trial.fold_number.clear();
  trial.rounds.clear();
  trial.folds.assign(1, fold);
  trial.keep_predictions = false;
  return trial;
}

/// Tries one family.
class FamilyTrials {
 public:
  FamilyTrials(const PlannedSearch& planned, const models::Family& family, const core::Dataset& data,
               const models::Resources& resources, double limit_s, bool predicts, SearchTrial& all)
      : planned_(planned),
        family_(family),
        data_(data),
        resources_(resources),
        limit_s_(limit_s),
        predicts_(predicts),
        all_(all) {}

  void run() {
    // On each fold each of its candidates is in some bundle; of a shard, some are, on some fold.
    const search::Round round = search::rounds_of(planned_.plan).front();
    for (std::size_t k = 0; k < round.n_folds && units_.empty(); ++k) {
      units_ = units_of(planned_, family_, round.first_fold + k);
    }
    if (units_.empty()) return;
    std::size_t n = std::min(data_.n_samples(), first_rows());
    try_level(n, n == data_.n_samples() ? limit_s_ : limit_s_ / 4);
    while (n < data_.n_samples() && own_.pace.is_known() && n_ok_ > 0 && left_s() > 0) {
      const std::size_t next = next_rows(n);
      if (next == n) break;
      try_level(next, next == data_.n_samples() ? left_s() : left_s() / 2);
      n = next;
    }
    if (n_ok_ == 0) return;
    finish();
  }

 private:
  struct Timed {
    double seconds = 0;
    std::vector<search::FitRecord> records;
  };

  [[nodiscard]] double left_s() const { return limit_s_ - seconds_since(start_); }

  /// Where rounds ration rows the first one's are known best from fits of as many.
  [[nodiscard]] std::size_t first_rows() const {
    constexpr std::size_t kFew = 500;
    const search::Round round = search::rounds_of(planned_.plan).front();
    const search::Fold& fold = planned_.plan.folds[round.first_fold];
    const std::size_t rationed = fold.train.size() + fold.test.size();
    return rationed < data_.n_samples() / 2 ? std::max<std::size_t>(rationed, 50) : kFew;
  }

  /// How many rows to try next: all, if a bundle of them can be tried in the time that is left.
  [[nodiscard]] std::size_t next_rows(std::size_t n) const {
    const std::size_t all = data_.n_samples();
    const auto unit_s = [&](std::size_t n_rows) {
      double sum = 0;
      for (const search::Bundle& unit : units_) {
        for (const search::SharedFit& fit : unit.fits)
          sum += own_.pace.seconds(paced_fit(planned_.plan, fit, n_rows * (n_parts() - 1) / n_parts(), data_));
      }
      return sum / static_cast<double>(units_.size()) + 2 * shared_s_ * growth(n_rows);
    };
    if (unit_s(all) < left_s()) return all;
    std::size_t most = n;
    for (std::size_t more = 2 * n; more < all && unit_s(more) < left_s() / 2; more *= 2) most = more;
    return most;
  }

  /// How many times as much work what fits share is with so many rows as with those it was made of.
  [[nodiscard]] double growth(std::size_t n_rows) const {
    const double before = family_.shared_work(shared_rows_, data_.n_features()).cost;
    return before > 0 ? family_.shared_work(n_rows, data_.n_features()).cost / before : 1;
  }

  [[nodiscard]] std::size_t n_parts() const {
    return std::clamp<std::size_t>(search::rounds_of(planned_.plan).front().n_folds, 2, 10);
  }

  void try_level(std::size_t n_rows, double limit_s) {
    const Clock::time_point start = Clock::now();
    const core::Dataset part = n_rows == data_.n_samples() ? core::Dataset{} : take(data_, some_rows(data_, n_rows));
    const core::Dataset& data = n_rows == data_.n_samples() ? data_ : part;
    const std::size_t some = units_.front().fits.front().trials.front().candidate;
    search::SearchPlan plan = plan_of_one(planned_.plan, family_, some, one_fold(data, n_parts()));
    plan.fit_time_limit_s = plan.fit_time_limit_s > 0 ? std::min(plan.fit_time_limit_s, 4 * limit_s_) : 4 * limit_s_;
    if (!family_.abilities().time_limit) plan.fit_time_limit_s = 0;
    search::Evaluator evaluator(plan, data, resources_);
    own_.pace.add_level(static_cast<double>(plan.folds[0].train.size()));
    std::optional<std::uint64_t> key;
    std::vector<double> shared;
    n_ok_ = 0;
    score_s_ = 0;
    for (const std::size_t i : spread(units_.size())) {
      const search::Bundle& unit = units_[i];
      std::optional<Timed> timed;
      if (key != unit.shares && is_shared_dear(plan, unit, data)) {
        key = unit.shares;
        // Twice, as the difference is what it takes to make what the key shares; where that is known, not any more.
        constexpr std::size_t kEnough = 3;
        search::Bundle one = unit;
        one.fits.resize(1, unit.fits.front());
        Timed first = time(evaluator, one);
        if (shared.size() < kEnough) {
          const double first_s = first.seconds;
          first = time(evaluator, one);
          shared.push_back(std::max(0.0, first_s - first.seconds));
          if (unit.fits.size() == 1) timed = std::move(first);
        }
      }
      if (!timed) timed = time(evaluator, unit);
      note(plan, unit, *timed, data);
      if (seconds_since(start) > limit_s) break;
    }
    if (predicts_ && n_ok_ > 0) try_predicting(plan, evaluator, data);
    std::ranges::sort(shared);
    shared_s_ = shared.empty() ? 0 : shared[shared.size() / 2];
    shared_rows_ = n_rows;
  }

  /// Says whether what a bundle's fits share is worth a measurement. Where it is not, two fits of the same would differ
  /// by more: the second one may start from the solution of the first.
  [[nodiscard]] bool is_shared_dear(const search::SearchPlan& plan, const search::Bundle& unit,
                                    const core::Dataset& data) const {
    constexpr double kLittle = 0.01;  // of a fit
    const std::size_t n_train = plan.folds[0].train.size();
    const double shared = family_.shared_work(data.n_samples(), data.n_features()).cost;
    return shared > kLittle * paced_fit(plan, unit.fits.front(), n_train, data).cost;
  }

  /// With the best of those tried: the search would, too.
  void try_predicting(const search::SearchPlan& plan, search::Evaluator& evaluator, const core::Dataset& data) {
    if (tried_.empty()) return;
    const auto best = std::ranges::max_element(tried_, {}, [&](std::size_t candidate) {
      const double score = all_.score_of.at(plan.number_of(candidate));
      return std::isnan(score) ? -std::numeric_limits<double>::infinity() : score;
    });
    try {
      const search::FoldModel model = evaluator.fold_model(*best, 0);
      const core::Dataset rows = take(data, plan.folds[0].test);
      const models::Outputs outputs = search::outputs_of(plan, family_);
      (void)model.pipeline.predict(rows, outputs);  // makes what later ones need, too
      const double start = processor_s();
      (void)model.pipeline.predict(rows, outputs);
      own_.predict_row_s = (processor_s() - start) / static_cast<double>(rows.n_samples());
    } catch (const models::FitError&) {
      // Another one was fitted: what it takes to predict is not known.
    }
  }

  static Timed time(search::Evaluator& evaluator, const search::Bundle& unit) {
    const double start = processor_s();
    Timed timed;
    timed.records = evaluator.evaluate(unit);
    timed.seconds = processor_s() - start;
    return timed;
  }

  /// Returns how much of a fit was made before the trial cut it short; 1 where nobody knows. A limit that the search
  /// has, too, cuts nothing short.
  double done_share(const search::SearchPlan& plan, const search::FitRecord& record) {
    if (record.status != models::FitStatus::time_limit || plan.fit_time_limit_s == planned_.plan.fit_time_limit_s)
      return 1;
    ++all_.n_cut;
    const core::Params params = search::params_of(plan, record.candidate);
    const std::string_view steps = family_.free_axis(params);
    const auto& details = family_.details();
    const auto told = std::ranges::find(details, kSteps, &models::Detail::name);
    if (steps.empty() || told == details.end()) {
      all_.was_cut = true;
      return 1;
    }
    const double made = record.details.at(static_cast<std::size_t>(told - details.begin()));
    return std::min(1.0, made / static_cast<double>(core::value_of(params, family_.options(), steps).integer()));
  }

  /// Gives each fit its share of the processor time, by wall times.
  void note(const search::SearchPlan& plan, const search::Bundle& unit, const Timed& timed, const core::Dataset& data) {
    const double all_s = timed.records.back().end_s - timed.records.front().start_s;
    std::size_t record = 0;
    for (const search::SharedFit& fit : unit.fits) {
      const double begin = timed.records[record].start_s;
      for (std::size_t i = 0; i < fit.trials.size(); ++i, ++record) {
        const search::FitRecord& each = timed.records[record];
        if (each.status == models::FitStatus::failed) continue;
        ++n_ok_;
        score_s_ += each.score_time_s;
        all_.score_of[plan.number_of(each.candidate)] = each.test_scores[planned_.chosen_by];
        if (each.status != models::FitStatus::time_limit) tried_.insert(each.candidate);
      }
      const double own_s = timed.records[record - 1].end_s - begin;
      const double share = all_s > 0 ? own_s / all_s : 1.0 / static_cast<double>(unit.fits.size());
      const double done = done_share(plan, timed.records[record - 1]);
      const PacedFit paced = paced_fit(plan, fit, plan.folds[0].train.size(), data);
      if (paced.cost > 0) own_.pace.add(paced, timed.seconds * share / done);
      ++all_.n_fits;
    }
  }

  void finish() {
    const std::size_t n_all = data_.n_samples();
    const models::SharedWork whole = family_.shared_work(n_all, data_.n_features());
    own_.shared_s = shared_s_ * growth(n_all);
    own_.predict_row_s *= growth(n_all) * static_cast<double>(shared_rows_) / static_cast<double>(n_all);
    own_.makes_anew = shared_rows_ < n_all && whole.bytes > static_cast<double>(resources_.memory_bytes);
    if (shared_rows_ == n_all && whole.bytes > static_cast<double>(resources_.memory_bytes)) own_.shared_s = 0;
    all_.n_rows = all_.families.empty() ? shared_rows_ : std::min(all_.n_rows, shared_rows_);
    all_.tried_share += static_cast<double>(tried_.size());
    all_.score_s = std::max(all_.score_s, score_s_ / static_cast<double>(n_ok_));
    all_.families.emplace(&family_, std::move(own_));
  }

  const PlannedSearch& planned_;
  const models::Family& family_;
  const core::Dataset& data_;
  const models::Resources& resources_;
  double limit_s_;
  bool predicts_;
  SearchTrial& all_;
  std::vector<search::Bundle> units_;
  FamilyTrial own_;
  std::set<std::size_t> tried_;  // candidates
  std::size_t n_ok_ = 0;         // records of the last level that are no failures
  double score_s_ = 0;           // of these
  double shared_s_ = 0;          // as measured with shared_rows_
  std::size_t shared_rows_ = 0;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

PacedFit paced_fit(const search::SearchPlan& plan, const search::SharedFit& fit, std::size_t n_rows,
                   const core::Dataset& data) {
  const std::size_t first = fit.trials.front().candidate;
  PacedFit paced{.number = plan.number_of(first),
                 .key = search::sharing_key_of(plan, first),
                 .n_rows = static_cast<double>(n_rows)};
  for (const search::Trial& trial : fit.trials) {
    paced.cost = std::max(paced.cost, search::fit_cost(plan, trial.candidate, n_rows, data));
  }
  return paced;
}

SearchTrial try_search(const PlannedSearch& planned, const core::Dataset& data, const models::Resources& resources,
                       double limit_s, bool predicts) {
  const Clock::time_point start = Clock::now();
  models::Resources here = resources;
  here.n_ranks = 0;                                                                   // it is this process that fits
  if (here.memory != nullptr && here.memory->n_sharers() > 1) here.memory = nullptr;  // nor do others take part
  SearchTrial trial;
  const auto n_families = static_cast<double>(planned.plan.families.size());
  for (const models::Family* family : planned.plan.families) {
    FamilyTrials(planned, *family, data, here, limit_s / n_families, predicts, trial).run();
  }
  trial.tried_share /= static_cast<double>(std::max<std::size_t>(1, search::n_distinct(planned.plan)));
  trial.seconds = seconds_since(start);
  return trial;
}

}  // namespace gridmill::jobs
