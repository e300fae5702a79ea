#include "io/spool/column_spool.hpp"

#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/bytes.hpp"
#include "core/error.hpp"
#include "io/tables/table_source.hpp"

namespace gridmill::io {
namespace {

using core::Column;

template <class Entries>
constexpr bool kAreTexts = std::is_same_v<std::decay_t<Entries>, Column::Texts>;

std::size_t memory_of(const Column& column) {
  const auto entries = [](const auto& values) {
    std::size_t bytes = values.capacity() * sizeof(values.front());
    if constexpr (kAreTexts<decltype(values)>) {
      for (const std::string& text : values) bytes += text.capacity();
    }
    return bytes;
  };
  return std::visit(entries, column.values) + column.valid.capacity();
}

/// Mask, then the entries; texts with their lengths before them.
std::string packed(const Column& column) {
  std::string bytes(core::text_of(column.valid));
  std::visit(
      [&](const auto& values) {
        if constexpr (kAreTexts<decltype(values)>) {
          for (const std::string& text : values) {
            core::append_value(std::uint64_t{text.size()}, bytes);
            bytes += text;
          }
        } else {
          bytes += core::text_of(values);
        }
      },
      column.values);
  return bytes;
}

void unpack(std::string_view bytes, Column& column) {
  const auto take = [&](void* into, std::size_t n) {
    GRIDMILL_ASSERT(n <= bytes.size(), "a piece is read as it was written");
    if (n > 0) std::memcpy(into, bytes.data(), n);
    bytes.remove_prefix(n);
  };
  take(column.valid.data(), column.valid.size());
  std::visit(
      [&](auto& values) {
        if constexpr (kAreTexts<decltype(values)>) {
          for (std::string& text : values) {
            std::uint64_t size = 0;
            take(&size, sizeof size);
            text.resize(size);
            take(text.data(), size);
          }
        } else {
          take(values.data(), values.size() * sizeof(values.front()));
        }
      },
      column.values);
}

}  // namespace

ColumnSpool::PieceId ColumnSpool::keep(Column&& piece) {
  const std::size_t bytes = memory_of(piece);
  kept_.push_back({.piece = std::move(piece)});
  if (memory_ + bytes > memory_limit_) {
    set_aside(kept_.back());
  } else {
    memory_ += bytes;
  }
  return kept_.size() - 1;
}

void ColumnSpool::set_aside(Kept& kept) {
  const std::string bytes = packed(kept.piece);
  kept.n_rows = kept.piece.size();
  kept.has_mask = !kept.piece.valid.empty();
  kept.piece = empty_column(kept.piece);
  kept.offset = file_.append(bytes);
  kept.n_bytes = bytes.size();
}

const Column& ColumnSpool::piece(PieceId id, Column& scratch) const {
  const Kept& kept = kept_[id];
  if (kept.offset == kInMemory) return kept.piece;
  scratch = empty_column(kept.piece, kept.n_rows);
  if (kept.has_mask) scratch.valid.resize(kept.n_rows);
  std::string bytes(kept.n_bytes, '\0');
  file_.read(bytes, kept.offset);
  unpack(bytes, scratch);
  return scratch;
}

void ColumnSpool::drop(PieceId id) {
  Kept& kept = kept_[id];
  if (kept.offset == kInMemory) {
    memory_ -= memory_of(kept.piece);
  } else {
    file_.forget(kept.offset, kept.n_bytes);
  }
  kept = Kept{};
}

}  // namespace gridmill::io
