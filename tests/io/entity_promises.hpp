#pragma once

#include "core/entity_data.hpp"

namespace gridmill::io {

/// Fails the test unless the rows stand in the order that core::EntityData promises and all its members agree.
void expect_promises(const core::EntityData& data);

}  // namespace gridmill::io
