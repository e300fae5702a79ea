#include "config/metric_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include <fmt/format.h>

#include "core/hint.hpp"

namespace gridmill::config {

namespace {

/// What others call a metric, and the nearest one here.
struct MetricWord {
  std::string_view theirs;
  std::string_view ours;
};

constexpr std::array kMetricWords{
    MetricWord{"acc", "accuracy"},
    MetricWord{"accuracy_score", "accuracy"},
    MetricWord{"error", "accuracy"},
    MetricWord{"error_rate", "accuracy"},
    MetricWord{"zero_one_loss", "accuracy"},
    MetricWord{"hamming", "accuracy"},
    MetricWord{"balanced_acc", "balanced_accuracy"},
    MetricWord{"bacc", "balanced_accuracy"},
    MetricWord{"auc", "roc_auc"},
    MetricWord{"auroc", "roc_auc"},
    MetricWord{"roc", "roc_auc"},
    MetricWord{"gini", "roc_auc"},
    MetricWord{"roc_auc_score", "roc_auc"},
    MetricWord{"roc_auc_macro", "roc_auc_ovr"},
    MetricWord{"roc_auc_weighted", "roc_auc_ovr_weighted"},
    MetricWord{"ap", "average_precision"},
    MetricWord{"aucpr", "average_precision"},
    MetricWord{"auprc", "average_precision"},
    MetricWord{"pr_auc", "average_precision"},
    MetricWord{"mcc", "matthews_corrcoef"},
    MetricWord{"phi", "matthews_corrcoef"},
    MetricWord{"kappa", "matthews_corrcoef"},
    MetricWord{"cohen_kappa", "matthews_corrcoef"},
    MetricWord{"quadratic_weighted_kappa", "matthews_corrcoef"},
    MetricWord{"f_score", "f1"},
    MetricWord{"f-measure", "f1"},
    MetricWord{"f_measure", "f1"},
    MetricWord{"fscore", "f1"},
    MetricWord{"f-score", "f1"},
    MetricWord{"f1_score", "f1"},
    MetricWord{"f1-score", "f1"},
    MetricWord{"dice", "f1"},
    MetricWord{"iou", "jaccard"},
    MetricWord{"ppv", "precision"},
    MetricWord{"sensitivity", "recall"},
    MetricWord{"tpr", "recall"},
    MetricWord{"hit_rate", "recall"},
    MetricWord{"specificity", "recall"},
    MetricWord{"logloss", "neg_log_loss"},
    MetricWord{"cross_entropy", "neg_log_loss"},
    MetricWord{"crossentropy", "neg_log_loss"},
    MetricWord{"nll", "neg_log_loss"},
    MetricWord{"brier_score", "neg_brier_score"},
    MetricWord{"l1", "neg_mean_absolute_error"},
    MetricWord{"l2", "neg_mean_squared_error"},
    MetricWord{"squared_error", "neg_mean_squared_error"},
    MetricWord{"rmsle", "neg_mean_squared_log_error"},
    MetricWord{"smape", "neg_mean_absolute_percentage_error"},
    MetricWord{"r_squared", "r2"},
    MetricWord{"rsquared", "r2"},
    MetricWord{"r2_score", "r2"},
};

}  // namespace

std::string_view task_text(core::Task task) {
  return task == core::Task::classification ? "classification" : "regression";
}

std::optional<std::string> hint_for_metric_word(std::string word, std::span<const std::string> known) {
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::replace(word.begin(), word.end(), ' ', '_');
  const auto it = std::find_if(kMetricWords.begin(), kMetricWords.end(),
                               [&](const MetricWord& each) { return each.theirs == word; });
  if (it == kMetricWords.end()) return std::nullopt;
  const std::string ours(it->ours);
  if (std::find(known.begin(), known.end(), ours) == known.end()) return std::nullopt;
  const bool is_other = word == "kappa" || word.ends_with("_kappa") || word == "specificity" || word == "rmsle";
  return fmt::format("{} '{}'{}? {}", is_other ? "there is no such metric; would" : "did you mean", ours,
                     is_other ? " do" : "", core::known_words(known));
}

}  // namespace gridmill::config
