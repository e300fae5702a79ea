#include "jobs/predict/model_files.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::jobs {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// What gridmill wrote when the steps were part of the model's state, without its checksums.
constexpr const char* kEarlierPipeline = R"({
  "format_version": 1, "model": "svc", "task": "classification",
  "params": {"C": 1, "impute": "median", "preprocessing": "standardize"},
  "target": "y", "features": ["a", "b"], "classes": ["no", "yes"], "probability": false,
  "state": {"n_features": 2, "n_classes": 2, "classes": [0, 1], "break_ties": false, "platt_a": [], "platt_b": [],
    "preprocessing": {"impute": "median", "preprocessing": "standardize", "fill": [4.0, 40.0], "offset": [4.75, 41.25],
      "scale": [2.7271780286589284, 20.87911636061258]},
    "sparse": false}
})";
constexpr const char* kEarlierModel =
    "svm_type c_svc\nkernel_type rbf\ngamma 0.5\nnr_class 2\ntotal_sv 7\nrho 0.0056968604623029951\nlabel 0 1\n"
    "nr_sv 4 3\nSV\n"
    "0.30612933599025083 1:-1.3750477455423171 2:-1.4967108502231243 \n"
    "1 1:-1.0083683467310325 2:-0.05986843400892497 \n"
    "0.19218128510486918 1:-0.64168894791974795 2:-0.5388159060803247 \n"
    "0.98301088344128396 1:-0.27500954910846342 2:-1.0177633781517246 \n"
    "-0.69718059406800448 1:0.82502864732539016 2:0.41907903806247476 \n"
    "-1 1:-0.27500954910846342 2:-0.05986843400892497 \n"
    "-0.7841409104683994 1:1.5583874449479593 2:1.855921454276674 \n";

/// A folder that goes away with the test, with the earlier model in it.
class ModelFiles : public testing::Test {
 protected:
  ModelFiles() {
    fs::create_directories(folder() / "earlier");
    write("earlier/model.libsvm", kEarlierModel);
    write("earlier/pipeline.json", kEarlierPipeline);
  }
  ~ModelFiles() override { fs::remove_all(folder_); }

  [[nodiscard]] const fs::path& folder() const { return folder_; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void replace_in_earlier(const std::string& from, const std::string& to) const {
    std::string text = kEarlierPipeline;
    text.replace(text.find(from), from.size(), to);
    write("earlier/pipeline.json", text);
  }
  [[nodiscard]] std::string error_of(const std::string& name) const {
    try {
      (void)load_pipeline(folder_ / name);
    } catch (const core::UserError& error) {
      return error.what();
    }
    return "no error";
  }

 private:
  fs::path folder_ = fs::path(testing::TempDir()) / ("gridmill_model_files_" + std::to_string(::getpid()));
};

core::Matrix rows() { return {{1, 2, 4}, {10, std::nan(""), 20}}; }

TEST_F(ModelFiles, of_an_earlier_gridmill_predict_what_they_did) {
  const Pipeline earlier = load_pipeline(folder() / "earlier");
  EXPECT_FALSE(earlier.is_checked);
  EXPECT_TRUE(earlier.fitted.steps.fills_missing());
  const models::Prediction prediction = earlier.fitted.predict(core::Frame{.numbers = rows()}, {.decision = true});
  EXPECT_THAT(prediction.value, testing::ElementsAre(0, 0, 0));
  // What it printed: the decision is that of the greater class.
  EXPECT_THAT(std::vector<double>(prediction.decision.begin(), prediction.decision.end()),
              testing::ElementsAre(-1.0004764838456708, -0.8466550406088397, -0.9995920792070364));
}

TEST_F(ModelFiles, are_the_same_when_written_and_read_again) {
  const Pipeline earlier = load_pipeline(folder() / "earlier");
  save_pipeline(folder() / "now", earlier.info, earlier.fitted);
  const Pipeline now = load_pipeline(folder() / "now");
  EXPECT_TRUE(now.is_checked);
  EXPECT_EQ(now.fitted.steps, earlier.fitted.steps);
  const auto decision = [](const Pipeline& pipeline) {
    return pipeline.fitted.predict(core::Frame{.numbers = rows()}, {.decision = true}).decision;
  };
  EXPECT_TRUE(arma::approx_equal(decision(now), decision(earlier), "absdiff", 0.0));
  save_pipeline(folder() / "again", now.info, now.fitted);
  EXPECT_EQ(read("again/pipeline.json"), read("now/pipeline.json"));
  EXPECT_EQ(read("again/model.libsvm"), kEarlierModel);
}

TEST_F(ModelFiles, of_an_earlier_gridmill_may_have_fewer_steps) {
  replace_in_earlier(R"("impute": "median", "preprocessing": "standardize", "fill": [4.0, 40.0])",
                     R"("impute": "none", "preprocessing": "standardize", "fill": [])");
  EXPECT_FALSE(load_pipeline(folder() / "earlier").fitted.steps.fills_missing());
  replace_in_earlier(
      R"("impute": "median", "preprocessing": "standardize", "fill": [4.0, 40.0], "offset": [4.75, 41.25],
      "scale": [2.7271780286589284, 20.87911636061258])",
      R"("impute": "none", "preprocessing": "none", "fill": [], "offset": [], "scale": [])");
  EXPECT_TRUE(load_pipeline(folder() / "earlier").fitted.steps.empty());
}

TEST_F(ModelFiles, name_the_file_and_what_is_wrong_with_its_steps) {
  replace_in_earlier("[4.0, 40.0]", "[4.0]");
  EXPECT_THAT(error_of("earlier"), HasSubstr("earlier/pipeline.json: steps: fill must be a list of 2 numbers"));
  replace_in_earlier(R"("impute": "median", "preprocessing": "standardize", "fill")", R"("fill")");
  EXPECT_THAT(error_of("earlier"), HasSubstr("earlier/pipeline.json: 'state' has no 'preprocessing'"));
  replace_in_earlier(R"("format_version": 1)", R"("format_version": 2)");
  EXPECT_THAT(error_of("earlier"), HasSubstr("earlier/pipeline.json: has no entry 'steps'"));
  replace_in_earlier(R"("format_version": 1)", R"("format_version": 2, "steps": [{"whiten": "pca"}])");
  EXPECT_THAT(error_of("earlier"), HasSubstr("steps: there is a step that this program does not know"));
  replace_in_earlier(R"("format_version": 1)", R"("format_version": 4)");
  EXPECT_THAT(error_of("earlier"), HasSubstr("has format version 4, this program reads 1 to 3"));
}

}  // namespace
}  // namespace gridmill::jobs
