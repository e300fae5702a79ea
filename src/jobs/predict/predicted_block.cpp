#include "jobs/predict/predicted_block.hpp"

#include <utility>

#include "core/bytes.hpp"

namespace gridmill::jobs {

core::Bytes bytes_of(const PredictedBlock& block) {
  core::Bytes bytes;
  core::append_list(block.lines, bytes);
  core::append_value(block.n_rows, bytes);
  for (const auto* numbers : {&block.truth, &block.predicted, &block.weights}) core::append_list(*numbers, bytes);
  core::append_list(block.no_report, bytes);
  for (const prepare::UnseenWords& each : block.unseen) {
    core::append_list(each.column, bytes);
    core::append_value(each.n_rows, bytes);
    core::append_value(each.words.size(), bytes);
    for (const std::string& word : each.words) core::append_list(word, bytes);
  }
  return bytes;
}

PredictedBlock block_from(std::span<const std::byte> bytes) {
  PredictedBlock block;
  block.lines = core::take_text(bytes);
  block.n_rows = core::take_value<std::size_t>(bytes);
  for (auto* numbers : {&block.truth, &block.predicted, &block.weights}) *numbers = core::take_list<double>(bytes);
  block.no_report = core::take_text(bytes);
  while (!bytes.empty()) {
    prepare::UnseenWords unseen;
    unseen.column = core::take_text(bytes);
    unseen.n_rows = core::take_value<std::size_t>(bytes);
    const auto n = core::take_value<std::size_t>(bytes);
    for (std::size_t i = 0; i < n; ++i) unseen.words.push_back(core::take_text(bytes));
    block.unseen.push_back(std::move(unseen));
  }
  return block;
}

}  // namespace gridmill::jobs
