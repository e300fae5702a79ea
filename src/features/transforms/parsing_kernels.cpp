#include "features/transforms/parsing_kernels.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "core/table.hpp"
#include "features/transforms/domain_lists.hpp"
#include "features/transforms/entries.hpp"
#include "features/transforms/text_parts.hpp"

namespace gridmill::features::transforms {

Transform part_kernel(std::optional<std::string> (*part)(std::string_view)) {
  return [part](const TransformInput& input) {
    const Column::Texts& texts = input.columns[0]->texts();
    std::vector<std::optional<std::string>> parts(input.n);
    for (std::size_t i = 0; i < input.n; ++i) {
      if (texts[i]) parts[i] = part(*texts[i]);
    }
    return categories_of(std::move(parts));
  };
}

Transform is_free_email_kernel() {
  return [](const TransformInput& input) {
    const Column::Texts& texts = input.columns[0]->texts();
    const auto domains = free_email_domains();
    Column::Booleans result(input.n, Column::kMissingBoolean);
    for (std::size_t i = 0; i < input.n; ++i) {
      const std::optional<std::string> domain = texts[i] ? email_domain(*texts[i]) : std::nullopt;
      if (domain) result[i] = bit(std::binary_search(domains.begin(), domains.end(), *domain));
    }
    return booleans(std::move(result));
  };
}

Transform prefix_kernel(int n) {
  return [n](const TransformInput& input) {
    const Column& column = *input.columns[0];
    const std::size_t n_labels = column.dictionary ? column.dictionary->size() : 0;
    std::vector<std::optional<std::string>> prefixes(n_labels);
    for (std::size_t c = 0; c < n_labels; ++c) {
      prefixes[c] = first_characters(column.dictionary->label(static_cast<std::int32_t>(c)), n);
    }
    const Column of_labels = categories_of(std::move(prefixes));
    Column::Codes codes(input.n, core::kMissingCode);
    for (std::size_t i = 0; i < input.n; ++i) {
      const std::int32_t code = column.codes()[i];
      if (code != core::kMissingCode) codes[i] = of_labels.codes()[static_cast<std::size_t>(code)];
    }
    return Column{std::move(codes), of_labels.dictionary};
  };
}

}  // namespace gridmill::features::transforms
