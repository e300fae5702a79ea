#include "features/columns/joined.hpp"

#include <iterator>
#include <type_traits>
#include <utility>
#include <variant>

#include "features/columns/statistics.hpp"

namespace gridmill::features {
namespace {

void use_dictionary(Column& column, const DictionaryRef& dictionary) {
  const std::vector<std::int32_t> codes = code_map(*column.dictionary, *dictionary);
  for (std::int32_t& code : std::get<Column::Codes>(column.values)) {
    if (code != core::kMissingCode) code = codes[static_cast<std::size_t>(code)];
  }
  column.dictionary = dictionary;
}

/// Categories made of texts have a dictionary of those at hand.
void unite_dictionaries(Column& a, Column& b) {
  const DictionaryRef both = united(a.dictionary, b.dictionary);
  use_dictionary(a, both);
  use_dictionary(b, both);
}

}  // namespace

Column joined(std::vector<Column> columns) {
  std::size_t n = 0;
  for (const Column& column : columns) n += column.size();
  Column all = std::move(columns.front());
  std::visit([n](auto& values) { values.reserve(n); }, all.values);
  for (std::size_t i = 1; i < columns.size(); ++i) {
    if (all.dictionary != columns[i].dictionary) unite_dictionaries(all, columns[i]);
    std::visit(
        [&]<class Values>(Values& values) {
          auto& more = std::get<Values>(columns[i].values);
          if constexpr (std::is_same_v<Values, Column::Numbers>) {
            values.append(more);
          } else {
            values.insert(values.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
          }
        },
        all.values);
    columns[i] = {};  // they may be large: one copy of the entries at a time is enough
  }
  return all;
}

}  // namespace gridmill::features
