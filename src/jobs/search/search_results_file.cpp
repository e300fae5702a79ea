#include "jobs/search/search_results_file.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/hdf5/array_file.hpp"
#include "jobs/run/result_checksums.hpp"
#include "models/family/model.hpp"
#include "models/scorer.hpp"

namespace gridmill::jobs {

namespace {

using io::Array;

/// A number that fits of some families tell of themselves.
struct FitDetail {
  std::string_view name;
  models::Detail::Kind kind = models::Detail::Kind::real;
  std::map<const models::Family*, std::size_t> place;  // in what a fit of the family tells
};

class ResultsWriter {
 public:
  ResultsWriter(const search::SearchPlan& plan, std::span<const search::FitRecord> records)
      : plan_(plan), candidates_(search::table_rows(plan)), n_folds_(search::rounds_of(plan).front().n_folds) {
    std::map<std::size_t, std::size_t> row_of;
    for (std::size_t row = 0; row < candidates_.size(); ++row) row_of[candidates_[row]] = row;
    for (const search::FitRecord& record : records) {
      const auto row = row_of.find(record.candidate);
      if (row == row_of.end()) continue;  // of an outer fold's search
      const std::size_t first_fold = search::round_of(plan, record.candidate).first_fold;
      places_.emplace_back(row->second * n_folds_ + record.fold - first_fold, &record);
    }
  }

  void cv_results(const search::CvResults& table) {
    for (const search::CvColumn& column : table.columns) {
      const std::string path = "cv_results/" + column.name;
      if (column.kind == search::CvColumn::Kind::real) {
        add(path, io::list_array(column.numbers));
      } else if (column.kind == search::CvColumn::Kind::integer) {
        add(path, io::list_array(std::vector<std::int64_t>(column.numbers.begin(), column.numbers.end())));
      } else {
        add(path, io::list_array(texts(column)));
      }
    }
  }

  void scores() {
    std::vector<std::string> names;
    for (const models::Scorer* scorer : plan_.scorers) names.emplace_back(scorer->name());
    add("scores/metric", io::list_array(names));
    add("scores/test", score_cube([](const search::FitRecord& r) -> const auto& { return r.test_scores; }));
    if (plan_.train_scores) {
      add("scores/train", score_cube([](const search::FitRecord& r) -> const auto& { return r.train_scores; }));
    }
  }

  void fits() {
    using search::FitRecord;
    add("fits/status", per_fit<std::string>([](const FitRecord& r) { return std::string(models::name_of(r.status)); }));
    add("fits/message", per_fit<std::string>([](const FitRecord& r) { return r.message; }));
    for (const FitDetail& detail : details()) add(fmt::format("fits/{}", detail.name), detail_array(detail));
  }

  /// Curves of watched fits, shorter ones filled up with NaN, and at which round each point is (0: none).
  void curves() {
    std::size_t n_points = 0;
    for (const auto& [place, record] : places_) n_points = std::max(n_points, record->step.size());
    if (n_points == 0) return;
    const std::vector<std::size_t> shape{candidates_.size(), n_folds_, n_points};
    std::vector<double> watched(candidates_.size() * n_folds_ * n_points, std::numeric_limits<double>::quiet_NaN());
    std::vector<double> train = watched;
    std::vector<std::int64_t> round(watched.size(), 0);
    for (const auto& [place, record] : places_) {
      std::ranges::copy(record->curve.watched, watched.begin() + static_cast<std::ptrdiff_t>(place * n_points));
      std::ranges::copy(record->curve.train, train.begin() + static_cast<std::ptrdiff_t>(place * n_points));
      std::ranges::copy(record->step, round.begin() + static_cast<std::ptrdiff_t>(place * n_points));
    }
    add("curves/round", {.shape = shape, .values = std::move(round)});
    add("curves/watched", {.shape = shape, .values = std::move(watched)});
    add("curves/train", {.shape = shape, .values = std::move(train)});
  }

  void importances(const std::vector<models::Importance>& importances, const std::vector<std::string>& features) {
    if (importances.empty()) return;
    add("importances/feature", io::list_array(features));
    for (const models::Importance& way : importances) add("importances/" + way.name, io::list_array(way.values));
  }

  void permutation(const PermutationImportance& importance, const std::vector<std::string>& features) {
    add("permutation/feature", io::list_array(features));
    add("permutation/mean", io::list_array(importance.mean));
    add("permutation/std", io::list_array(importance.deviation));
  }

  void timing() {
    using search::FitRecord;
    add("timing/fit_time", per_fit<double>([](const FitRecord& r) { return r.fit_time_s; }));
    add("timing/score_time", per_fit<double>([](const FitRecord& r) { return r.score_time_s; }));
    add("timing/start", per_fit<double>([](const FitRecord& r) { return r.start_s; }));
    add("timing/end", per_fit<double>([](const FitRecord& r) { return r.end_s; }));
    add("timing/rank", per_fit<std::int64_t>([](const FitRecord& r) { return r.rank; }));
    add("timing/host", per_fit<std::string>([](const FitRecord& r) { return r.host; }));
  }

  void out_of_fold(const std::string& group, OutOfFold part) {
    const auto row = std::find(candidates_.begin(), candidates_.end(), part.candidate) - candidates_.begin();
    file_.groups[group]["candidate"] = static_cast<std::int64_t>(row);
    add(group + "/fold", io::list_array(std::move(part.fold)));
    add(group + "/row", io::list_array(std::move(part.row)));
    add(group + "/truth", io::list_array(std::move(part.truth)));
    prediction(group, part.prediction);
  }

  /// Of all candidates of a round, which share their rows.
  void kept(const std::string& group, const search::Round& round, KeptPredictions part) {
    std::vector<std::int64_t> rows;
    for (std::size_t c = 0; c < round.n_candidates; ++c) {
      const auto row = std::ranges::find(candidates_, round.first_candidate + c);
      rows.push_back(row == candidates_.end() ? -1 : row - candidates_.begin());
    }
    add(group + "/candidate", io::list_array(std::move(rows)));
    add(group + "/fold", io::list_array(std::move(part.tested.fold)));
    add(group + "/row", io::list_array(std::move(part.tested.row)));
    const std::size_t m = part.tested.truth.size();
    const auto stacked = [&](const std::string& name, std::size_t n_numbers, auto numbers_of) {
      if (n_numbers == 0) return;
      std::vector<double> all;
      all.reserve(round.n_candidates * m * n_numbers);
      for (const models::Prediction& each : part.predictions) {
        const std::span<const double> numbers = numbers_of(each);
        all.insert(all.end(), numbers.begin(), numbers.end());
        all.resize(all.size() + m * n_numbers - numbers.size(), std::numeric_limits<double>::quiet_NaN());
      }
      std::vector<std::size_t> shape{round.n_candidates, m};
      if (name != "value") shape.push_back(n_numbers);
      add(group + "/" + name, {.shape = std::move(shape), .values = std::move(all)});
    };
    const auto of_matrix = [](const core::Matrix& columns) {
      return std::span<const double>(columns.memptr(), columns.n_elem);
    };
    std::size_t n_decisions = 0;
    std::size_t n_probabilities = 0;
    for (const models::Prediction& each : part.predictions) {
      n_decisions = std::max<std::size_t>(n_decisions, each.decision.n_rows);
      n_probabilities = std::max<std::size_t>(n_probabilities, each.probability.n_rows);
    }
    stacked("value", 1, [](const models::Prediction& each) { return std::span<const double>(each.value); });
    stacked("decision", n_decisions, [&](const models::Prediction& each) { return of_matrix(each.decision); });
    stacked("probability", n_probabilities,
            [&](const models::Prediction& each) { return of_matrix(each.probability); });
  }

  void held_out(const core::Dataset& data, const models::Prediction& part) {
    add("held_out/row", io::list_array(std::vector<std::int64_t>(data.row.begin(), data.row.end())));
    add("held_out/truth", io::list_array(std::vector<double>(data.y.begin(), data.y.end())));
    prediction("held_out", part);
  }

  void drift(const std::vector<RowFindings::FeatureDrift>& all) {
    if (all.empty()) return;
    const auto numbers = [&](const std::string& name, double report::Drift::*field) {
      add("drift/" + name, list_of<double>(all, [&](const auto& each) { return each.drift.*field; }));
    };
    add("drift/feature", list_of<std::string>(all, [](const auto& each) { return each.feature; }));
    numbers("distance", &report::Drift::distance);
    numbers("missing_before", &report::Drift::missing_before);
    numbers("missing_after", &report::Drift::missing_after);
    numbers("mean_before", &report::Drift::mean_before);
    numbers("mean_after", &report::Drift::mean_after);
    numbers("low", &report::Drift::low);
    add("drift/width",
        list_of<double>(all, [](const auto& each) { return each.drift.before.empty() ? 0.0 : each.drift.width; }));
    std::size_t n_bars = 0;
    for (const auto& each : all) n_bars = std::max(n_bars, each.drift.before.size());
    const auto bars = [&](const std::string& name, std::vector<std::int64_t> report::Drift::*field) {
      std::vector<std::int64_t> counts;
      for (const auto& each : all) {
        std::vector<std::int64_t> own = each.drift.*field;
        own.resize(n_bars, 0);
        counts.insert(counts.end(), own.begin(), own.end());
      }
      add("drift/" + name, {.shape = {all.size(), n_bars}, .values = std::move(counts)});
    };
    bars("before", &report::Drift::before);
    bars("after", &report::Drift::after);
  }

  void errors(const std::string& group, const std::vector<ErrorsBy>& all) {
    std::vector<std::string> by;
    std::vector<std::string> name;
    std::vector<std::int64_t> n;
    std::vector<report::ErrorGroup> groups;
    for (const ErrorsBy& each : all) {
      for (std::size_t g = 0; g < each.groups.size(); ++g) {
        by.push_back(each.feature);
        name.push_back(each.names.empty() ? "" : each.names[g]);
        n.push_back(static_cast<std::int64_t>(each.groups[g].n));
        groups.push_back(each.groups[g]);
      }
    }
    if (groups.empty()) return;
    const auto numbers = [&](const std::string& field, double report::ErrorGroup::*member) {
      add(group + "/" + field, list_of<double>(groups, [&](const auto& each) { return each.*member; }));
    };
    add(group + "/by", io::list_array(std::move(by)));
    add(group + "/name", io::list_array(std::move(name)));
    numbers("low", &report::ErrorGroup::low);
    numbers("high", &report::ErrorGroup::high);
    add(group + "/n", io::list_array(std::move(n)));
    numbers("error", &report::ErrorGroup::error);
    numbers("standard_error", &report::ErrorGroup::standard_error);
    numbers("residual", &report::ErrorGroup::residual);
  }

  void contributions(const Contributions& found) {
    const std::vector<std::size_t> shape{found.features.size(), found.n_rows};
    add("contributions/feature", io::list_array(found.features));
    add("contributions/mean", io::list_array(found.mean));
    add("contributions/added", {.shape = shape, .values = found.added});
    add("contributions/value", {.shape = shape, .values = found.value});
  }

  void csv_checksum(const std::string& checksum) { file_.groups[""][kCsvChecksum] = checksum; }

  void classes(const std::vector<std::string>& names) {
    if (!names.empty()) add("classes", io::list_array(names));
  }

  const io::ArrayFile& file() const { return file_; }

  /// What pictures are drawn of.
  io::ArrayFile drawn() && {
    std::erase_if(file_.arrays, [](const auto& entry) { return entry.first.starts_with("out_of_fold_all/"); });
    return std::move(file_);
  }

 private:
  void add(std::string path, Array array) { file_.arrays.emplace_back(std::move(path), std::move(array)); }

  template <class Entry, class List, class Get>
  static Array list_of(const List& list, Get get) {
    std::vector<Entry> values;
    for (const auto& each : list) values.push_back(get(each));
    return io::list_array(std::move(values));
  }

  static std::vector<std::string> texts(const search::CvColumn& column) {
    std::vector<std::string> out;
    for (const auto& value : column.values) out.push_back(value ? value->python_str() : "");
    return out;
  }

  template <class Entry, class Get>
  Array per_fit(Get get) const {
    std::vector<Entry> values(candidates_.size() * n_folds_);
    for (const auto& [place, record] : places_) values[place] = get(*record);
    return {.shape = {candidates_.size(), n_folds_}, .values = std::move(values)};
  }

  /// What the fits tell, by name. What not every family tells is a real number, which alone can be missing.
  [[nodiscard]] std::vector<FitDetail> details() const {
    std::vector<FitDetail> all;
    for (const models::Family* family : plan_.families) {
      const std::span<const models::Detail> own = family->details();
      for (std::size_t d = 0; d < own.size(); ++d) {
        auto known = std::ranges::find(all, own[d].name, &FitDetail::name);
        if (known == all.end()) known = all.insert(known, {.name = own[d].name, .kind = own[d].kind, .place = {}});
        if (known->kind != own[d].kind) known->kind = models::Detail::Kind::real;
        known->place[family] = d;
      }
    }
    for (FitDetail& detail : all) {
      if (detail.place.size() < plan_.families.size()) detail.kind = models::Detail::Kind::real;
    }
    return all;
  }

  /// NaN for a fit of another family, and for one that never came to an end, of which nothing can be measured.
  [[nodiscard]] double value_of(const FitDetail& detail, const search::FitRecord& record) const {
    const auto place = detail.place.find(&search::family_of(plan_, record.candidate));
    const bool has = place != detail.place.end() && !record.details.empty();
    return has ? record.details.at(place->second) : std::numeric_limits<double>::quiet_NaN();
  }

  [[nodiscard]] Array detail_array(const FitDetail& detail) const {
    using search::FitRecord;
    switch (detail.kind) {
      case models::Detail::Kind::real: return per_fit<double>([&](const FitRecord& r) { return value_of(detail, r); });
      case models::Detail::Kind::integer:
        return per_fit<std::int64_t>([&](const FitRecord& r) {
          const double value = value_of(detail, r);
          return std::isnan(value) ? 0 : static_cast<std::int64_t>(value);
        });
      case models::Detail::Kind::boolean:
        return per_fit<std::uint8_t>(
            [&](const FitRecord& r) { return static_cast<std::uint8_t>(value_of(detail, r) == 1); });
    }
    GRIDMILL_ASSERT(false, "unknown kind of detail");
  }

  template <class Get>
  Array score_cube(Get get) const {
    const std::size_t n_metrics = plan_.scorers.size();
    const std::size_t n_fits = candidates_.size() * n_folds_;
    std::vector<double> values(n_metrics * n_fits);
    for (const auto& [place, record] : places_) {
      for (std::size_t id = 0; id < n_metrics; ++id) values[id * n_fits + place] = get(*record)[id];
    }
    return {.shape = {n_metrics, candidates_.size(), n_folds_}, .values = std::move(values)};
  }

  /// One row a sample: Armadillo's columns are C-order rows.
  void matrix(const std::string& path, const core::Matrix& columns) {
    if (columns.n_rows == 0) return;
    add(path,
        {.shape = {columns.n_cols, columns.n_rows}, .values = std::vector<double>(columns.begin(), columns.end())});
  }

  void prediction(const std::string& group, const models::Prediction& part) {
    add(group + "/value", io::list_array(part.value));
    matrix(group + "/decision", part.decision);
    matrix(group + "/probability", part.probability);
  }

  const search::SearchPlan& plan_;
  std::vector<std::size_t> candidates_;  // by row of the table
  std::size_t n_folds_;
  std::vector<std::pair<std::size_t, const search::FitRecord*>> places_;  // row x n_folds + fold
  io::ArrayFile file_;
};

}  // namespace

io::ArrayFile write_results_file(const std::filesystem::path& path, const search::SearchPlan& plan,
                                 const SearchData& data, const search::CvResults& table,
                                 std::span<const search::FitRecord> records,
                                 const std::optional<OutOfFold>& out_of_fold,
                                 const std::optional<models::Prediction>& held_out,
                                 const std::vector<models::Importance>& importances,
                                 const std::vector<std::string>& model_features,
                                 const std::optional<PermutationImportance>& permutation, const RowFindings& in_rows,
                                 const std::optional<Contributions>& contributions, const std::string& csv_checksum) {
  ResultsWriter writer(plan, records);
  writer.csv_checksum(csv_checksum);
  writer.classes(data.train.classes);
  writer.cv_results(table);
  writer.scores();
  writer.fits();
  writer.curves();
  writer.importances(importances, model_features);
  if (permutation) writer.permutation(*permutation, data.train.feature_names);
  writer.timing();
  if (out_of_fold) writer.out_of_fold("out_of_fold", *out_of_fold);
  if (plan.keep_predictions) {
    const std::vector<search::Round> rounds = search::rounds_of(plan);
    for (std::size_t r = 0; r < rounds.size(); ++r) {
      writer.kept(fmt::format("out_of_fold_all/{}", r), rounds[r],
                  kept_predictions(plan, rounds[r], data.train, records));
    }
  }
  if (held_out) writer.held_out(*data.held_out, *held_out);
  writer.drift(in_rows.drift);
  writer.errors("errors/out_of_fold", in_rows.out_of_fold);
  writer.errors("errors/held_out", in_rows.held_out);
  if (contributions) writer.contributions(*contributions);
  io::write_array_file(path, writer.file());
  return std::move(writer).drawn();
}

}  // namespace gridmill::jobs
