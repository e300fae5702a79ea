// Stores that another program has written, whose entries have other types than ours.
#include <cstdlib>
#include <string>
#include <vector>

#include "core/entity_data.hpp"
#include "core/error.hpp"
#include "io/import/import.hpp"
#include "io/import/table_file.hpp"
#include "io/store/store.hpp"
#include "io/store/store_entity_data.hpp"
#include "scratch_folder.hpp"

namespace gridmill::io {
namespace {

using core::Column;

class ForeignStore : public ScratchFolder {
 protected:
  void SetUp() override {
    if (std::system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0) {
      GTEST_SKIP() << "/usr/bin/python3 has no h5py";
    }
    import_table(put("a.csv", "i,d\n1,0.5\n2,2\n100,100\n"), at("a.h5"), {});
    const std::string command = "/usr/bin/python3 " GRIDMILL_SOURCE_DIR "/tests/io/foreign_types.py " +
                                at("a.h5").string() + " " + at("").string();
    ASSERT_EQ(std::system(command.c_str()), 0);
  }

  [[nodiscard]] std::string refusal(const std::string& name) const {
    return message<core::UserError>([&] { (void)StoreReader(at(name + ".h5")).read("a"); });
  }

  /// A column by both ways of reading: a table in blocks, and rows of related tables.
  template <class Values>
  void expect_read(const std::string& name, const std::string& column, const Values& wanted) const {
    const core::Table table = StoreReader(at(name + ".h5")).read("a", std::vector<std::string>{column});
    EXPECT_EQ(std::get<Values>(table.columns.front().values), wanted) << name;
    const StoreEntityData data(at(name + ".h5"));
    EXPECT_EQ(std::get<Values>(data.read(0, column, core::RowSet::range(0, 3)).values), wanted) << name;
    const std::vector<core::RowId> rows{2, 0};
    EXPECT_EQ(std::get<Values>(data.read(0, column, core::RowSet::of(rows)).values), (Values{wanted[2], wanted[0]}))
        << name;
  }
};

TEST_F(ForeignStore, is_read_where_our_types_hold_its_numbers_exactly) {
  for (const char* name : {"i1", "<i2", ">i4", "<i4", "u1", "<u2", "<u4", "<u8", ">i8", "u2-packed"}) {
    expect_read(name, "i", Column::Integers{1, 2, 100});
  }
  for (const char* name : {"d-f4", "d-f8"}) expect_read(name, "d", Column::Reals{0.5, 2, 100});
}

TEST_F(ForeignStore, is_refused_where_they_do_not_by_file_column_and_types) {
  const std::string hint = "\n  write it as that, or change the column's attribute 'type' to what it holds";
  EXPECT_EQ(refusal("u8-great"),
            "u8-great.h5: column 'i' holds uint64 that reach beyond 2^63; a column of type integer is "
            "int64" +
                hint);
  EXPECT_EQ(refusal("<f4"), "<f4.h5: column 'i' holds float32; a column of type integer is int64" + hint);
  EXPECT_EQ(refusal("<f8"), "<f8.h5: column 'i' holds float64; a column of type integer is int64" + hint);
  EXPECT_EQ(refusal("d-i8"), "d-i8.h5: column 'd' holds int64; a column of type double is float64" + hint);
  EXPECT_NE(message<core::UserError>([&] {
              const StoreEntityData data(at("u8-great.h5"));
              (void)data.read(0, "i", core::RowSet::range(0, 3));
            }),
            "");
}

}  // namespace
}  // namespace gridmill::io
