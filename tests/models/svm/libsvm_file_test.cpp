// What is believed of a model file.
#include "models/svm/libsvm/libsvm_file.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"

namespace gridmill::models::svm::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kModel =
    "svm_type c_svc\nkernel_type rbf\ngamma 0.5\nnr_class 3\ntotal_sv 4\nrho 0.25 -1 2\nlabel 5 6 7\nnr_sv 1 2 1\nSV\n"
    "1 -0.5 1:1 3:-2 \n0.5 0.25 2:1e-3 \n-1 1 \n0.125 -1 1:7 2:8 3:9 \n";

class LibsvmFile : public testing::Test {
 protected:
  LibsvmFile() : file_(testing::TempDir() + "gridmill_model_" + std::to_string(::getpid())) {}
  ~LibsvmFile() override { std::filesystem::remove(file_); }

  LibsvmModel read(std::string_view text, MachineKind kind = MachineKind::c_svc) const {
    std::ofstream(file_, std::ios::binary) << text;
    return read_libsvm(kind, file_, {.n_features = 3, .sparse = false});
  }

  /// What is said of the model in which `from` has become `to`.
  std::string refusal(std::string_view from, std::string_view to, MachineKind kind = MachineKind::c_svc) const {
    std::string text(kModel);
    text.replace(text.find(from), from.size(), to);
    return refusal_of(text, kind);
  }

  std::string refusal_of(std::string_view text, MachineKind kind = MachineKind::c_svc) const {
    try {
      (void)read(text, kind);
    } catch (const core::UserError& error) {
      return error.problems().front().what;
    }
    return "";
  }

 private:
  std::filesystem::path file_;
};

TEST_F(LibsvmFile, is_read_as_it_was_written) {
  const LibsvmModel model = read(kModel);
  EXPECT_THAT(model.rho, ElementsAre(0.25, -1, 2));
  EXPECT_THAT(model.labels, ElementsAre(5, 6, 7));
  EXPECT_THAT(model.n_support, ElementsAre(1, 2, 1));
  EXPECT_EQ(model.coefficients(1, 3), -1);
  EXPECT_EQ(model.vectors.n(), 4);
  std::vector<double> entries;
  model.vectors.for_each_entry(0, [&](std::size_t feature, double value) {
    entries.push_back(static_cast<double>(feature));
    entries.push_back(value);
  });
  EXPECT_THAT(entries, ElementsAre(0, 1, 2, -2));
}

TEST_F(LibsvmFile, takes_what_libsvm_adds_for_probabilities_and_line_ends_of_windows) {
  std::string text(kModel);
  text.insert(text.find("nr_sv"), "probA 1 2 3\nprobB 4 5 6\n");
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, "\r");
  EXPECT_EQ(refusal_of(text), "");
}

TEST_F(LibsvmFile, lacks_no_line) {
  for (const char* name : {"svm_type", "kernel_type", "gamma", "nr_class", "total_sv", "rho", "label", "nr_sv"}) {
    std::string text(kModel);
    const std::size_t at = text.find(name);
    text.erase(at, text.find('\n', at) + 1 - at);
    EXPECT_EQ(refusal_of(text), std::string("has no line '") + name + "'");
  }
  EXPECT_THAT(refusal("SV\n1 ", "\n1 "), HasSubstr("is no entry of a model"));
  EXPECT_EQ(refusal("kernel_type rbf", "kernel_type polynomial"), "has no line 'degree'");
  EXPECT_EQ(refusal("kernel_type rbf", "kernel_type sigmoid"), "has no line 'coef0'");
}

TEST_F(LibsvmFile, counts_agree_before_memory_is_taken) {
  EXPECT_EQ(refusal("total_sv 4", "total_sv 1000000000000"),
            "has counts of support vectors that do not add up to 'total_sv'");
  EXPECT_EQ(refusal("total_sv 4", "total_sv 5"), "has counts of support vectors that do not add up to 'total_sv'");
  EXPECT_EQ(refusal("total_sv 4", "total_sv -4"), "'-4' is no number");
  EXPECT_EQ(refusal("nr_class 3", "nr_class 100000"), "has not one label and count a class");
  EXPECT_EQ(refusal("nr_class 3", "nr_class 18446744073709551616"), "'18446744073709551616' is no number");
  EXPECT_EQ(refusal("nr_class 3", "nr_class 2"), "has not one label and count a class");
  EXPECT_EQ(refusal("rho 0.25 -1 2", "rho 0.25 -1"), "has not one 'rho' for each pair of classes");
  EXPECT_EQ(refusal("nr_sv 1 2 1", "nr_sv 1 18446744073709551615 4"),
            "has counts of support vectors that do not add up to 'total_sv'");
  std::string text(kModel);
  text.replace(text.find("total_sv 4"), 10, "total_sv 1000000000000");
  text.replace(text.find("nr_sv 1 2 1"), 11, "nr_sv 1 2 999999999997");
  EXPECT_EQ(refusal_of(text), "ends before all its support vectors");
}

TEST_F(LibsvmFile, numbers_are_numbers) {
  EXPECT_EQ(refusal("gamma 0.5", "gamma"), "a number is missing at the end of the line");
  EXPECT_EQ(refusal("gamma 0.5", "gamma 0.5 1"), "has more than one number in a line for one");
  EXPECT_EQ(refusal("gamma 0.5", "gamma 1e999"), "'1e999' is no number");
  EXPECT_EQ(refusal("gamma 0.5", "gamma nan"), "'nan' is no finite number");
  EXPECT_EQ(refusal("label 5", "label x"), "'x' is no number");
  EXPECT_EQ(refusal("svm_type c_svc", "svm_type d_svc"), "'d_svc' is not known here");
  EXPECT_EQ(refusal("nr_class", "gamma 1\nnr_class"), "'gamma' is given twice");
}

TEST_F(LibsvmFile, vectors_are_whole_and_in_order) {
  EXPECT_EQ(refusal("3:-2", "4:-2"), "has feature 4, but there are 3");
  EXPECT_EQ(refusal("1:1 3:-2", "3:1 1:-2"), "'1:-2' is no entry in order");
  EXPECT_EQ(refusal("1:1 3:-2", "0:1 3:-2"), "'0:1' is no entry in order");
  EXPECT_EQ(refusal("3:-2", "3"), "'3' is no entry in order");
  EXPECT_EQ(refusal("-1 1 \n", "-1 \n"), "a number is missing at the end of the line");
  EXPECT_EQ(refusal_of(std::string(kModel) + "1 1 1:1\n"), "goes on behind its support vectors");
  // Whether the last line has all its entries only a checksum can tell.
  for (std::size_t n = 0; n < kModel.rfind("0.125 -1") + 7; ++n) EXPECT_NE(refusal_of(kModel.substr(0, n)), "") << n;
}

TEST_F(LibsvmFile, is_of_the_kind_that_is_asked_for) {
  EXPECT_EQ(refusal("rbf", "rbf", MachineKind::nu_svc), "holds another kind of machine than expected");
  EXPECT_EQ(refusal("c_svc", "epsilon_svr", MachineKind::epsilon_svr), "has not one 'rho' for each pair of classes");
}

}  // namespace
}  // namespace gridmill::models::svm::test
