#include "jobs/dataset/dataset_block.hpp"

#include <array>
#include <cstring>
#include <utility>

#include "core/error.hpp"

namespace gridmill::jobs {

namespace {

constexpr std::size_t kAlignment = 64;

/// What stands at the start of a block; the texts and arrays follow, each aligned.
struct Header {
  std::uint64_t task = 0;
  std::uint64_t n_features = 0;
  std::uint64_t n_samples = 0;
  std::uint64_t n_classes = 0;
  std::uint64_t n_weights = 0;
  std::uint64_t n_groups = 0;
  std::uint64_t n_test_folds = 0;
  std::uint64_t is_sparse = 0;
  std::uint64_t n_entries = 0;  // of sparse features
  std::uint64_t n_words = 0;    // columns of words
};

/// What stands before the arrays of a column of words.
struct WordsHeader {
  std::uint64_t type = 0;
  std::uint64_t n_words = 0;
  std::uint64_t n_bytes = 0;
};

class BlockWriter {
 public:
  template <class T>
  void array(std::span<const T> values) {
    align();
    const auto bytes = std::as_bytes(values);
    block_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }

  void text(const std::string& value) {
    const std::array<std::uint64_t, 1> size{value.size()};
    array(std::span<const std::uint64_t>(size));
    block_ += value;
  }

  /// Their sizes, then all of them in one piece: there may be millions.
  void texts(const std::vector<std::string>& values) {
    std::vector<std::uint64_t> sizes;
    std::string joined;
    for (const std::string& value : values) {
      sizes.push_back(value.size());
      joined += value;
    }
    array(std::span<const std::uint64_t>(sizes));
    block_ += joined;
  }

  /// A block that grew as it is written would take up to three times its size meanwhile.
  void expect(std::size_t bytes) { block_.reserve(bytes); }
  std::string finish() { return std::move(block_); }

 private:
  void align() { block_.resize((block_.size() + kAlignment - 1) / kAlignment * kAlignment, '\0'); }

  std::string block_;
};

class BlockReader {
 public:
  explicit BlockReader(std::span<const std::byte> block) : block_(block) {}

  template <class T>
  std::span<const T> array(std::size_t n) {
    position_ = (position_ + kAlignment - 1) / kAlignment * kAlignment;
    GRIDMILL_ASSERT(position_ + n * sizeof(T) <= block_.size(), "the block holds what its header says");
    const auto* first = reinterpret_cast<const T*>(block_.data() + position_);
    position_ += n * sizeof(T);
    return {first, n};
  }

  std::string text() {
    const std::size_t size = array<std::uint64_t>(1)[0];
    GRIDMILL_ASSERT(position_ + size <= block_.size(), "the block holds what its header says");
    std::string value(reinterpret_cast<const char*>(block_.data() + position_), size);
    position_ += size;
    return value;
  }

  std::vector<std::string> texts(std::size_t n) {
    std::vector<std::string> values;
    values.reserve(n);
    for (const std::uint64_t size : array<std::uint64_t>(n)) {
      GRIDMILL_ASSERT(position_ + size <= block_.size(), "the block holds what its header says");
      values.emplace_back(reinterpret_cast<const char*>(block_.data() + position_), size);
      position_ += size;
    }
    return values;
  }

 private:
  std::span<const std::byte> block_;
  std::size_t position_ = 0;
};

template <class T>
std::vector<T> picked(std::span<const T> values, std::span<const core::Index> rows) {
  std::vector<T> out;
  if (values.empty()) return out;
  out.reserve(rows.size());
  for (const core::Index row : rows) out.push_back(values[row]);
  return out;
}

WordArrays picked(const core::Words& words, std::span<const core::Index> rows) {
  return {.name = words.name,
          .type = words.type,
          .start = {words.list.start.begin(), words.list.start.end()},
          .bytes = {words.list.bytes.begin(), words.list.bytes.end()},
          .codes = picked(words.codes, rows)};
}

void write(const core::Words& words, BlockWriter& writer) {
  const std::array<WordsHeader, 1> header{WordsHeader{.type = static_cast<std::uint64_t>(words.type),
                                                      .n_words = words.list.size(),
                                                      .n_bytes = words.list.bytes.size()}};
  writer.text(words.name);
  writer.array(std::span<const WordsHeader>(header));
  writer.array(words.list.start);
  writer.array(words.list.bytes);
  writer.array(words.codes);
}

core::Words read_words(BlockReader& reader, std::size_t n_samples) {
  core::Words words;
  words.name = reader.text();
  const WordsHeader header = reader.array<WordsHeader>(1)[0];
  words.type = static_cast<core::ColumnType>(header.type);
  words.list.start = reader.array<std::uint64_t>(header.n_words + 1);
  words.list.bytes = reader.array<char>(header.n_bytes);
  words.codes = reader.array<std::int32_t>(n_samples);
  return words;
}

void take_features(const core::Dataset& data, std::span<const core::Index> rows, DatasetArrays& arrays) {
  if (data.is_sparse()) {
    arrays.sparse.n_features = data.n_features();
    for (const core::Index row : rows) arrays.sparse.add(data.sparse.sample(row));
    return;
  }
  for (const core::Words& each : data.words) arrays.words.push_back(picked(each, rows));
  arrays.x.set_size(data.n_features(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto sample = data.x.sample(rows[i]);
    std::copy(sample.begin(), sample.end(), arrays.x.colptr(i));
  }
}

}  // namespace

core::Dataset own(DatasetArrays arrays) {
  const auto owned = std::make_shared<const DatasetArrays>(std::move(arrays));
  core::Dataset data;
  data.x = core::MatrixView(owned->x);
  if (owned->sparse.start.size() > 1) data.sparse = owned->sparse.view();
  for (const WordArrays& each : owned->words) data.words.push_back(each.view());
  data.y = owned->y;
  data.weight = owned->weight;
  data.group = owned->group;
  data.test_fold = owned->test_fold;
  data.row = owned->row;
  data.storage = owned;
  return data;
}

core::Dataset take(const core::Dataset& data, std::span<const core::Index> rows) {
  DatasetArrays arrays;
  take_features(data, rows, arrays);
  arrays.y = picked(data.y, rows);
  arrays.weight = picked(data.weight, rows);
  arrays.group = picked(data.group, rows);
  arrays.test_fold = picked(data.test_fold, rows);
  arrays.row = picked(data.row, rows);
  core::Dataset part = own(std::move(arrays));
  part.task = data.task;
  part.classes = data.classes;
  part.feature_names = data.feature_names;
  part.target_name = data.target_name;
  return part;
}

std::string pack(const core::Dataset& data) {
  const std::array<Header, 1> header{Header{.task = static_cast<std::uint64_t>(data.task),
                                            .n_features = data.n_features(),
                                            .n_samples = data.n_samples(),
                                            .n_classes = data.classes.size(),
                                            .n_weights = data.weight.size(),
                                            .n_groups = data.group.size(),
                                            .n_test_folds = data.test_fold.size(),
                                            .is_sparse = data.is_sparse() ? 1U : 0U,
                                            .n_entries = data.sparse.n_entries(),
                                            .n_words = data.words.size()}};
  const auto bytes_of = [](const std::vector<std::string>& texts) {
    std::size_t bytes = 0;
    for (const std::string& text : texts) bytes += text.size() + sizeof(std::uint64_t);
    return bytes;
  };
  const std::size_t small_things = 4096 + 1024 * data.words.size();  // headers, names, alignment
  BlockWriter writer;
  writer.expect(data.feature_bytes() + bytes_of(data.feature_names) + bytes_of(data.classes) + data.y.size_bytes() +
                data.weight.size_bytes() + data.group.size_bytes() + data.test_fold.size_bytes() +
                data.row.size_bytes() + data.target_name.size() + small_things);
  writer.array(std::span<const Header>(header));
  writer.text(data.target_name);
  writer.texts(data.feature_names);
  writer.texts(data.classes);
  writer.array(std::span<const double>(data.x.data, data.x.n_features * data.x.n_samples));
  writer.array(data.sparse.start);
  writer.array(data.sparse.feature);
  writer.array(data.sparse.value);
  writer.array(data.y);
  writer.array(data.weight);
  writer.array(data.group);
  writer.array(data.test_fold);
  writer.array(data.row);
  for (const core::Words& each : data.words) write(each, writer);
  return writer.finish();
}

core::Dataset unpack(std::span<const std::byte> block, std::shared_ptr<const void> owner) {
  BlockReader reader(block);
  const Header header = reader.array<Header>(1)[0];
  core::Dataset data;
  data.task = static_cast<core::Task>(header.task);
  data.target_name = reader.text();
  data.feature_names = reader.texts(header.n_features);
  data.classes = reader.texts(header.n_classes);
  const bool is_sparse = header.is_sparse != 0;
  const auto x = reader.array<double>(is_sparse ? 0 : header.n_features * header.n_samples);
  if (!is_sparse) data.x = core::MatrixView(x.data(), header.n_features, header.n_samples);
  data.sparse.n_features = is_sparse ? header.n_features : 0;
  data.sparse.start = reader.array<std::uint64_t>(is_sparse ? header.n_samples + 1 : 0);
  data.sparse.feature = reader.array<core::Index>(header.n_entries);
  data.sparse.value = reader.array<double>(header.n_entries);
  data.y = reader.array<double>(header.n_samples);
  data.weight = reader.array<double>(header.n_weights);
  data.group = reader.array<std::int64_t>(header.n_groups);
  data.test_fold = reader.array<std::int64_t>(header.n_test_folds);
  data.row = reader.array<std::int64_t>(header.n_samples);
  for (std::uint64_t i = 0; i < header.n_words; ++i) data.words.push_back(read_words(reader, header.n_samples));
  data.storage = std::move(owner);
  return data;
}

}  // namespace gridmill::jobs
