#pragma once

#include <optional>
#include <vector>

#include "core/entity_set.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/spool/number_list.hpp"

namespace gridmill::io {

/// The links and orders of an entity set's rows, in stored rows; what they mean is said by core::EntityData.
struct Relations {
  struct Link {
    std::optional<NumberList> offsets;   // n_parents + 1
    std::optional<NumberList> children;  // none: the identity
    std::optional<NumberList> parents;   // by row of the child
  };
  struct Order {
    std::optional<NumberList> in_table_order;   // none: the identity
    std::optional<NumberList> table_positions;  // its inverse
    std::optional<NumberList> last_times;       // none: the rows' own times, or missing where there is no time index
  };
  std::vector<Link> links;    // by RelationshipId
  std::vector<Order> orders;  // by TableId
};

// In the file:
//   /relations/relationships      text, n x 4: parent, its column, child, its column
//   /relations/secondary_times    text, n x 3: table, time column, column
//   /relations/links/<id>/        offsets, children, parents: one dataset each
//   /relations/orders/<table>/    in_table_order, table_positions, last_times
// Lists that Relations leaves out are not there. Rows are int32 where that is enough, else int64; times int64.

/// Writes them, and what the set says of tables and columns as their attributes.
void write_relations(const hdf5::Group& root, const core::EntitySet& set, const Relations& relations);

/// Reads what the tables mean and how they belong together. Errors: hdf5::Error when the names do not fit.
core::EntitySet read_entity_set(const hdf5::Group& root);

}  // namespace gridmill::io
