#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/bytes.hpp"
#include "prepare/encode.hpp"

namespace gridmill::jobs {

/// What comes of some rows that one rank has predicted.
struct PredictedBlock {
  std::string lines;                              // of CSV
  std::size_t n_rows = 0;                         // predicted
  std::vector<double> truth, predicted, weights;  // of the rows whose truth is known; no weights: all 1
  std::string no_report;                          // why the truth cannot be used; empty: it can
  std::vector<prepare::UnseenWords> unseen = {};
};

/// Return a block as a message, and back.
core::Bytes bytes_of(const PredictedBlock& block);
PredictedBlock block_from(std::span<const std::byte> bytes);

}  // namespace gridmill::jobs
