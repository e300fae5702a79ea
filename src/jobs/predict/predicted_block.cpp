#include "jobs/predict/predicted_block.hpp"

#include <cstring>
#include <utility>

#include "mpi/wire.hpp"

namespace gridmill::jobs {

namespace {

void put_numbers(std::span<const double> numbers, mpi::WireWriter& writer) { writer.put_bytes(std::as_bytes(numbers)); }

std::vector<double> get_numbers(mpi::WireReader& reader) {
  const std::span<const std::byte> bytes = reader.get_bytes();
  std::vector<double> numbers(bytes.size() / sizeof(double));
  if (!numbers.empty()) std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return numbers;
}

}  // namespace

mpi::Bytes bytes_of(const PredictedBlock& block) {
  mpi::WireWriter writer;
  writer.put_text(block.lines);
  writer.put(block.n_rows);
  for (const auto* numbers : {&block.truth, &block.predicted, &block.weights}) put_numbers(*numbers, writer);
  writer.put_text(block.no_report);
  for (const prepare::UnseenWords& each : block.unseen) {
    writer.put_text(each.column);
    writer.put(each.n_rows);
    writer.put(each.words.size());
    for (const std::string& word : each.words) writer.put_text(word);
  }
  return writer.take();
}

PredictedBlock block_from(std::span<const std::byte> bytes) {
  mpi::WireReader reader(bytes);
  PredictedBlock block;
  block.lines = reader.get_text();
  block.n_rows = reader.get<std::size_t>();
  for (auto* numbers : {&block.truth, &block.predicted, &block.weights}) *numbers = get_numbers(reader);
  block.no_report = reader.get_text();
  while (!reader.at_end()) {
    prepare::UnseenWords unseen{.column = reader.get_text(), .n_rows = reader.get<std::size_t>(), .words = {}};
    const auto n = reader.get<std::size_t>();
    for (std::size_t i = 0; i < n; ++i) unseen.words.push_back(reader.get_text());
    block.unseen.push_back(std::move(unseen));
  }
  return block;
}

}  // namespace gridmill::jobs
