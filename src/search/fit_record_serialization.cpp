#include "search/fit_record_serialization.hpp"

#include <cstdint>
#include <cstring>
#include <exception>

#include <fmt/format.h>
#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/stream.hpp>
#include <boost/serialization/array_wrapper.hpp>
#include <boost/serialization/split_free.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include "core/error.hpp"

namespace boost::serialization {

using gridmill::core::Matrix;

template <class Archive>
void save(Archive& archive, const Matrix& matrix, unsigned /*version*/) {
  const std::uint64_t n_rows = matrix.n_rows;
  const std::uint64_t n_cols = matrix.n_cols;
  archive << n_rows << n_cols;
  archive << make_array(matrix.memptr(), matrix.n_elem);
}

template <class Archive>
void load(Archive& archive, Matrix& matrix, unsigned /*version*/) {
  std::uint64_t n_rows = 0;
  std::uint64_t n_cols = 0;
  archive >> n_rows >> n_cols;
  matrix.set_size(n_rows, n_cols);
  archive >> make_array(matrix.memptr(), matrix.n_elem);
}

template <class Archive>
void serialize(Archive& archive, Matrix& matrix, unsigned version) {
  split_free(archive, matrix, version);
}

template <class Archive>
void serialize(Archive& archive, gridmill::models::Prediction& prediction, unsigned /*version*/) {
  archive& prediction.value& prediction.decision& prediction.probability;
}

template <class Archive>
void serialize(Archive& archive, gridmill::search::FitRecord& record, unsigned /*version*/) {
  archive& record.candidate& record.fold& record.status& record.message;
  archive& record.test_scores& record.train_scores;
  archive& record.fit_time_s& record.score_time_s& record.start_s& record.end_s;
  archive& record.rank& record.host;
  archive& record.details& record.best_step;
  archive& record.curve.watched& record.curve.train& record.step& record.prediction;
}

}  // namespace boost::serialization

namespace gridmill::search {

namespace {

namespace io = boost::iostreams;

// Boost's own header names the library version and is left out: it would part builds that agree.
constexpr unsigned kFlags = boost::archive::no_header;
constexpr std::uint32_t kFormat = 5;  // raise it with every change of what is written, or of what a family tells

}  // namespace

bool has_known_format(std::string_view bytes) {
  std::uint32_t format = 0;
  if (bytes.size() < sizeof format) return false;
  std::memcpy(&format, bytes.data(), sizeof format);  // the archive begins with it, as it is
  return format == kFormat;
}

std::string encode(std::span<const FitRecord> records) {
  std::string bytes;
  io::stream<io::back_insert_device<std::string>> stream(bytes);
  {
    boost::archive::binary_oarchive archive(stream, kFlags);
    const std::uint64_t n_records = records.size();
    archive << kFormat << n_records;
    for (const FitRecord& record : records) archive << record;
  }
  stream.flush();
  return bytes;
}

std::vector<FitRecord> decode(std::string_view bytes) {
  std::vector<FitRecord> records;
  std::uint32_t format = 0;
  try {
    io::stream<io::array_source> stream(bytes.data(), bytes.size());
    boost::archive::binary_iarchive archive(stream, kFlags);
    archive >> format;
    std::uint64_t n_records = 0;
    if (format == kFormat) archive >> n_records;
    for (std::uint64_t i = 0; i < n_records; ++i) archive >> records.emplace_back();
  } catch (const std::exception& error) {  // damaged lengths also end in bad_alloc and length_error
    throw core::RunError(fmt::format("results of fits cannot be read back ({})", error.what()));
  }
  if (format != kFormat) {
    throw core::RunError(fmt::format("results of fits have format {}, this program reads {}", format, kFormat));
  }
  return records;
}

}  // namespace gridmill::search
