#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "features/columns/column.hpp"

namespace gridmill::features {

/// Appends a column as bytes. Of its dictionary: the labels that occur.
void append_bytes(const Column& column, std::vector<std::byte>& bytes);

/// Takes a column from where the bytes begin. Its codes stand for the same labels as before, but may be others.
Column take_column(std::span<const std::byte>& bytes);

/// Returns the column in codes of `dictionary`, if that has all its labels, else in its own. Other kinds as they are.
Column in_codes_of(const DictionaryRef& dictionary, Column column);

}  // namespace gridmill::features
