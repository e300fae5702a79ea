#pragma once

#include <utility>

#include "features/columns/column.hpp"

/// Columns written out by hand.
namespace gridmill::features::test {

inline Column numbers(Column::Numbers entries) { return {std::move(entries), nullptr}; }
inline Column times(Column::Times entries) { return {std::move(entries), nullptr}; }
inline Column booleans(Column::Booleans entries) { return {std::move(entries), nullptr}; }

}  // namespace gridmill::features::test
