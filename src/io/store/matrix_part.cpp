#include "io/store/matrix_part.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/hdf5/hdf5_walk.hpp"
#include "io/store/store_format.hpp"
#include "io/store/store_schema.hpp"
#include "io/tables/table_source.hpp"

namespace gridmill::io {

namespace {

using core::ColumnType;

constexpr std::string_view kFormat = "gridmill matrix part";
constexpr std::int64_t kVersion = 1;
constexpr std::array kTypes{ColumnType::real,     ColumnType::integer, ColumnType::boolean, ColumnType::categorical,
                            ColumnType::datetime, ColumnType::text,    ColumnType::latlong};
constexpr const char* kMasks = "valid";

/// Bytes of an entry in the file; texts aside.
std::size_t width_of(ColumnType type) {
  switch (type) {
    case ColumnType::boolean: return 1;
    case ColumnType::categorical: return 4;
    case ColumnType::latlong: return 16;
    default: return 8;
  }
}

std::string types_text(const PartHeader& header) {
  std::vector<std::string> words;
  for (const ColumnType type : header.types) words.emplace_back(core::name_of(type));
  return join_words(words);
}

hdf5::Shape shape_of(ColumnType type, std::size_t n_columns, std::size_t n_rows) {
  return type == ColumnType::latlong ? hdf5::Shape{n_columns, n_rows, 2} : hdf5::Shape{n_columns, n_rows};
}

void write_meanings(const hdf5::Group& root, std::span<const CodeMeaning> meanings) {
  const hdf5::Group labels = root.create_group("labels");
  std::vector<const CodeMeaning*> written;
  std::vector<std::int64_t> rows;
  for (const CodeMeaning& meaning : meanings) {
    std::int64_t number = -1;
    if (meaning.labels) {
      const auto same =
          std::find_if(written.begin(), written.end(), [&](const CodeMeaning* other) { return *other == meaning; });
      number = same - written.begin();
      if (same == written.end()) {
        labels.create_dataset(std::to_string(number), hdf5::Element::text, {meaning.labels->size()})
            .write_rows(0, meaning.labels->size(), std::span<const std::string>(*meaning.labels));
        written.push_back(&meaning);
      }
    }
    rows.insert(rows.end(), {number, meaning.first, static_cast<std::int64_t>(meaning.size())});
  }
  root.create_dataset("meanings", hdf5::Element::int64, {meanings.size(), 3})
      .write_rows(0, meanings.size(), std::span<const std::int64_t>(rows));
}

}  // namespace

struct MatrixPartWriter::State {
  State(const std::filesystem::path& path, PartHeader part)
      : pending(path), file(hdf5::File::create(pending.temporary())), header(std::move(part)) {}

  PendingFile pending;  // destroyed last: removes the file that could not be finished
  hdf5::File file;
  PartHeader header;
  std::vector<std::vector<std::string>> texts;  // by text column

  template <class Write>
  void guarded(Write write) const {
    try {
      write();
    } catch (const hdf5::Error& error) {
      throw core::RunError(fmt::format("cannot write {}: {}", pending.path().string(), error.what()));
    }
  }

  void create() const {
    const hdf5::Group root = file.root();
    root.set_attribute("format", std::string(kFormat));
    root.set_attribute("format_version", kVersion);
    root.set_attribute("fingerprint", fmt::format("{:016x}", header.fingerprint));
    root.set_attribute("first_row", static_cast<std::int64_t>(header.first_row));
    root.set_attribute("n_rows", static_cast<std::int64_t>(header.n_rows));
    root.set_attribute("types", types_text(header));
    for (const ColumnType type : kTypes) {
      const std::size_t n = count_of(header.types, type);
      if (n > 0)
        root.create_dataset(std::string(core::name_of(type)), element_of(type), shape_of(type, n, header.n_rows));
    }
    if (n_masks(header.types) > 0) {
      root.create_dataset(kMasks, hdf5::Element::boolean, {n_masks(header.types), header.n_rows});
    }
  }

  /// Writes the columns of one type, all at once.
  void write(ColumnType type, std::size_t first, std::size_t n, std::span<const StoredCells> columns) const {
    std::vector<std::byte> bytes;
    std::size_t n_columns = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (header.types[i] != type) continue;
      ++n_columns;
      bytes.insert(bytes.end(), columns[i].bytes.begin(), columns[i].bytes.end());
    }
    if (n_columns > 0)
      file.root().dataset(std::string(core::name_of(type))).write_block(0, n_columns, first, n, bytes.data());
  }

  /// Texts are kept until all are there: where the library puts them depends on the order in which it gets them.
  void keep_texts(std::size_t first, std::span<StoredCells> columns) {
    std::size_t place = 0;
    for (StoredCells& column : columns) {
      if (column.texts.empty()) continue;
      if (texts.size() == place) texts.emplace_back(header.n_rows);
      std::move(column.texts.begin(), column.texts.end(), texts[place].begin() + static_cast<std::ptrdiff_t>(first));
      ++place;
    }
  }

  void write_texts() const {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      std::vector<const char*> pointers;
      for (const std::string& text : texts[i]) pointers.push_back(text.c_str());
      file.root().dataset("text").write_block(i, 1, 0, header.n_rows, pointers.data());
    }
  }

  void write_masks(std::size_t first, std::size_t n, std::span<const StoredCells> columns) const {
    std::vector<std::uint8_t> masks;
    for (const StoredCells& column : columns) masks.insert(masks.end(), column.valid.begin(), column.valid.end());
    if (n_masks(header.types) == 0) return;
    file.root().dataset(kMasks).write_block(0, n_masks(header.types), first, n, masks.data());
  }
};

MatrixPartWriter::MatrixPartWriter(const std::filesystem::path& path, PartHeader header) {
  try {
    state_ = std::make_unique<State>(path, std::move(header));
  } catch (const hdf5::Error& error) {
    throw core::RunError(fmt::format("cannot write {}: {}", path.string(), error.what()));
  }
  state_->guarded([&] { state_->create(); });
}

MatrixPartWriter::~MatrixPartWriter() = default;

void MatrixPartWriter::write(std::size_t first, std::span<const CellValues* const> columns) {
  State& state = *state_;
  GRIDMILL_ASSERT(columns.size() == state.header.types.size(), "all columns are written together");
  if (columns.empty()) return;
  const std::size_t n = std::visit([](const auto& entries) { return entries.size(); }, *columns.front());
  std::vector<StoredCells> stored;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    stored.push_back(stored_as(state.header.types[i], *columns[i]));
  }
  state.guarded([&] {
    for (const ColumnType type : kTypes) {
      if (type != ColumnType::text) state.write(type, first, n, stored);
    }
    state.write_masks(first, n, stored);
    state.keep_texts(first, stored);
  });
}

void MatrixPartWriter::recode(std::size_t column, std::size_t first, std::size_t n,
                              std::span<const std::int32_t> codes) {
  constexpr std::size_t kRowsAtOnce = 256 * kRowQuantum;
  State& state = *state_;
  GRIDMILL_ASSERT(state.header.types[column] == ColumnType::categorical, "only categories have codes");
  const std::string array(core::name_of(ColumnType::categorical));
  const std::size_t row = part_place(state.header.types, column).row;
  for (std::size_t done = 0; done < n; done += kRowsAtOnce) {
    std::vector<std::int32_t> entries(std::min(kRowsAtOnce, n - done));
    state.guarded(
        [&] { state.file.root().dataset(array).read_block(row, 1, first + done, entries.size(), entries.data()); });
    for (std::int32_t& code : entries) {
      if (code != core::kMissingCode) code = codes[static_cast<std::size_t>(code)];
    }
    state.guarded(
        [&] { state.file.root().dataset(array).write_block(row, 1, first + done, entries.size(), entries.data()); });
  }
}

void MatrixPartWriter::finish(std::span<const CodeMeaning> meanings) {
  State& state = *state_;
  GRIDMILL_ASSERT(meanings.size() == count_of(state.header.types, ColumnType::categorical), "a meaning a category");
  std::vector<FilePiece> pieces;
  state.guarded([&] {
    {
      const hdf5::Group root = state.file.root();
      state.write_texts();
      write_meanings(root, meanings);
      pieces = hdf5::plain_pieces(root);
    }
    state.file.close();
  });
  append_checksum(state.pending.temporary(), pieces);
  state.pending.publish();
}

namespace {

constexpr const char* kChanged = "it has changed since it was written";

/// The file, once all that says how it is to be read is known to be right.
CheckedFile checked(const std::filesystem::path& part) {
  CheckedFile file(part);
  if (file.state() != TrailingChecksum::right) throw hdf5::Error(kChanged);
  return file;
}

}  // namespace

struct MatrixPart::State {
  std::filesystem::path path;
  CheckedFile bytes;  // before the library sees them
  hdf5::File file;
  PartHeader header;
  mutable std::map<std::string, hdf5::Dataset> arrays;  // opened once each

  explicit State(const std::filesystem::path& part) : path(part), bytes(checked(part)), file(hdf5::File::open(part)) {
    const hdf5::Group root = file.root();
    if (text_attribute(root, "format") != kFormat || integer_attribute(root, "format_version") != kVersion) {
      throw hdf5::Error("it is no part of a matrix");
    }
    const std::string fingerprint = text_attribute(root, "fingerprint");
    std::from_chars(fingerprint.data(), fingerprint.data() + fingerprint.size(), header.fingerprint, 16);
    header.first_row = static_cast<std::size_t>(integer_attribute(root, "first_row"));
    header.n_rows = static_cast<std::size_t>(integer_attribute(root, "n_rows"));
    for (const std::string& word : split_words(text_attribute(root, "types"))) {
      const auto type = column_type_named(word);
      if (!type) throw hdf5::Error("a column has no known type");
      header.types.push_back(*type);
    }
  }

  [[nodiscard]] const hdf5::Dataset& array(const std::string& name, const hdf5::Shape& shape) const {
    auto found = arrays.find(name);
    if (found == arrays.end()) {
      hdf5::Dataset dataset = file.root().dataset(name);
      if (dataset.shape() != shape) throw hdf5::Error("an array has another shape");
      found = arrays.emplace(name, std::move(dataset)).first;
    }
    return found->second;
  }

  [[nodiscard]] const hdf5::Dataset& array_of(ColumnType type) const {
    return array(std::string(core::name_of(type)), shape_of(type, count_of(header.types, type), header.n_rows));
  }

  [[nodiscard]] const hdf5::Dataset& masks() const { return array(kMasks, {n_masks(header.types), header.n_rows}); }

  /// Returns where columns [first, first + n) of a row of an array lie, if in one piece. Refuses changed bytes.
  [[nodiscard]] std::optional<FilePiece> unchanged(const hdf5::Dataset& array, std::size_t row, std::size_t first,
                                                   std::size_t n, std::size_t width) const {
    const std::optional<std::uint64_t> offset = array.file_offset();
    if (!offset) return {};
    const FilePiece piece{.offset = *offset + (row * header.n_rows + first) * width, .n_bytes = n * width};
    if (!bytes.is_right(piece.offset, piece.n_bytes)) throw hdf5::Error(kChanged);
    return piece;
  }

  [[nodiscard]] ColumnPieces pieces(std::size_t column) const {
    const ColumnType type = header.types[column];
    const auto whole = [this](const hdf5::Dataset& array, std::size_t row, std::size_t width) {
      const std::optional<FilePiece> piece = unchanged(array, row, 0, header.n_rows, width);
      if (!piece || piece->offset + piece->n_bytes > bytes.descriptor().size()) {
        throw hdf5::Error("an array is not in one piece");
      }
      return *piece;
    };
    ColumnPieces pieces{.entries = whole(array_of(type), part_place(header.types, column).row, width_of(type))};
    if (has_mask(type)) pieces.valid = whole(masks(), part_mask_place(header.types, column).row, 1);
    return pieces;
  }

  [[nodiscard]] StoredCells stored(std::size_t column, std::size_t first, std::size_t n) const {
    const ColumnType type = header.types[column];
    StoredCells rows;
    const PartPlace place = part_place(header.types, column);
    const hdf5::Dataset& dataset = array_of(type);
    (void)unchanged(dataset, place.row, first, n, width_of(type));
    if (type == ColumnType::text) {
      rows.texts = dataset.read_texts(place.row, first, n);
    } else {
      rows.bytes.resize(n * width_of(type));
      dataset.read_block(place.row, 1, first, n, rows.bytes.data());
    }
    if (has_mask(type)) {
      const std::size_t row = part_mask_place(header.types, column).row;
      (void)unchanged(masks(), row, first, n, 1);
      rows.valid.resize(n);
      masks().read_block(row, 1, first, n, rows.valid.data());
    }
    return rows;
  }

  [[nodiscard]] std::vector<CodeMeaning> meanings() const {
    const hdf5::Dataset dataset = file.root().dataset("meanings");
    const std::size_t n = count_of(header.types, ColumnType::categorical);
    if (dataset.shape() != hdf5::Shape{n, 3}) throw hdf5::Error("the meanings of codes have another shape");
    std::vector<std::int64_t> rows(3 * n);
    dataset.read_rows(0, n, std::span<std::int64_t>(rows));
    std::vector<CodeMeaning> meanings(n);
    std::map<std::int64_t, std::shared_ptr<const std::vector<std::string>>> known;
    for (std::size_t i = 0; i < n; ++i) {
      meanings[i].first = rows[3 * i + 1];
      meanings[i].n = static_cast<std::size_t>(rows[3 * i + 2]);
      if (rows[3 * i] < 0) continue;
      auto& labels = known[rows[3 * i]];
      if (!labels) labels = std::make_shared<const std::vector<std::string>>(read_labels(rows[3 * i]));
      meanings[i].labels = labels;
    }
    return meanings;
  }

  [[nodiscard]] std::vector<std::string> read_labels(std::int64_t number) const {
    const hdf5::Dataset dataset = file.root().group("labels").dataset(std::to_string(number));
    const hdf5::Shape shape = dataset.shape();
    if (shape.size() != 1) throw hdf5::Error("labels are no list");
    std::vector<std::string> labels(shape.front());
    dataset.read_rows(0, labels.size(), std::span<std::string>(labels));
    return labels;
  }

  [[nodiscard]] bool is_whole() const { return bytes.is_whole(); }
};

namespace {

template <class Read>
auto guarded(const std::filesystem::path& path, Read read) {
  try {
    return read();
  } catch (const hdf5::Error& error) {
    throw core::UserError(core::Problem{{path.string()}, fmt::format("is damaged: {}", error.what()), {}});
  }
}

/// What `look` returns for the part at `path`; nothing if it is not there or damaged in what opening or looking needs.
template <class Look>
auto if_undamaged(const std::filesystem::path& path, Look look) -> decltype(look(MatrixPart(path))) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  try {
    return look(MatrixPart(path));
  } catch (const hdf5::Error&) {
    return std::nullopt;
  } catch (const core::UserError&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<MatrixPart> MatrixPart::open_whole(const std::filesystem::path& path, const PartHeader& header) {
  return if_undamaged(path, [&](MatrixPart&& part) -> std::optional<MatrixPart> {
    if (part.header() == header && part.state_->is_whole()) return std::move(part);
    return std::nullopt;
  });
}

std::optional<std::string> checksum_of_whole_part(const std::filesystem::path& path) {
  return if_undamaged(path, [](const MatrixPart& part) {
    return part.state_->is_whole() ? std::optional(part.checksum()) : std::nullopt;
  });
}

MatrixPart::MatrixPart(const std::filesystem::path& path)
    : state_(guarded(path, [&] { return std::make_unique<State>(path); })) {}

MatrixPart::~MatrixPart() = default;
MatrixPart::MatrixPart(MatrixPart&&) noexcept = default;
MatrixPart& MatrixPart::operator=(MatrixPart&&) noexcept = default;

const PartHeader& MatrixPart::header() const { return state_->header; }

std::string MatrixPart::checksum() const { return fmt::format("{:016x}", state_->bytes.digest()); }

CellValues MatrixPart::read(std::size_t column, std::size_t first, std::size_t n) const {
  return guarded(state_->path,
                 [&] { return values_of(state_->header.types[column], state_->stored(column, first, n)); });
}

StoredCells MatrixPart::stored(std::size_t column) const {
  return guarded(state_->path, [&] { return state_->stored(column, 0, state_->header.n_rows); });
}

ColumnPieces MatrixPart::pieces(std::size_t column) const {
  return guarded(state_->path, [&] { return state_->pieces(column); });
}

const FileDescriptor& MatrixPart::file() const { return state_->bytes.descriptor(); }

std::vector<CodeMeaning> MatrixPart::meanings() const {
  return guarded(state_->path, [&] { return state_->meanings(); });
}

}  // namespace gridmill::io
