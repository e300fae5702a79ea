#include "features/columns/column_wire.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "core/bytes.hpp"
#include "features/columns/statistics.hpp"

namespace gridmill::features {
namespace {

enum class Meaning : std::uint8_t { none, numbers, stored, results };

Meaning meaning_of(const Column& column) {
  if (!column.dictionary) return Meaning::none;
  if (column.dictionary->is_numbers()) return Meaning::numbers;
  return column.dictionary->is_stored() ? Meaning::stored : Meaning::results;
}

void append_text(const std::string& text, std::vector<std::byte>& bytes) {
  core::append_list(std::vector<char>(text.begin(), text.end()), bytes);
}

std::string take_text(std::span<const std::byte>& bytes) {
  const auto text = core::take_list<char>(bytes);
  return {text.begin(), text.end()};
}

/// Appends the labels that occur, ascending as their codes do, and then the codes counted among these.
void append_labelled(const Column::Codes& codes, const Dictionary& dictionary, std::vector<std::byte>& bytes) {
  std::vector<std::int32_t> place(dictionary.size(), core::kMissingCode);
  for (const std::int32_t code : codes) {
    if (code != core::kMissingCode) place[static_cast<std::size_t>(code)] = 0;
  }
  core::append_value(static_cast<std::size_t>(std::count(place.begin(), place.end(), 0)), bytes);
  std::int32_t n = 0;
  for (std::size_t code = 0; code < place.size(); ++code) {
    if (place[code] == core::kMissingCode) continue;
    place[code] = n++;
    append_text(dictionary.label(static_cast<std::int32_t>(code)), bytes);
  }
  Column::Codes compact(codes);
  for (std::int32_t& code : compact) {
    if (code != core::kMissingCode) code = place[static_cast<std::size_t>(code)];
  }
  core::append_list(compact, bytes);
}

DictionaryRef take_labels(Meaning meaning, std::span<const std::byte>& bytes) {
  auto labels = std::make_shared<std::vector<std::string>>(core::take_value<std::size_t>(bytes));
  for (std::string& label : *labels) label = take_text(bytes);
  const DictionaryRef dictionary = std::make_shared<const Dictionary>(std::move(labels));
  return meaning == Meaning::results ? Dictionary::of_results(dictionary) : dictionary;
}

void append_texts(const Column::Texts& texts, std::vector<std::byte>& bytes) {
  core::append_value(texts.size(), bytes);
  for (const std::optional<std::string>& text : texts) {
    core::append_value(text.has_value(), bytes);
    if (text) append_text(*text, bytes);
  }
}

Column::Texts take_texts(std::span<const std::byte>& bytes) {
  Column::Texts texts(core::take_value<std::size_t>(bytes));
  for (std::optional<std::string>& text : texts) {
    if (core::take_value<bool>(bytes)) text = take_text(bytes);
  }
  return texts;
}

/// Makes the alternative of Column::Values that has this number.
template <std::size_t kind = 0>
Column::Values values_of_kind(std::size_t wanted) {
  if constexpr (kind + 1 < std::variant_size_v<Column::Values>) {
    if (wanted != kind) return values_of_kind<kind + 1>(wanted);
  }
  return Column::Values(std::in_place_index<kind>);
}

}  // namespace

void append_bytes(const Column& column, std::vector<std::byte>& bytes) {
  core::append_value(column.values.index(), bytes);
  const Meaning meaning = meaning_of(column);
  core::append_value(meaning, bytes);
  if (meaning == Meaning::numbers) {
    core::append_value(column.dictionary->first_number(), bytes);
    core::append_value(column.dictionary->size(), bytes);
  }
  std::visit(
      [&]<class Values>(const Values& entries) {
        if constexpr (std::is_same_v<Values, Column::Texts>) {
          append_texts(entries, bytes);
        } else if (meaning == Meaning::stored || meaning == Meaning::results) {
          append_labelled(column.codes(), *column.dictionary, bytes);
        } else {
          core::append_list(entries, bytes);
          if constexpr (std::is_same_v<Values, Column::Numbers>) core::append_list(entries.rests(), bytes);
        }
      },
      column.values);
}

Column take_column(std::span<const std::byte>& bytes) {
  Column column{.values = values_of_kind(core::take_value<std::size_t>(bytes)), .dictionary = nullptr};
  const auto meaning = core::take_value<Meaning>(bytes);
  if (meaning == Meaning::numbers) {
    const auto first = core::take_value<std::int64_t>(bytes);
    column.dictionary = std::make_shared<const Dictionary>(first, core::take_value<std::size_t>(bytes));
  } else if (meaning != Meaning::none) {
    column.dictionary = take_labels(meaning, bytes);
  }
  std::visit(
      [&]<class Values>(Values& entries) {
        if constexpr (std::is_same_v<Values, Column::Texts>) {
          entries = take_texts(bytes);
        } else {
          entries = core::take_list<typename Values::value_type>(bytes);
          if constexpr (std::is_same_v<Values, Column::Numbers>) {
            entries.set_rests(core::take_list<core::Numbers::Rest>(bytes));
          }
        }
      },
      column.values);
  return column;
}

Column in_codes_of(const DictionaryRef& dictionary, Column column) {
  if (!dictionary || !column.dictionary || dictionary == column.dictionary) return column;
  const std::vector<std::int32_t> codes = code_map(*column.dictionary, *dictionary);
  if (std::find(codes.begin(), codes.end(), core::kMissingCode) != codes.end()) return column;
  for (std::int32_t& code : std::get<Column::Codes>(column.values)) {
    if (code != core::kMissingCode) code = codes[static_cast<std::size_t>(code)];
  }
  column.dictionary = dictionary;
  return column;
}

}  // namespace gridmill::features
