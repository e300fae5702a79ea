#pragma once

#include <optional>

#include "core/logical_type.hpp"

namespace gridmill::features {

/// What the values of a feature mean. Some primitives state tags only.
struct ValueType {
  std::optional<core::LogicalType> type;
  core::Tags tags;

  friend bool operator==(const ValueType&, const ValueType&) = default;
};

/// What a primitive's input must be: of the same type, if one is stated, and carrying at least these tags.
using InputSlot = ValueType;

[[nodiscard]] inline bool fits(const ValueType& value, const InputSlot& slot) {
  return (!slot.type || slot.type == value.type) && value.tags.has_all(slot.tags);
}

}  // namespace gridmill::features
