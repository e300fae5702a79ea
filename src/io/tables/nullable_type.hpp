#pragma once

#include "core/logical_type.hpp"

namespace gridmill::io {

/// Returns the kind of a type that has room for missing entries: IntegerNullable for Integer; most are their own.
constexpr core::LogicalType nullable(core::LogicalType type) {
  switch (type) {
    case core::LogicalType::integer: return core::LogicalType::integer_nullable;
    case core::LogicalType::age: return core::LogicalType::age_nullable;
    case core::LogicalType::boolean: return core::LogicalType::boolean_nullable;
    default: return type;
  }
}

}  // namespace gridmill::io
