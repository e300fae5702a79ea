#include "features/evaluation/pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace gridmill::features {
namespace {

using Places = std::vector<std::int64_t>;

/// Returns the pieces that a node is made of, in order.
void expand(const Pieces& pieces, std::uint32_t node, std::vector<std::size_t>& found) {
  if (node < pieces.begins.size()) {
    found.push_back(node);
    return;
  }
  const PieceLists::Run& run = pieces.lists.merged[node - pieces.begins.size()];
  for (std::uint32_t each = run.first; each < run.last; ++each) expand(pieces, each, found);
}

std::vector<std::size_t> pieces_of(const Pieces& pieces, std::size_t group) {
  std::vector<std::size_t> found;
  for (auto i = pieces.lists.offsets[group]; i < pieces.lists.offsets[group + 1]; ++i) {
    expand(pieces, pieces.lists.nodes[static_cast<std::size_t>(i)], found);
  }
  return found;
}

TEST(Pieces, small_groups_are_one_piece_each) {
  const Pieces pieces = cut_into_pieces({0, 10, 10, 5}, {10, 10, 1034, 800}, {0, 10, 10, 0});
  EXPECT_TRUE(pieces.are_groups());
  EXPECT_EQ(pieces.begins, (Places{0, 10, 10, 5}));
  EXPECT_EQ(pieces.ends, (Places{10, 10, 1034, 800}));
}

TEST(Pieces, make_up_their_groups_in_order) {
  std::mt19937 random(7);
  std::uniform_int_distribution<std::int64_t> child(0, 99'999);
  Places begins, ends, firsts;
  for (int group = 0; group < 300; ++group) {
    const std::int64_t first = group % 3 == 0 ? -700 : 300'000;  // places of two parents' first children
    const std::int64_t a = first + 700 + child(random) % (group % 2 == 0 ? 100'000 : 2'000);
    const std::int64_t b = first + 700 + child(random);
    begins.push_back(std::min(a, b));
    ends.push_back(std::max(a, b));
    firsts.push_back(first);
  }
  const Pieces pieces = cut_into_pieces(begins, ends, firsts);
  std::size_t n_nodes = 0;
  for (std::size_t group = 0; group < begins.size(); ++group) {
    std::int64_t at = begins[group];
    for (const std::size_t piece : pieces_of(pieces, group)) {
      ASSERT_EQ(pieces.begins[piece], at);
      at = pieces.ends[piece];
    }
    ASSERT_EQ(at, ends[group]);
    n_nodes =
        std::max(n_nodes, static_cast<std::size_t>(pieces.lists.offsets[group + 1] - pieces.lists.offsets[group]));
  }
  EXPECT_LE(n_nodes, 2U * 15 * 3 + 2);  // of 100,000 children
  std::int64_t n_entries = 0;
  for (std::size_t piece = 0; piece < pieces.begins.size(); ++piece)
    n_entries += pieces.ends[piece] - pieces.begins[piece];
  EXPECT_LE(n_entries, 2 * 101'000 + 300 * 1'024);  // each child once, and the ends of groups
}

TEST(Pieces, of_a_group_do_not_depend_on_other_groups) {
  const Pieces alone = cut_into_pieces({5'300}, {90'000}, {300});
  const Pieces among = cut_into_pieces({300, 5'300, 70'000}, {100'000, 90'000, 70'001}, {300, 300, 300});
  const auto list = [](const Pieces& pieces, std::size_t group) {
    Places ends;
    for (auto i = pieces.lists.offsets[group]; i < pieces.lists.offsets[group + 1]; ++i) {
      std::vector<std::size_t> found;
      expand(pieces, pieces.lists.nodes[static_cast<std::size_t>(i)], found);
      ends.push_back(pieces.ends[found.back()]);
    }
    return ends;
  };
  EXPECT_EQ(list(alone, 0), list(among, 1));
}

}  // namespace
}  // namespace gridmill::features
