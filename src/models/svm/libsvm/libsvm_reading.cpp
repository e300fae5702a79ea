#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "models/svm/libsvm/libsvm_file.hpp"

namespace gridmill::models::svm {

namespace {

constexpr std::array<std::string_view, 4> kKernels{"linear", "polynomial", "rbf", "sigmoid"};
constexpr std::array kKernelKinds{KernelKind::linear, KernelKind::poly, KernelKind::rbf, KernelKind::sigmoid};
constexpr const char* kHint = "it is damaged, was changed, or belongs to another model; search again to make it anew";

/// The text of a model file, word by word. Its errors name the file and the line.
class ModelText {
 public:
  explicit ModelText(const std::filesystem::path& path) : path_(path.string()) {
    std::ifstream file(path, std::ios::binary);
    text_.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    if (!file) refuse("cannot be read: a model in libsvm's format should be here");
    rest_ = text_;
  }

  [[noreturn]] void refuse(std::string what) const {
    throw core::UserError(core::Problem{{path_, n_line_, 0}, std::move(what), kHint});
  }

  /// Goes to the next line; says whether there is one.
  bool next_line() {
    if (rest_.empty()) return false;
    ++n_line_;
    const std::size_t end = rest_.find('\n');
    line_ = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    return true;
  }

  /// Takes the next word of the line; at its end an empty one.
  std::string_view word() {
    line_.remove_prefix(std::min(line_.find_first_not_of(" \t"), line_.size()));
    const std::string_view found = line_.substr(0, line_.find_first_of(" \t"));
    line_.remove_prefix(found.size());
    return found;
  }

  template <class Number>
  Number number_of(std::string_view word) const {
    Number number{};
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (word.empty()) refuse("a number is missing at the end of the line");
    if (error != std::errc() || end != word.data() + word.size()) refuse(fmt::format("'{}' is no number", word));
    if constexpr (std::is_floating_point_v<Number>) {
      if (!std::isfinite(number)) refuse(fmt::format("'{}' is no finite number", word));
    }
    return number;
  }

  /// Takes all numbers up to the end of the line.
  template <class Number>
  std::vector<Number> numbers() {
    std::vector<Number> found;
    for (std::string_view next = word(); !next.empty(); next = word()) found.push_back(number_of<Number>(next));
    return found;
  }

  template <class Number>
  Number only_number() {
    const Number found = number_of<Number>(word());
    if (!word().empty()) refuse("has more than one number in a line for one");
    return found;
  }

  /// Bytes that are left behind the line.
  [[nodiscard]] std::size_t n_left() const { return rest_.size(); }

 private:
  std::string path_;
  std::string text_;
  std::string_view rest_;  // behind the line
  std::string_view line_;  // what is left of it
  std::size_t n_line_ = 0;
};

/// What stands above the line "SV"; entries that are not there are empty.
struct Header {
  std::optional<MachineKind> kind;
  std::optional<KernelKind> kernel;
  std::optional<int> degree;
  std::optional<double> gamma, coef0;
  std::optional<std::size_t> n_classes, n_vectors;
  std::vector<double> rho;
  std::vector<int> labels;
  std::vector<std::size_t> n_support;
};

template <class Kinds, class Names>
auto kind_of(ModelText& text, const Names& names, const Kinds& kinds) {
  const std::string_view name = text.word();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) text.refuse(fmt::format("'{}' is not known here", name));
  return kinds[static_cast<std::size_t>(found - names.begin())];
}

void read_entry(ModelText& text, std::string_view name, Header& header) {
  if (name == "svm_type") {
    header.kind = kind_of(text, kMachineNames, kMachineKinds);
  } else if (name == "kernel_type") {
    header.kernel = kind_of(text, kKernels, kKernelKinds);
  } else if (name == "degree") {
    header.degree = text.only_number<int>();
  } else if (name == "gamma") {
    header.gamma = text.only_number<double>();
  } else if (name == "coef0") {
    header.coef0 = text.only_number<double>();
  } else if (name == "nr_class") {
    header.n_classes = text.only_number<std::size_t>();
  } else if (name == "total_sv") {
    header.n_vectors = text.only_number<std::size_t>();
  } else if (name == "rho") {
    header.rho = text.numbers<double>();
  } else if (name == "label") {
    header.labels = text.numbers<int>();
  } else if (name == "nr_sv") {
    header.n_support = text.numbers<std::size_t>();
  } else if (name != "probA" && name != "probB" && name != "prob_density_marks") {  // libsvm's own probabilities
    text.refuse(fmt::format("'{}' is no entry of a model", name));
  }
}

Header read_header(ModelText& text) {
  Header header;
  std::set<std::string, std::less<>> known;
  while (text.next_line()) {
    const std::string_view name = text.word();
    if (name == "SV") return header;
    if (!known.emplace(name).second) text.refuse(fmt::format("'{}' is given twice", name));
    read_entry(text, name, header);
  }
  text.refuse("ends before its support vectors (no line 'SV')");
}

bool is_classifier(MachineKind kind) { return kind == MachineKind::c_svc || kind == MachineKind::nu_svc; }

/// Checks that the entries fit each other and what is left of the file, before memory is taken by them.
void check(const ModelText& text, const Header& header, MachineKind kind) {
  const auto need = [&](bool is_there, const char* name) {
    if (!is_there) text.refuse(fmt::format("has no line '{}'", name));
  };
  need(header.kind.has_value(), "svm_type");
  if (header.kind != kind) text.refuse("holds another kind of machine than expected");
  need(header.kernel.has_value(), "kernel_type");
  need(header.kernel == KernelKind::linear || header.gamma, "gamma");
  need(header.kernel != KernelKind::poly || header.degree, "degree");
  need((header.kernel != KernelKind::poly && header.kernel != KernelKind::sigmoid) || header.coef0, "coef0");
  need(header.n_classes.has_value(), "nr_class");
  need(header.n_vectors.has_value(), "total_sv");
  need(!header.rho.empty(), "rho");
  const std::size_t k = *header.n_classes;
  if (is_classifier(kind)) {
    need(!header.labels.empty(), "label");
    need(!header.n_support.empty(), "nr_sv");
    if (header.labels.size() != k || header.n_support.size() != k) text.refuse("has not one label and count a class");
    std::size_t n = 0;
    for (const std::size_t count : header.n_support) n += std::min(count, *header.n_vectors + 1);
    if (n != *header.n_vectors) text.refuse("has counts of support vectors that do not add up to 'total_sv'");
  }
  if (k < 2 || (!is_classifier(kind) && k != 2) || k > header.rho.size() + 1 || header.rho.size() != k * (k - 1) / 2) {
    text.refuse("has not one 'rho' for each pair of classes");
  }
  constexpr std::size_t kLeastBytes = 2;  // of a coefficient: a digit and what follows
  if (*header.n_vectors > text.n_left() / (kLeastBytes * (k - 1))) text.refuse("ends before all its support vectors");
}

Kernel kernel_of(const Header& header) {
  Kernel kernel;
  kernel.kind = *header.kernel;
  if (header.kernel == KernelKind::linear) return kernel;
  kernel.gamma = *header.gamma;
  if (header.kernel != KernelKind::rbf) kernel.coef0 = *header.coef0;
  if (header.kernel == KernelKind::poly) kernel.degree = *header.degree;
  return kernel;
}

/// Reads the line of one support vector: its coefficients, then its entries by ascending feature.
void read_vector(ModelText& text, double* coefficients, std::size_t n, core::SparseMatrix& vectors) {
  if (!text.next_line()) text.refuse("ends before all its support vectors");
  for (std::size_t r = 0; r < n; ++r) coefficients[r] = text.number_of<double>(text.word());
  std::size_t before = 0;
  for (std::string_view word = text.word(); !word.empty(); word = text.word()) {
    const std::size_t colon = std::min(word.find(':'), word.size());
    const auto feature = text.number_of<std::size_t>(word.substr(0, colon));
    if (feature <= before || colon == word.size()) text.refuse(fmt::format("'{}' is no entry in order", word));
    if (feature > vectors.n_features) {
      text.refuse(fmt::format("has feature {}, but there are {}", feature, vectors.n_features));
    }
    vectors.feature.push_back(static_cast<core::Index>(feature - 1));
    vectors.value.push_back(text.number_of<double>(word.substr(colon + 1)));
    before = feature;
  }
  vectors.start.push_back(vectors.value.size());
}

}  // namespace

LibsvmModel read_libsvm(MachineKind kind, const std::filesystem::path& file, const VectorForm& form) {
  ModelText text(file);
  const Header header = read_header(text);
  check(text, header, kind);
  LibsvmModel model{.kind = kind,
                    .kernel = kernel_of(header),
                    .rho = header.rho,
                    .labels = is_classifier(kind) ? header.labels : std::vector<int>{},
                    .n_support = is_classifier(kind) ? header.n_support : std::vector<std::size_t>{}};
  model.coefficients.set_size(*header.n_classes - 1, *header.n_vectors);
  core::SparseMatrix vectors;
  vectors.n_features = form.n_features;
  for (std::size_t v = 0; v < *header.n_vectors; ++v) {
    read_vector(text, model.coefficients.colptr(v), model.coefficients.n_rows, vectors);
  }
  while (text.next_line()) {
    if (!text.word().empty()) text.refuse("goes on behind its support vectors");
  }
  model.vectors = form.sparse ? SupportVectors(std::move(vectors))
                              : SupportVectors(core::unpack(vectors.view(), 0, *header.n_vectors));
  return model;
}

}  // namespace gridmill::models::svm
