#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/entity_data.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/hdf5/hdf5.hpp"

namespace gridmill::io {

/// Entries of one dataset, read by rows: a range at the speed of memory, a list by touching its rows only, where the
/// dataset lies in one piece of the file; through the library where it does not.
///
/// Errors: hdf5::Error when the file ends before the entries, or they have changed since its checksums were made; when
/// it is no list. `file` must outlive it.
class StoredArray {
 public:
  StoredArray(hdf5::Dataset dataset, const CheckedFile& file);

  [[nodiscard]] std::size_t n_rows() const { return n_rows_; }

  /// Returns the entries at `rows`. Entry: double, int64, int32, uint8, array<double, 2>, which hold the dataset's
  /// exactly, or text.
  template <class Entry>
  [[nodiscard]] std::vector<Entry> read(const core::RowSet& rows) const;
  /// Returns integers, whichever of int32 and int64 they are held as.
  [[nodiscard]] std::vector<std::int64_t> read_integers(const core::RowSet& rows) const;

 private:
  template <class Entry>
  [[nodiscard]] bool lies_as() const;
  /// Refuses rows whose bytes have changed.
  void require_unchanged(std::size_t first, std::size_t n) const;
  template <class Entry>
  void read_range(std::size_t first, std::size_t n, Entry* into) const;
  template <class Entry>
  void read_list(std::span<const core::RowId> rows, Entry* into) const;
  template <class Entry>
  void read_list_in_runs(std::span<const core::RowId> rows, Entry* into) const;

  hdf5::Dataset dataset_;
  const CheckedFile* file_;
  hdf5::Element element_ = hdf5::Element::other;
  std::size_t n_rows_ = 0;
  std::size_t row_width_ = 0;  // entries of a row
  std::size_t row_bytes_ = 0;
  std::optional<std::uint64_t> offset_;
};

}  // namespace gridmill::io
