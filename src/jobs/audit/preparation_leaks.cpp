#include "jobs/audit/preparation_leaks.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/frame.hpp"
#include "prepare/steps.hpp"
#include "search/values_at.hpp"

namespace gridmill::jobs {

namespace {

using core::Index;

/// The features with the rows that a fold tests replaced by what no row holds.
class Spoilt {
 public:
  Spoilt(const core::Dataset& data, std::span<const Index> rows) : words_(data.words) {
    if (data.x.n_features > 0) {
      x_ = core::Matrix(data.x.data, data.x.n_features, data.x.n_samples);
      for (const Index row : rows) x_.col(row).fill(1e6);
    } else {
      x_ = core::Matrix(0, data.n_samples());
    }
    codes_.resize(words_.size());
    for (std::size_t column = 0; column < words_.size(); ++column) {
      codes_[column].assign(words_[column].codes.begin(), words_[column].codes.end());
      const auto n_words = static_cast<std::int32_t>(words_[column].list.size());
      for (const Index row : rows) codes_[column][row] = (codes_[column][row] + 1) % std::max(n_words, 1);
      words_[column].codes = codes_[column];
    }
  }
  [[nodiscard]] core::Frame frame() const { return {.numbers = core::MatrixView(x_), .words = words_}; }

 private:
  core::Matrix x_;
  std::vector<core::Words> words_;
  std::vector<std::vector<std::int32_t>> codes_;
};

/// The steps of candidates that differ, by their setting.
std::map<std::string, prepare::Steps> settings_of(const search::SearchPlan& plan, const search::Round& round) {
  constexpr std::size_t kMost = 16;
  std::map<std::string, prepare::Steps> settings;
  for (std::size_t i = 0; i < round.n_candidates && settings.size() < kMost; ++i) {
    prepare::Steps steps(search::params_of(plan, round.first_candidate + i));
    if (!steps.empty()) settings.emplace(steps.setting(), std::move(steps));
  }
  return settings;
}

class StepTrial {
 public:
  StepTrial(const search::SearchPlan& plan, const core::Dataset& data, const search::Fold& fold)
      : plan_(plan), data_(data), fold_(fold), y_(search::values_at(data.y, fold.train)) {}

  [[nodiscard]] prepare::Lesson lesson() const {
    return {.rows = fold_.train,
            .labels = {.task = data_.task, .y = y_, .n_classes = data_.classes.size(), .seed = seed()},
            .names = data_.feature_names};
  }

  /// Whether what is learnt stays the same, whatever the held-out rows hold.
  [[nodiscard]] bool ignores_held_out(const prepare::Steps& steps, const Spoilt& spoilt) const {
    return steps.fit(core::frame_of(data_), lesson()) == steps.fit(spoilt.frame(), lesson());
  }

  /// Whether no row is shown its own label. Counts the labels that were changed.
  [[nodiscard]] bool hides_own_label(const prepare::Steps& steps, std::size_t& n_labels) const {
    constexpr std::size_t kLabels = 8;
    const core::Frame frame = core::frame_of(data_);
    std::vector<double> y = y_;
    const auto shown = [&](std::size_t i, std::vector<std::string>& names) {
      const prepare::Lesson lesson{.rows = fold_.train,
                                   .labels = {.task = core::Task::regression, .y = y, .seed = seed()},
                                   .names = data_.feature_names};
      const prepare::FittedSteps fitted = steps.fit(frame, lesson);
      names = fitted.names(data_.feature_names);
      const core::Matrix all = fitted.is_cross_fitted() ? fitted.apply_to_lesson(frame, lesson) : core::Matrix();
      return all.empty() ? std::vector<double>() : std::vector<double>(all.colptr(i), all.colptr(i) + all.n_rows);
    };
    const auto [least, most] = std::minmax_element(y_.begin(), y_.end());
    for (std::size_t k = 0; k < kLabels; ++k) {
      const std::size_t i = k * y_.size() / kLabels;
      std::vector<std::string> names;
      const std::vector<double> before = shown(i, names);
      if (before.empty()) return true;  // nothing is learnt of labels but which features stay
      y[i] = y_[i] == *most ? *least : *most;
      std::vector<std::string> now;
      const std::vector<double> after = shown(i, now);
      y[i] = y_[i];
      ++n_labels;
      if (names == now && !std::equal(before.begin(), before.end(), after.begin(), after.end())) return false;
    }
    return true;
  }

 private:
  [[nodiscard]] std::uint32_t seed() const { return static_cast<std::uint32_t>(plan_.seed); }

  const search::SearchPlan& plan_;
  const core::Dataset& data_;
  const search::Fold& fold_;
  std::vector<double> y_;
};

}  // namespace

PreparationTried find_preparation_leaks(const search::SearchPlan& plan, const search::Round& round,
                                        const core::Dataset& data) {
  PreparationTried tried;
  if (data.is_sparse()) return tried;  // comes as it is
  const auto settings = settings_of(plan, round);
  tried.n_folds = std::min<std::size_t>(round.n_folds, 2);
  for (std::size_t k = 0; k < tried.n_folds; ++k) {
    const search::Fold& fold = plan.folds[round.first_fold + k];
    const Spoilt spoilt(data, fold.test);
    const StepTrial trial(plan, data, fold);
    for (const auto& [setting, steps] : settings) {
      try {
        if (k == 0) ++tried.n_settings;
        if (!trial.ignores_held_out(steps, spoilt) && !tried.held_out) {
          tried.held_out =
              Finding{.check = "held-out rows",
                      .what = fmt::format("what is learnt before the model ({}) is another in fold {} where "
                                          "the rows that it tests hold something else",
                                          setting, k),
                      .why = "so that it knows of them",
                      .cure = "this is a bug of gridmill: please report it; until then leave the step out"};
        }
        if (k == 0 && !trial.hides_own_label(steps, tried.n_labels) && !tried.own_label) {
          tried.own_label =
              Finding{.check = "own label",
                      .what = fmt::format("what a row is shown as ({}) depends on its own label", setting),
                      .why = "so that the model learns labels by heart",
                      .cure = "this is a bug of gridmill: please report it; until then leave the step out"};
        }
      } catch (const core::UserError&) {
        if (k == 0) --tried.n_settings;
      }
    }
  }
  return tried;
}

}  // namespace gridmill::jobs
