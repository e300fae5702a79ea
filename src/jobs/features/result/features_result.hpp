#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "config/features_config.hpp"
#include "core/entity_data.hpp"
#include "core/value.hpp"
#include "features/columns/statistics.hpp"
#include "features/matrix/encode.hpp"
#include "io/store/matrix_store.hpp"
#include "jobs/features/parts/feature_parts.hpp"
#include "jobs/features/parts/parted_matrix.hpp"
#include "jobs/features/plan/features_plan.hpp"
#include "mpi/transport.hpp"

namespace gridmill::jobs {

/// A column of the finished matrix.
struct ResultColumn {
  features::MatrixColumn column;
  std::size_t list = 0;  // of part files: 0 as computed, 1 encoded
  std::size_t at = 0;    // column of these
  features::ColumnStatistics statistics;
  std::optional<double> mutual_information;  // [nats]
};

/// A column that was left out again, and why.
struct LeftOut {
  std::string name;
  std::string reason;
};

/// The matrix as it will be written; the same on every rank.
struct FeaturesResult {
  std::vector<features::EncodedColumn> encoding;
  std::vector<ResultColumn> columns;
  std::vector<LeftOut> left_out;
};

/// Returns columns of the target or of the cutoff file that stand beside the features, as rows of the matrix: the
/// instance's index, its time if each has its own, in front; labels and `pass_through` behind.
/// Errors: UserError when two columns have one name.
struct SideColumns {
  std::vector<core::Column> front;
  std::vector<core::Column> behind;
};
SideColumns side_columns(const FeaturesPlan& plan, const core::EntityData& data,
                         const std::vector<std::string>& pass_through);

/// Merges the statistics of parts in their order; dictionaries come from the parts.
PartStatistics merge_parts(const std::vector<PartStatistics>& parts, PartedMatrix& matrix);

/// Returns the columns once those of `encoding` are encoded: first the kept ones, then the encoded.
std::vector<ResultColumn> encoded_columns(const std::vector<features::MatrixColumn>& columns,
                                          const std::vector<features::EncodedColumn>& encoding);

/// Reads rows of a column as numbers: booleans are 0 and 1, missing is NaN.
std::vector<double> read_numbers(PartedMatrix& matrix, std::size_t column, std::size_t first, std::size_t n);

/// Refuses a result of no features. Errors: UserError saying how many were left out for which reason.
void check_any_left(const FeaturesResult& result, const FeaturesPlan& plan);

/// Says whether the column stands beside the features and is missing in all rows, of which there are some.
bool has_no_value(const SideColumns& side, const std::string& name);

/// Below that many bytes features.h5 holds all it tells of; beyond, its entries stay in the parts.
constexpr std::size_t kMostInOneFile = std::size_t{1} << 30U;

/// Returns the bytes that the columns of the result take on the disk; texts by a guess.
std::size_t result_bytes(const FeaturesPlan& plan, const FeaturesResult& result,
                         const std::vector<PartedMatrix*>& lists);

/// Writes features.h5. Rank 0.
void write_matrix(const std::filesystem::path& file, const std::string& source, const FeaturesPlan& plan,
                  const FeaturesResult& result, const SideColumns& side, const std::vector<PartedMatrix*>& lists,
                  io::MatrixLayout layout);

/// Writes the matrix as Featuretools' to_csv would: Python's floats, True and False, nothing for what is missing.
void write_matrix_csv(const std::filesystem::path& file, const FeaturesPlan& plan, const FeaturesResult& result,
                      const SideColumns& side, std::vector<PartedMatrix*> lists);

/// Returns what summary.json says. `csv_checksum`: of features.csv; empty: there is none.
core::Value summary_value(const config::FeaturesJob& job, const FeaturesPlan& plan, const FeaturesResult& result,
                          const std::string& csv_checksum);

}  // namespace gridmill::jobs
