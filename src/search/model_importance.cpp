#include "search/model_importance.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "core/frame.hpp"
#include "core/matrix.hpp"
#include "core/sparse.hpp"

namespace gridmill::search {

namespace {

/// The rows of a lesson as a data set of their own.
class LessonData {
 public:
  LessonData(const core::Frame& frame, const prepare::Lesson& lesson, const core::Dataset& like) {
    data_.task = like.task;
    data_.classes = like.classes;
    data_.target_name = like.target_name;
    data_.feature_names = lesson.names;
    data_.y = lesson.labels.y;
    if (frame.is_sparse()) {
      sparse_.n_features = frame.sparse.n_features;
      for (const core::Index row : lesson.rows) sparse_.add(frame.sparse.sample(row));
      data_.sparse = sparse_.view();
      return;
    }
    x_.set_size(frame.numbers.n_features, lesson.rows.size());
    for (std::size_t i = 0; i < lesson.rows.size(); ++i) {
      std::ranges::copy(frame.numbers.sample(lesson.rows[i]), x_.colptr(i));
    }
    data_.x = x_;
  }
  LessonData(const LessonData&) = delete;  // the data are views of its own arrays
  LessonData& operator=(const LessonData&) = delete;
  LessonData(LessonData&&) = delete;
  LessonData& operator=(LessonData&&) = delete;
  ~LessonData() = default;

  [[nodiscard]] const core::Dataset& data() const { return data_; }

 private:
  core::Matrix x_;
  core::SparseMatrix sparse_;
  core::Dataset data_;
};

}  // namespace

prepare::MeasureByModel measure_by(const models::Family& family, const core::Params& params, const core::Dataset& like,
                                   std::uint64_t seed) {
  return [&family, &params, &like, seed](const core::Frame& frame, const prepare::Lesson& lesson) {
    if (!family.abilities().weighs_features) {  // a random search makes combinations that nobody checks
      throw models::FitError(fmt::format(
          "keep_by: importance asks the model what it makes of features, and {} does not say", family.name()));
    }
    const LessonData lesson_data(frame, lesson, like);
    std::vector<core::Index> rows(lesson.rows.size());
    std::iota(rows.begin(), rows.end(), core::Index{0});
    try {
      const auto trainer = family.trainer(lesson_data.data(), {});
      const auto fit = trainer->fit({.params = params, .train = rows, .seed = seed, .job_seed = seed});
      return fit->model()->feature_weights();
    } catch (const models::FitError& error) {
      throw models::FitError(fmt::format("keep_by: importance: the model cannot be fitted: {}", error.what()));
    }
  };
}

}  // namespace gridmill::search
