#include "io/tables/table_source.hpp"

#include "core/error.hpp"

namespace gridmill::io {

using core::Column;
using core::ColumnType;

Column empty_column(const Column& prototype, std::size_t n_rows) {
  Column column{.name = prototype.name,
                .type = prototype.type,
                .tags = prototype.tags,
                .unit = prototype.unit,
                .values = {},
                .valid = {},
                .categories = prototype.categories};
  switch (column.type) {
    case ColumnType::integer:
    case ColumnType::datetime: column.values = Column::Integers(n_rows); break;
    case ColumnType::real: column.values = Column::Reals(n_rows); break;
    case ColumnType::boolean: column.values = Column::Booleans(n_rows); break;
    case ColumnType::categorical: column.values = Column::Codes(n_rows); break;
    case ColumnType::text:
    case ColumnType::key: column.values = Column::Texts(n_rows); break;
    case ColumnType::latlong: column.values = Column::Places(n_rows); break;
  }
  return column;
}

std::optional<ColumnType> column_type_named(std::string_view name) {
  for (const ColumnType type : {ColumnType::integer, ColumnType::real, ColumnType::boolean, ColumnType::categorical,
                                ColumnType::datetime, ColumnType::text, ColumnType::latlong, ColumnType::key}) {
    if (core::name_of(type) == name) return type;
  }
  return {};
}

}  // namespace gridmill::io
