#include "io/store/matrix_store.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>
#include <type_traits>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/mapped_piece.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/hdf5/hdf5_walk.hpp"
#include "io/store/store.hpp"
#include "io/store/store_format.hpp"
#include "io/store/store_schema.hpp"

namespace gridmill::io {

namespace {

namespace fs = std::filesystem;

using core::ColumnType;

constexpr const char* kChecksums = "part_checksums";

/// Name of a file as seen from the store's folder.
std::string relative_name(const fs::path& file, const fs::path& store) {
  return file.lexically_relative(store.has_parent_path() ? store.parent_path() : fs::path(".")).generic_string();
}

/// A column of plain numbers, and where in the store they have their place.
struct Copy {
  const MatrixTableColumn* column = nullptr;
  std::uint64_t entries = 0;  // offset of the first [bytes]
  std::optional<std::uint64_t> mask;
};

/// Calls take(part, column) for each part that some of the columns come from.
template <class Columns, class Take>
void for_each_used_part(const MatrixTable& table, const Columns& columns, Take take) {
  for (std::size_t list = 0; list < table.parts.size(); ++list) {
    const auto comes_from = [list](const auto& each) { return each.column->source.parts == list; };
    const PartList& parts = table.parts[list];
    const bool is_used = std::any_of(columns.begin(), columns.end(), comes_from);
    for (std::size_t i = 0; is_used && i < parts.files.size(); ++i) {
      const MatrixPart part(parts.files[i]);
      if (part.header() != parts.headers[i]) throw hdf5::Error(parts.files[i].string() + " is another part");
      for (const auto& each : columns) {
        if (comes_from(each)) take(part, each);
      }
    }
  }
}

/// Copies numbers as they stand in the parts to their places in the store: through the library it takes three times as
/// long.
void copy_numbers(const fs::path& store, const fs::path& shown_as, const MatrixTable& table,
                  const std::vector<Copy>& copies) {
  FileDescriptor file = FileDescriptor::open_output(store, 0, shown_as);
  for_each_used_part(table, copies, [&file](const MatrixPart& part, const Copy& to) {
    const ColumnPieces pieces = part.pieces(to.column->source.column);
    const auto copy = [&](const FilePiece& piece, std::uint64_t offset) {
      if (piece.n_bytes == 0) return;
      const std::uint64_t entry = piece.n_bytes / part.header().n_rows;
      const MappedPiece bytes(part.file(), piece.offset, static_cast<std::size_t>(piece.n_bytes));
      file.write_at({bytes.data(), static_cast<std::size_t>(piece.n_bytes)}, offset + part.header().first_row * entry);
    };
    copy(pieces.entries, to.entries);
    if (to.mask) copy(*pieces.valid, *to.mask);
  });
  file.close();
}

class Writer {
 public:
  Writer(const fs::path& path, const MatrixTable& table, const hdf5::File& file)
      : path_(path), table_(table), root_(file.root()) {}

  void write() {
    root_.set_attribute("format", std::string(kStoreFormat));
    root_.set_attribute("format_version", kStoreFormatVersion);
    const std::string link = link_name(table_.name);
    const hdf5::Group tables = root_.create_group("tables").create_group(link);
    const hdf5::Group categories = root_.create_group("categories").create_group(link);
    const hdf5::Group masks = root_.create_group("valid").create_group(link);
    tables.set_attribute("n_rows", static_cast<std::int64_t>(table_.n_rows));
    tables.set_attribute("source", table_.source);
    if (link != table_.name) tables.set_attribute("name", table_.name);
    for (const MatrixTableColumn& column : table_.columns) write_column(column, tables, categories, masks);
    if (table_.layout == MatrixLayout::whole) copy_texts();
    write_part_names();
  }

  /// What remains to be copied once the library has closed the file.
  [[nodiscard]] std::vector<Copy> copies() const {
    std::vector<Copy> copies;
    for (const Copied& each : copied_) {
      if (each.column->column.type == ColumnType::text) continue;
      copies.push_back({.column = each.column, .entries = placed(each.entries)});
      if (each.mask) copies.back().mask = placed(*each.mask);
    }
    return copies;
  }

 private:
  /// A column whose entries are copied.
  struct Copied {
    const MatrixTableColumn* column;
    hdf5::Dataset entries;
    std::optional<hdf5::Dataset> mask;
  };

  static std::uint64_t placed(const hdf5::Dataset& dataset) {
    const std::optional<std::uint64_t> offset = dataset.file_offset();
    GRIDMILL_ASSERT(offset.has_value(), "datasets are made with a place in the file");
    return *offset;
  }

  void write_column(const MatrixTableColumn& wanted, const hdf5::Group& tables, const hdf5::Group& categories,
                    const hdf5::Group& masks) {
    const core::Column& column = wanted.column;
    const std::string link = link_name(column.name);
    const bool is_here = column.size() > 0;
    const hdf5::Dataset dataset = is_here ? write_entries(tables, link, column) : place_entries(tables, link, wanted);
    dataset.set_attribute("type", std::string(core::name_of(column.type)));
    if (link != column.name) dataset.set_attribute("name", column.name);
    if (!column.tags.empty()) dataset.set_attribute("tags", join_words(column.tags));
    for (const auto& [name, text] : wanted.attributes) dataset.set_attribute(name, text);
    const std::string place = "/" + link_name(table_.name) + "/" + link;
    if (column.type == ColumnType::categorical) {
      categories.create_dataset(link, hdf5::Element::text, {column.categories.size()})
          .write_rows(0, column.categories.size(), std::span<const std::string>(column.categories));
      dataset.set_attribute("categories", "/categories" + place);
    }
    if (is_here && !column.valid.empty()) {
      masks.create_dataset(link, hdf5::Element::boolean, {table_.n_rows})
          .write_rows(0, table_.n_rows, std::span<const std::uint8_t>(column.valid));
      dataset.set_attribute("valid", "/valid" + place);
    } else if (!is_here && wanted.any_missing && has_mask(column.type)) {
      place_mask(masks, link, wanted);
      dataset.set_attribute("valid", "/valid" + place);
    }
  }

  hdf5::Shape shape_of(ColumnType type) const {
    return type == ColumnType::latlong ? hdf5::Shape{table_.n_rows, 2} : hdf5::Shape{table_.n_rows};
  }

  hdf5::Dataset write_entries(const hdf5::Group& group, const std::string& link, const core::Column& column) const {
    hdf5::Dataset dataset = group.create_dataset(link, element_of(column.type), shape_of(column.type));
    std::visit(
        [&]<class Entries>(const Entries& entries) {
          if constexpr (std::is_same_v<Entries, core::Column::Places>) {
            dataset.write_rows(0, entries.size(), std::span<const double>(entries.front().data(), 2 * entries.size()));
          } else {
            dataset.write_rows(0, entries.size(), std::span<const typename Entries::value_type>(entries));
          }
        },
        column.values);
    return dataset;
  }

  std::vector<hdf5::VirtualPiece> pieces(const MatrixTableColumn& wanted, const std::string& dataset,
                                         const PartPlace& place) const {
    const PartList& parts = table_.parts[wanted.source.parts];
    std::vector<hdf5::VirtualPiece> pieces;
    for (std::size_t i = 0; i < parts.files.size(); ++i) {
      pieces.push_back({.file = relative_name(parts.files[i], path_),
                        .dataset = dataset,
                        .row = place.row,
                        .first = parts.headers[i].first_row,
                        .n = parts.headers[i].n_rows});
    }
    return pieces;
  }

  [[nodiscard]] std::span<const ColumnType> types_of(const MatrixTableColumn& wanted) const {
    return table_.parts[wanted.source.parts].headers.front().types;
  }

  /// Makes the dataset of entries that are in the parts.
  hdf5::Dataset place_entries(const hdf5::Group& group, const std::string& link, const MatrixTableColumn& wanted) {
    const ColumnType type = wanted.column.type;
    if (table_.n_rows == 0) return group.create_dataset(link, element_of(type), shape_of(type));
    if (table_.layout == MatrixLayout::whole) {
      const hdf5::Layout layout{.placed = type != ColumnType::text};
      copied_.push_back({&wanted, group.create_dataset(link, element_of(type), shape_of(type), layout), std::nullopt});
      return group.dataset(link);
    }
    const PartPlace place = part_place(types_of(wanted), wanted.source.column);
    return group.create_virtual(link, element_of(type), shape_of(type), place.n_rows,
                                pieces(wanted, "/" + std::string(core::name_of(type)), place));
  }

  void place_mask(const hdf5::Group& masks, const std::string& link, const MatrixTableColumn& wanted) {
    if (table_.layout == MatrixLayout::whole) {
      const hdf5::Layout layout{.placed = table_.n_rows > 0};
      hdf5::Dataset mask = masks.create_dataset(link, hdf5::Element::boolean, {table_.n_rows}, layout);
      if (table_.n_rows > 0) copied_.back().mask.emplace(std::move(mask));
      return;
    }
    const PartPlace place = part_mask_place(types_of(wanted), wanted.source.column);
    masks.create_virtual(link, hdf5::Element::boolean, {table_.n_rows}, place.n_rows, pieces(wanted, "/valid", place),
                         true);
  }

  /// Part by part, so that each is opened once. The library decides where texts lie.
  void copy_texts() const {
    for_each_used_part(table_, copied_, [](const MatrixPart& part, const Copied& to) {
      if (to.column->column.type != ColumnType::text) return;
      const StoredCells cells = part.stored(to.column->source.column);
      const PartHeader& rows = part.header();
      to.entries.write_rows(rows.first_row, rows.n_rows, std::span<const std::string>(cells.texts));
      if (to.mask) to.mask->write_rows(rows.first_row, rows.n_rows, std::span<const std::uint8_t>(cells.valid));
    });
  }

  void write_part_names() const {
    std::set<std::size_t> used;
    for (const MatrixTableColumn& column : table_.columns) {
      const bool is_elsewhere = table_.layout == MatrixLayout::over_parts && column.column.size() == 0;
      if (is_elsewhere) used.insert(column.source.parts);
    }
    std::vector<std::string> names;
    std::vector<std::int64_t> sizes;
    std::vector<std::string> checksums;
    for (const std::size_t list : used) {
      for (const fs::path& file : table_.parts[list].files) {
        names.push_back(relative_name(file, path_));
        sizes.push_back(static_cast<std::int64_t>(fs::file_size(file)));
        checksums.push_back(MatrixPart(file).checksum());
      }
    }
    root_.create_dataset("parts", hdf5::Element::text, {names.size()})
        .write_rows(0, names.size(), std::span<const std::string>(names));
    root_.create_dataset("part_bytes", hdf5::Element::int64, {sizes.size()})
        .write_rows(0, sizes.size(), std::span<const std::int64_t>(sizes));
    root_.create_dataset(kChecksums, hdf5::Element::text, {checksums.size()})
        .write_rows(0, checksums.size(), std::span<const std::string>(checksums));
  }

  const fs::path& path_;
  const MatrixTable& table_;
  hdf5::Group root_;
  std::vector<Copied> copied_;
};

}  // namespace

void write_matrix_store(const fs::path& path, const MatrixTable& table) {
  PendingFile pending(path);
  std::vector<FilePiece> pieces;
  try {
    hdf5::File file = hdf5::File::create(pending.temporary());
    std::vector<Copy> copies;
    {
      Writer writer(path, table, file);
      writer.write();
      copies = writer.copies();
    }
    pieces = hdf5::plain_pieces(file.root());
    file.close();
    copy_numbers(pending.temporary(), path, table, copies);
  } catch (const hdf5::Error& error) {
    throw core::RunError(fmt::format("cannot write {}: {}", path.string(), error.what()));
  }
  append_checksum(pending.temporary(), pieces);
  pending.publish();
}

namespace {

std::vector<ListedPart> listed_parts(const hdf5::Group& root, const fs::path& store) {
  if (!root.has("parts")) return {};
  const hdf5::Dataset list = root.dataset("parts");
  const hdf5::Shape shape = list.shape();
  if (shape.size() != 1) throw hdf5::Error("the list of parts is no list");
  list.check_size();
  std::vector<std::string> names(shape.front());
  std::vector<std::int64_t> sizes(names.size());
  std::vector<std::string> checksums(names.size());
  const auto read = [&]<class Entry>(const char* name, std::vector<Entry>& entries) {
    const hdf5::Dataset dataset = root.dataset(name);
    if (dataset.shape() != shape) throw hdf5::Error("the list of parts is incomplete");
    dataset.read_rows(0, entries.size(), std::span<Entry>(entries));
  };
  read("parts", names);
  read("part_bytes", sizes);
  read(kChecksums, checksums);
  std::vector<ListedPart> parts;
  for (std::size_t i = 0; i < names.size(); ++i) {
    parts.push_back({.file = store.parent_path() / names[i],
                     .n_bytes = static_cast<std::uintmax_t>(sizes[i]),
                     .checksum = checksums[i]});
  }
  return parts;
}

[[noreturn]] void refuse_part(const fs::path& store, const fs::path& part, const std::string& what) {
  const std::string command = command_that_mends(store);
  throw core::UserError(core::Problem{{store.string()},
                                      fmt::format("its part {} {}", part.string(), what),
                                      command.empty() ? "keep the file together with its parts, or make it again"
                                                      : command + " makes it again, and keeps what is whole"});
}

}  // namespace

void check_parts(const hdf5::Group& root, const fs::path& store) {
  for (const ListedPart& part : listed_parts(root, store)) {
    std::error_code error;
    const std::uintmax_t n_bytes = fs::file_size(part.file, error);
    if (!error && n_bytes == part.n_bytes) continue;
    refuse_part(store, part.file, error ? "is missing" : "is cut short or another one");
  }
}

std::vector<ListedPart> listed_parts(const fs::path& store) {
  try {
    return listed_parts(open_store(store).library.root(), store);
  } catch (const hdf5::Error& error) {
    throw core::UserError(core::Problem{{store.string()}, fmt::format("is damaged: {}", error.what()), {}});
  }
}

bool is_whole(const ListedPart& part) {
  const std::optional<std::string> checksum = checksum_of_whole_part(part.file);
  return checksum && *checksum == part.checksum;
}

void check_part_contents(const fs::path& store) {
  for (const ListedPart& part : listed_parts(store)) {
    if (!is_whole(part)) refuse_part(store, part.file, "is damaged: it has changed since it was written");
  }
}

}  // namespace gridmill::io
