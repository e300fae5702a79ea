// Nothing is replaced or removed that gridmill did not write.
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"

namespace gridmill::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kRows = "id,a,b,y\n1,1,2,x\n2,3,1,z\n3,5,1,x\n4,2,2,z\n5,4,1,x\n6,6,3,z\n";

class OwnFiles : public FilesTest {
 protected:
  static Outcome gridmill(std::vector<std::string> words) { return run_program(GRIDMILL_PROGRAM, words); }

  [[nodiscard]] std::string rows() const { return write("rows.csv", kRows); }

  /// A search that writes into the folder `run`.
  [[nodiscard]] Outcome search(std::vector<std::string> more = {}, const std::string& source = "rows.csv") const {
    const std::string config =
        write("search.yaml", "output: " + at("run") + "\ndata: {source: " + at(source) +
                                 ", target: y, ignore: [id]}\nmodel: svc\nsearch: {grid: {C: [1]}, cv: 2}\n");
    std::vector<std::string> words{"search", config, "--ranks", "1", "-q"};
    words.insert(words.end(), more.begin(), more.end());
    return gridmill(words);
  }

  /// Features of a store, into the folder `run`.
  [[nodiscard]] Outcome features(std::vector<std::string> more = {}) const {
    if (!fs::exists(at("rows.h5"))) {
      const std::string config = write("import.yaml", "import: {store: " + at("rows.h5") +
                                                          ", tables: {rows: {source: " + rows() + ", index: id}}}\n");
      EXPECT_EQ(gridmill({"import", config, "-q"}).code, 0);
    }
    const std::string config =
        write("features.yaml", "output: " + at("run") + "\nfeatures: {store: " + at("rows.h5") +
                                   ", target: rows, transforms: [absolute], csv: true, cutoff_time: \"2020-01-01\"}\n");
    std::vector<std::string> words{"features", config, "--ranks", "1", "-q"};
    words.insert(words.end(), more.begin(), more.end());
    return gridmill(words);
  }

  void expect_untouched(const std::string& name, const Outcome& outcome, std::size_t n_entries) const {
    EXPECT_EQ(outcome.code, 2) << name << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr("which gridmill did not write and does not replace")) << name;
    EXPECT_EQ(read("run/" + name), "mine") << name;
    const fs::recursive_directory_iterator all(at("run"));
    EXPECT_EQ(static_cast<std::size_t>(std::distance(begin(all), end(all))), n_entries) << name;
  }
};

TEST_F(OwnFiles, a_folder_with_files_of_our_names_is_no_run_directory) {
  const std::string data = rows();
  for (const std::string name :
       {"cv_results.csv", "results.h5", "best/model.txt", "summary.json", "journal", "lock", "config.resolved.yaml"}) {
    for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--overwrite"}}) {
      fs::remove_all(at("run"));
      fs::create_directories(fs::path(at("run/" + name)).parent_path());
      const std::string mine = write("run/" + name, "mine");
      expect_untouched(name, search(more), name.find('/') == std::string::npos ? 1 : 2);
    }
  }
}

TEST_F(OwnFiles, a_dry_run_refuses_the_folder_that_the_run_would) {
  static_cast<void>(rows());
  fs::create_directories(at("run"));
  static_cast<void>(write("run/cv_results.csv", "mine"));
  expect_untouched("cv_results.csv", search({"--dry-run"}), 1);
  fs::rename(at("run/cv_results.csv"), at("run/features.csv"));
  expect_untouched("features.csv", features({"--dry-run"}), 1);
}

TEST_F(OwnFiles, a_folder_with_features_of_others_is_no_run_directory) {
  for (const std::string name : {"features.h5", "features.csv", "features.json", "parts/rows-0000.h5", "summary.json",
                                 "store.digest", "lock", "config.resolved.yaml"}) {
    fs::remove_all(at("run"));
    fs::create_directories(fs::path(at("run/" + name)).parent_path());
    const std::string mine = write("run/" + name, "mine");
    expect_untouched(name, features({"--overwrite"}), name.find('/') == std::string::npos ? 1 : 2);
  }
}

TEST_F(OwnFiles, other_files_beside_a_run_stay_there) {
  const std::string data = rows();
  fs::create_directories(at("run"));
  const std::string notes = write("run/notes.txt", "mine");
  ASSERT_EQ(search().code, 0);
  const std::string model = write("run/best/my_model.txt", "mine");
  const std::string first = read("run/best/pipeline.json");
  ASSERT_EQ(search({"--overwrite"}).code, 0);
  EXPECT_EQ(read("run/notes.txt"), "mine");
  EXPECT_EQ(read("run/best/my_model.txt"), "mine");
  EXPECT_EQ(read("run/best/pipeline.json"), first);
  EXPECT_EQ(gridmill({"predict", at("run"), data, "-q"}).code, 0);
}

TEST_F(OwnFiles, what_is_put_into_a_run_later_is_not_replaced) {
  const auto refuses = [&](const std::string& name, const Outcome& outcome) {
    EXPECT_EQ(outcome.code, 2) << name << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr("holds " + name + ", which gridmill did not write and does not replace"));
    EXPECT_EQ(read("run/" + name), "mine") << name;
  };
  (void)rows();
  for (const std::string name : {"cv_results.csv", "results.h5", "summary.json"}) {
    fs::remove_all(at("run"));
    ASSERT_EQ(search().code, 0);
    (void)write("run/" + name, "mine");
    refuses(name, search({"--overwrite"}));
    EXPECT_TRUE(fs::exists(at("run/best/pipeline.json")));
    if (name == "summary.json") continue;
    fs::remove(at("run/summary.json"));
    refuses(name, search());
  }
  for (const std::string name : {"features.h5", "features.json", "store.digest"}) {
    fs::remove_all(at("run"));
    ASSERT_EQ(features().code, 0);
    (void)write("run/" + name, "mine");
    refuses(name, features({"--overwrite"}));
  }
}

TEST_F(OwnFiles, a_model_of_others_in_best_is_not_replaced) {
  (void)rows();
  for (const std::string name : {"model.libsvm", "model.json", "pipeline.json"}) {
    for (const bool is_finished : {true, false}) {
      fs::remove_all(at("run"));
      ASSERT_EQ(search().code, 0);
      if (!is_finished) fs::remove(at("run/summary.json"));
      fs::remove_all(at("run/best"));
      fs::create_directories(at("run/best"));
      (void)write("run/best/" + name, "mine");
      const Outcome outcome =
          search(is_finished ? std::vector<std::string>{"--overwrite"} : std::vector<std::string>{});
      EXPECT_EQ(outcome.code, 2) << name << outcome.errors;
      EXPECT_THAT(outcome.errors, HasSubstr("best: holds " + name + ", which gridmill did not write"));
      EXPECT_EQ(read("run/best/" + name), "mine") << name;
      EXPECT_TRUE(fs::exists(at("run/cv_results.csv"))) << name;  // nothing was removed before
    }
  }
}

TEST_F(OwnFiles, a_model_of_others_beside_ours_is_not_replaced) {
  (void)rows();
  ASSERT_EQ(search().code, 0);
  (void)write("run/best/model.json", "mine");  // no file of this model, but of one that gridmill might write next
  EXPECT_EQ(search({"--overwrite"}).code, 2);
  EXPECT_EQ(read("run/best/model.json"), "mine");
  fs::remove(at("run/best/model.json"));
  (void)write("run/best/pipeline.json", "{\"format_version\": 2, \"of\": \"nothi");  // ours, but cut
  EXPECT_EQ(search({"--overwrite"}).code, 0);
  EXPECT_EQ(gridmill({"predict", at("run"), at("rows.csv"), "-q"}).code, 0);
}

TEST_F(OwnFiles, a_folder_beside_the_model_is_not_taken_for_an_unfinished_one) {
  (void)rows();
  ASSERT_EQ(search().code, 0);
  fs::create_directories(at("run/best.new"));
  (void)write("run/best.new/mine.txt", "mine");
  ASSERT_EQ(search({"--overwrite"}).code, 0);
  EXPECT_EQ(read("run/best.new/mine.txt"), "mine");
  for (const auto& each : fs::directory_iterator(at("run"))) {
    EXPECT_FALSE(each.path().filename().string().ends_with(".partial")) << each.path();
  }
}

TEST_F(OwnFiles, parts_of_others_stay_where_features_are_made_anew) {
  ASSERT_EQ(features().code, 0);
  const std::string mine = write("run/parts/mine.txt", "mine");
  ASSERT_EQ(features({"--overwrite"}).code, 0);
  EXPECT_EQ(read("run/parts/mine.txt"), "mine");
  EXPECT_TRUE(fs::exists(at("run/features.h5")));
}

TEST_F(OwnFiles, a_run_of_another_kind_is_replaced_only_when_told) {
  ASSERT_EQ(features().code, 0);
  const Outcome refused = search();
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.errors, HasSubstr(at("run") + ": holds features, not a search"));
  EXPECT_TRUE(fs::exists(at("run/features.h5")));
  ASSERT_EQ(search({"--overwrite"}).code, 0);
  EXPECT_FALSE(fs::exists(at("run/features.h5")));
  EXPECT_FALSE(fs::exists(at("run/parts")));
}

TEST_F(OwnFiles, data_that_lies_where_results_go_is_never_replaced) {
  ASSERT_EQ(features().code, 0);
  const std::string before = read("run/features.h5");
  const Outcome outcome = search({"--overwrite"}, "run/features.h5");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("is what the job reads, and would be replaced"));
  EXPECT_EQ(read("run/features.h5"), before);
}

TEST_F(OwnFiles, predictions_never_replace_what_is_predicted) {
  const std::string data = rows();
  ASSERT_EQ(search().code, 0);
  fs::create_symlink(data, at("link.csv"));
  fs::create_hard_link(data, at("hard.csv"));
  fs::create_directory(at("sub"));
  for (const std::string& output : {data, at("link.csv"), at("hard.csv"), at("sub/../rows.csv")}) {
    for (const std::string& input : {data, at("link.csv")}) {
      const Outcome outcome = gridmill({"predict", at("run"), input, "-o", output, "--overwrite", "-q"});
      EXPECT_EQ(outcome.code, 2) << output;
      EXPECT_THAT(outcome.errors, HasSubstr("is what the command reads"));
    }
  }
  EXPECT_EQ(read("rows.csv"), kRows);
  EXPECT_TRUE(fs::is_symlink(at("link.csv")));
}

TEST_F(OwnFiles, predictions_replace_predictions_only) {
  const std::string data = rows();
  ASSERT_EQ(search().code, 0);
  const std::string notes = write("notes.csv", "a,b\n1,2\n");
  EXPECT_EQ(gridmill({"predict", at("run"), data, "-o", notes, "--overwrite", "-q"}).code, 2);
  EXPECT_EQ(read("notes.csv"), "a,b\n1,2\n");
  const std::vector<std::string> words{"predict", at("run"), data, "--keep", "id", "-o", at("p.csv"), "-q"};
  ASSERT_EQ(gridmill(words).code, 0);
  EXPECT_EQ(gridmill(words).code, 2);
  std::vector<std::string> again = words;
  again.emplace_back("--overwrite");
  EXPECT_EQ(gridmill(again).code, 0);
  for (const std::string mine : {"a,prediction\n1,cat\n", "prediction,note\nx,mine\n", "id,prediction\n1,x\n"}) {
    const Outcome outcome = gridmill({"predict", at("run"), data, "-o", write("u.csv", mine), "--overwrite", "-q"});
    EXPECT_EQ(outcome.code, 2) << mine;
    EXPECT_THAT(outcome.errors, HasSubstr("it does not begin with the header of these predictions")) << mine;
    EXPECT_EQ(read("u.csv"), mine);
  }
  EXPECT_EQ(gridmill({"predict", at("run"), data, "-o", write("empty.csv", ""), "--overwrite", "-q"}).code, 0);
  EXPECT_EQ(gridmill({"predict", at("run"), data, "-o", at("run/best/pipeline.json"), "--overwrite", "-q"}).code, 2);
  EXPECT_EQ(gridmill({"predict", at("run"), data, "-q"}).code, 0);
}

TEST_F(OwnFiles, an_import_replaces_stores_only_and_never_its_source) {
  const std::string data = rows();
  EXPECT_THAT(gridmill({"import", data, "-o", data, "--overwrite", "-q"}).errors,
              HasSubstr("is what the command reads"));
  EXPECT_EQ(read("rows.csv"), kRows);
  const std::string notes = write("notes.h5", "\x89HDF\r\n\x1a\n of somebody else");
  const Outcome outcome = gridmill({"import", data, "-o", notes, "--overwrite", "-q"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("is not replaced: gridmill did not write it (it holds no store)"));
  ASSERT_EQ(gridmill({"import", data, "-o", at("rows.h5"), "-q"}).code, 0);
  EXPECT_EQ(gridmill({"import", at("rows.h5"), "--overwrite", "-q"}).code, 2);
  EXPECT_EQ(gridmill({"import", data, "-o", at("rows.h5"), "--overwrite", "-q"}).code, 0);
}

TEST_F(OwnFiles, applied_features_leave_other_files_and_their_store_alone) {
  ASSERT_EQ(features().code, 0);
  const std::vector<std::string> apply{"features", at("rows.h5"), "--apply", at("run/features.json"), "--ranks", "1",
                                       "-q",       "--overwrite", "-o"};
  const auto to = [&](const std::string& output) {
    std::vector<std::string> words = apply;
    words.push_back(output);
    return gridmill(words);
  };
  const std::string before = read("rows.h5");
  EXPECT_EQ(to(at("rows.h5")).code, 2);
  EXPECT_EQ(to(at("run/features.json")).code, 2);
  EXPECT_EQ(read("rows.h5"), before);
  fs::create_directory(at("new.h5.parts"));
  const std::string mine = write("new.h5.parts/mine.txt", "mine");
  EXPECT_EQ(to(at("new.h5")).code, 0);
  EXPECT_EQ(read("new.h5.parts/mine.txt"), "mine");
  EXPECT_FALSE(fs::exists(at("new.h5.parts/features.h5")));
}

}  // namespace
}  // namespace gridmill::cli
