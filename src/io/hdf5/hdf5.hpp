#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// A thin layer over the HDF5 C library, the only place that calls it: handles close themselves, every return code
/// is checked, the library prints nothing. What is made carries no times: equal contents are equal bytes.
namespace gridmill::io::hdf5 {

using Id = std::int64_t;  // hid_t
using Shape = std::vector<std::size_t>;
using Attribute = std::variant<std::int64_t, double, std::string>;
using Attributes = std::map<std::string, Attribute>;

/// A call of the library that failed; `what()` is the library's own reason. Callers add the file and its meaning.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An attribute of another kind than ours: a list, or of a type that we do not write.
class ForeignAttribute : public Error {
 public:
  using Error::Error;
};

/// A dataset whose entries no reading gives as they are wanted: `what()` names both types.
class ForeignEntries : public Error {
 public:
  using Error::Error;
};

/// What the entries of a dataset are: in memory double, int64, int32, uint8, or UTF-8 text of any length.
/// `boolean` is the enumeration that h5py reads as bool, held as uint8.
enum class Element { float64, int64, int32, boolean, text, other };

/// An open object of the library, closed with its owner.
class Handle {
 public:
  using Close = int (*)(Id);

  Handle() = default;
  Handle(Id id, Close close_it) : id_(id), close_(close_it) {}
  ~Handle();
  Handle(Handle&& other) noexcept;
  Handle& operator=(Handle&& other) noexcept;

  [[nodiscard]] Id get() const { return id_; }
  /// Closes now, so that an error is seen.
  void close();

 private:
  Id id_ = -1;
  Close close_ = nullptr;
};

/// Something that carries attributes.
class Node {
 public:
  void set_attribute(const std::string& name, const Attribute& value) const;
  [[nodiscard]] bool has_attribute(const std::string& name) const;
  /// Errors: Error when it is not there or neither a number nor a text.
  [[nodiscard]] Attribute attribute(const std::string& name) const;
  /// All attributes that are single numbers or texts.
  [[nodiscard]] Attributes attributes() const;

 protected:
  explicit Node(Handle handle) : handle_(std::move(handle)) {}
  Handle handle_;
};

/// An n-dimensional array in C order; rows are entries of its first dimension.
class Dataset : public Node {
 public:
  explicit Dataset(Handle handle) : Node(std::move(handle)) {}

  [[nodiscard]] Shape shape() const;
  [[nodiscard]] Element element() const;
  /// Returns what its entries are in words, when they cannot be read as `wanted` with nothing lost ("float32", "uint64
  /// that reach beyond 2^63"); nothing when they can: they are that, or narrower integers or floats of any byte order.
  /// Cost: O(1), but of unsigned integers as wide as the wanted ones O(entries).
  [[nodiscard]] std::optional<std::string> unfit_for(Element wanted) const;
  /// Returns where in the file its entries lie in one piece, or nothing if they do not.
  [[nodiscard]] std::optional<std::uint64_t> file_offset() const;
  /// Returns the bytes of an entry in the file; 0 for texts, which lie elsewhere, and what is not known.
  [[nodiscard]] std::size_t entry_bytes() const;
  /// Refuses a shape that no writer can have filled from so few bytes: memory is taken by it. Errors: Error.
  void check_size() const;

  /// Write and read rows [first, first + n); the span holds n times the size of a row. To write, the type must be the
  /// element's; to read, one that holds each entry exactly. Errors: Error where it does not.
  void write_rows(std::size_t first, std::size_t n, std::span<const double> values) const;
  void write_rows(std::size_t first, std::size_t n, std::span<const std::int64_t> values) const;
  void write_rows(std::size_t first, std::size_t n, std::span<const std::int32_t> values) const;
  void write_rows(std::size_t first, std::size_t n, std::span<const std::uint8_t> values) const;
  void write_rows(std::size_t first, std::size_t n, std::span<const std::string> values) const;
  void read_rows(std::size_t first, std::size_t n, std::span<double> values) const;
  void read_rows(std::size_t first, std::size_t n, std::span<std::int64_t> values) const;
  void read_rows(std::size_t first, std::size_t n, std::span<std::int32_t> values) const;
  void read_rows(std::size_t first, std::size_t n, std::span<std::uint8_t> values) const;
  void read_rows(std::size_t first, std::size_t n, std::span<std::string> values) const;

  /// Write and read columns [first, first + n) of rows [row, row + n_rows) of an array of two or more dimensions; the
  /// entries are n_rows x n (x the rest) in C order.
  void write_block(std::size_t row, std::size_t n_rows, std::size_t first, std::size_t n, const void* values) const;
  void read_block(std::size_t row, std::size_t n_rows, std::size_t first, std::size_t n, void* values) const;
  /// Reads columns [first, first + n) of one row of texts. (To write_block, texts are pointers to them.)
  [[nodiscard]] std::vector<std::string> read_texts(std::size_t row, std::size_t first, std::size_t n) const;

 private:
  [[nodiscard]] bool all_are_read(Element wanted) const;
  void write(std::size_t first, std::size_t n, Element element, const void* values) const;
  void read(std::size_t first, std::size_t n, Element element, void* values) const;
};

struct Layout {
  std::size_t chunk_rows = 0;  // 0: contiguous
  bool fill_true = false;      // boolean only: entries never written are true
  bool placed = false;         // contiguous, has its place in the file at once; entries never written are anything
};

/// Part of a virtual dataset: its rows [first, first + n) are columns [0, n) of row `row` of an array in another file.
struct VirtualPiece {
  std::string file;  // relative to the folder of the virtual dataset's file
  std::string dataset;
  std::size_t row = 0;
  std::size_t first = 0;
  std::size_t n = 0;
};

class Group : public Node {
 public:
  explicit Group(Handle handle) : Node(std::move(handle)) {}

  /// Names of members in the order in which they were made.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] bool has(const std::string& name) const;
  [[nodiscard]] bool is_group(const std::string& name) const;

  Group create_group(const std::string& name) const;
  [[nodiscard]] Group group(const std::string& name) const;
  Dataset create_dataset(const std::string& name, Element element, const Shape& shape, Layout layout = {}) const;
  /// Makes a dataset of n_rows entries that lie in other files. HDF5 reads a missing file without a word; what it gives
  /// is never what stands for a missing entry, and nothing to compute with unnoticed: -1.8e308, the code -2, the least
  /// int64 and one (as a time: 1677-09-21); false (if `fill_true`, true), an empty text. `n_sources`: rows of the
  /// arrays there.
  Dataset create_virtual(const std::string& name, Element element, const Shape& shape, std::size_t n_sources,
                         std::span<const VirtualPiece> pieces, bool fill_true = false) const;
  [[nodiscard]] Dataset dataset(const std::string& name) const;
};

class File {
 public:
  /// Makes a new file on disk, replacing one of that name.
  static File create(const std::filesystem::path& path);
  /// Makes a file in memory; `image` gives its bytes.
  static File create_in_memory();
  static File open(const std::filesystem::path& path);

  [[nodiscard]] Group root() const;
  [[nodiscard]] std::string image() const;
  /// Hands what is buffered to the system.
  void flush() const;
  /// Closes now, so that an error of the last write is seen. Groups and datasets must have been closed.
  void close() { handle_.close(); }

 private:
  explicit File(Handle handle) : handle_(std::move(handle)) {}
  Handle handle_;
};

/// Whether a file begins as an HDF5 file does.
bool has_signature(std::string_view first_bytes);

}  // namespace gridmill::io::hdf5
