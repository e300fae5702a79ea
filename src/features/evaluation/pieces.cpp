#include "features/evaluation/pieces.hpp"

#include <algorithm>
#include <map>

namespace gridmill::features {
namespace {

constexpr std::int64_t kWhole = 1024;         // children of a group that is not cut
constexpr std::int64_t kBlockChildren = 256;  // children of the smallest block
constexpr std::int64_t kFan = 16;             // blocks that the next larger one is made of

std::int64_t rounded_up(std::int64_t number, std::int64_t by) { return (number + by - 1) / by * by; }

/// Blocks of one size among the children of a parent: numbers first, first + 1, ..., which are nodes from `node` on.
struct Level {
  std::int64_t first = 0;
  std::int64_t n = 0;
  std::uint32_t node = 0;
};

/// The blocks of one parent's children, from the smallest size on.
struct Blocks {
  std::int64_t low = 0, high = 0;  // children that some large group has
  std::vector<Level> levels;
};

class Cutter {
 public:
  Cutter(const std::vector<std::int64_t>& begins, const std::vector<std::int64_t>& ends,
         const std::vector<std::int64_t>& firsts)
      : begins_(begins), ends_(ends), firsts_(firsts) {}

  Pieces cut() {
    find_parents();
    for (auto& [first, blocks] : parents_) add_smallest(first, blocks);
    add_ends();
    n_pieces_ = pieces_.begins.size();
    for (auto& [first, blocks] : parents_) add_larger(blocks);
    list();
    return std::move(pieces_);
  }

 private:
  [[nodiscard]] bool is_large(std::size_t group) const { return ends_[group] - begins_[group] > kWhole; }

  void find_parents() {
    for (std::size_t group = 0; group < begins_.size(); ++group) {
      if (!is_large(group)) continue;
      const std::int64_t low = begins_[group] - firsts_[group];
      const std::int64_t high = ends_[group] - firsts_[group];
      const auto [found, is_new] = parents_.try_emplace(firsts_[group], Blocks{.low = low, .high = high, .levels = {}});
      found->second.low = std::min(found->second.low, low);
      found->second.high = std::max(found->second.high, high);
    }
  }

  std::uint32_t add_piece(std::int64_t begin, std::int64_t end) {
    pieces_.begins.push_back(begin);
    pieces_.ends.push_back(end);
    return static_cast<std::uint32_t>(pieces_.begins.size() - 1);
  }

  void add_smallest(std::int64_t first, Blocks& blocks) {
    Level level{.first = rounded_up(blocks.low, kBlockChildren) / kBlockChildren,
                .node = static_cast<std::uint32_t>(pieces_.begins.size())};
    level.n = std::max<std::int64_t>(blocks.high / kBlockChildren - level.first, 0);
    for (std::int64_t i = level.first; i < level.first + level.n; ++i) {
      add_piece(first + i * kBlockChildren, first + (i + 1) * kBlockChildren);
    }
    blocks.levels.push_back(level);
  }

  /// Adds what is not a block: whole groups, and what large ones have before and after their blocks.
  void add_ends() {
    own_.reserve(begins_.size());
    for (std::size_t group = 0; group < begins_.size(); ++group) {
      own_.push_back(static_cast<std::uint32_t>(pieces_.begins.size()));
      if (!is_large(group)) {
        add_piece(begins_[group], ends_[group]);
        continue;
      }
      const std::int64_t first = firsts_[group];
      const std::int64_t from = first + rounded_up(begins_[group] - first, kBlockChildren);
      const std::int64_t to = first + (ends_[group] - first) / kBlockChildren * kBlockChildren;
      if (begins_[group] < from) add_piece(begins_[group], from);
      if (to < ends_[group]) add_piece(to, ends_[group]);
    }
  }

  void add_larger(Blocks& blocks) {
    while (true) {
      const Level below = blocks.levels.back();
      Level level{.first = rounded_up(below.first, kFan) / kFan,
                  .node = static_cast<std::uint32_t>(n_pieces_ + pieces_.lists.merged.size())};
      level.n = (below.first + below.n) / kFan - level.first;
      if (level.n <= 0) return;
      for (std::int64_t i = level.first; i < level.first + level.n; ++i) {
        const auto node = static_cast<std::uint32_t>(below.node + i * kFan - below.first);
        pieces_.lists.merged.push_back({.first = node, .last = node + static_cast<std::uint32_t>(kFan)});
      }
      blocks.levels.push_back(level);
    }
  }

  void list() {
    PieceLists& lists = pieces_.lists;
    lists.offsets.push_back(0);
    for (std::size_t group = 0; group < begins_.size(); ++group) {
      std::uint32_t own = own_[group];
      if (!is_large(group)) {
        lists.nodes.push_back(own);
      } else {
        const std::int64_t begin = begins_[group] - firsts_[group];
        const std::int64_t end = ends_[group] - firsts_[group];
        if (begin % kBlockChildren != 0) lists.nodes.push_back(own++);
        list_blocks(parents_.at(firsts_[group]), rounded_up(begin, kBlockChildren) / kBlockChildren,
                    end / kBlockChildren);
        if (end % kBlockChildren != 0) lists.nodes.push_back(own);
      }
      lists.offsets.push_back(static_cast<std::int64_t>(lists.nodes.size()));
    }
  }

  /// Lists the smallest blocks [from, to), as the largest ones they make up.
  void list_blocks(const Blocks& blocks, std::int64_t from, std::int64_t to) {
    std::size_t size = 0;          // level
    std::int64_t blocks_each = 1;  // smallest ones in one of the level
    while (from < to) {
      while (size + 1 < blocks.levels.size() && from % (blocks_each * kFan) == 0 && from + blocks_each * kFan <= to) {
        ++size;
        blocks_each *= kFan;
      }
      while (from + blocks_each > to) {
        --size;
        blocks_each /= kFan;
      }
      const Level& level = blocks.levels[size];
      pieces_.lists.nodes.push_back(static_cast<std::uint32_t>(level.node + from / blocks_each - level.first));
      from += blocks_each;
    }
  }

  const std::vector<std::int64_t>& begins_;
  const std::vector<std::int64_t>& ends_;
  const std::vector<std::int64_t>& firsts_;
  std::map<std::int64_t, Blocks> parents_;  // of large groups, by the place of their first child
  std::vector<std::uint32_t> own_;          // by group: the first of the pieces that are not blocks
  std::size_t n_pieces_ = 0;
  Pieces pieces_;
};

}  // namespace

Pieces cut_into_pieces(const std::vector<std::int64_t>& begins, const std::vector<std::int64_t>& ends,
                       const std::vector<std::int64_t>& firsts) {
  return Cutter(begins, ends, firsts).cut();
}

}  // namespace gridmill::features
