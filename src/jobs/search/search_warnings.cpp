#include "jobs/search/search_warnings.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/family/model.hpp"
#include "models/scorer.hpp"

namespace gridmill::jobs {

namespace {

using models::FitStatus;
using search::FitRecord;
using search::SearchPlan;

bool has_failed(const FitRecord& record) {
  return record.status == FitStatus::failed || record.status == FitStatus::time_limit;
}

/// What the fit's message says of a metric: "f1: ...; roc_auc: ..." holds the reasons of all, in their order.
std::string reason_of(const SearchPlan& plan, const FitRecord& record, std::size_t id) {
  const std::string begin = fmt::format("{}: ", plan.scorers[id]->name());
  std::size_t at = record.message.starts_with(begin) ? 0 : record.message.find("; " + begin);
  if (at == std::string::npos) return {};
  at = record.message.find(begin, at) + begin.size();
  std::size_t end = record.message.size();
  for (std::size_t next = id + 1; next < plan.scorers.size(); ++next) {
    end = std::min(end, record.message.find(fmt::format("; {}: ", plan.scorers[next]->name()), at));
  }
  return record.message.substr(at, end - at);
}

/// A score that has no value is error_score and has a reason; or it is NaN, whatever made it so.
bool is_scored(const SearchPlan& plan, const FitRecord& record, std::size_t id) {
  if (has_failed(record) || std::isnan(record.test_scores[id])) return false;
  return record.test_scores[id] != plan.error_score || reason_of(plan, record, id).empty();
}

/// The class of all those rows if they are of one; else empty.
std::string only_class(const core::Dataset& data, std::span<const core::Index> rows) {
  if (data.task != core::Task::classification || rows.empty()) return {};
  const double first = data.y[rows.front()];
  const bool same = std::all_of(rows.begin(), rows.end(), [&](core::Index row) { return data.y[row] == first; });
  return same ? data.classes[static_cast<std::size_t>(first)] : std::string();
}

/// Says whether each class has a row for each fold.
bool can_deal_classes(const core::Dataset& data, std::size_t n_folds) {
  std::vector<std::size_t> count(data.classes.size(), 0);
  for (const double code : data.y) ++count[static_cast<std::size_t>(code)];
  return std::all_of(count.begin(), count.end(), [&](std::size_t n) { return n >= n_folds; });
}

/// What helps where a fold holds rows of one class only; empty if it has more, or nothing does.
std::string one_class_words(const SearchPlan& plan, const core::Dataset& data, const FitRecord& record) {
  const search::Fold& fold = plan.folds[record.fold];
  const std::string tests = only_class(data, fold.test);
  if (tests.empty() && only_class(data, fold.train).empty()) return {};
  const std::string what = tests.empty() ? "" : fmt::format("; the fold tests rows of class '{}' only", tests);
  if (!can_deal_classes(data, search::round_of(plan, record.candidate).n_folds)) return what;
  return what + "; deal each class to all folds with cv: {kind: stratified}, or shuffle: true";
}

/// The records in order of candidate and fold, so that "the first" is the same however they came.
std::vector<const FitRecord*> in_order(std::span<const FitRecord> records) {
  std::vector<const FitRecord*> order;
  for (const FitRecord& record : records) order.push_back(&record);
  std::sort(order.begin(), order.end(), [](const FitRecord* a, const FitRecord* b) {
    return a->candidate != b->candidate ? a->candidate < b->candidate : a->fold < b->fold;
  });
  return order;
}

class Warnings {
 public:
  Warnings(const SearchPlan& plan, const core::Dataset& data, std::span<const FitRecord> records)
      : plan_(plan), data_(data), records_(in_order(records)) {}

  std::vector<std::string> all() {
    fits();
    absent_classes();
    for (std::size_t id = 0; id < plan_.scorers.size(); ++id) scores(id);
    return std::move(sentences_);
  }

 private:
  [[nodiscard]] std::string first_words(const FitRecord& record, std::string_view why) const {
    const search::Round round = search::round_of(plan_, record.candidate);
    return fmt::format("the first, of fold {}{}: {}{}", record.fold - round.first_fold,
                       round.study > 0 ? " within an outer fold" : "", why.empty() ? "no reason given" : why,
                       one_class_words(plan_, data_, record));
  }

  void fits() {
    const auto n_failed = static_cast<std::size_t>(
        std::count_if(records_.begin(), records_.end(), [](const FitRecord* r) { return has_failed(*r); }));
    if (n_failed > 0) {
      const FitRecord& first =
          **std::find_if(records_.begin(), records_.end(), [](const FitRecord* r) { return has_failed(*r); });
      const std::string what =
          n_failed == records_.size()
              ? fmt::format("all {} fits failed", n_failed)
              : fmt::format("{} of {} fits failed and count as error_score", n_failed, records_.size());
      sentences_.push_back(fmt::format("{}; {}", what, first_words(first, first.message)));
    }
    const auto n_unfinished = std::count_if(records_.begin(), records_.end(),
                                            [](const FitRecord* r) { return r->status == FitStatus::iteration_limit; });
    if (n_unfinished == 0) return;
    sentences_.push_back(
        fmt::format("{} of {} fits stopped at max_iter before they converged", n_unfinished, records_.size()));
  }

  /// A class that a fold cannot learn has the probability 0 there.
  void absent_classes() {
    if (data_.task != core::Task::classification) return;
    const search::Round round = search::rounds_of(plan_).front();
    std::string first;
    std::size_t n_folds = 0;
    for (std::size_t k = 0; k < round.n_folds; ++k) {
      std::vector<char> occurs(data_.classes.size(), 0);
      for (const core::Index row : plan_.folds[round.first_fold + k].train) {
        occurs[static_cast<std::size_t>(data_.y[row])] = 1;
      }
      std::vector<std::string> absent;
      for (std::size_t each = 0; each < occurs.size(); ++each) {
        if (occurs[each] == 0) absent.push_back(data_.classes[each]);
      }
      if (absent.empty() || n_folds++ > 0) continue;
      const bool one = absent.size() == 1;
      first = fmt::format("class{} '{}' {} no row to learn from in fold {}, where {} probability is 0", one ? "" : "es",
                          fmt::join(absent, "', '"), one ? "has" : "have", k, one ? "its" : "their");
    }
    if (n_folds > 0) {
      sentences_.push_back(
          n_folds == 1 ? first : fmt::format("{}; so it is, of this or another class, in {} folds", first, n_folds));
    }
  }

  void scores(std::size_t id) {
    const FitRecord* first = nullptr;
    std::size_t n_scored = 0;
    std::size_t n_without = 0;
    std::set<std::size_t> candidates;
    for (const FitRecord* record : records_) {
      if (has_failed(*record)) continue;
      if (is_scored(plan_, *record, id)) {
        ++n_scored;
        continue;
      }
      if (first == nullptr) first = record;
      ++n_without;
      candidates.insert(record->candidate);
    }
    if (first == nullptr) return;
    const std::string_view name = plan_.scorers[id]->name();
    const bool any_mean = candidates.size() < plan_.candidates.size() || !std::isnan(plan_.error_score);
    std::string what = fmt::format("{} has no value in {} of {} fits", name, n_without, records_.size());
    if (n_scored == 0 || !any_mean) {
      what += ", so that no candidate has a mean of it";
    } else if (std::isnan(plan_.error_score)) {
      what += fmt::format(", so that {} of {} candidates have no mean and rank last", candidates.size(),
                          plan_.candidates.size());
    } else {
      what += ", which count as error_score";
    }
    std::string why = reason_of(plan_, *first, id);
    sentences_.push_back(fmt::format("{}; {}", what, first_words(*first, why.empty() ? "it is not a number" : why)));
  }

  const SearchPlan& plan_;
  const core::Dataset& data_;
  std::vector<const FitRecord*> records_;
  std::vector<std::string> sentences_;
};

}  // namespace

std::size_t count_failed(std::span<const FitRecord> records) {
  return static_cast<std::size_t>(std::count_if(records.begin(), records.end(), has_failed));
}

bool any_scored(const SearchPlan& plan, std::span<const FitRecord> records, std::size_t id) {
  return std::any_of(records.begin(), records.end(),
                     [&](const FitRecord& record) { return is_scored(plan, record, id); });
}

std::vector<std::string> search_warnings(const SearchPlan& plan, const core::Dataset& data,
                                         std::span<const FitRecord> records) {
  return Warnings(plan, data, records).all();
}

std::string no_best_words(const models::Scorer& chosen_by) {
  return fmt::format("no candidate has a mean {} to be chosen by: none is the best, and none is fitted again",
                     chosen_by.name());
}

}  // namespace gridmill::jobs
