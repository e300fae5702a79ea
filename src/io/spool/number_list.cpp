#include "io/spool/number_list.hpp"

#include <utility>
#include <variant>

#include "core/error.hpp"
#include "io/tables/table_source.hpp"

namespace gridmill::io {
namespace {

core::Column no_numbers() {
  core::Column column;
  column.type = core::ColumnType::integer;
  return empty_column(column);
}

}  // namespace

NumberList::NumberList(ColumnSpool& spool) : spool_(&spool), column_{.prototype = no_numbers()} {}

void NumberList::flush() {
  core::Column piece = no_numbers();
  if (begun_.size() < kPieceRows) begun_.shrink_to_fit();
  piece.values = std::exchange(begun_, {});
  column_.pieces.push_back(spool_->keep(std::move(piece)));
  begun_.reserve(kPieceRows);
}

void NumberList::close() {
  if (!begun_.empty()) flush();
  begun_ = {};
}

std::span<const std::int64_t> NumberList::piece(std::size_t index, core::Column& scratch) const {
  GRIDMILL_ASSERT(begun_.empty(), "a list is closed before it is read");
  return std::get<core::Column::Integers>(spool_->piece(column_.pieces[index], scratch).values);
}

std::vector<std::int64_t> NumberList::range(std::size_t first, std::size_t n) const {
  std::vector<std::int64_t> numbers;
  numbers.reserve(n);
  core::Column scratch;
  while (numbers.size() < n) {
    const std::size_t at = first + numbers.size();
    const std::span<const std::int64_t> rest = piece(at / kPieceRows, scratch).subspan(at % kPieceRows);
    const std::span<const std::int64_t> wanted = rest.first(std::min(rest.size(), n - numbers.size()));
    numbers.insert(numbers.end(), wanted.begin(), wanted.end());
  }
  return numbers;
}

void NumberList::drop() {
  for (const ColumnSpool::PieceId id : column_.pieces) spool_->drop(id);
  column_.pieces.clear();
  begun_ = {};
  size_ = 0;
}

}  // namespace gridmill::io
