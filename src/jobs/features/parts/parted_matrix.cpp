#include "jobs/features/parts/parted_matrix.hpp"

#include <algorithm>
#include <iterator>
#include <type_traits>
#include <utility>

#include "core/error.hpp"
#include "features/columns/statistics.hpp"

namespace gridmill::jobs {

namespace {

void append(features::Column& into, features::Column&& more) {
  if (into.size() == 0) {
    into = std::move(more);
    return;
  }
  std::visit(
      [&]<class Values>(Values& values) {
        auto& other = std::get<Values>(more.values);
        if constexpr (std::is_same_v<Values, features::Column::Numbers>) {
          values.append(other);
        } else {
          values.insert(values.end(), std::make_move_iterator(other.begin()), std::make_move_iterator(other.end()));
        }
      },
      into.values);
}

}  // namespace

io::PartHeader PartFiles::header(std::size_t part) const {
  return {.fingerprint = fingerprint, .first_row = ranges[part].first, .n_rows = ranges[part].n, .types = types};
}

io::CodeMeaning meaning_of(const features::Dictionary& dictionary) {
  if (dictionary.is_numbers()) return {.labels = nullptr, .first = dictionary.first_number(), .n = dictionary.size()};
  std::vector<std::string> labels(dictionary.size());
  for (std::size_t code = 0; code < labels.size(); ++code)
    labels[code] = dictionary.label(static_cast<std::int32_t>(code));
  return {.labels = std::make_shared<const std::vector<std::string>>(std::move(labels))};
}

features::DictionaryRef dictionary_of(const io::CodeMeaning& meaning) {
  return meaning.labels ? std::make_shared<const features::Dictionary>(meaning.labels)
                        : std::make_shared<const features::Dictionary>(meaning.first, meaning.n);
}

const io::MatrixPart& PartedMatrix::part(std::size_t index) {
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const auto& each) { return each.first == index; });
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
  } else {
    if (open_.size() == PartedMatrix::kMostOpen) open_.pop_back();
    open_.emplace_front(index, io::MatrixPart(files_.files[index]));
  }
  return open_.front().second;
}

std::size_t PartedMatrix::part_of(std::size_t row) const {
  const auto after = std::upper_bound(files_.ranges.begin(), files_.ranges.end(), row,
                                      [](std::size_t r, const PartRange& range) { return r < range.first; });
  return static_cast<std::size_t>(after - files_.ranges.begin()) - 1;
}

const PartedMatrix::Meanings& PartedMatrix::meanings() {
  if (meanings_) return *meanings_;
  meanings_.emplace();
  std::vector<std::pair<io::CodeMeaning, features::DictionaryRef>> known;  // equal labels are one dictionary
  const auto dictionary_for = [&](const io::CodeMeaning& meaning) {
    const auto same = std::find_if(known.begin(), known.end(), [&](const auto& each) { return each.first == meaning; });
    if (same != known.end()) return same->second;
    return known.emplace_back(meaning, dictionary_of(meaning)).second;
  };
  for (std::size_t index = 0; index < files_.files.size(); ++index) {
    // By a file of its own, closed at once: the library keeps the labels that it has read of a file as long as it is
    // open.
    const std::vector<io::CodeMeaning> here = io::MatrixPart(files_.files[index]).meanings();
    meanings_->by_part.resize(here.size());
    meanings_->common.resize(here.size());
    for (std::size_t i = 0; i < here.size(); ++i) {
      meanings_->by_part[i].push_back(dictionary_for(here[i]));
      meanings_->common[i] = features::united(meanings_->common[i], meanings_->by_part[i].back());
    }
  }
  return *meanings_;
}

const features::DictionaryRef& PartedMatrix::dictionary(std::size_t column) {
  static const features::DictionaryRef kNone;
  if (files_.types[column] != core::ColumnType::categorical || files_.files.empty()) return kNone;
  return meanings().common[io::part_place(files_.types, column).row];
}

const features::DictionaryRef& PartedMatrix::dictionary(std::size_t column, std::size_t part) {
  return meanings().by_part[io::part_place(files_.types, column).row][part];
}

bool PartedMatrix::has_common_codes(std::size_t column) {
  for (std::size_t index = 0; index < files_.files.size(); ++index) {
    if (dictionary(column, index) != dictionary(column)) return false;
  }
  return true;
}

features::Column PartedMatrix::read_part(std::size_t column, std::size_t index, std::size_t first, std::size_t n) {
  features::Column values{.values = part(index).read(column, first, n), .dictionary = nullptr};
  if (files_.types[column] != core::ColumnType::categorical) return values;
  values.dictionary = dictionary(column);
  const features::DictionaryRef& here = dictionary(column, index);
  if (here == values.dictionary) return values;
  const std::vector<std::int32_t> codes = features::code_map(*here, *values.dictionary);
  for (std::int32_t& code : std::get<features::Column::Codes>(values.values)) {
    if (code != core::kMissingCode) code = codes[static_cast<std::size_t>(code)];
  }
  return values;
}

features::Column PartedMatrix::read(std::size_t column, std::size_t first, std::size_t n) {
  if (n == 0) return read_part(column, 0, 0, 0);  // no rows, but held as this column is
  features::Column all;
  for (std::size_t row = first; row < first + n;) {
    const std::size_t index = part_of(row);
    const PartRange& range = files_.ranges[index];
    const std::size_t here = std::min(first + n, range.first + range.n) - row;
    append(all, read_part(column, index, row - range.first, here));
    row += here;
  }
  return all;
}

features::Column PartedMatrix::read(std::size_t column, std::span<const core::RowId> rows) {
  if (rows.empty()) return read_part(column, 0, 0, 0);
  const auto [least, greatest] = std::minmax_element(rows.begin(), rows.end());
  const auto first = static_cast<std::size_t>(*least);
  const features::Column between = read(column, first, static_cast<std::size_t>(*greatest) - first + 1);
  std::vector<std::int64_t> places(rows.begin(), rows.end());
  for (std::int64_t& place : places) place -= *least;
  return between.take(places);
}

}  // namespace gridmill::jobs
