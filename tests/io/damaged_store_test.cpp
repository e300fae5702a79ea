// Stores whose bytes are not those that were written.
#include <random>

#include "core/error.hpp"
#include "io/files/trailing_checksum.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/import/import.hpp"
#include "io/import/table_file.hpp"
#include "io/store/store.hpp"
#include "io/store/stored_array.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

class DamagedStore : public ScratchFolder {
 protected:
  /// A store of all types, the entries of some long enough to be compared when they are read only.
  std::string store() const {
    std::string csv = "i,d,flag,when,colour,note\n";
    for (int i = 0; i < 20'000; ++i) {
      csv += std::to_string(i) + "," + (i % 7 == 0 ? "" : std::to_string(0.5 * i)) + (i % 3 == 0 ? ",," : ",true,") +
             "2024-02-01," + (i % 2 == 0 ? "red," : "blue,") + (i < 40 ? "some text" : "") + "\n";
    }
    import_table(put("a.csv", csv), at("a.h5"), {.types = {{"note", core::ColumnType::text}}});
    return contents(at("a.h5"));
  }

  static core::Table read(const std::filesystem::path& path) {
    const StoreReader reader(path);
    return reader.read(reader.tables().front());
  }
};

std::string flip(std::string bytes, std::size_t bit) {
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
  return bytes;
}

TEST_F(DamagedStore, tells_of_each_bit_that_has_flipped) {
  const std::string bytes = store();
  std::mt19937 random(10);
  std::size_t n_refused = 0;
  for (int i = 0; i < 300; ++i) {
    const std::size_t bit = random() % (8 * bytes.size());
    const std::string said = message<core::UserError>([&] { (void)read(put("b.h5", flip(bytes, bit))); });
    EXPECT_NE(said, "") << bit;
    if (said.find("changed since it was written") != std::string::npos) ++n_refused;
  }
  EXPECT_GT(n_refused, 290);  // the others lie in the signature of HDF5
}

TEST_F(DamagedStore, reads_columns_that_are_right_beside_one_that_is_not) {
  const std::string bytes = store();
  const std::string pattern("\x11\x27\0\0\0\0\0\0\x12\x27\0\0\0\0\0\0", 16);  // 10001, 10002
  const auto path = put("b.h5", flip(bytes, 8 * bytes.find(pattern)));
  const StoreReader reader(path);
  EXPECT_EQ(reader.read("a", std::vector<std::string>{"d", "when"}).n_rows(), 20'000);
  EXPECT_EQ(message<core::UserError>([&] { (void)reader.read("a", std::vector<std::string>{"i"}); }).substr(0, 75),
            "b.h5: is damaged or cut short: its bytes have changed since it was written\n");
}

TEST_F(DamagedStore, without_checksums_is_read_if_a_child_process_bears_it) {
  std::string bytes = store();
  const std::string cut = bytes.substr(0, bytes.size() - 8);
  EXPECT_EQ(message<core::UserError>([&] { (void)read(put("b.h5", cut)); }).substr(0, 66),
            "b.h5: is damaged or cut short: the checksums at its end are gone\n ");
  // As an earlier gridmill wrote it: nothing says that there are checksums.
  bytes.replace(bytes.find("checksums"), 9, "something");
  EXPECT_FALSE(has_checksum(put("b.h5", bytes.substr(0, bytes.size() - 8))));
  EXPECT_EQ(read(at("b.h5")).n_rows(), 20'000);
}

TEST_F(DamagedStore, has_lists_where_lists_are_expected) {
  {
    hdf5::File file = hdf5::File::create(at("one.h5"));
    file.root().create_dataset("one", hdf5::Element::int64, {});
    file.root().create_dataset("many", hdf5::Element::int64, {std::size_t{1} << 40});
  }
  const CheckedFile bytes(at("one.h5"));
  const hdf5::File file = hdf5::File::open(at("one.h5"));
  EXPECT_THROW(StoredArray(file.root().dataset("one"), bytes), hdf5::Error);
  EXPECT_THROW(StoredArray(file.root().dataset("many"), bytes), hdf5::Error);
}

}  // namespace
}  // namespace gridmill::io
