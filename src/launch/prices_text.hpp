#pragma once

namespace gridmill::launch {

/// The text of terraform/prices.csv.
extern const char* const kPricesText;

}  // namespace gridmill::launch
