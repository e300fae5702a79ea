// import, info and predict as a user runs them.
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "child.hpp"
#include "files_test.hpp"
#include "io/hdf5/array_file.hpp"
#include "program.hpp"

namespace gridmill::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kDigits = GRIDMILL_SOURCE_DIR "/data/digits.csv.gz";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Points around three centres, not quite apart, labelled so that CSV must quote; reproducible, and of 17 digits.
struct Points {
  std::string named = "u,v,y\n";
  std::string shuffled = "id,v,u\n";  // other order, an extra column, no target
  std::string unnamed;                // no header, no target
  std::string libsvm;                 // the label means nothing
};

Points points(std::size_t n, std::uint32_t seed) {
  const std::vector<std::string> labels{"\"a,b\"", "c", "d"};
  Points out;
  const auto draw = [&seed] {
    seed = seed * 1664525U + 1013904223U;
    return static_cast<double>(seed >> 8U) / 16777216.0 * 3;
  };
  for (std::size_t i = 0; i < n; ++i) {
    const std::string u = std::to_string(draw() + static_cast<double>(i % 3));
    const std::string v = std::to_string(draw() - static_cast<double>(i % 3));
    out.named += u + "," + v + "," + labels[i % 3] + "\n";
    out.shuffled += std::to_string(i) + "," + v + "," + u + "\n";
    out.unnamed += u + "," + v + "\n";
    out.libsvm += "0 1:" + u + " 2:" + v + "\n";
  }
  return out;
}

class DataCommands : public FilesTest {
 protected:
  /// A finished search on 60 points, held to 30 others.
  void search(const std::string& scoring) const {
    const std::string train = write("train.csv", points(60, 1).named);
    const std::string test = write("test.csv", points(30, 2).named);
    const std::string config =
        write("c.yaml", "output: " + at("run") + "\ndata: {source: " + train + ", target: y, test: " + test +
                            "}\nmodel: svc\nsearch: {grid: {C: [1, 10]}, cv: 3, refit: accuracy, scoring: " + scoring +
                            "}\n");
    const Outcome outcome = gridmill({"search", config, "--ranks", "1", "--quiet"});
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
  }
};

TEST_F(DataCommands, an_imported_store_is_read_by_h5py_and_told_by_info) {
  const std::string store = at("digits.h5");
  const Outcome import = gridmill({"import", kDigits, "-o", store});
  ASSERT_EQ(import.code, 0) << import.errors;
  EXPECT_THAT(import.errors, HasSubstr("table 'digits': 1797 rows, 65 columns (65 integer)\n"));
  EXPECT_THAT(import.out, HasSubstr("Written:\n  " + store));

  const Outcome info = gridmill({"info", store});
  EXPECT_EQ(info.code, 0);
  const std::vector<std::string> lines = lines_of(info.out);
  ASSERT_EQ(lines.size(), 68U);
  EXPECT_EQ(lines[0], "table 'digits': 1797 rows, 65 columns, from " + kDigits);
  EXPECT_EQ(lines[2], "  column  type     missing  least  greatest         mean");
  EXPECT_EQ(lines[5], "  p2      integer        -      0        16      5.20479");
  // The text and the store hold the same.
  EXPECT_EQ(gridmill({"info", kDigits}).out, info.out);

  const Outcome python =
      run_program("/usr/bin/python3", {"-c",
                                       "import sys\ntry: import h5py, gzip\nexcept ImportError: sys.exit(9)\n"
                                       "t=h5py.File(sys.argv[1])['tables/digits']\n"
                                       "rows=[l.strip().split(',') for l in gzip.open(sys.argv[2],'rt')]\n"
                                       "for i,name in enumerate(rows[0]):\n"
                                       "  assert [int(r[i]) for r in rows[1:]]==t[name][:].tolist(), name\n"
                                       "print('same')",
                                       store, kDigits});
  if (python.code == 9 || python.code == 126) GTEST_SKIP() << "no python3-h5py";
  EXPECT_EQ(python.out, "same\n") << python.errors;
}

TEST_F(DataCommands, info_tells_types_missing_values_and_categories_also_as_json) {
  const std::string csv =
      write("m.csv", "n,x,when,kind\n1,0.5,2024-01-02,red\n2,,2024-01-03,\n4,1.5,2024-01-04,blue\n");
  EXPECT_EQ(gridmill({"info", csv}).out,
            "table 'm': 3 rows, 4 columns, from " + csv +
                "\n\n"
                "  column  type          missing       least    greatest     mean\n"
                "  n       integer             -           1           4  2.33333\n"
                "  x       double       1 (33 %)         0.5         1.5        1\n"
                "  when    datetime            -  2024-01-02  2024-01-04\n"
                "  kind    categorical  1 (33 %)                                   2 categories\n");
  const std::vector<std::string> json = lines_of(gridmill({"info", csv, "--json"}).out);
  ASSERT_EQ(json.size(), 5U);
  EXPECT_THAT(json[0], HasSubstr(R"({"event":"table","name":"m",)"));
  EXPECT_THAT(json[2], HasSubstr(R"("name":"x","type":"double","missing":1,"least":0.5,"greatest":1.5,"mean":1.0)"));
}

TEST_F(DataCommands, import_replaces_a_store_only_when_told) {
  const std::string csv = write("m.csv", "a,b\n1,2\n");
  ASSERT_EQ(gridmill({"import", csv, "-q"}).code, 0);
  const std::string before = read("m.h5");
  const Outcome again = gridmill({"import", csv});
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.errors,
              AllOf(HasSubstr("table 'm': 1 row, 2 columns (2 integer)"),
                    HasSubstr(at("m.h5") + " is up to date: made of these sources; nothing is done again")));
  EXPECT_EQ(read("m.h5"), before);
  const std::string other_csv = write("other.csv", "a,b\n1,3\n");
  const Outcome other = gridmill({"import", other_csv, "-q", "--output", at("m.h5")});
  EXPECT_EQ(other.code, 2);
  EXPECT_EQ(other.errors,
            "error: " + at("m.h5") + ": holds another import: " + other_csv +
                " has changed since, or is another file\n  --overwrite to make it anew, or choose another "
                "with --output\n");
  EXPECT_EQ(read("m.h5"), before);
  (void)write("m.csv", "a,b\n1,3\n");
  const Outcome changed = gridmill({"import", csv});
  EXPECT_EQ(changed.code, 0) << changed.errors;
  EXPECT_THAT(changed.errors, HasSubstr(at("m.h5") + " is made anew: " + csv + " has changed since"));
  EXPECT_NE(read("m.h5"), before);
  EXPECT_EQ(gridmill({"import", csv, "-q", "--overwrite"}).code, 0);
  const std::string config =
      write("c.yaml", "import: {source: " + csv + ", types: {a: double}, store: " + at("m.h5") + "}\n");
  const Outcome options = gridmill({"import", config, "-q"});
  EXPECT_EQ(options.code, 2);
  EXPECT_THAT(options.errors, HasSubstr("holds another import: "));
  EXPECT_THAT(options.errors, HasSubstr("types.a: (not given) -> \"double\""));
}

/// Two tables, of which one holds what `targets` says.
class SeveralTables : public DataCommands {
 protected:
  void import() const {
    const std::string people = write("people.csv", "id,a,y\n1,1,0\n2,2,0\n3,3,0\n4,7,1\n5,8,1\n6,9,1\n");
    const std::string buys = write("buys.csv", "buy,person,price\n1,1,2\n2,2,1\n3,2,3\n4,5,20\n5,5,30\n6,6,30\n");
    const Outcome outcome = gridmill({"import", config("model: svc\n"), "-q", "--overwrite"});
    ASSERT_EQ(outcome.code, 0) << outcome.errors;
  }
  [[nodiscard]] std::string config(const std::string& rest) const {
    return write("c.yaml", "output: " + at("run") + "\nimport:\n  store: " + at("s.h5") +
                               "\n  tables:\n    people: {source: " + at("people.csv") +
                               ", index: id}\n    buys: {source: " + at("buys.csv") +
                               ", index: buy}\n  relationships: [buys.person -> people.id]\n" + rest);
  }
};

TEST_F(SeveralTables, predict_takes_the_table_that_the_search_took) {
  ASSERT_NO_FATAL_FAILURE(import());
  const std::string file = config("data: {source: " + at("s.h5") +
                                  ", table: people, target: y}\nmodel: svc\nsearch: {grid: {C: [1]}, cv: 3}\n");
  const Outcome search = gridmill({"search", file, "--ranks", "1", "-q"});
  ASSERT_EQ(search.code, 0) << search.errors;
  const Outcome predict = gridmill({"predict", at("run"), at("s.h5"), "-q"});
  EXPECT_EQ(predict.code, 0) << predict.errors;
  EXPECT_EQ(predict.out, "prediction\n0\n0\n0\n1\n1\n1\n");
}

TEST_F(SeveralTables, predict_says_how_to_make_the_features_the_model_learnt_from) {
  ASSERT_NO_FATAL_FAILURE(import());
  const std::string file =
      config("features: {target: people, pass_through: [y], cutoff_time: 2024-01-01}\ndata: {source: " +
             at("run/features/features.h5") + ", target: y}\nmodel: {name: svc, impute: mean}\n" +
             "search: {grid: {C: [1]}, cv: 3}\n");
  const Outcome features = gridmill({"features", file, "--ranks", "1", "-q"});
  ASSERT_EQ(features.code, 0) << features.errors;
  const Outcome search = gridmill({"search", file, "--ranks", "1"});
  ASSERT_EQ(search.code, 0) << search.errors;
  EXPECT_THAT(search.errors,
              HasSubstr("predict new rows with: gridmill features --apply " + at("run/features/features.json") +
                        " STORE -o new.h5, then gridmill predict " + at("run") + " new.h5\n"));
  const std::string hint = "\n  the model learns from features: gridmill features --apply " +
                           at("run/features/features.json") + " STORE -o new.h5 makes them of new rows\n";
  const Outcome tables = gridmill({"predict", at("run"), at("s.h5"), "-q"});
  EXPECT_EQ(tables.code, 2);
  EXPECT_EQ(tables.errors,
            "error: " + at("s.h5") + ": holds several tables, and the model learns from features of them" + hint);
  const Outcome text = gridmill({"predict", at("run"), at("people.csv"), "-q"});
  EXPECT_EQ(text.code, 2);
  EXPECT_THAT(text.errors, testing::EndsWith(hint));
}

TEST_F(DataCommands, predictions_stand_beside_the_columns_that_are_kept) {
  ASSERT_NO_FATAL_FAILURE(search("[accuracy]"));
  const std::string data = write("new.csv", "id,when,v,u,paid,note\n7,2024-01-02,0,0,True,\"a,b\"\n8,,1,3,,c\n");
  const Outcome outcome = gridmill({"predict", at("run"), data, "--keep", "id", "--keep", "note", "--keep", "when",
                                    "--keep", "paid", "--keep", "u"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  const std::vector<std::string> lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], "id,note,when,paid,u,prediction");
  EXPECT_THAT(lines[1], testing::StartsWith("7,\"a,b\",2024-01-02,True,0,"));
  EXPECT_THAT(lines[2], testing::StartsWith("8,c,,,3,"));
  EXPECT_THAT(outcome.errors, testing::Not(HasSubstr("ignored")));

  const Outcome wrong = gridmill({"predict", at("run"), data, "-q", "--keep", "idd", "--keep", "notes"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_EQ(wrong.errors,
            "error: " + data + ": no column 'idd' to keep\n  did you mean 'id'? known: id, when, v, u, paid, note\n" +
                "error: " + data +
                ": no column 'notes' to keep\n  did you mean 'note'? known: id, when, v, u, paid, note\n" +
                "2 problems\n");
}

TEST_F(DataCommands, what_stdout_does_not_take_is_not_done) {
  const std::string csv = write("m.csv", "a,b\n1,2\n");
  const Outcome outcome = run_program("/bin/sh", {"-c", "exec " GRIDMILL_PROGRAM " info " + csv + " > /dev/full"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.errors, "error: stdout cannot be written\n");
}

TEST_F(DataCommands, the_scores_on_held_out_rows_are_told) {
  ASSERT_NO_FATAL_FAILURE(search("[accuracy, neg_log_loss]"));
  const Outcome told = gridmill({"search", at("c.yaml"), "--ranks", "1", "--quiet"});
  const std::string summary = read("run/summary.json");
  const auto score = [&](const std::string& metric) {
    const std::size_t held_out = summary.find("\"held_out\"");
    const std::size_t at = summary.find("\"" + metric + "\": ", held_out) + metric.size() + 4;
    char text[32];
    std::snprintf(text, sizeof text, "%.4f", std::stod(summary.substr(at)));
    return std::string(text);
  };
  EXPECT_THAT(told.out, HasSubstr("Scores on 30 held-out rows\n               accuracy  " + score("accuracy") +
                                  "  (baseline 0."));
  EXPECT_THAT(told.out, HasSubstr("\n           neg_log_loss  " + score("neg_log_loss") + "  (baseline -"));
}

TEST_F(DataCommands, a_report_on_predictions_is_weighted_as_the_search) {
  const std::string train = write("train.csv", "a,w,y\n1,1,x\n2,1,x\n3,2,x\n7,1,z\n8,3,z\n9,1,z\n");
  // One row of four is wrong, but it weighs nine of twelve.
  const std::string test = write("test.csv", "a,w,y\n1,1,x\n2,1,x\n8,1,z\n9,9,x\n");
  const std::string config =
      write("c.yaml", "output: " + at("run") + "\ndata: {source: " + train + ", target: y, weight: w, test: " + test +
                          "}\nmodel: {name: svc, kernel: linear}\nsearch: {grid: {C: [1]}, cv: 3}\n");
  const Outcome search = gridmill({"search", config, "--ranks", "1", "--quiet"});
  ASSERT_EQ(search.code, 0) << search.errors;
  const Outcome predict = gridmill({"predict", at("run"), test, "-o", at("p.csv")});
  ASSERT_EQ(predict.code, 0) << predict.errors;
  const auto report = [](const std::string& text) { return text.substr(text.find("precision")); };
  const std::string told = report(predict.out);
  EXPECT_EQ(told.substr(0, told.find("\nWritten")), report(search.out));
  EXPECT_THAT(predict.out, HasSubstr("On the 4 rows of " + test + ", weighted by 'w'\n"));
  EXPECT_THAT(predict.errors, testing::Not(HasSubstr("ignored")));

  const std::string plain = write("plain.csv", "a,y\n1,x\n2,x\n8,z\n9,x\n");
  const Outcome unweighted = gridmill({"predict", at("run"), plain, "-o", at("q.csv")});
  EXPECT_THAT(unweighted.errors, HasSubstr("no column 'w', the weights of the search: all rows count the same\n"));
  EXPECT_THAT(unweighted.out, HasSubstr("On the 4 rows of " + plain + "\n"));

  const std::string nothing = write("nothing.csv", "a,w,y\n1,0,x\n9,0,z\n");
  const Outcome of_nothing = gridmill({"predict", at("run"), nothing, "-o", at("r.csv")});
  EXPECT_THAT(of_nothing.errors,
              HasSubstr("no report on the predictions: " + nothing + ": weight 'w' is 0 in all rows\n"));
  EXPECT_THAT(of_nothing.out, testing::Not(HasSubstr("precision")));
  EXPECT_EQ(read("r.csv"), "prediction\nx\nz\n");
}

TEST_F(DataCommands, predictions_equal_those_of_the_search_on_held_out_rows) {
  ASSERT_NO_FATAL_FAILURE(search("[accuracy, neg_log_loss]"));
  const Outcome outcome =
      gridmill({"predict", at("run"), at("test.csv"), "-o", at("p.csv"), "--decision", "--probability"});
  ASSERT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_THAT(outcome.out, HasSubstr("On the 30 rows of " + at("test.csv")));
  const std::vector<std::string> lines = lines_of(read("p.csv"));
  ASSERT_EQ(lines.size(), 31U);
  EXPECT_EQ(lines[0],
            "prediction,\"decision_a,b\",decision_c,decision_d,\"probability_a,b\",probability_c,probability_d");
  const io::ArrayFile results = io::read_array_file(at("run/results.h5"));
  const io::Array* values = results.find("held_out/value");
  const io::Array* probability = results.find("held_out/probability");
  ASSERT_NE(values, nullptr);
  ASSERT_NE(probability, nullptr);
  const std::vector<std::string> labels{"\"a,b\"", "c", "d"};
  const auto& codes = std::get<std::vector<double>>(values->values);
  const auto& shares = std::get<std::vector<double>>(probability->values);
  ASSERT_EQ(shares.size(), 90U);
  for (std::size_t i = 0; i < 30; ++i) {
    const std::string& label = labels[static_cast<std::size_t>(codes[i])];
    EXPECT_EQ(lines[i + 1].substr(0, label.size() + 1), label + ",");
    EXPECT_NEAR(std::stod(lines[i + 1].substr(lines[i + 1].rfind(',') + 1)), shares[3 * i + 2], 1e-9);
  }
}

TEST_F(DataCommands, columns_are_found_by_name_or_else_by_position) {
  ASSERT_NO_FATAL_FAILURE(search("accuracy"));
  const Points rows = points(30, 2);
  const std::string named = gridmill({"predict", at("run"), at("test.csv")}).out;
  ASSERT_EQ(lines_of(named).size(), 31U);
  const Outcome shuffled = gridmill({"predict", at("run"), write("shuffled.csv", rows.shuffled)});
  EXPECT_EQ(shuffled.out, named);
  EXPECT_THAT(shuffled.errors, HasSubstr("ignored, since the model does not know them: 'id'\n"));
  const Outcome unnamed = gridmill({"predict", at("run"), write("unnamed.csv", rows.unnamed)});
  EXPECT_EQ(unnamed.out, named);
  EXPECT_THAT(unnamed.errors, HasSubstr("they are taken by position\n"));
  EXPECT_EQ(gridmill({"predict", at("run/best"), write("rows.svm", rows.libsvm)}).out, named);
}

TEST_F(DataCommands, a_feature_that_is_missing_by_name_is_never_taken_by_position) {
  const auto written = [&](const std::string& header, const std::string& name) {
    std::string text = header + "\n";
    for (int i = 0; i < 30; ++i) text += fmt::format("{},{},{},{}\n", i % 3, (i * 7) % 5, i % 2, i % 3);
    return write(name, text);
  };
  // Names as we give them to columns of text that has none, but in a header.
  for (const std::string header : {"f1,f2,f3,y", "c1,c2,c3,y"}) {
    const std::string train = written(header, "t.csv");
    const std::string config = write("p.yaml", "output: " + at("p") + "\ndata: {source: " + train +
                                                   ", target: y}\nmodel: svc\nsearch: {grid: {C: [1]}, cv: 3}\n");
    ASSERT_EQ(gridmill({"search", config, "--ranks", "1", "--quiet", "--overwrite"}).code, 0);
    const std::string first = header.substr(0, 1);
    for (const std::string& other : {"id," + first + "1," + first + "2", first + "1," + first + "2,y",
                                     first + "0," + first + "1," + first + "2"}) {
      const Outcome outcome = gridmill({"predict", at("p"), write("new.csv", other + "\n1,2,0\n0,1,1\n")});
      EXPECT_EQ(outcome.code, 2) << other;
      EXPECT_THAT(outcome.errors, HasSubstr("no column '" + first + "3', a feature of the model")) << other;
    }
  }
}

TEST_F(DataCommands, predict_says_what_it_cannot_use) {
  ASSERT_NO_FATAL_FAILURE(search("accuracy"));
  const auto errors_of = [&](const std::string& text, std::vector<std::string> more = {}) {
    std::vector<std::string> words{"predict", at("run"), write("new.csv", text), "-q"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = gridmill(words);
    EXPECT_EQ(outcome.code, 2);
    return outcome.errors;
  };
  const std::string file = at("new.csv");
  EXPECT_EQ(errors_of("u,w\n1,2\n"),
            "error: " + file + ": no column 'v', a feature of the model\n  did you mean 'u'? known: u, w\n");
  EXPECT_THAT(errors_of("u,v\n1,2\n3,\n"),
              HasSubstr("error: " + file + ":3: feature 'v' is missing, and the model does not impute\n"));
  EXPECT_THAT(errors_of("u,v\n1,2\n3,few\n"),
              HasSubstr("error: " + file + ":3:3: 'few' in column 'v' is not a number\n"));
  EXPECT_EQ(errors_of("u,v\n1,2\n", {"--probability"}),
            "error: " + at("run") +
                ": the model gives no probabilities\n  search again with a metric that needs them "
                "among search.scoring, such as neg_log_loss or roc_auc_ovr\n");
  EXPECT_THAT(gridmill({"predict", at("nowhere"), file}).errors, HasSubstr("nowhere: no such run directory\n"));
  EXPECT_THAT(gridmill({"predict", at(""), file}).errors, HasSubstr("holds no fitted model (no pipeline.json)"));
}

TEST_F(DataCommands, predictions_go_on_where_the_target_cannot_be_used) {
  ASSERT_NO_FATAL_FAILURE(search("accuracy"));
  const Outcome outcome = gridmill({"predict", at("run"), write("new.csv", "u,v,y\n0,1,c\n1,1,e\n")});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(lines_of(outcome.out).size(), 3U);
  EXPECT_THAT(outcome.errors, HasSubstr("no report on the predictions: " + at("new.csv") + ":3: target 'y' is 'e'"));
}

}  // namespace
}  // namespace gridmill::cli
