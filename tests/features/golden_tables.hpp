#pragma once

#include "features/columns/memory_entity_data.hpp"
#include "golden_setting.hpp"

namespace gridmill::features {

/// Reads the tables of a golden setting into memory, each column as the type that the setting gives it.
MemoryEntityData read_golden_tables(const GoldenSetting& setting);

}  // namespace gridmill::features
